//! The content of a body: what lies under its coding is searched, and may be changed.

use cloister_dlp::Opaque;
use cloister_protocol::{Chain, Limits};

use crate::body::{Body, Judge, Onward};
use crate::guard::{Passage, Setting, Undone};
use crate::parts::Parts;
use crate::wire::HeaderMutation;

/// What may become of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It may go on changed.
    Changed,
    /// It goes on as it came; it is only searched.
    Watched,
}

/// A body on its way.
pub enum Content {
    /// It is not searched.
    Unread,
    /// It is in no coding.
    Plain(Under),
    /// Its coding is taken away: it goes on without.
    Opened(Box<Coded>),
    /// It goes on as it came, and what lies under its coding is searched.
    Watched(Box<Coded>),
}

/// A body in a coding.
pub struct Coded {
    chain: Chain,
    body: Under,
}

/// What lies under the coding.
pub enum Under {
    Whole(Box<Body>),
    Parts(Box<Parts>),
}

impl Under {
    fn of(passage: &Passage, setting: &Setting) -> Under {
        match Parts::new(setting, &passage.media, &passage.boundary) {
            Some(parts) => Under::Parts(Box::new(parts)),
            None => Under::Whole(Box::new(Body::new(setting, &passage.media))),
        }
    }

    fn push(&mut self, bytes: &[u8], judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        match self {
            Under::Whole(body) => body.push(bytes, judge, out),
            Under::Parts(parts) => parts.push(bytes, judge, out),
        }
    }

    fn finish(&mut self, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        match self {
            Under::Whole(body) => body.finish(judge, out),
            Under::Parts(parts) => parts.finish(judge, out),
        }
    }

    fn unsearched(&mut self) -> Option<Undone> {
        match self {
            Under::Whole(body) => body.opaque().map(Opaque::into),
            Under::Parts(parts) => parts.unsearched(),
        }
    }

    /// Of parts, the last may still be what cannot be searched.
    fn is_known(&self) -> bool {
        matches!(self, Under::Whole(body) if body.is_known())
    }
}

/// Fields that speak of the coded bytes.
const OF_CODED: &[&str] = &["content-encoding", "content-length", "content-md5", "digest", "content-digest"];

impl Content {
    /// How a body is read that comes with this head.
    pub fn of(passage: &Passage, setting: &Setting, way: Way) -> Content {
        let Ok(chain) = Chain::named(&passage.coding, &Limits::default()) else { return Content::Unread };
        let body = Under::of(passage, setting);
        match way {
            _ if chain.is_empty() => Content::Plain(body),
            Way::Changed => Content::Opened(Box::new(Coded { chain, body })),
            Way::Watched => Content::Watched(Box::new(Coded { chain, body })),
        }
    }

    fn body(&mut self) -> Option<&mut Under> {
        match self {
            Content::Unread => None,
            Content::Plain(body) => Some(body),
            Content::Opened(coded) | Content::Watched(coded) => Some(&mut coded.body),
        }
    }

    /// Why it, or a part of it, cannot be searched; told once for each.
    pub fn unsearched(&mut self) -> Option<Undone> {
        self.body()?.unsearched()
    }

    /// Whether its beginning was enough to say what it is.
    pub fn is_known(&mut self) -> bool {
        self.body().is_none_or(|body| body.is_known())
    }

    /// What changes in the head, besides `changes`.
    pub fn changes(&self, changes: Option<HeaderMutation>) -> Option<HeaderMutation> {
        if !matches!(self, Content::Opened(_)) {
            return changes;
        }
        let mut changes = changes.unwrap_or_default();
        changes.remove_headers.extend(OF_CODED.iter().map(|name| (*name).to_owned()));
        Some(changes)
    }

    /// The next bytes; what may go on is added to `out`.
    ///
    /// # Errors
    /// The coding cannot be read on; says whether the exchange goes on.
    pub fn push(
        &mut self,
        bytes: &[u8],
        ended: bool,
        judge: &mut Judge<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Onward, Onward> {
        match self {
            Content::Unread => {
                out.extend_from_slice(bytes);
                Ok(Onward::Yes)
            }
            Content::Plain(body) => Ok(search(body, bytes, ended, judge, out)),
            // What cannot be read cannot be let through where it might have to change.
            Content::Opened(coded) => coded.push(bytes, ended, judge, out).ok_or(Onward::No),
            Content::Watched(coded) => {
                out.extend_from_slice(bytes);
                coded.push(bytes, ended, judge, &mut Vec::new()).ok_or(Onward::Yes)
            }
        }
    }
}

impl Coded {
    fn push(&mut self, bytes: &[u8], ended: bool, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Option<Onward> {
        let mut onward = Onward::Yes;
        let body = &mut self.body;
        let read = self.chain.push(bytes, &mut |piece| {
            if search(body, piece, false, judge, out) == Onward::No {
                onward = Onward::No;
            }
        });
        if ended && search(body, &[], true, judge, out) == Onward::No {
            onward = Onward::No;
        }
        (read.is_ok() && (!ended || self.chain.is_finished())).then_some(onward)
    }
}

fn search(body: &mut Under, bytes: &[u8], ended: bool, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
    let first = body.push(bytes, judge, out);
    let last = if ended { body.finish(judge, out) } else { Onward::Yes };
    first.and(last)
}
