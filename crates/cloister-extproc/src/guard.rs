//! Who decides what becomes of a value, and is told of it.

use cloister_detect::Detection;

use crate::body::Fate;

/// Which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the server.
    Request,
    /// To the client.
    Response,
}

/// Where in a message a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot<'a> {
    /// In the path or the query of the URL.
    Url,
    /// In a field of the head.
    Header(&'a str),
    /// In the body.
    Body,
}

/// What is known of a message. What peers said may itself be personal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// The host that the request asked for.
    pub host: String,
    /// The method.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The media type of the body, without parameters.
    pub media: String,
    /// The coding of the body (`Content-Encoding`); empty for none.
    pub coding: String,
    /// The address of the peer, as Envoy tells it; empty where it does not.
    pub source: String,
    /// The address that the request went to, as Envoy tells it.
    pub destination: String,
    /// Envoy tells that the connection is encrypted (`connection.tls_version`).
    pub encrypted: bool,
}

/// Why something was not done that a policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undone {
    /// The coding of the body is not known: it was not searched.
    Coding,
    /// Envoy's configuration sends bodies in a mode in which they cannot be changed.
    Mode,
    /// Its beginning had gone on when the value came.
    Gone,
    /// What followed Envoy's buffer was not sent to be searched.
    Cut,
    /// Envoy's configuration does not tell who talks: no policy for workloads could be asked.
    Unnamed,
}

impl Undone {
    /// All of them, in order.
    pub const ALL: [Undone; 5] = [Undone::Coding, Undone::Mode, Undone::Gone, Undone::Cut, Undone::Unnamed];

    /// What happened, and the way out.
    pub fn told(self) -> &'static str {
        match self {
            Undone::Coding => {
                "bodies in a coding that is not read went on unsearched: let the server send gzip, br, zstd or none"
            }
            Undone::Mode => {
                "values went on that a policy wants overwritten: set the body modes to FULL_DUPLEX_STREAMED or BUFFERED"
            }
            Undone::Gone => {
                "long bodies had begun to go on when a value came that a policy blocks: they were cut there"
            }
            Undone::Cut => {
                "bodies were longer than the buffer of BUFFERED_PARTIAL, and their rest was not searched: set FULL_DUPLEX_STREAMED"
            }
            Undone::Unnamed => {
                "exchanges came without addresses: add source.address, destination.address and connection.tls_version to request_attributes"
            }
        }
    }
}

/// Decides about one exchange, and keeps its books.
pub trait Guard: Send {
    /// What becomes of a value, of which `detection` says what it is. It is told of every one, once.
    fn judge(
        &mut self,
        direction: Direction,
        passage: &Passage,
        spot: Spot<'_>,
        detection: &Detection,
        value: &[u8],
    ) -> Fate;

    /// The worst that can become of a value that goes this way.
    fn worst(&self, direction: Direction, passage: &Passage) -> Fate;

    /// Something could not be done.
    fn undone(&mut self, direction: Direction, passage: &Passage, why: Undone);

    /// Nothing more comes this way.
    fn ended(&mut self, direction: Direction, passage: &Passage);
}
