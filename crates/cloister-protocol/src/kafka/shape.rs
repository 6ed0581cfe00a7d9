//! What is read of requests and answers, by version. Versions beyond those that were looked at are not read.

use super::wire::{count, tags, text, unsigned};
use crate::Side;
use crate::input::Input;

/// What a request or its answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Produce,
    Fetch,
    ShareFetch,
    Metadata,
    CreateTopics,
    SaslHandshake,
    SaslAuthenticate,
    /// Nothing that is read.
    Other,
}

/// The last version of each that was looked at, and the first in the flexible form.
const VERSIONS: [(i16, Api, i16, i16); 7] = [
    (0, Api::Produce, 13, 9),
    (1, Api::Fetch, 18, 12),
    (3, Api::Metadata, 13, 9),
    (17, Api::SaslHandshake, 1, i16::MAX),
    (19, Api::CreateTopics, 7, 5),
    (36, Api::SaslAuthenticate, 2, 2),
    (78, Api::ShareFetch, 1, 0),
];

/// A request or an answer in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) api: Api,
    pub(super) version: i16,
    pub(super) flexible: bool,
    /// The version was looked at.
    pub(super) known: bool,
}

/// A topic by its name or its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Name(String),
    Number([u8; 16]),
}

impl Shape {
    pub(super) fn new(key: i16, version: i16) -> Shape {
        let row = VERSIONS.iter().find(|row| row.0 == key);
        let (api, last, flexible) = row.map_or((Api::Other, i16::MAX, i16::MAX), |row| (row.1, row.2, row.3));
        Shape { api, version, flexible: version >= flexible, known: (0..=last).contains(&version) }
    }

    /// Whether something is told of what this side says so.
    pub(super) fn is_read(self, side: Side) -> bool {
        match self.api {
            Api::Produce | Api::SaslHandshake | Api::SaslAuthenticate => side == Side::Client,
            Api::Fetch | Api::ShareFetch => side == Side::Server,
            // Numbers of topics are told from these versions on.
            Api::Metadata => side == Side::Server && self.version >= 10,
            Api::CreateTopics => side == Side::Server && self.version >= 7,
            Api::Other => false,
        }
    }

    /// What stands before the topics of what is produced or fetched; how many there are.
    pub(super) fn prelude(self, input: &mut Input<'_>) -> Option<u64> {
        match self.api {
            Api::Produce => {
                if self.version >= 3 {
                    text(input, self.flexible)?;
                }
                input.take(6)?;
            }
            Api::ShareFetch => {
                input.take(6)?;
                text(input, true)?;
                input.take(4)?;
            }
            _ => {
                if self.version >= 1 {
                    input.take(4)?;
                }
                if self.version >= 7 {
                    input.take(6)?;
                }
            }
        }
        count(input, self.flexible)
    }

    /// A topic, and how many partitions of it follow.
    pub(super) fn topic(self, input: &mut Input<'_>) -> Option<(Topic, u64)> {
        let topic = if self.version >= 13 || self.api == Api::ShareFetch {
            Topic::Number(input.array()?)
        } else {
            Topic::Name(String::from_utf8_lossy(text(input, self.flexible)?).into_owned())
        };
        Some((topic, count(input, self.flexible)?))
    }

    /// A partition: how many bytes of records follow.
    pub(super) fn partition(self, input: &mut Input<'_>) -> Option<u64> {
        input.take(4)?;
        if self.api == Api::Fetch {
            input.take(10)?;
            if self.version >= 4 {
                input.take(8)?;
            }
            if self.version >= 5 {
                input.take(8)?;
            }
            if self.version >= 4 {
                for _ in 0..count(input, self.flexible)? {
                    input.take(16)?;
                    tags(input, self.flexible)?;
                }
            }
            if self.version >= 11 {
                input.take(4)?;
            }
        }
        if self.api == Api::ShareFetch {
            // Two errors with their texts, and who leads.
            for _ in 0..2 {
                input.take(2)?;
                text(input, true)?;
            }
            input.take(8)?;
            tags(input, true)?;
        }
        count(input, self.flexible)
    }

    /// What stands behind the records of a partition.
    pub(super) fn behind_records(self, input: &mut Input<'_>) -> Option<()> {
        if self.api == Api::ShareFetch {
            // Which of them were handed out, and how often.
            for _ in 0..count(input, true)? {
                input.take(18)?;
                tags(input, true)?;
            }
        }
        tags(input, self.flexible)
    }

    /// Topics with their numbers, as an answer about metadata, or about those that were made, tells them.
    pub(super) fn numbers(self, input: &mut Input<'_>, tell: impl FnMut([u8; 16], &[u8])) -> Option<()> {
        if self.api == Api::CreateTopics { self.created(input, tell) } else { self.metadata(input, tell) }
    }

    fn created(self, input: &mut Input<'_>, mut tell: impl FnMut([u8; 16], &[u8])) -> Option<()> {
        input.take(4)?;
        for _ in 0..count(input, true)? {
            let name = text(input, true)?;
            tell(input.array()?, name);
            input.take(2)?;
            text(input, true)?;
            input.take(6)?;
            for _ in 0..count(input, true)? {
                text(input, true)?;
                text(input, true)?;
                input.take(3)?;
                tags(input, true)?;
            }
            tags(input, true)?;
        }
        Some(())
    }

    fn metadata(self, input: &mut Input<'_>, mut tell: impl FnMut([u8; 16], &[u8])) -> Option<()> {
        let flexible = self.flexible;
        input.take(4)?;
        for _ in 0..count(input, flexible)? {
            input.take(4)?;
            text(input, flexible)?;
            input.take(4)?;
            text(input, flexible)?;
            tags(input, flexible)?;
        }
        text(input, flexible)?;
        input.take(4)?;
        for _ in 0..count(input, flexible)? {
            input.take(2)?;
            let name = text(input, flexible)?;
            tell(input.array()?, name);
            input.take(1)?;
            for _ in 0..count(input, flexible)? {
                input.take(14)?;
                for _ in 0..3 {
                    let replicas = usize::try_from(count(input, flexible)?).ok()?;
                    input.take(replicas.checked_mul(4)?)?;
                }
                tags(input, flexible)?;
            }
            input.take(4)?;
            tags(input, flexible)?;
        }
        Some(())
    }

    /// What a client says to prove who it is.
    pub(super) fn proof<'a>(self, input: &mut Input<'a>) -> Option<&'a [u8]> {
        let length = if self.flexible { unsigned(input)?.checked_sub(1)? } else { u64::from(input.u32()?) };
        input.take(usize::try_from(length).ok()?)
    }
}
