//! A body in parts: forms with files (`multipart/form-data`, RFC 7578) and their kin (RFC 2046). Each part is searched as
//! what it is, by the name of its field; heads and delimiters go on where they stood, and lengths stay.

mod delimiter;
mod head;

use cloister_dlp::{At, Opaque, Recognised, Where};
use memchr::memchr;

use crate::body::{Body, Judge, Onward};
use crate::guard::{Setting, Undone};
use delimiter::{Delimiter, Next};
use head::Head;
pub use head::boundary;

/// A longer head is searched as text.
const HEAD: usize = 16 << 10;
/// A longer boundary is none (RFC 2046 allows 70).
const BOUNDARY: usize = 256;
/// Parts within parts.
const DEEPEST: usize = 4;
/// Records of a part are numbered from here on, so that those of two files are not taken for one.
const RECORDS: u32 = 28;

/// A body in parts, of which some bytes may have passed.
pub struct Parts {
    setting: Setting,
    delimiter: Delimiter,
    /// Parts are the fields of a form.
    form: bool,
    depth: usize,
    state: State,
    /// What came, and is neither surely content nor surely a delimiter.
    waiting: Vec<u8>,
    /// Lines of a head before here were looked at.
    looked: usize,
    /// What waits stands at the beginning of a line.
    line_start: bool,
    /// What stands before, between and behind delimiters.
    part: Option<Part>,
    number: u64,
    unsearched: Vec<Undone>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Content,
    /// Behind the last delimiter.
    Behind,
}

enum Part {
    Whole(Box<Body>),
    Parts(Box<Parts>),
}

impl Parts {
    /// A body of this media type, whose parts are parted by `boundary`; none where no parts can be.
    pub fn new(setting: &Setting, media: &str, boundary: &str) -> Option<Parts> {
        Parts::nested(setting, media, boundary, 0)
    }

    fn nested(setting: &Setting, media: &str, boundary: &str, depth: usize) -> Option<Parts> {
        let fits = media.starts_with("multipart/") && !boundary.is_empty() && boundary.len() <= BOUNDARY;
        (fits && depth < DEEPEST).then(|| Parts {
            setting: setting.clone(),
            delimiter: Delimiter::new(boundary),
            form: media == "multipart/form-data",
            depth,
            state: State::Content,
            waiting: Vec::new(),
            looked: 0,
            line_start: true,
            part: None,
            number: 0,
            unsearched: Vec::new(),
        })
    }

    /// The next bytes: `judge` says what becomes of each value, and what may go on is added to `out`.
    pub fn push(&mut self, bytes: &[u8], judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        self.waiting.extend_from_slice(bytes);
        self.read(false, judge, out)
    }

    /// Nothing more comes: all that was held back goes on.
    pub fn finish(&mut self, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let onward = self.read(true, judge, out);
        self.end_part(judge, out).and(onward)
    }

    /// Why a part cannot be searched; told once for each.
    pub fn unsearched(&mut self) -> Option<Undone> {
        self.unsearched.pop()
    }

    fn read(&mut self, ended: bool, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let mut onward = Onward::Yes;
        while !self.waiting.is_empty() {
            let before = (self.waiting.len(), self.state);
            onward = onward.and(match self.state {
                State::Head => self.read_head(ended, judge, out),
                State::Content => self.read_content(ended, judge, out),
                State::Behind => self.content(usize::MAX, judge, out),
            });
            if before == (self.waiting.len(), self.state) {
                break;
            }
        }
        onward
    }

    /// Content up to the next delimiter, and that.
    fn read_content(&mut self, ended: bool, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        match self.delimiter.next(&self.waiting, self.line_start, ended) {
            Next::Content(end) => self.content(end, judge, out),
            Next::Delimiter { start, end, closes } => {
                let onward = self.content(start, judge, out);
                onward.and(self.delimit(end - start, closes, judge, out))
            }
        }
    }

    /// A delimiter of this length ends what is open.
    fn delimit(&mut self, length: usize, closes: bool, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let onward = self.end_part(judge, out);
        out.extend(self.waiting.drain(..length));
        (self.state, self.looked, self.line_start) = (if closes { State::Behind } else { State::Head }, 0, true);
        onward
    }

    fn read_head(&mut self, ended: bool, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        while let Some(length) = memchr(b'\n', self.waiting.get(self.looked..).unwrap_or_default()) {
            let line = self.waiting.get(self.looked..=self.looked + length).unwrap_or_default();
            let (start, end) = (self.looked, self.looked + line.len());
            if end > HEAD {
                return self.no_head();
            }
            if line.trim_ascii().is_empty() {
                return self.begin_part(end, judge, out);
            }
            if let Some(closes) = self.delimiter.is(line) {
                let onward = self.head_alone(start, judge, out);
                return onward.and(self.delimit(end - start, closes, judge, out));
            }
            self.looked = end;
        }
        match (ended, self.waiting.len() > HEAD) {
            (true, false) => self.head_alone(usize::MAX, judge, out),
            (_, true) => self.no_head(),
            (false, false) => Onward::Yes,
        }
    }

    /// No head is so long: it is content.
    fn no_head(&mut self) -> Onward {
        (self.state, self.line_start) = (State::Content, true);
        Onward::Yes
    }

    /// A head of this length, behind which nothing comes.
    fn head_alone(&mut self, length: usize, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let mut bytes: Vec<u8> = self.waiting.drain(..length.min(self.waiting.len())).collect();
        let (_, onward) = Head::read(&self.setting, self.form, &mut bytes, judge);
        out.append(&mut bytes);
        self.looked = 0;
        onward
    }

    /// A head of this length, behind which content comes.
    fn begin_part(&mut self, length: usize, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let mut bytes: Vec<u8> = self.waiting.drain(..length).collect();
        let (head, onward) = Head::read(&self.setting, self.form, &mut bytes, judge);
        out.append(&mut bytes);
        (self.state, self.looked, self.line_start) = (State::Content, 0, true);
        self.number += 1;
        // What is coded for transfer is searched as it stands, and cannot be overwritten.
        self.unsearched.extend(head.is_coded.then_some(Undone::Coding));
        let nested = Parts::nested(&self.setting, &head.media, &head.boundary, self.depth + 1);
        self.part = Some(match nested {
            Some(parts) => Part::Parts(Box::new(parts)),
            None => Part::Whole(Box::new(Body::at(&self.setting, &head.at(self.form)))),
        });
        onward
    }

    /// So many bytes of what waits are content.
    fn content(&mut self, length: usize, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let bytes: Vec<u8> = self.waiting.drain(..length.min(self.waiting.len())).collect();
        if bytes.is_empty() {
            return Onward::Yes;
        }
        self.line_start = false;
        let text = At { place: Where::Text, field: "", media: "", raw: true };
        let part = self.part.get_or_insert_with(|| Part::Whole(Box::new(Body::at(&self.setting, &text))));
        let onward = part.push(&bytes, &mut numbered(self.number, judge), out);
        self.unsearched.extend(part.unsearched());
        onward
    }

    fn end_part(&mut self, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        let Some(mut part) = self.part.take() else { return Onward::Yes };
        let onward = part.finish(&mut numbered(self.number, judge), out);
        self.unsearched.extend(part.unsearched());
        onward
    }
}

/// Records are told apart over all parts.
fn numbered<'j>(number: u64, judge: &'j mut Judge<'_>) -> impl FnMut(&mut Recognised) -> crate::body::Fate + 'j {
    move |recognised| {
        recognised.record = recognised.record.map(|record| record.wrapping_add(number << RECORDS));
        judge(recognised)
    }
}

impl Part {
    fn push(&mut self, bytes: &[u8], judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        match self {
            Part::Whole(body) => body.push(bytes, judge, out),
            Part::Parts(parts) => parts.push(bytes, judge, out),
        }
    }

    fn finish(&mut self, judge: &mut Judge<'_>, out: &mut Vec<u8>) -> Onward {
        match self {
            Part::Whole(body) => body.finish(judge, out),
            Part::Parts(parts) => parts.finish(judge, out),
        }
    }

    fn unsearched(&mut self) -> Vec<Undone> {
        match self {
            Part::Whole(body) => body.opaque().map(Opaque::into).into_iter().collect(),
            Part::Parts(parts) => std::mem::take(&mut parts.unsearched),
        }
    }
}
