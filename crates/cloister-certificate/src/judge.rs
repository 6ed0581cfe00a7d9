//! What can be said against a certificate.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{Certificate, signature};

/// Something that is wrong with a certificate whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Weakness {
    /// Its last day is over.
    Expired,
    /// Its first day has not come.
    NotYetValid,
    /// Less than 112 bits of security.
    WeakKey,
    /// Signed over MD5 or SHA-1.
    WeakSignature,
}

impl Certificate {
    /// Whether its last moment is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.not_after < now
    }

    /// Whether it begins later.
    #[must_use]
    pub fn is_early(&self, now: Timestamp) -> bool {
        now < self.not_before
    }

    /// How long it is still valid; negative when it is over.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        self.not_after.duration_since(now)
    }

    /// Whether its signature rests on a broken hash. What signs itself is trusted because it is known, not for its
    /// signature, so that this asks nothing of a root.
    #[must_use]
    pub fn has_weak_signature(&self) -> bool {
        !(self.self_signed && self.authority) && signature::is_weak(&self.signature)
    }

    /// Everything that is wrong with it at a moment, worst first.
    #[must_use]
    pub fn weaknesses(&self, now: Timestamp) -> Vec<Weakness> {
        let all = [
            (self.is_expired(now), Weakness::Expired),
            (self.is_early(now), Weakness::NotYetValid),
            (self.key.is_weak(), Weakness::WeakKey),
            (self.has_weak_signature(), Weakness::WeakSignature),
        ];
        all.into_iter().filter(|(found, _)| *found).map(|(_, weakness)| weakness).collect()
    }

    /// Whether it can be used to prove a client to Kubernetes: no extended usages, or `clientAuth` among them.
    #[must_use]
    pub fn is_for_clients(&self) -> bool {
        self.serves("clientAuth")
    }

    /// Whether a server may present it.
    #[must_use]
    pub fn is_for_servers(&self) -> bool {
        self.serves("serverAuth")
    }

    fn serves(&self, usage: &str) -> bool {
        self.extended_usages.is_empty()
            || self.extended_usages.iter().any(|own| own == usage || own == "anyExtendedKeyUsage")
    }
}
