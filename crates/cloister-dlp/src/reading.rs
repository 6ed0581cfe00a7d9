//! One value of a message as it is read: recognised by what policies say of recognition, and told with its place. Only
//! places and keyed hashes stay.

use std::borrow::Cow;
use std::hash::Hasher;
use std::sync::Arc;

use cloister_detect::Detection;
use cloister_detect::profile::{Owners, Seen, Sight, Watch};
use siphasher::sip::SipHasher13;

use crate::judge::Where;
use crate::lens::Lens;
use crate::located::Track;

/// The key by which values are told apart while they are counted. It is made anew by each process and never written.
pub type Key = [u8; 16];

/// So many bytes may be at hand whose structure was not looked at: it is, where something is found in them, or when they are
/// let go. Most values are shorter.
const UNWALKED: usize = 8 << 10;

/// Where a value stands, as its protocol tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<'a> {
    /// In which part of the message.
    pub place: Where,
    /// The name of the field, parameter, column or header; empty where it has none. Of a body that is one part of several,
    /// what stands before each place in it.
    pub field: &'a str,
    /// The media type of a body, without parameters; empty where it is not known.
    pub media: &'a str,
    /// Forms are to be taken apart here: they come as they were sent.
    pub raw: bool,
}

/// What was recognised, where.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What.
    pub sight: Sight,
    /// In which part of the message.
    pub place: Where,
    /// The name of its field, or its place in a body: `/patients/*/email`.
    pub field: Box<str>,
    /// The row, object or element that it stands in; none in a text.
    pub record: Option<u64>,
    /// The line of the value, from 1.
    pub line: u64,
    /// A keyed hash of its bytes, where they were at hand.
    pub hash: Option<u64>,
    /// Whose lists know it, and why.
    pub allowed: Vec<(usize, Box<str>)>,
}

impl At<'_> {
    /// The name that helps to recognise the whole value: that of a file says little of what stands in it.
    fn telling(&self) -> &str {
        if self.place == Where::Body { "" } else { self.field }
    }
}

impl Recognised {
    /// What it is.
    pub fn detection(&self) -> &Detection {
        self.sight.detection()
    }

    /// For whom it counts.
    pub fn counts_for(&self) -> Owners {
        self.sight.counts_for
    }
}

/// A value that comes in pieces.
pub struct Reading {
    watch: Watch,
    lens: Lens,
    place: Where,
    field: Box<str>,
    track: Track,
    /// From here on, bytes are at hand.
    from: usize,
}

impl Reading {
    /// One that begins.
    pub fn new(lens: &Lens, at: &At<'_>) -> Reading {
        let mut watch = Watch::new(&lens.several, at.telling());
        watch.keep_from(0);
        Reading {
            watch,
            lens: lens.clone(),
            place: at.place,
            field: at.field.into(),
            track: Track::begin(at, !lens.is_plain()),
            from: 0,
        }
    }

    /// The next piece; what is recognised by it is added to `found`.
    pub fn push(&mut self, bytes: &[u8], key: &Key, found: &mut Vec<Recognised>) {
        for sight in self.watch.push(bytes) {
            found.extend(self.locate(sight, key));
        }
        let settled = self.watch.settled();
        if settled.saturating_sub(self.from) > UNWALKED {
            self.walk(settled);
            self.from = settled;
            self.watch.keep_from(settled);
        }
    }

    /// Holds as little as it can until more comes: what it has is walked through, and let go. Nothing else is recognised
    /// for that.
    pub fn let_go(&mut self) {
        let settled = self.watch.settled();
        let (base, bytes) = self.watch.bytes();
        if settled <= self.from || !self.track.may_begin(base + bytes.len()) {
            return;
        }
        self.walk(settled);
        self.from = settled;
        self.watch.keep_from(settled);
        self.watch.let_go();
    }

    /// From now on, so many bytes are gathered before they are looked at: that takes less, and what is in them is told later.
    pub fn gather(&mut self, bytes: usize) {
        self.watch.gather(bytes);
    }

    /// No more comes but these.
    pub fn finish(mut self, bytes: &[u8], key: &Key, found: &mut Vec<Recognised>) {
        for sight in self.watch.close(bytes) {
            found.extend(self.locate(sight, key));
        }
    }

    /// Whether it may go on where this is known now; else it is to be ended, and another begun.
    pub fn keeps_to(&mut self, lens: &Lens) -> bool {
        let agrees = self.lens.agrees(lens);
        if agrees && !Arc::ptr_eq(&self.lens.several, &lens.several) {
            self.lens = lens.clone();
        }
        agrees
    }

    /// Bytes that it holds, about.
    pub fn held(&self) -> usize {
        size_of::<Reading>() + self.watch.held() + self.field.len()
    }

    /// All that starts before this offset was told.
    pub fn settled(&self) -> usize {
        self.watch.settled()
    }

    /// Looks at the structure so far: only where something was found, or where bytes are let go.
    fn walk(&mut self, to: usize) {
        let (base, bytes) = self.watch.bytes();
        // Until then, the beginning is at hand.
        self.track.begin_with(bytes);
        if let Some(from) = self.track.position().and_then(|at| at.checked_sub(base)) {
            self.track.advance(bytes.get(from..to.saturating_sub(base)).unwrap_or_default());
        }
    }

    fn locate(&mut self, sight: Sight, key: &Key) -> Option<Recognised> {
        let (start, end) = (sight.detection().offset, sight.detection().end());
        self.walk(start);
        let (base, bytes) = self.watch.bytes();
        let value = start.checked_sub(base).and_then(|from| bytes.get(from..end.checked_sub(base)?));
        let spot = self.track.spot(&self.field, sight.detection());
        told(&self.lens, sight, self.place, spot, value, key)
    }
}

/// What is recognised in a value that came whole.
pub fn whole(lens: &Lens, at: &At<'_>, bytes: &[u8], key: &Key, found: &mut Vec<Recognised>) {
    // Most is valid, which is seen faster than where it is not.
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let sights = Watch::whole(&lens.several, at.telling(), &text);
    if sights.is_empty() {
        return;
    }
    // Only now is its structure looked at.
    let mut track = Track::begin(at, !lens.is_plain());
    track.begin_with(text.as_bytes());
    let mut walked = 0;
    for sight in sights {
        let (start, end) = (sight.detection().offset, sight.detection().end());
        track.advance(text.as_bytes().get(walked..start).unwrap_or_default());
        walked = walked.max(start);
        let spot = track.spot(at.field, sight.detection());
        found.extend(told(lens, sight, at.place, spot, text.as_bytes().get(start..end), key));
    }
}

/// Where in a value something stands.
pub(crate) struct Spot {
    /// What is told: a name, or a place without indexes.
    pub field: String,
    /// The name that may say what it is.
    pub name: String,
    /// The place with its indexes.
    pub path: String,
    pub record: Option<u64>,
    pub line: u64,
}

fn told(lens: &Lens, sight: Sight, place: Where, spot: Spot, bytes: Option<&[u8]>, key: &Key) -> Option<Recognised> {
    let mut sight = lens.several.in_field(sight, &spot.name)?;
    let mut allowed = Vec::new();
    let value = bytes.unwrap_or_default();
    for (owner, profile) in lens.several.iter().filter(|_| bytes.is_some()) {
        let seen = Seen { value, file: "", path: &spot.path, keys: lens.keys.as_deref() };
        if sight.counts_for.has(owner)
            && let Some(reason) = profile.allows(sight.detection(), &seen)
        {
            sight.counts_for.remove(owner);
            allowed.push((owner, reason.into()));
        }
    }
    let (field, hash) = (spot.field.into(), bytes.map(|bytes| hash(bytes, key)));
    Some(Recognised { sight, place, field, record: spot.record, line: spot.line, hash, allowed })
}

/// Separators and case do not make another value.
fn hash(bytes: &[u8], key: &Key) -> u64 {
    let mut hasher = SipHasher13::new_with_key(key);
    bytes.iter().filter(|byte| !matches!(byte, b' ' | b'-' | b'.' | b'/')).for_each(|byte| {
        hasher.write_u8(byte.to_ascii_lowercase());
    });
    hasher.finish()
}
