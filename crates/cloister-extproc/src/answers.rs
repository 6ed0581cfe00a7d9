//! The answers that Envoy gets, made of their parts.

use bytes::Bytes;

use crate::guard::Direction;
use crate::wire::{
    Answer, BodyMutation, CommonResponse, HeaderMutation, HttpStatus, ImmediateResponse, Mutation, PartResponse,
    ProcessingResponse, StreamedBodyResponse, TrailersResponse,
};

/// The largest piece that an answer carries: Envoy's advice for pieces that come and go apart.
const PIECE: usize = 64 << 10;
/// What the client is told. It names no value.
const REFUSAL: &str = "Blocked: a policy does not let personal data pass here.\n";

fn wrap(answer: Answer) -> ProcessingResponse {
    ProcessingResponse { answer: Some(answer) }
}

/// To a head: go on, with these changes.
pub fn head(direction: Direction, changes: Option<HeaderMutation>) -> ProcessingResponse {
    let response = changes.map(|changes| CommonResponse { header_mutation: Some(changes), body_mutation: None });
    let part = PartResponse { response };
    wrap(match direction {
        Direction::Request => Answer::RequestHeaders(part),
        Direction::Response => Answer::ResponseHeaders(part),
    })
}

/// To a piece of a body: go on, changed so.
pub fn body(direction: Direction, mutation: Option<Mutation>) -> ProcessingResponse {
    let response = mutation.map(|mutation| CommonResponse {
        header_mutation: None,
        body_mutation: Some(BodyMutation { mutation: Some(mutation) }),
    });
    let part = PartResponse { response };
    wrap(match direction {
        Direction::Request => Answer::RequestBody(part),
        Direction::Response => Answer::ResponseBody(part),
    })
}

/// The next bytes of a body whose pieces and answers come apart.
pub fn pieces(direction: Direction, bytes: &Bytes, ended: bool) -> impl Iterator<Item = ProcessingResponse> {
    let count = bytes.len().div_ceil(PIECE).max(usize::from(ended));
    (0..count).map(move |number| {
        let start = number * PIECE;
        let piece = bytes.slice(start..bytes.len().min(start + PIECE));
        let end_of_stream = ended && number + 1 == count;
        body(direction, Some(Mutation::Streamed(StreamedBodyResponse { body: piece, end_of_stream })))
    })
}

/// To what follows a body.
pub fn trailers(direction: Direction, changes: Option<HeaderMutation>) -> ProcessingResponse {
    let part = TrailersResponse { header_mutation: changes };
    wrap(match direction {
        Direction::Request => Answer::RequestTrailers(part),
        Direction::Response => Answer::ResponseTrailers(part),
    })
}

/// Ends the exchange: 403 for a request, 502 for a response that the client did not ask for.
pub fn refusal(direction: Direction) -> ProcessingResponse {
    let code = match direction {
        Direction::Request => 403,
        Direction::Response => 502,
    };
    wrap(Answer::Immediate(ImmediateResponse {
        status: Some(HttpStatus { code }),
        headers: None,
        body: Bytes::from_static(REFUSAL.as_bytes()),
        details: "cloister_policy".to_owned(),
    }))
}
