//! The outer side of a way in.

use cloister_model::{Node, Place, Resource};

use super::guard::Guard;

/// How a way in is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tls {
    /// It is not.
    None,
    /// Callers may choose.
    Optional,
    /// As far as the entry point, which goes on in the clear.
    Terminated,
    /// As far as the entry point, which encrypts anew.
    Reencrypted,
    /// As far as the workload.
    PassedThrough,
    /// The input does not tell: any bytes are passed on.
    Unknown,
}

impl Tls {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Tls::None => "none",
            Tls::Optional => "optional",
            Tls::Terminated => "terminated",
            Tls::Reencrypted => "re-encrypted",
            Tls::PassedThrough => "passed through",
            Tls::Unknown => "as the workload does",
        }
    }

    /// Whether callers may come in the clear.
    pub fn may_be_plain(self) -> bool {
        matches!(self, Tls::None | Tls::Optional)
    }
}

/// Who brings requests to the workload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Through {
    /// The nodes; with `true` they keep the caller's address.
    Nodes(bool),
    /// Pods of a controller, by number among the endpoints.
    Pods(Vec<usize>),
    /// A controller that the input does not show.
    Unseen,
    /// A load balancer outside of the cluster.
    Cloud,
}

/// The outer side of a way in.
#[derive(Clone, Debug)]
pub(super) struct Front<'a> {
    pub(super) place: Place<'a>,
    pub(super) host: Option<&'a str>,
    pub(super) path: Option<&'a str>,
    pub(super) listens: Vec<u16>,
    pub(super) tls: Tls,
    pub(super) guard: Guard,
    pub(super) through: Through,
}

impl<'a> Front<'a> {
    /// Open to everybody, in the clear, by a controller that is not seen.
    pub(super) fn new(place: Place<'a>) -> Front<'a> {
        let (host, path, listens) = (None, None, Vec::new());
        Front { place, host, path, listens, tls: Tls::None, guard: Guard::open(), through: Through::Unseen }
    }

    /// The same, at another place of its resource.
    pub(super) fn at(&self, node: &'a Node) -> Front<'a> {
        Front { place: Place::of(self.place.resource, node), ..self.clone() }
    }

    pub(super) fn resource(&self) -> &'a Resource {
        self.place.resource
    }
}
