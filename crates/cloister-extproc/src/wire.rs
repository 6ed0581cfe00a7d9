//! The messages of Envoy's external processing, as far as they are used here.
//!
//! Source: `envoy.service.ext_proc.v3` and `envoy.config.core.v3` of the API of Envoy 1.40: the names and the numbers of
//! fields are theirs.

use std::collections::HashMap;

use bytes::Bytes;
use prost::{Message, Oneof};

/// What Envoy tells.
#[derive(Clone, PartialEq, Message)]
pub struct ProcessingRequest {
    /// What of the exchange it is.
    #[prost(oneof = "Told", tags = "2, 3, 4, 5, 6, 7")]
    pub told: Option<Told>,
    /// What its configuration asks to be told of the connection, by filter.
    #[prost(map = "string, message", tag = "9")]
    pub attributes: HashMap<String, prost_types::Struct>,
    /// It goes on without waiting, and reads no answer.
    #[prost(bool, tag = "10")]
    pub observability_mode: bool,
    /// In the first message: how bodies will come.
    #[prost(message, optional, tag = "11")]
    pub protocol_config: Option<ProtocolConfiguration>,
}

/// A part of an exchange.
#[derive(Clone, PartialEq, Oneof)]
pub enum Told {
    /// The head of the request.
    #[prost(message, tag = "2")]
    RequestHeaders(HttpHeaders),
    /// The head of the response.
    #[prost(message, tag = "3")]
    ResponseHeaders(HttpHeaders),
    /// A piece of the request's body.
    #[prost(message, tag = "4")]
    RequestBody(HttpBody),
    /// A piece of the response's body.
    #[prost(message, tag = "5")]
    ResponseBody(HttpBody),
    /// What follows the request's body.
    #[prost(message, tag = "6")]
    RequestTrailers(HttpTrailers),
    /// What follows the response's body.
    #[prost(message, tag = "7")]
    ResponseTrailers(HttpTrailers),
}

/// How bodies come.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct ProtocolConfiguration {
    /// Those of requests.
    #[prost(enumeration = "BodySendMode", tag = "1")]
    pub request_body_mode: i32,
    /// Those of responses.
    #[prost(enumeration = "BodySendMode", tag = "2")]
    pub response_body_mode: i32,
}

/// How the pieces of a body are sent and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum BodySendMode {
    /// Not at all.
    None = 0,
    /// Piece by piece; each is answered before the next.
    Streamed = 1,
    /// All at once.
    Buffered = 2,
    /// All at once, or as much as Envoy's buffer takes.
    BufferedPartial = 3,
    /// Piece by piece, and answers come as they like.
    FullDuplexStreamed = 4,
}

/// A head.
#[derive(Clone, PartialEq, Message)]
pub struct HttpHeaders {
    /// Its fields, with those that begin with a colon.
    #[prost(message, optional, tag = "1")]
    pub headers: Option<HeaderMap>,
    /// No body and no trailers follow.
    #[prost(bool, tag = "3")]
    pub end_of_stream: bool,
}

/// A piece of a body.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HttpBody {
    /// The bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub body: Bytes,
    /// Nothing follows.
    #[prost(bool, tag = "2")]
    pub end_of_stream: bool,
}

/// What follows a body.
#[derive(Clone, PartialEq, Message)]
pub struct HttpTrailers {
    /// Its fields.
    #[prost(message, optional, tag = "1")]
    pub trailers: Option<HeaderMap>,
}

/// Fields of a head.
#[derive(Clone, PartialEq, Message)]
pub struct HeaderMap {
    /// In the order in which they came.
    #[prost(message, repeated, tag = "1")]
    pub headers: Vec<HeaderValue>,
}

/// A field of a head.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HeaderValue {
    /// Its name, in small letters.
    #[prost(string, tag = "1")]
    pub key: String,
    /// Its value, where Envoy is configured to send it as text.
    #[prost(string, tag = "2")]
    pub value: String,
    /// Its value.
    #[prost(bytes = "bytes", tag = "3")]
    pub raw_value: Bytes,
}

/// A field to be set.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HeaderValueOption {
    /// Which, and to what.
    #[prost(message, optional, tag = "1")]
    pub header: Option<HeaderValue>,
    /// What is done where it exists; 2 replaces it, or adds it.
    #[prost(int32, tag = "3")]
    pub append_action: i32,
}

/// Replaces a field, or adds it (`OVERWRITE_IF_EXISTS_OR_ADD`).
pub const OVERWRITE: i32 = 2;

/// What is to be done.
#[derive(Clone, PartialEq, Message)]
pub struct ProcessingResponse {
    /// To which part.
    #[prost(oneof = "Answer", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub answer: Option<Answer>,
}

/// The answer to a part.
#[derive(Clone, PartialEq, Oneof)]
pub enum Answer {
    /// To the head of the request.
    #[prost(message, tag = "1")]
    RequestHeaders(PartResponse),
    /// To the head of the response.
    #[prost(message, tag = "2")]
    ResponseHeaders(PartResponse),
    /// To a piece of the request's body.
    #[prost(message, tag = "3")]
    RequestBody(PartResponse),
    /// To a piece of the response's body.
    #[prost(message, tag = "4")]
    ResponseBody(PartResponse),
    /// To what follows the request's body.
    #[prost(message, tag = "5")]
    RequestTrailers(TrailersResponse),
    /// To what follows the response's body.
    #[prost(message, tag = "6")]
    ResponseTrailers(TrailersResponse),
    /// Ends the exchange.
    #[prost(message, tag = "7")]
    Immediate(ImmediateResponse),
}

/// The answer to a head or a piece of a body.
#[derive(Clone, PartialEq, Message)]
pub struct PartResponse {
    /// What to change.
    #[prost(message, optional, tag = "1")]
    pub response: Option<CommonResponse>,
}

/// What to change.
#[derive(Clone, PartialEq, Message)]
pub struct CommonResponse {
    /// In the head.
    #[prost(message, optional, tag = "2")]
    pub header_mutation: Option<HeaderMutation>,
    /// In the body.
    #[prost(message, optional, tag = "3")]
    pub body_mutation: Option<BodyMutation>,
}

/// What to change in a head.
#[derive(Clone, PartialEq, Message)]
pub struct HeaderMutation {
    /// Fields to be set.
    #[prost(message, repeated, tag = "1")]
    pub set_headers: Vec<HeaderValueOption>,
    /// Fields to be taken out.
    #[prost(string, repeated, tag = "2")]
    pub remove_headers: Vec<String>,
}

/// What to change in a body.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct BodyMutation {
    /// How.
    #[prost(oneof = "Mutation", tags = "1, 2, 3")]
    pub mutation: Option<Mutation>,
}

/// How a piece of a body changes.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum Mutation {
    /// These bytes take its place.
    #[prost(bytes = "bytes", tag = "1")]
    Body(Bytes),
    /// Nothing takes its place.
    #[prost(bool, tag = "2")]
    Clear(bool),
    /// The next bytes that go on, where pieces and answers are apart.
    #[prost(message, tag = "3")]
    Streamed(StreamedBodyResponse),
}

/// The next bytes that go on.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StreamedBodyResponse {
    /// The bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub body: Bytes,
    /// Nothing follows.
    #[prost(bool, tag = "2")]
    pub end_of_stream: bool,
}

/// The answer to trailers.
#[derive(Clone, PartialEq, Message)]
pub struct TrailersResponse {
    /// What to change.
    #[prost(message, optional, tag = "1")]
    pub header_mutation: Option<HeaderMutation>,
}

/// What the client gets instead of an answer.
#[derive(Clone, PartialEq, Message)]
pub struct ImmediateResponse {
    /// The status.
    #[prost(message, optional, tag = "1")]
    pub status: Option<HttpStatus>,
    /// The fields of the head.
    #[prost(message, optional, tag = "2")]
    pub headers: Option<HeaderMutation>,
    /// The body.
    #[prost(bytes = "bytes", tag = "3")]
    pub body: Bytes,
    /// What Envoy's access log shows as the reason.
    #[prost(string, tag = "5")]
    pub details: String,
}

/// A status of HTTP.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct HttpStatus {
    /// Such as 403.
    #[prost(int32, tag = "1")]
    pub code: i32,
}
