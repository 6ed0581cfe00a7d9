//! Places in UTF-16, of a text that was made UTF-8 of it.

/// How far a text is, in bytes of UTF-16.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wide(usize);

impl Wide {
    /// Goes on by this text.
    pub fn advance(&mut self, text: &[u8]) {
        self.0 += Wide::length(text);
    }

    /// How far it is.
    pub fn position(&self) -> usize {
        self.0
    }

    /// How long a text is: two bytes for a character, four where UTF-8 takes four.
    pub fn length(text: &[u8]) -> usize {
        let units = |byte: &u8| match byte {
            0x80..=0xBF => 0,
            0xF0.. => 4,
            _ => 2,
        };
        text.iter().map(units).sum()
    }
}
