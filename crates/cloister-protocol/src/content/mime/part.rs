//! A part, and where it is told.

use crate::content::transfer::Transfer;
use crate::message::Place;

/// A part, as its head says.
pub(super) struct Part {
    pub(super) place: PartPlace,
    pub(super) media: String,
    pub(super) boundary: Option<String>,
    pub(super) name: String,
    pub(super) filename: Option<String>,
    pub(super) transfer: Transfer,
    /// A value is open.
    pub(super) open: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PartPlace {
    /// Before, between and behind parts.
    Outside,
    Field,
    File,
    Body,
}

impl Part {
    pub(super) fn outside() -> Part {
        Part { place: PartPlace::Outside, ..Part::new() }
    }

    pub(super) fn new() -> Part {
        let media = "text/plain".to_owned();
        let (boundary, name, filename, transfer) = (None, String::new(), None, Transfer::Identity);
        Part { place: PartPlace::Body, media, boundary, name, filename, transfer, open: false }
    }

    pub(super) fn at(&self) -> Place<'_> {
        match self.place {
            PartPlace::Outside => Place::Text,
            PartPlace::Field => Place::Field(&self.name),
            PartPlace::File => Place::File { name: &self.name, media: &self.media },
            PartPlace::Body => Place::Body(&self.media),
        }
    }
}
