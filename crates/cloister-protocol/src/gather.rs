//! Bytes that wait for the rest of what they belong to.

/// A line, as far as it is there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Whole, without its end.
    Whole(&'a [u8]),
    /// Its end is not here yet.
    More,
    /// Longer than believed: what there is of it is held, until it is cleared away.
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
        if self.held.is_empty() && now.len() <= limit {
            return Line::Whole(without_end(now));
        }
        self.held.extend_from_slice(now);
        if self.held.len() > limit {
            return Line::TooLong;
        }
        self.spent = true;
        Line::Whole(without_end(&self.held))
    }

    /// All up to an empty line and with it, as a head ends.
    pub(crate) fn head<'s, 'b: 's>(&'s mut self, bytes: &mut &'b [u8], limit: usize) -> Line<'s> {
        self.forget_spent();
        let before = self.held.len();
        if before == 0
            && let Some(end) = head_end(bytes, 0).filter(|end| *end <= limit)
            && let Some((whole, rest)) = bytes.split_at_checked(end)
        {
            *bytes = rest;
            return Line::Whole(whole);
        }
        self.held.extend_from_slice(bytes);
        let Some(end) = head_end(&self.held, before.saturating_sub(2)) else {
            *bytes = &[];
            return self.unless_long(limit);
        };
        *bytes = bytes.get(end.saturating_sub(before)..).unwrap_or_default();
        self.held.truncate(end);
        if end > limit {
            return Line::TooLong;
        }
        self.spent = true;
        Line::Whole(&self.held)
    }

    fn unless_long(&self, limit: usize) -> Line<'static> {
        if self.held.len() <= limit { Line::More } else { Line::TooLong }
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

/// Where a head ends, looked for from `from` on.
fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    for newline in memchr::memchr_iter(b'\n', bytes.get(from..)?).map(|at| from + at) {
        match bytes.get(newline + 1..) {
            Some([b'\n', ..]) => return Some(newline + 2),
            Some([b'\r', b'\n', ..]) => return Some(newline + 3),
            _ => {}
        }
    }
    None
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
    fn a_long_line_is_not_believed() {
        let mut gather = Gather::default();
        assert_eq!(gather.line(&mut &[b'a'; 11][..], 10), Line::TooLong);
        assert_eq!(gather.bytes(), [b'a'; 11]);
        gather.clear();
        assert!(!gather.waits());
    }
}
