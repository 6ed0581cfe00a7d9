//! Who decides what becomes of a value, and is told of it.

use cloister_dlp::{Key, Lens, Opaque, Recognised};

use crate::body::Fate;

/// Which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the server.
    Request,
    /// To the client.
    Response,
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
    /// What parts its parts (`boundary` of a `multipart` type); empty for none.
    pub boundary: String,
    /// The coding of the body (`Content-Encoding`); empty for none.
    pub coding: String,
    /// The address of the peer, as Envoy tells it; empty where it does not.
    pub source: String,
    /// The address that the request went to, as Envoy tells it.
    pub destination: String,
    /// Envoy tells that the connection is encrypted (`connection.tls_version`).
    pub encrypted: bool,
}

/// How values are recognised.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// What policies say of it.
    pub lens: Lens,
    /// Keys the hashes that count different values.
    pub key: Key,
}

/// Why something was not done that a policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undone {
    /// The coding of the body is not known: it was not searched.
    Coding,
    /// The body is not in the coding that it says, or becomes more than is believed.
    Broken,
    /// The body is a picture, a sound, a film or a font: it was not searched.
    Media,
    /// The body is packed: it was not searched.
    Archive,
    /// The body is encrypted: it was not searched.
    Encrypted,
    /// Envoy's configuration does not send bodies.
    Unseen,
    /// What followed Envoy's buffer was not sent to be searched.
    Cut,
    /// Envoy's configuration sends bodies in a mode in which they cannot be changed.
    Mode,
    /// Its beginning had gone on when the value came.
    Gone,
    /// Envoy's configuration does not tell who talks: no policy for workloads could be asked.
    Unnamed,
}

impl Undone {
    /// All of them, in order.
    pub const ALL: [Undone; 10] = [
        Undone::Coding,
        Undone::Broken,
        Undone::Media,
        Undone::Archive,
        Undone::Encrypted,
        Undone::Unseen,
        Undone::Cut,
        Undone::Mode,
        Undone::Gone,
        Undone::Unnamed,
    ];

    /// In a word, for findings and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Undone::Coding => "unknown coding",
            Undone::Broken => "broken coding",
            Undone::Media => Opaque::Media.as_str(),
            Undone::Archive => Opaque::Archive.as_str(),
            Undone::Encrypted => Opaque::Encrypted.as_str(),
            Undone::Unseen => "not shown",
            Undone::Cut => "cut",
            Undone::Mode => "mode",
            Undone::Gone => "begun",
            Undone::Unnamed => "unnamed",
        }
    }

    /// What happened, and the way out.
    pub fn told(self) -> &'static str {
        match self {
            Undone::Coding => {
                "bodies came in a coding that is not read, and were not searched: let peers send gzip, deflate, br, zstd or none"
            }
            Undone::Broken => {
                "bodies were not in the coding that they say, or a bomb, and were not searched to their end"
            }
            Undone::Media => {
                "bodies were pictures, sounds, films or fonts, and were not searched: where they may pass, except their target in the policy, or state unsearchable: allow"
            }
            Undone::Archive => {
                "bodies were packed (zip, gz, pdf and others), and were not searched: send what is in them, except their target in the policy, or state unsearchable: allow"
            }
            Undone::Encrypted => {
                "bodies were encrypted, and were not searched: where they may pass, except their target in the policy, or state unsearchable: allow"
            }
            Undone::Unseen => "bodies were not sent to be searched: set the body modes to FULL_DUPLEX_STREAMED",
            Undone::Cut => {
                "bodies were longer than the buffer of BUFFERED_PARTIAL, and their rest was not searched: set FULL_DUPLEX_STREAMED"
            }
            Undone::Mode => {
                "values went on that a policy wants overwritten: set the body modes to FULL_DUPLEX_STREAMED or BUFFERED"
            }
            Undone::Gone => {
                "long bodies had begun to go on when a value came that a policy blocks: they were cut there"
            }
            Undone::Unnamed => {
                "exchanges came without addresses: add source.address, destination.address and connection.tls_version to request_attributes"
            }
        }
    }
}

impl From<Opaque> for Undone {
    fn from(opaque: Opaque) -> Undone {
        match opaque {
            Opaque::Media => Undone::Media,
            Opaque::Archive => Undone::Archive,
            Opaque::Encrypted => Undone::Encrypted,
        }
    }
}

/// Decides about one exchange, and keeps its books.
pub trait Guard: Send {
    /// How values are recognised in this exchange.
    fn setting(&self) -> Setting {
        Setting::default()
    }

    /// Another field or body begins.
    fn next_value(&mut self, _: Direction) {}

    /// What becomes of a value. It is told of every one, once, in order.
    fn judge(&mut self, direction: Direction, passage: &Passage, recognised: &mut Recognised) -> Fate;

    /// The worst that can become of a value that goes this way.
    fn worst(&self, direction: Direction, passage: &Passage) -> Fate;

    /// Whether content that cannot be searched would be blocked.
    fn refuses_unsearched(&self, _: Direction, _: &Passage) -> bool {
        false
    }

    /// Content could not be searched, or not to its end: what becomes of it.
    fn unsearched(&mut self, direction: Direction, passage: &Passage, why: Undone) -> Fate {
        self.undone(direction, passage, why);
        if self.refuses_unsearched(direction, passage) { Fate::Block } else { Fate::Pass }
    }

    /// Something could not be done.
    fn undone(&mut self, direction: Direction, passage: &Passage, why: Undone);

    /// Nothing more comes this way.
    fn ended(&mut self, direction: Direction, passage: &Passage);
}
