//! Codings of content: what was compressed is told piece by piece as it
//! becomes readable, within bounds.

mod any;
mod blocks;
mod brotli;
mod chain;
mod inflate;
mod lz4;
mod snappy;
mod window;
mod zstandard;

pub(crate) use any::Unpack;
pub use chain::Chain;

use crate::conversation::Limits;
use crate::message::Trouble;

/// A coding, by the names of RFC 9110 section 8.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or what some send instead of it: RFC 1951 by itself.
    Deflate,
    /// RFC 1951 by itself, as WebSocket has it.
    Raw,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// The coding that a header calls so; `identity` is none.
    pub(crate) fn named(name: &str) -> Option<Coding> {
        let known = [
            ("gzip", Coding::Gzip),
            ("x-gzip", Coding::Gzip),
            ("deflate", Coding::Deflate),
            ("br", Coding::Brotli),
            ("zstd", Coding::Zstd),
        ];
        known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, coding)| coding)
    }
}

/// Takes a coding away from a stream.
pub(crate) struct Decoder {
    engine: Engine,
    read: u64,
    told: u64,
    limit: u64,
}

enum Engine {
    Inflate(inflate::Inflate),
    Brotli(Box<brotli::Brotli>),
    Zstd(zstandard::Zstandard),
}

/// How often over what was read something may become, once it is more than a megabyte.
const RATIO: u64 = 1000;

impl Decoder {
    pub(crate) fn new(coding: Coding, limits: &Limits) -> Decoder {
        let engine = match coding {
            Coding::Gzip | Coding::Deflate | Coding::Raw => Engine::Inflate(inflate::Inflate::new(coding)),
            Coding::Brotli => Engine::Brotli(Box::default()),
            Coding::Zstd => Engine::Zstd(zstandard::Zstandard::new()),
        };
        Decoder { engine, read: 0, told: 0, limit: limits.decompressed }
    }

    /// Tells what `bytes` become. After trouble nothing more can be read.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        self.read = self.read.saturating_add(bytes.len() as u64);
        let ratio = self.read.saturating_mul(RATIO).max(1 << 20);
        let mut bound = Bound { left: self.limit.min(ratio).saturating_sub(self.told), out };
        let before = bound.left;
        let result = match &mut self.engine {
            Engine::Inflate(engine) => engine.push(bytes, &mut bound),
            Engine::Brotli(engine) => engine.push(bytes, &mut bound),
            Engine::Zstd(engine) => engine.push(bytes, &mut bound),
        };
        self.told = self.told.saturating_add(before.saturating_sub(bound.left));
        result
    }

    /// Whether it may end here.
    pub(crate) fn is_finished(&self) -> bool {
        self.read == 0
            || match &self.engine {
                Engine::Inflate(engine) => engine.is_finished(),
                Engine::Brotli(engine) => engine.is_finished(),
                Engine::Zstd(engine) => engine.is_finished(),
            }
    }

    /// Forgets its history, as WebSocket's messages without context takeover begin anew.
    pub(crate) fn reset(&mut self) {
        if let Engine::Inflate(engine) = &mut self.engine {
            engine.reset();
        }
    }

    /// Counts its bounds anew: another message begins.
    pub(crate) fn again(&mut self) {
        (self.read, self.told) = (0, 0);
    }

    /// How many bytes it holds.
    pub(crate) fn held(&self) -> usize {
        match &self.engine {
            Engine::Inflate(_) => 48 << 10,
            Engine::Brotli(_) => (64 << 10) + usize::try_from(self.told).unwrap_or(usize::MAX).min(16 << 20),
            Engine::Zstd(engine) => engine.held(),
        }
    }
}

/// What may still be told.
struct Bound<'a> {
    left: u64,
    out: &'a mut dyn FnMut(&[u8]),
}

impl Bound<'_> {
    fn tell(&mut self, bytes: Option<&[u8]>) -> Result<(), Trouble> {
        let bytes = bytes.unwrap_or_default();
        let fits = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        self.left = self.left.saturating_sub(fits as u64);
        if let Some(now) = bytes.get(..fits).filter(|now| !now.is_empty()) {
            (self.out)(now);
        }
        if fits < bytes.len() { Err(Trouble::Bomb) } else { Ok(()) }
    }
}

/// Room for a piece of what something becomes.
const ROOM: usize = 16 << 10;

#[cfg(test)]
mod tests;
