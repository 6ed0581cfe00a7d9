//! HPACK (RFC 7541): compressed fields → names and values.

mod fields;
mod huffman;

use std::collections::VecDeque;

/// The table that both sides begin with.
const TABLE: usize = 4096;
/// The largest table that is kept, whatever is agreed on.
const LARGEST: usize = 64 << 10;
/// What a field counts beside its bytes.
const OVERHEAD: usize = 32;

/// What a block became.
#[derive(Debug, Default)]
pub(super) struct Fields {
    bytes: Vec<u8>,
    /// Where names and values end.
    ends: Vec<(usize, usize)>,
    /// A field was left out: it stands in a table of which the beginning was not seen.
    pub(super) unknown: bool,
    /// Fields were left out: they were more than believed.
    pub(super) bomb: bool,
}

impl Fields {
    /// Names and values, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.ends.iter().scan(0, |start, (name, value)| {
            let field = self.bytes.get(*start..*name).zip(self.bytes.get(*name..*value));
            *start = *value;
            field
        })
    }

    /// The first value of that name.
    pub(super) fn first(&self, wanted: &str) -> Option<&[u8]> {
        self.all().find(|(name, _)| *name == wanted.as_bytes()).map(|(_, value)| value)
    }

    /// The same as text; empty where there is none.
    pub(super) fn text(&self, wanted: &str) -> &str {
        self.first(wanted).and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default()
    }

    fn add(&mut self, name: &[u8], value: &[u8], limit: usize) {
        if self.bytes.len() + name.len() + value.len() + self.ends.len() * OVERHEAD > limit {
            self.bomb = true;
            return;
        }
        self.bytes.extend_from_slice(name);
        let end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.ends.push((end, self.bytes.len()));
    }
}

/// A block that breaks the rules.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// Decodes what one side encodes.
#[derive(Debug)]
pub(super) struct Decoder {
    /// The newest first: names with their values.
    table: VecDeque<(Box<[u8]>, usize)>,
    size: usize,
    /// How large the table may be now, by the last update.
    room: usize,
    /// How large the other side lets it become.
    agreed: usize,
    /// Something before was not seen: entries may be missing.
    gaps: bool,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder { table: VecDeque::new(), size: 0, room: TABLE, agreed: TABLE, gaps: false }
    }
}

impl Decoder {
    /// The reader of what this side encodes set the size of its table.
    pub(super) fn agree(&mut self, size: usize) {
        self.agreed = size;
        if size < self.room {
            self.resize(size);
        }
    }

    /// Something was not seen. What comes into the table from here on is known again.
    pub(super) fn lose(&mut self) {
        (self.gaps, self.size) = (true, 0);
        self.table.clear();
    }

    pub(super) fn held(&self) -> usize {
        self.size
    }

    /// Decodes a block; of fields, at most `limit` bytes are kept.
    pub(super) fn decode(&mut self, block: &[u8], limit: usize) -> (Fields, Result<(), Broken>) {
        let mut fields = Fields::default();
        let mut input = Input { bytes: block, name: Vec::new(), value: Vec::new() };
        let result = self.fields(&mut input, &mut fields, limit);
        if result.is_none() {
            self.lose();
        }
        (fields, result.ok_or(Broken))
    }

    fn fields(&mut self, input: &mut Input<'_>, fields: &mut Fields, limit: usize) -> Option<()> {
        while let Some(first) = input.bytes.first().copied() {
            match first {
                0x80.. => self.indexed(input.integer(7)?, fields, limit)?,
                0x40.. => self.literal(input, 6, true, fields, limit)?,
                0x20.. => {
                    let size = usize::try_from(input.integer(5)?).ok()?;
                    if size > self.agreed && !self.gaps {
                        return None;
                    }
                    self.resize(size);
                }
                _ => self.literal(input, 4, false, fields, limit)?,
            }
        }
        Some(())
    }

    fn indexed(&mut self, index: u64, fields: &mut Fields, limit: usize) -> Option<()> {
        match self.at(index)? {
            Some((name, value)) => fields.add(name, value, limit),
            None => fields.unknown = true,
        }
        Some(())
    }

    fn literal(
        &mut self,
        input: &mut Input<'_>,
        prefix: u8,
        keep: bool,
        fields: &mut Fields,
        limit: usize,
    ) -> Option<()> {
        let index = input.integer(prefix)?;
        input.name.clear();
        let known = match index {
            0 => input.string(false).is_some().then_some(true)?,
            _ => match self.at(index)? {
                Some((name, _)) => {
                    input.name.extend_from_slice(name);
                    true
                }
                None => false,
            },
        };
        input.string(true)?;
        if known {
            fields.add(&input.name, &input.value, limit);
        } else {
            // The value is told under no name.
            fields.unknown = true;
            fields.add(b"", &input.value, limit);
        }
        if keep {
            self.insert(&input.name, &input.value);
        }
        Some(())
    }

    /// The field at an index. Some(None): after a gap it is not known.
    #[allow(clippy::type_complexity, reason = "a field, which may be unknown, or a broken index")]
    fn at(&self, index: u64) -> Option<Option<(&[u8], &[u8])>> {
        let index = usize::try_from(index).ok()?.checked_sub(1)?;
        if let Some((name, value)) = fields::STATIC.get(index) {
            return Some(Some((name.as_bytes(), value.as_bytes())));
        }
        match self.table.get(index - fields::STATIC.len()) {
            Some((field, name)) => Some(field.split_at_checked(*name)),
            None if self.gaps => Some(None),
            None => None,
        }
    }

    fn insert(&mut self, name: &[u8], value: &[u8]) {
        let size = name.len() + value.len() + OVERHEAD;
        while self.size + size > self.room.min(LARGEST) {
            let Some((oldest, _)) = self.table.pop_back() else { return };
            self.size -= oldest.len() + OVERHEAD;
        }
        self.size += size;
        self.table.push_front(([name, value].concat().into_boxed_slice(), name.len()));
    }

    fn resize(&mut self, size: usize) {
        self.room = size;
        // With less kept than agreed on, what is evicted early is not known any more.
        self.gaps |= size > LARGEST;
        while self.size > size.min(LARGEST) {
            let Some((oldest, _)) = self.table.pop_back() else { return };
            self.size -= oldest.len() + OVERHEAD;
        }
    }
}

/// What is left of a block, and room for strings.
struct Input<'a> {
    bytes: &'a [u8],
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Input<'_> {
    /// An integer with a prefix of so many bits (section 5.1).
    fn integer(&mut self, prefix: u8) -> Option<u64> {
        let (first, mut rest) = self.bytes.split_first()?;
        let mask = (1_u64 << prefix) - 1;
        let mut value = u64::from(*first) & mask;
        let mut shift = 0;
        while value >= mask {
            let (next, more) = rest.split_first()?;
            rest = more;
            value = value.checked_add(u64::from(next & 0x7f).checked_shl(shift)?)?;
            shift += 7;
            if next & 0x80 == 0 {
                break;
            }
            if shift > 28 {
                return None;
            }
        }
        self.bytes = rest;
        Some(value)
    }

    /// A string (section 5.2), to where values or names stand.
    fn string(&mut self, value: bool) -> Option<()> {
        let huffman = self.bytes.first()? & 0x80 != 0;
        let length = usize::try_from(self.integer(7)?).ok()?;
        let (coded, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        let out = if value { &mut self.value } else { &mut self.name };
        out.clear();
        if huffman {
            huffman::decode(coded, out)
        } else {
            out.extend_from_slice(coded);
            Some(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(decoder: &mut Decoder, block: &[u8]) -> Vec<String> {
        let (fields, result) = decoder.decode(block, 1 << 20);
        assert_eq!(result, Ok(()));
        fields
            .all()
            .map(|(name, value)| format!("{}={}", String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
            .collect()
    }

    const FIRST: &[u8] =
        &[0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff];
    const SECOND: &[u8] = &[0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf];

    /// Requests of RFC 7541 appendix C.4.
    #[test]
    fn requests_of_the_standard() {
        let mut decoder = Decoder::default();
        let common = [":method=GET", ":scheme=http", ":path=/", ":authority=www.example.com"];
        assert_eq!(written(&mut decoder, FIRST), common);
        assert_eq!(decoder.held(), 57);
        assert_eq!(written(&mut decoder, SECOND), [common.as_slice(), &["cache-control=no-cache"]].concat());
        assert_eq!(decoder.held(), 110);
    }

    #[test]
    fn after_a_gap_what_is_new_is_known() {
        let mut decoder = Decoder::default();
        written(&mut decoder, FIRST);
        decoder.lose();
        let (fields, result) = decoder.decode(SECOND, 1 << 20);
        assert_eq!((result, fields.unknown), (Ok(()), true));
        assert_eq!(fields.text("cache-control"), "no-cache");
        assert_eq!(written(&mut decoder, &[0xbe]), ["cache-control=no-cache"]);
    }

    #[test]
    fn what_breaks_the_rules_is_said() {
        for block in
            [&[0x80][..], &[0xbe], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0x40, 0x7f], &[0x3f, 0xe2, 0x1f], &[0x00]]
        {
            assert_eq!(Decoder::default().decode(block, 100).1, Err(Broken), "{block:x?}");
        }
    }

    #[test]
    fn a_bomb_is_bounded() {
        let mut decoder = Decoder::default();
        let mut block = vec![0x40, 1, b'x', 0x7f, 0xa1, 0x1e];
        block.resize(block.len() + 4000, b'y');
        block.resize(block.len() + 50_000, 0xbe);
        let (fields, result) = decoder.decode(&block, 64 << 10);
        assert_eq!((result, fields.bomb), (Ok(()), true));
        assert!(fields.bytes.len() <= 64 << 10);
    }
}
