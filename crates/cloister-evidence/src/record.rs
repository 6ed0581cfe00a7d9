//! An entry of the log: what kind of thing was done when, and a commitment to the rest.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Commitment;

/// What is recorded. It stands in the log itself, which is why it names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What was assessed, and with what outcome.
    Assessment,
    /// Somebody was told of something.
    Alert,
    /// A rule or the sensor saw something.
    Detection,
    /// Another scanner reported something.
    Report,
    /// Somebody has taken note of an alert.
    Acknowledgement,
    /// A finding was accepted, or no longer is.
    Exception,
    /// A person stated something, or took it back.
    Attestation,
    /// A suspected breach, and every step of its handling.
    Breach,
    /// A data subject's request, and every step of its handling.
    Request,
    /// What the hub does was changed.
    Configuration,
    /// Somebody signed in or out, or was refused.
    Login,
    /// A payload was erased, by which rule.
    Erasure,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 12] = [
        Kind::Assessment,
        Kind::Alert,
        Kind::Detection,
        Kind::Report,
        Kind::Acknowledgement,
        Kind::Exception,
        Kind::Attestation,
        Kind::Breach,
        Kind::Request,
        Kind::Configuration,
        Kind::Login,
        Kind::Erasure,
    ];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Assessment => "assessment",
            Kind::Alert => "alert",
            Kind::Detection => "detection",
            Kind::Report => "report",
            Kind::Acknowledgement => "acknowledgement",
            Kind::Exception => "exception",
            Kind::Attestation => "attestation",
            Kind::Breach => "breach",
            Kind::Request => "request",
            Kind::Configuration => "configuration",
            Kind::Login => "login",
            Kind::Erasure => "erasure",
        }
    }

    /// Whether what such an entry says may be erased. What says that something was erased, or how long things are kept,
    /// stays, and names nobody.
    pub fn can_be_erased(self) -> bool {
        !matches!(self, Kind::Erasure | Kind::Configuration)
    }
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is about.
    pub kind: Kind,
    /// When it was recorded.
    pub time: Timestamp,
    /// To what it says.
    pub commitment: Commitment,
}

/// Bytes that are no entry of this log.
#[derive(Debug, thiserror::Error)]
pub enum NoRecord {
    /// They are no JSON of its form.
    #[error("not a record")]
    Form(#[source] serde_json::Error),
    /// The commitment is none.
    #[error("the record's commitment is not a hash in base64")]
    Commitment,
    /// They say the same in other bytes: another order, another spelling, something more.
    #[error("not written as records are")]
    Spelling,
}

/// As it is written: these fields, in this order, without space.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    v: u8,
    kind: Kind,
    time: Timestamp,
    commitment: String,
}

const VERSION: u8 = 1;

impl Record {
    /// The bytes that are hashed as a leaf.
    pub fn write(&self) -> Vec<u8> {
        let written = Written { v: VERSION, kind: self.kind, time: self.time, commitment: self.commitment.to_string() };
        // Nothing in it can fail to be written.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Reads them again.
    pub fn read(entry: &[u8]) -> Result<Record, NoRecord> {
        let written: Written = serde_json::from_slice(entry).map_err(NoRecord::Form)?;
        let commitment = Commitment::from_base64(&written.commitment).ok_or(NoRecord::Commitment)?;
        let record = Record { kind: written.kind, time: written.time, commitment };
        if written.v == VERSION && record.write() == entry { Ok(record) } else { Err(NoRecord::Spelling) }
    }
}
