//! Where parts end: a line that begins with `--` and the boundary, and holds nothing more but `--` and white space.

use memchr::memmem::Finder;
use memchr::memrchr;

/// More white space behind a delimiter makes it none: else it could be waited for for ever.
const WHITE: usize = 256;

/// What parts one part from the next.
pub struct Delimiter {
    line: Vec<u8>,
    finder: Finder<'static>,
}

/// What is known of bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// So many are content; what follows must wait.
    Content(usize),
    /// So many are content; then a delimiter comes, with the end of the line before it.
    Delimiter {
        /// Where it starts.
        start: usize,
        /// Where it ends, with its line.
        end: usize,
        /// No part follows.
        closes: bool,
    },
}

/// What stands behind a boundary on its line.
enum Rest {
    /// Nothing that matters, in so many bytes.
    Delimits(usize, bool),
    /// What follows decides.
    Open,
    Other,
}

impl Delimiter {
    pub fn new(boundary: &str) -> Delimiter {
        let line = format!("--{boundary}").into_bytes();
        Delimiter { finder: Finder::new(&line).into_owned(), line }
    }

    /// Whether a whole line is one; whether it is the last.
    pub fn is(&self, line: &[u8]) -> Option<bool> {
        match rest(line.strip_prefix(&*self.line)?, true) {
            Rest::Delimits(_, closes) => Some(closes),
            Rest::Open | Rest::Other => None,
        }
    }

    /// Looks for the next one. `line_start`: the first byte stands at the beginning of a line; `ended`: no more comes.
    pub fn next(&self, bytes: &[u8], line_start: bool, ended: bool) -> Next {
        let mut from = 0;
        while let Some(at) = self.finder.find(bytes.get(from..).unwrap_or_default()).map(|at| from + at) {
            let begins = if at == 0 { line_start } else { bytes.get(at - 1) == Some(&b'\n') };
            let behind = at + self.line.len();
            match rest(bytes.get(behind..).unwrap_or_default(), ended) {
                Rest::Delimits(length, closes) if begins => {
                    return Next::Delimiter { start: line_end(bytes, at), end: behind + length, closes };
                }
                Rest::Open if begins => return Next::Content(line_end(bytes, at)),
                _ => from = at + 1,
            }
        }
        Next::Content(if ended { bytes.len() } else { self.settled(bytes, line_start) })
    }

    /// What cannot be the beginning of a delimiter any more.
    fn settled(&self, bytes: &[u8], line_start: bool) -> usize {
        if line_start && self.line.starts_with(bytes) {
            return 0;
        }
        let line = memrchr(b'\n', bytes).map(|at| at + 1);
        match line.filter(|start| bytes.get(*start..).is_some_and(|tail| self.line.starts_with(tail))) {
            Some(start) => line_end(bytes, start),
            None => bytes.len() - usize::from(bytes.ends_with(b"\r")),
        }
    }
}

/// Where the end of the line before `at` starts: it belongs to the delimiter.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = before.strip_suffix(b"\n").unwrap_or(before);
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

fn rest(bytes: &[u8], ended: bool) -> Rest {
    let (closes, white) = match bytes {
        [b'-', b'-', white @ ..] => (true, white),
        [b'-'] if !ended => return Rest::Open,
        white => (false, white),
    };
    for (at, byte) in white.iter().enumerate().take(WHITE) {
        match byte {
            b'\n' => return Rest::Delimits(bytes.len() - white.len() + at + 1, closes),
            byte if byte.is_ascii_whitespace() => {}
            _ => return Rest::Other,
        }
    }
    match (white.len() >= WHITE, ended) {
        (true, _) => Rest::Other,
        (false, true) => Rest::Delimits(bytes.len(), closes),
        (false, false) => Rest::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_a_line_of_its_own() {
        let delimiter = Delimiter::new("b");
        let next = |text: &str| delimiter.next(text.as_bytes(), true, false);
        assert_eq!(next("a\r\n--b\r\nc"), Next::Delimiter { start: 1, end: 8, closes: false });
        assert_eq!(next("--b-- \nc"), Next::Delimiter { start: 0, end: 7, closes: true });
        assert_eq!(next("a --b\nc"), Next::Content(7));
        assert_eq!(next("a\n--bc\nd"), Next::Content(8));
        for waits in ["a\r\n--b", "a\r\n--b-", "a\r\n--b--", "a\r\n--b  ", "a\r\n-", "a\r\n", "a\r"] {
            assert_eq!(next(waits), Next::Content(1), "{waits:?}");
        }
        assert_eq!(delimiter.next(b"--b", true, true), Next::Delimiter { start: 0, end: 3, closes: false });
        assert_eq!(delimiter.next(b"--b", false, true), Next::Content(3));
        assert_eq!(delimiter.is(b"--b--\r\n"), Some(true));
        assert_eq!(delimiter.is(b"--bb\r\n"), None);
    }
}
