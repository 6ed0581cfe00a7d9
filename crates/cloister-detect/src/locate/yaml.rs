//! YAML in blocks: the way to a line by its indentation.

use memchr::memchr;

use super::json::pointer;
use super::name::{LONGEST, Name, Names};
use super::{Begin, Place, Walk};

/// Of a longer line the beginning names it.
const LONGEST_LINE: usize = 512;
const DEEPEST: usize = 128;

#[derive(Clone, Copy, Debug)]
enum Part {
    /// Where its name ends among those of the way, and whether a detection lies in it.
    Key(usize, bool),
    Item(u64),
}

#[derive(Clone, Copy, Debug)]
struct Level {
    indent: usize,
    part: Part,
    start: u64,
}

/// Levels, and the names of all keys among them, one behind the other: a line makes nothing that must be freed.
#[derive(Clone, Debug, Default)]
struct Way {
    levels: Vec<Level>,
    names: Vec<u8>,
}

impl Way {
    fn push(&mut self, indent: usize, part: Part, start: u64) {
        self.levels.push(Level { indent, part, start });
    }

    fn pop(&mut self) -> Option<Level> {
        let last = self.levels.pop()?;
        if matches!(last.part, Part::Key(..)) {
            self.names.truncate(self.levels.iter().rev().find_map(Level::end).unwrap_or(0));
        }
        Some(last)
    }

    fn clear(&mut self) {
        self.levels.clear();
        self.names.clear();
    }
}

impl Level {
    /// Where the name ends, of a key.
    fn end(&self) -> Option<usize> {
        match self.part {
            Part::Key(end, _) => Some(end),
            Part::Item(_) => None,
        }
    }
}

/// The way to a place in YAML.
#[derive(Debug, Default)]
pub struct Yaml {
    way: Way,
    line: Vec<u8>,
    line_start: u64,
    /// A text in a block stands deeper than this.
    block: Option<usize>,
    document: u64,
    /// Detections lie in the line, from here on.
    hit: Option<usize>,
}

impl Yaml {
    fn end_line(&mut self, line: &[u8], next: u64) {
        if line.starts_with(b"---") {
            self.way.clear();
            (self.block, self.document) = (None, self.line_start);
        } else {
            let mut way = std::mem::take(&mut self.way);
            self.block = self.read(line, &mut way);
            self.way = way;
        }
        (self.line_start, self.hit) = (next, None);
    }

    /// Makes `way` the one after this line; says whether a text in a block begins or goes on.
    fn read(&self, line: &[u8], way: &mut Way) -> Option<usize> {
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        let mut rest = line.get(indent..).unwrap_or_default().trim_ascii_end();
        let in_block = self.block.is_some_and(|block| indent > block);
        if rest.is_empty() || rest.starts_with(b"#") || in_block {
            return self.block;
        }
        let mut column = indent;
        let mut item = rest == b"-" || rest.starts_with(b"- ");
        // An item may stand as deep as the key of its list.
        while way.levels.last().is_some_and(|last| {
            last.indent > column || last.indent == column && !(item && matches!(last.part, Part::Key(..)))
        }) {
            let last = way.pop();
            if let Some(Level { indent, part: Part::Item(index), start: _ }) = last
                && item
                && indent == column
            {
                way.push(indent, Part::Item(index + 1), self.line_start);
                break;
            }
        }
        while item && way.levels.len() < DEEPEST {
            let known =
                way.levels.last().is_some_and(|last| last.indent == column && matches!(last.part, Part::Item(_)));
            if !known {
                way.push(column, Part::Item(0), self.line_start);
            }
            let blanks = 1 + rest.iter().skip(1).take_while(|byte| **byte == b' ').count();
            rest = rest.get(blanks..).unwrap_or_default();
            column += blanks;
            item = rest == b"-" || rest.starts_with(b"- ");
        }
        if let Some((key, value)) = key(rest).filter(|_| way.levels.len() < DEEPEST) {
            let hidden = self.hit.is_some_and(|hit| hit < line.len() - rest.len() + key.len());
            let name = key.trim_ascii();
            way.names.extend_from_slice(name.get(..LONGEST).unwrap_or(name));
            way.push(column, Part::Key(way.names.len(), hidden), self.line_start);
            rest = value;
        }
        matches!(rest.trim_ascii_start().first(), Some(b'|' | b'>')).then_some(indent)
    }
}

/// `key: value`; none where there is no key.
fn key(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let from = match text.first() {
        Some(quote @ (b'"' | b'\'')) => memchr(*quote, text.get(1..)?)? + 2,
        Some(b'{' | b'[' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>') | None => return None,
        _ => 0,
    };
    let mut at = from;
    loop {
        at += memchr(b':', text.get(at..)?)?;
        if matches!(text.get(at + 1), None | Some(b' ')) {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        at += 1;
    }
}

impl Walk for Yaml {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = memchr(b'\n', rest);
            let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            at += part.len() + usize::from(end.is_some());
            let next = begin.position + at as u64;
            if end.is_some() && self.line.is_empty() {
                self.end_line(part.get(..LONGEST_LINE).unwrap_or(part), next);
                continue;
            }
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(part.get(..room).unwrap_or(part));
            if end.is_some() {
                let mut line = std::mem::take(&mut self.line);
                self.end_line(&line, next);
                line.clear();
                self.line = line;
            }
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let mut way = self.way.clone();
        self.read(&self.line, &mut way);
        let mut place = Place::default();
        let (mut record, mut from) = (None, 0);
        for level in &way.levels {
            match level.part {
                Part::Key(end, hidden) => {
                    let name = Name::of(way.names.get(from..end).unwrap_or_default(), hidden);
                    let name = Name { text: name.text.trim_matches(['"', '\'']).to_owned(), ..name };
                    from = end;
                    let part = format!("/{}", pointer(names.shown(&name)));
                    place.path += &part;
                    place.shape += &part;
                    place.field = names.field(&name);
                }
                Part::Item(index) => {
                    place.path += &format!("/{index}");
                    place.shape += "/*";
                    record.get_or_insert(level.start);
                }
            }
        }
        place.record = Some(record.unwrap_or(self.document));
        place
    }

    fn hide(&mut self) {
        self.hit.get_or_insert(self.line.len());
    }
}
