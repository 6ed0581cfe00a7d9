//! Bytes that wait for the rest of what they belong to.

/// A line, as far as it is there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Whole, without its end.
    Whole(&'a [u8]),
    /// Its end is not here yet.
    More,
    /// Longer than believed; what was held of it is gone.
    TooLong,
}

/// Lends what lies whole in the bytes just given, and holds only what a cut took apart.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    held: Vec<u8>,
    /// What is held was lent whole and goes away next time.
    spent: bool,
}

impl Gather {
    /// The next `want` bytes, from what is held and from `bytes`, which moves on.
    pub(crate) fn take<'s, 'b: 's>(&'s mut self, bytes: &mut &'b [u8], want: usize) -> Option<&'s [u8]> {
        self.forget_spent();
        if self.held.is_empty()
            && let Some((whole, rest)) = bytes.split_at_checked(want)
        {
            *bytes = rest;
            return Some(whole);
        }
        let missing = want.saturating_sub(self.held.len()).min(bytes.len());
        let (now, rest) = bytes.split_at_checked(missing)?;
        self.held.extend_from_slice(now);
        *bytes = rest;
        if self.held.len() < want {
            return None;
        }
        self.spent = true;
        Some(&self.held)
    }

    /// The first `want` bytes that will be taken, without taking them: what is missing moves from `bytes` to what is
    /// held.
    pub(crate) fn peek<'s, 'b: 's>(&'s mut self, bytes: &mut &'b [u8], want: usize) -> Option<&'s [u8]> {
        self.forget_spent();
        if self.held.is_empty()
            && let Some(whole) = bytes.get(..want)
        {
            return Some(whole);
        }
        let missing = want.saturating_sub(self.held.len()).min(bytes.len());
        let (now, rest) = bytes.split_at_checked(missing)?;
        self.held.extend_from_slice(now);
        *bytes = rest;
        self.held.get(..want)
    }

    /// The next line, which ends in LF; a CR before it is taken off.
    pub(crate) fn line<'s, 'b: 's>(&'s mut self, bytes: &mut &'b [u8], limit: usize) -> Line<'s> {
        self.forget_spent();
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            self.held.extend_from_slice(bytes);
            *bytes = &[];
            return self.unless_long(limit);
        };
        let (now, rest) = bytes.split_at_checked(end + 1).unwrap_or((bytes, &[]));
        *bytes = rest;
        if self.held.len() + now.len() > limit {
            self.held.clear();
            return Line::TooLong;
        }
        if self.held.is_empty() {
            return Line::Whole(without_end(now));
        }
        self.held.extend_from_slice(now);
        self.spent = true;
        Line::Whole(without_end(&self.held))
    }

    fn unless_long(&mut self, limit: usize) -> Line<'static> {
        if self.held.len() <= limit {
            return Line::More;
        }
        self.held.clear();
        Line::TooLong
    }

    fn forget_spent(&mut self) {
        if self.spent {
            self.clear();
        }
    }

    /// Holds nothing any more, and gives memory back where it was much.
    pub(crate) fn clear(&mut self) {
        self.held.clear();
        self.held.shrink_to(256);
        self.spent = false;
    }

    /// Whether a beginning waits for its rest.
    pub(crate) fn waits(&self) -> bool {
        !self.spent && !self.held.is_empty()
    }

    /// What is held.
    pub(crate) fn bytes(&self) -> &[u8] {
        if self.spent { &[] } else { &self.held }
    }

    /// How much memory it takes.
    pub(crate) fn held(&self) -> usize {
        self.held.capacity()
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_takes_the_same() {
        let text = b"abcdef\r\nrest";
        for cut in 0..text.len() {
            let (mut first, mut second) = text.split_at(cut);
            let mut gather = Gather::default();
            let mut taken = Vec::new();
            for part in [&mut first, &mut second] {
                if taken.is_empty()
                    && let Some(three) = gather.take(part, 3)
                {
                    taken.push(three.to_vec());
                }
                if taken.len() == 1
                    && let Line::Whole(line) = gather.line(part, 100)
                {
                    taken.push(line.to_vec());
                }
                if taken.len() == 2
                    && let Some(two) = gather.peek(part, 2).map(<[u8]>::to_vec)
                {
                    taken.push(two);
                }
            }
            assert_eq!(taken, [b"abc".to_vec(), b"def".to_vec(), b"re".to_vec()], "cut at {cut}");
        }
    }

    #[test]
    fn a_long_line_is_not_held() {
        let mut gather = Gather::default();
        assert_eq!(gather.line(&mut &[b'a'; 11][..], 10), Line::TooLong);
        assert!(!gather.waits());
    }
}
