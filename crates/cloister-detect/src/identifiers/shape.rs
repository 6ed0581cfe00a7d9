//! The first test of a number: which bytes stand where. It costs three operations on words, so that a row of digits
//! is not asked about rules that want letters.

/// What a number of one length looks like, place by place. Made when the program is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    length: u8,
    /// Places (of the first 64) at which a digit must stand, and those at which none may.
    digits: u64,
    letters: u64,
    /// The bytes that may come first: bits 0 to 9 for digits, 10 to 35 for letters.
    first: u64,
}

/// What a text looks like: made once, held against each shape.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    length: usize,
    digits: u64,
    first: u64,
}

/// How many bytes there are that a number may begin with: ten digits, then letters.
pub const FIRSTS: usize = 36;

const ANY_DIGIT: u64 = 0x3ff;
const ANY_LETTER: u64 = 0x3ff_ffff << 10;

impl Look {
    /// Of a text whose digits are known, a bit for each place.
    pub fn from_digits(length: usize, digits: u64, first: u8) -> Look {
        Look { length, digits, first: bit(first) }
    }

    /// The number of the first byte among [`FIRSTS`].
    pub fn first(&self) -> Option<usize> {
        (self.first != 0).then(|| self.first.trailing_zeros() as usize)
    }

    /// Of upper-case letters and digits without separators.
    pub fn of(text: &[u8]) -> Look {
        let digit = |(index, byte): (usize, &u8)| u64::from(byte.is_ascii_digit()) << index;
        let digits = text.iter().take(64).enumerate().map(digit).fold(0, |all, one| all | one);
        Look { length: text.len(), digits, first: text.first().map_or(0, |byte| bit(*byte)) }
    }
}

impl Shape {
    /// `#` is a digit, `@` a letter (or `<`), `?` either; anything else is a digit or letter, and stands for itself
    /// where it comes first.
    pub const fn of(pattern: &str) -> Shape {
        Shape { length: 0, digits: 0, letters: 0, first: 0 }.followed_by(pattern)
    }

    /// The same shape with more places.
    pub const fn followed_by(mut self, pattern: &str) -> Shape {
        let mut rest = pattern.as_bytes();
        while let Some((byte, tail)) = rest.split_first() {
            self = self.and(*byte);
            rest = tail;
        }
        self
    }

    const fn and(mut self, byte: u8) -> Shape {
        if self.length == 0 {
            self.first = match byte {
                b'#' => ANY_DIGIT,
                b'@' => ANY_LETTER,
                b'?' => ANY_DIGIT | ANY_LETTER,
                literal => bit(literal),
            };
        }
        if self.length < 64 {
            match byte {
                b'?' => {}
                b'#' | b'0'..=b'9' => self.digits |= 1 << self.length,
                _ => self.letters |= 1 << self.length,
            }
        }
        self.length += 1;
        self
    }

    /// The same shape, where only these bytes come first.
    pub const fn starting(mut self, bytes: &str) -> Shape {
        self.first = 0;
        let mut rest = bytes.as_bytes();
        while let Some((byte, tail)) = rest.split_first() {
            self.first |= bit(*byte);
            rest = tail;
        }
        self
    }

    /// Whether a text looks like this.
    pub const fn fits(&self, look: &Look) -> bool {
        self.length as usize == look.length
            && self.digits & !look.digits == 0
            && self.letters & look.digits == 0
            && self.first & look.first != 0
    }

    /// Whether a number may begin so: with one of [`FIRSTS`], by its number.
    pub const fn may_begin(&self, first: usize) -> bool {
        first < FIRSTS && self.first >> first & 1 == 1
    }

    /// Whether every place may be a digit.
    pub const fn may_be_digits(&self) -> bool {
        self.letters == 0
    }

    /// How long such a number is.
    pub const fn length(&self) -> usize {
        self.length as usize
    }

    /// Whether a digit must, and whether one may stand at `place`; for making numbers up.
    pub const fn at(&self, place: usize) -> (bool, bool) {
        if place < 64 { (self.digits >> place & 1 == 1, self.letters >> place & 1 == 0) } else { (false, true) }
    }

    /// Whether `byte` may come first.
    pub const fn may_start_with(&self, byte: u8) -> bool {
        self.first & bit(byte) != 0
    }
}

const fn bit(byte: u8) -> u64 {
    match byte {
        b'0'..=b'9' => 1 << (byte - b'0'),
        b'A'..=b'Z' => 1 << (byte - b'A' + 10),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, Shape};

    #[test]
    fn a_shape_tells_digits_from_letters_and_knows_what_comes_first() {
        let shape = Shape::of("ATU########");
        assert!(shape.fits(&Look::of(b"ATU12345678")));
        for text in [&b"BTU12345678"[..], b"AT012345678", b"ATU1234567A", b"ATU123456789", b"", b"\xff\xff"] {
            assert!(!shape.fits(&Look::of(text)), "{text:?}");
        }
        let few = Shape::of("#########").starting("03");
        assert!(few.fits(&Look::of(b"312345678")) && !few.fits(&Look::of(b"112345678")));
    }
}
