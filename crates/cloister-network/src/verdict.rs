//! What is decided about every port of one connection.

use crate::ports::PortSet;

/// The ports that may be open and those that may be closed: each port is in one of the sets, and one of which the
/// input does not tell is in both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Ports that are open, or may be.
    pub(crate) allow: PortSet,
    /// Ports that are closed, or may be.
    pub(crate) deny: PortSet,
}

impl Verdict {
    /// Every port is open.
    pub fn open() -> Verdict {
        Verdict { allow: PortSet::everything(), deny: PortSet::default() }
    }

    /// Every port is closed.
    pub fn closed() -> Verdict {
        Verdict { allow: PortSet::default(), deny: PortSet::everything() }
    }

    /// Ports that are open for certain.
    pub fn allowed(&self) -> PortSet {
        self.allow.difference(&self.deny)
    }

    /// Ports that are closed for certain.
    pub fn denied(&self) -> PortSet {
        self.deny.difference(&self.allow)
    }

    /// Ports of which the input does not tell.
    pub fn unknown(&self) -> PortSet {
        self.allow.intersection(&self.deny)
    }

    /// Whether no port is open, nor may be.
    pub fn is_closed(&self) -> bool {
        self.allow.is_empty()
    }

    /// Both must let a connection through: its source's side and its destination's.
    pub(crate) fn and(&self, other: &Verdict) -> Verdict {
        Verdict { allow: self.allow.intersection(&other.allow), deny: self.deny.union(&other.deny) }
    }

    /// One is enough: a connection by either family of addresses.
    pub(crate) fn or(&self, other: &Verdict) -> Verdict {
        Verdict { allow: self.allow.union(&other.allow), deny: self.deny.intersection(&other.deny) }
    }

    /// It is one of the two, and nobody knows which.
    pub(crate) fn either(&self, other: &Verdict) -> Verdict {
        Verdict { allow: self.allow.union(&other.allow), deny: self.deny.union(&other.deny) }
    }
}
