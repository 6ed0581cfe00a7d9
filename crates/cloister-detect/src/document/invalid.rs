//! Bytes that are no UTF-8: they are told once, and passed over.

use memchr::memchr_iter;

/// Looks for them.
#[derive(Debug, Default)]
pub struct Invalid {
    /// The beginning of a character that the next piece may complete.
    begun: Vec<u8>,
    lines: u64,
    first: Option<u64>,
    count: u64,
}

impl Invalid {
    /// The next piece.
    pub fn look(&mut self, bytes: &[u8]) {
        if self.begun.is_empty() {
            return self.piece(bytes);
        }
        let mut joined = std::mem::take(&mut self.begun);
        joined.extend_from_slice(bytes);
        self.piece(&joined);
    }

    fn piece(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Err(error) = std::str::from_utf8(rest) {
            let (valid, after) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
            self.lines += memchr_iter(b'\n', valid).count() as u64;
            let Some(length) = error.error_len() else {
                self.begun = after.to_vec();
                return;
            };
            self.first.get_or_insert(self.lines + 1);
            self.count += 1;
            rest = after.get(length..).unwrap_or_default();
        }
        self.lines += memchr_iter(b'\n', rest).count() as u64;
    }

    /// The line of the first, and how many there are.
    pub fn finish(mut self) -> Option<(u64, u64)> {
        if !self.begun.is_empty() {
            self.first.get_or_insert(self.lines + 1);
            self.count += 1;
        }
        self.first.map(|line| (line, self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::Invalid;

    #[test]
    fn each_place_is_counted_however_it_is_cut() {
        let text = b"a\n\xc3\xa4\n\xff b \xe2\x82\n\xe2\x82\xac\xc3";
        for piece in 1..=text.len() {
            let mut invalid = Invalid::default();
            text.chunks(piece).for_each(|bytes| invalid.look(bytes));
            assert_eq!(invalid.finish(), Some((3, 3)), "{piece}");
        }
        let mut invalid = Invalid::default();
        invalid.look("ä€😀\n".as_bytes());
        assert_eq!(invalid.finish(), None);
    }
}
