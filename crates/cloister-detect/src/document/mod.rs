//! A document of whatever length, searched as a stream: what is detected, where in its structure, by keyed hash. Memory
//! stays bounded; no value leaves.

mod invalid;
mod mail;
mod reported;
mod wide;
mod window;

use std::sync::Arc;

use crate::detection::Detection;
use crate::fields::unescaped;
use crate::keyed::Keys;
use crate::locate::{Broken, Format, Locator, Place};
use crate::profile::{Hit, Judged, Profile, Records, Search, Seen};
use invalid::Invalid;
use mail::Mail;
pub(crate) use mail::begins as is_mail;
pub use reported::{Part, Reported};
use wide::Wide;
use window::Window;

/// How documents are searched.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'p> {
    /// What counts.
    pub profile: &'p Profile,
    /// What values are hashed with.
    pub keys: Option<&'p Keys>,
    /// Hash with the earlier keys too.
    pub all_keys: bool,
}

/// What else is to be said of a document when it has ended.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// What is wrong with its structure.
    pub broken: Option<Broken>,
    /// The line of the first bytes that are no UTF-8, and how many such places there are.
    pub invalid: Option<(u64, u64)>,
    /// How many detections lists of what is known took away.
    pub allowed: u64,
    /// How many bytes it had.
    pub bytes: u64,
    /// How many lines.
    pub lines: u64,
}

/// One document.
pub struct Document<'p> {
    asked: Asked<'p>,
    file: Arc<str>,
    format: Format,
    search: Search<'p>,
    locator: Locator,
    records: Records<'p, Told>,
    window: Window,
    invalid: Invalid,
    wide: Option<Wide>,
    mail: Option<Mail>,
    allowed: u64,
    judged: Vec<Judged<Told>>,
}

/// What is known of a detection besides: all that needs its bytes.
#[derive(Clone, Debug)]
struct Told {
    place: Place,
    line: u64,
    hash: Option<String>,
    earlier: Vec<String>,
}

impl<'p> Document<'p> {
    /// At its start. `is_wide` says that the bytes come from UTF-16: offsets are told in the original.
    pub fn new(asked: Asked<'p>, file: Arc<str>, format: Format, is_wide: bool) -> Document<'p> {
        Document {
            asked,
            file,
            format,
            search: Search::new(asked.profile, ""),
            locator: Locator::new(format),
            records: Records::new(asked.profile),
            window: Window::default(),
            invalid: Invalid::default(),
            wide: is_wide.then(Wide::default),
            mail: (format == Format::Mail && !is_wide).then(Mail::default),
            allowed: 0,
            judged: Vec::new(),
        }
    }

    /// The next bytes, as UTF-8.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Reported>) {
        match self.mail.as_mut().map(|mail| mail.push(bytes)) {
            Some(bytes) => self.read(&bytes, out),
            None => self.read(bytes, out),
        }
    }

    /// The next bytes, as they are to be read.
    fn read(&mut self, bytes: &[u8], out: &mut Vec<Reported>) {
        self.invalid.look(bytes);
        self.window.push(bytes);
        let hits = self.search.push(bytes);
        self.take(hits, out);
        let told = self.window.end().saturating_sub(self.search.pending());
        self.walk(told);
        self.window.forget(told);
        if let Some(mail) = &mut self.mail {
            mail.map().forget(told);
        }
    }

    /// No more come.
    pub fn finish(mut self, out: &mut Vec<Reported>) -> Ended {
        if let Some(bytes) = self.mail.as_mut().map(Mail::finish) {
            self.read(&bytes, out);
        }
        let search = std::mem::replace(&mut self.search, Search::new(self.asked.profile, ""));
        self.take(search.finish(), out);
        self.walk(self.window.end());
        self.records.finish(&mut self.judged);
        self.report(out);
        Ended {
            broken: self.locator.broken(),
            invalid: self.invalid.finish(),
            allowed: self.allowed,
            bytes: self.window.end() as u64,
            lines: self.locator.line(),
        }
    }

    /// The locator goes on to `to`.
    fn walk(&mut self, to: usize) {
        let from = usize::try_from(self.locator.position()).unwrap_or(usize::MAX);
        let bytes = self.window.slice(from, to);
        if let Some(wide) = &mut self.wide {
            wide.advance(bytes);
        }
        self.locator.advance(bytes);
    }

    fn take(&mut self, hits: Vec<Hit>, out: &mut Vec<Reported>) {
        for hit in hits {
            self.walk(hit.detection.offset);
            let place = self.locator.place();
            // A table within a text has names for its columns too.
            let column = hit.detection.column.as_deref().filter(|_| place.field.is_empty());
            let field = column.map_or_else(|| place.field.clone(), str::to_owned);
            let Some(mut placed) = self.asked.profile.in_field(hit, &field) else { continue };
            let value = self.window.slice(placed.detection.offset, placed.detection.end());
            let wide = self.wide.map(|wide| (wide.position(), Wide::length(value)));
            let (start, end) = (placed.detection.offset, placed.detection.end());
            let mail =
                self.mail.as_mut().map(|mail| (mail.map().place(start), mail.map().end(end), mail.map().line(start)));
            let original = wide.or(mail.map(|(start, end, _)| (start, end.saturating_sub(start))));
            if let Some(mut told) = self.tell(&placed.detection, place) {
                if let Some((_, _, line)) = mail {
                    (told.line, told.place.path) = (line, format!("line {line}"));
                }
                if let Some((offset, length)) = original {
                    (placed.detection.offset, placed.detection.length) = (offset, length);
                }
                let (record, line) = (told.place.record, told.line);
                self.records.push(placed.at(record, line, told), &mut self.judged);
            }
        }
        self.report(out);
    }

    /// What its bytes say; nothing where it is allowed.
    fn tell(&mut self, detection: &Detection, place: Place) -> Option<Told> {
        let value = &*unescaped(self.window.slice(detection.offset, detection.end()));
        let seen = Seen { value, file: &self.file, path: &place.path, keys: self.asked.keys };
        if self.asked.profile.allows(detection, &seen).is_some() {
            self.allowed += 1;
            return None;
        }
        let mut hashes = self.asked.keys.into_iter().flat_map(|keys| keys.all(value));
        let hash = hashes.next();
        let earlier = if self.asked.all_keys { hashes.collect() } else { Vec::new() };
        Some(Told { place, line: self.locator.line(), hash, earlier })
    }

    fn report(&mut self, out: &mut Vec<Reported>) {
        let profile = self.asked.profile;
        let mut last = Place::default();
        for judged in self.judged.drain(..) {
            match judged {
                Judged::Value(detection, told) => {
                    if !profile.rules_are_empty() {
                        last = told.place.clone();
                    }
                    if profile.reports(detection.category, detection.confidence) {
                        out.push(Reported::value(&self.file, detection, told));
                    }
                }
                Judged::Together(together) => out.push(Reported::together(&self.file, self.format, &last, together)),
            }
        }
    }
}
