//! What stands between delimiters, and the delimiters themselves.

use memchr::memmem;

use super::part::Part;
use super::{Mime, State};
use crate::message::Sink;

impl Mime {
    /// Tells content up to what may be a delimiter.
    pub(super) fn read_body(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        if self.delimiters.is_empty() {
            return self.tell(std::mem::take(bytes), sink);
        }
        if self.line_start {
            return self.read_line_start(bytes, sink);
        }
        if let Some(end) = memmem::find(bytes, b"\n--") {
            let (content, rest) = bytes.split_at_checked(end + 1).unwrap_or((bytes, &[]));
            self.tell_before_line_end(content, sink);
            *bytes = rest;
            return;
        }
        let kept = [b"\r\n-".as_slice(), b"\r\n", b"\n-", b"\r", b"\n"].into_iter().find(|end| bytes.ends_with(end));
        let (content, tail) = bytes.split_at_checked(bytes.len() - kept.map_or(0, <[u8]>::len)).unwrap_or((bytes, &[]));
        self.tell(content, sink);
        self.tail = tail.to_vec();
        *bytes = &[];
    }

    /// The end of the line before a delimiter belongs to that, and is told only if it turns out to be none.
    fn tell_before_line_end(&mut self, content: &[u8], sink: &mut dyn Sink) {
        let line = content.strip_suffix(b"\n").unwrap_or(content);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.tell(line, sink);
        self.newline = content.get(line.len()..).unwrap_or_default().to_vec();
        self.line_start = true;
    }

    /// At the beginning of a line: is it a delimiter?
    fn read_line_start(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let mut longer = false;
        for delimiter in &self.delimiters {
            if bytes.starts_with(delimiter) {
                self.state = State::Delimiter;
                return;
            }
            longer |= delimiter.starts_with(bytes);
        }
        if longer {
            self.tail = std::mem::take(bytes).to_vec();
            return;
        }
        self.line_start = false;
        let newline = std::mem::take(&mut self.newline);
        self.tell(&newline, sink);
        let (mark, rest) = bytes.split_at_checked(2).unwrap_or((bytes, &[]));
        if mark == b"--" {
            self.tell(mark, sink);
            *bytes = rest;
        }
    }

    pub(super) fn read_delimiter(&mut self, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let Some(line) = self.line(bytes, sink) else { return };
        if !self.delimit(&line, sink) {
            (self.state, self.line_start) = (State::Body, true);
            let newline = std::mem::replace(&mut self.newline, b"\r\n".to_vec());
            self.tell(&newline, sink);
            self.tell(&line, sink);
        }
    }

    /// A line that delimits parts ends what is open, and those inside of it; false for another line.
    pub(super) fn delimit(&mut self, line: &[u8], sink: &mut dyn Sink) -> bool {
        let found = self.delimiters.iter().enumerate().rev().find_map(|(level, delimiter)| {
            match line.strip_prefix(delimiter.as_slice())?.trim_ascii_end() {
                b"" => Some((level, false)),
                b"--" => Some((level, true)),
                _ => None,
            }
        });
        let Some((level, closes)) = found else { return false };
        self.end_part(sink);
        self.newline.clear();
        self.delimiters.truncate(level + usize::from(!closes));
        (self.state, self.part) = if closes { (State::Body, Part::outside()) } else { (State::Head, Part::new()) };
        if closes && self.delimiters.is_empty() {
            // What comes after the last is told, too; nothing delimits it.
            self.line_start = false;
        }
        true
    }
}
