//! An external processor that does nothing: the peer that ours is measured against.

use std::collections::VecDeque;

use bytes::Bytes;
use cloister_extproc::wire::{HttpBody, ProcessingRequest, ProcessingResponse, Told};
use cloister_extproc::{Direction, Talk, answers};

/// Lets every part go on as it came.
pub struct Nothing;

impl Talk for Nothing {
    fn on(&mut self, told: ProcessingRequest, out: &mut VecDeque<ProcessingResponse>) {
        match told.told {
            Some(Told::RequestHeaders(_)) => out.push_back(answers::head(Direction::Request, None)),
            Some(Told::ResponseHeaders(_)) => out.push_back(answers::head(Direction::Response, None)),
            Some(Told::RequestBody(piece)) => back(Direction::Request, &piece, out),
            Some(Told::ResponseBody(piece)) => back(Direction::Response, &piece, out),
            Some(Told::RequestTrailers(_)) => out.push_back(answers::trailers(Direction::Request, None)),
            Some(Told::ResponseTrailers(_)) => out.push_back(answers::trailers(Direction::Response, None)),
            None => {}
        }
    }
}

fn back(direction: Direction, piece: &HttpBody, out: &mut VecDeque<ProcessingResponse>) {
    let bytes: &Bytes = &piece.body;
    out.extend(answers::pieces(direction, bytes, piece.end_of_stream));
}
