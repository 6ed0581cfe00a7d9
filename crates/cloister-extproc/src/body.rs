//! One body on its way: searched as it passes, held back only as far as what follows may still matter.

use cloister_dlp::{At, ENOUGH, Key, Lens, Opaque, Reading, Recognised, Where};

use crate::guard::Setting;
use crate::mask;

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It goes on as it is.
    Pass,
    /// It goes on overwritten.
    Redact,
    /// Nothing goes on.
    Block,
}

/// Whether the exchange goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// It does.
    Yes,
    /// It is blocked.
    No,
}

impl Onward {
    /// It goes on where both let it.
    pub(crate) fn and(self, other: Onward) -> Onward {
        if self == Onward::No { self } else { other }
    }
}

/// Says what becomes of each value.
pub type Judge<'a> = dyn FnMut(&mut Recognised) -> Fate + 'a;

/// A body of which some bytes may have passed.
pub struct Body {
    /// None when it has ended.
    reading: Option<Reading>,
    key: Key,
    media: Box<str>,
    /// What came and has not gone on.
    pending: Vec<u8>,
    /// Where `pending` starts in the body.
    gone: usize,
    /// The last byte gone that is no white space.
    last: Option<u8>,
    /// Its beginning was looked at.
    known: bool,
    /// Why it cannot be searched, until somebody asks.
    opaque: Option<Opaque>,
    /// It is not searched.
    skipped: bool,
    found: Vec<Recognised>,
}

impl Default for Body {
    fn default() -> Body {
        Body::new(&Setting::default(), "")
    }
}

impl Body {
    /// A body of this media type, without parameters.
    pub fn new(setting: &Setting, media: &str) -> Body {
        Body::at(setting, &At { place: Where::Body, field: "", media, raw: true })
    }

    /// Bytes that stand here.
    pub fn at(setting: &Setting, at: &At<'_>) -> Body {
        Body {
            reading: Some(Reading::new(&setting.lens, at)),
            key: setting.key,
            media: at.media.into(),
            pending: Vec::new(),
            gone: 0,
            last: None,
            known: false,
            opaque: None,
            skipped: false,
            found: Vec::new(),
        }
    }

    /// The next bytes: `judge` says what becomes of each value, and what may go on is added to `out`.
    pub fn push(&mut self, bytes: &[u8], judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        self.pending.extend_from_slice(bytes);
        self.look(false);
        if self.skipped {
            self.release(self.pending.len(), out);
            return Onward::Yes;
        }
        let mut found = std::mem::take(&mut self.found);
        let mut settled = self.gone;
        if let Some(reading) = &mut self.reading {
            reading.push(bytes, &self.key, &mut found);
            settled = reading.settled();
        }
        let onward = self.apply(&mut found, judge);
        self.found = found;
        // What it is must be known before anything of it goes on.
        if self.known {
            self.release(settled.saturating_sub(self.gone).min(self.pending.len()), out);
        }
        onward
    }

    /// Nothing more comes: all that was held back goes on.
    pub fn finish(&mut self, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        self.look(true);
        let mut found = std::mem::take(&mut self.found);
        if let Some(reading) = self.reading.take().filter(|_| !self.skipped) {
            reading.finish(&[], &self.key, &mut found);
        }
        let onward = self.apply(&mut found, judge);
        self.release(self.pending.len(), out);
        onward
    }

    /// Whether its beginning was enough to say what it is.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Why it cannot be searched; told once.
    pub fn opaque(&mut self) -> Option<Opaque> {
        self.opaque.take()
    }

    fn look(&mut self, ended: bool) {
        if self.known || (self.pending.len() < ENOUGH && !ended) {
            return;
        }
        self.known = true;
        self.opaque = Opaque::of(&self.media, &self.pending);
        self.skipped = self.opaque == Some(Opaque::Media);
    }

    fn apply(&mut self, found: &mut Vec<Recognised>, judge: &mut Judge<'_>) -> Onward {
        let mut onward = Onward::Yes;
        for mut recognised in found.drain(..) {
            let place = |offset: usize| offset.saturating_sub(self.gone).min(self.pending.len());
            let (start, end) = (place(recognised.detection().offset), place(recognised.detection().end()));
            match judge(&mut recognised) {
                Fate::Pass => {}
                Fate::Redact => mask::within(&mut self.pending, start, end, self.last),
                Fate::Block => onward = Onward::No,
            }
        }
        onward
    }

    fn release(&mut self, count: usize, out: &mut Vec<u8>) {
        let going = self.pending.get(..count).unwrap_or_default();
        self.last = going.iter().copied().rfind(|byte| !byte.is_ascii_whitespace()).or(self.last);
        out.extend_from_slice(going);
        self.pending.drain(..count);
        self.gone += count;
    }
}

/// Searches the whole value of a field of a head; says what goes on instead of it, where it changes.
pub fn field(setting: &Setting, at: &At<'_>, value: &[u8], judge: &mut Judge<'_>) -> (Option<Vec<u8>>, Onward) {
    let mut found = Vec::new();
    recognise(&setting.lens, at, value, &setting.key, &mut found);
    let (mut changed, mut onward) = (None, Onward::Yes);
    for mut recognised in found {
        let (start, end) = (recognised.detection().offset, recognised.detection().end());
        match judge(&mut recognised) {
            Fate::Pass => {}
            Fate::Redact => mask::within(changed.get_or_insert_with(|| value.to_vec()), start, end, None),
            Fate::Block => onward = Onward::No,
        }
    }
    (changed.filter(|changed| changed != value), onward)
}

fn recognise(lens: &Lens, at: &At<'_>, value: &[u8], key: &Key, found: &mut Vec<Recognised>) {
    if std::str::from_utf8(value).is_ok() {
        return cloister_dlp::whole(lens, at, value, key, found);
    }
    // Offsets must be those of the bytes.
    Reading::new(lens, at).finish(value, key, found);
}
