//! YAML in blocks: the way to a line by its indentation.

use memchr::memchr;

use super::json::pointer;
use super::name::{Name, Names};
use super::{Place, Walk};

/// Of a longer line the beginning names it.
const LONGEST_LINE: usize = 512;
const DEEPEST: usize = 128;

#[derive(Clone, Debug)]
enum Part {
    Key(Name),
    Item(u64),
}

#[derive(Clone, Debug)]
struct Level {
    indent: usize,
    part: Part,
    start: u64,
}

/// The way to a place in YAML.
#[derive(Debug, Default)]
pub struct Yaml {
    levels: Vec<Level>,
    line: Vec<u8>,
    line_start: u64,
    /// A text in a block stands deeper than this.
    block: Option<usize>,
    document: u64,
    /// Detections lie in the line, from here on.
    hit: Option<usize>,
}

impl Yaml {
    fn end_line(&mut self, next: u64) {
        let line = std::mem::take(&mut self.line);
        if line.starts_with(b"---") {
            (self.levels, self.block, self.document) = (Vec::new(), None, self.line_start);
        } else {
            let mut levels = std::mem::take(&mut self.levels);
            self.block = self.read(&line, &mut levels);
            self.levels = levels;
        }
        self.line = line;
        self.line.clear();
        (self.line_start, self.hit) = (next, None);
    }

    /// Makes `levels` the way after this line; says whether a text in a block begins or goes on.
    fn read(&self, line: &[u8], levels: &mut Vec<Level>) -> Option<usize> {
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        let mut rest = line.get(indent..).unwrap_or_default().trim_ascii_end();
        let in_block = self.block.is_some_and(|block| indent > block);
        if rest.is_empty() || rest.starts_with(b"#") || in_block {
            return self.block;
        }
        let mut column = indent;
        let mut item = rest == b"-" || rest.starts_with(b"- ");
        // An item may stand as deep as the key of its list.
        while levels.last().is_some_and(|last| {
            last.indent > column || last.indent == column && !(item && matches!(last.part, Part::Key(_)))
        }) {
            let last = levels.pop();
            if let Some(Level { indent, part: Part::Item(index), start: _ }) = last
                && item
                && indent == column
            {
                levels.push(Level { indent, part: Part::Item(index + 1), start: self.line_start });
                break;
            }
        }
        while item && levels.len() < DEEPEST {
            let known = levels.last().is_some_and(|last| last.indent == column && matches!(last.part, Part::Item(_)));
            if !known {
                levels.push(Level { indent: column, part: Part::Item(0), start: self.line_start });
            }
            let blanks = 1 + rest.iter().skip(1).take_while(|byte| **byte == b' ').count();
            rest = rest.get(blanks..).unwrap_or_default();
            column += blanks;
            item = rest == b"-" || rest.starts_with(b"- ");
        }
        if let Some((key, value)) = key(rest).filter(|_| levels.len() < DEEPEST) {
            let hidden = self.hit.is_some_and(|hit| hit < line.len() - rest.len() + key.len());
            let name = Name::of(key.trim_ascii().trim_ascii_start(), hidden);
            let name = Name { text: name.text.trim_matches(['"', '\'']).to_owned(), ..name };
            levels.push(Level { indent: column, part: Part::Key(name), start: self.line_start });
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
    fn advance(&mut self, bytes: &[u8], position: u64) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = memchr(b'\n', rest);
            let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(part.get(..room).unwrap_or(part));
            at += part.len();
            if end.is_some() {
                at += 1;
                self.end_line(position + at as u64);
            }
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let mut levels = self.levels.clone();
        self.read(&self.line, &mut levels);
        let mut place = Place::default();
        let mut record = None;
        for level in &levels {
            match &level.part {
                Part::Key(name) => {
                    let part = format!("/{}", pointer(names.shown(name)));
                    place.path += &part;
                    place.shape += &part;
                    place.field = names.field(name);
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
