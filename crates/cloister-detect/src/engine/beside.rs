//! What stands beside a word, by one look into a table.

/// What a byte is to the word beside it; nothing at the ends of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside(u8);

impl Beside {
    /// A sign that joins groups of one number.
    const JOIN: u8 = 1;
    /// A letter that is not of ASCII.
    const FOREIGN: u8 = 2;
    /// Times and addresses are joined by it.
    const COLON: u8 = 4;
    /// Telephone numbers have them.
    const BRACKET: u8 = 8;
    /// Letters and digits of ASCII.
    const WORD: u8 = 16;

    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut rest = classes.as_mut_slice();
        let mut byte = 0u8;
        while let Some((own, others)) = rest.split_first_mut() {
            *own = match byte {
                b' ' | b'-' | b'.' | b'/' | b'+' => Beside::JOIN,
                b':' => Beside::COLON,
                b'(' | b')' => Beside::BRACKET,
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Beside::WORD,
                0x80.. => Beside::FOREIGN,
                _ => 0,
            };
            byte = byte.wrapping_add(1);
            rest = others;
        }
        classes
    };

    /// What this byte is.
    #[inline]
    pub fn of(byte: Option<u8>) -> Beside {
        Beside(byte.map_or(0, |byte| Beside::CLASSES.get(usize::from(byte)).copied().unwrap_or(0)))
    }

    /// Whether it joins groups of one number.
    #[inline]
    pub fn joins(self) -> bool {
        self.0 == Beside::JOIN
    }

    /// Whether it is a colon.
    #[inline]
    pub fn is_colon(self) -> bool {
        self.0 == Beside::COLON
    }

    /// Whether the word goes on with it.
    #[inline]
    pub fn is_word(self) -> bool {
        self.0 == Beside::WORD
    }

    /// Whether a number may go on behind it, but for a word: what joins, and brackets.
    #[inline]
    pub fn leads_on(self) -> bool {
        self.0 & (Beside::JOIN | Beside::BRACKET) != 0
    }

    /// Whether it is neither a letter of another script nor joins groups.
    #[inline]
    pub fn parts(self) -> bool {
        self.0 & (Beside::JOIN | Beside::FOREIGN) == 0
    }

    /// Whether nothing goes on behind it: no number, no address, no date.
    #[inline]
    pub fn ends_all(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Beside;

    #[test]
    fn every_byte_is_what_it_is() {
        assert!(Beside::of(None).ends_all());
        for byte in 0..=u8::MAX {
            let it = Beside::of(Some(byte));
            assert_eq!(it.joins(), b" -./+".contains(&byte), "{byte}");
            assert_eq!(it.leads_on(), b" -./+()".contains(&byte), "{byte}");
            assert_eq!(it.is_colon(), byte == b':', "{byte}");
            assert_eq!(it.is_word(), byte.is_ascii_alphanumeric(), "{byte}");
            assert_eq!(it.parts(), byte < 0x80 && !b" -./+".contains(&byte), "{byte}");
            assert_eq!(it.ends_all(), byte < 0x80 && !byte.is_ascii_alphanumeric() && !b" -./+():".contains(&byte));
        }
    }
}
