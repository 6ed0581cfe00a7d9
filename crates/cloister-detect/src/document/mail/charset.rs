//! Charsets of one byte a letter: `data/charsets.tsv` has what their upper halves stand for.

use std::sync::LazyLock;

/// Their names, and 128 letters each.
static TABLES: LazyLock<Vec<(&'static str, Vec<char>)>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/charsets.tsv").lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, letters)| (name, letters.chars().collect())).collect()
});

/// How letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, or what is not known.
    #[default]
    Utf8,
    /// One of [`TABLES`].
    Table(usize),
}

impl Charset {
    /// The charset of this name, in whatever case.
    pub fn named(name: &str) -> Charset {
        let known = TABLES.iter().position(|(own, _)| own.eq_ignore_ascii_case(name.trim()));
        known.map_or(Charset::Utf8, Charset::Table)
    }

    /// What a byte beyond ASCII stands for, where it stands alone.
    pub fn letter(self, byte: u8) -> Option<char> {
        match self {
            Charset::Table(table) if byte >= 0x80 => TABLES.get(table)?.1.get(usize::from(byte - 0x80)).copied(),
            _ => None,
        }
    }

    /// Text in it as UTF-8.
    pub fn decode(self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len());
        for byte in bytes {
            match self.letter(*byte) {
                Some(letter) => text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                None => text.push(*byte),
            }
        }
        text
    }
}
