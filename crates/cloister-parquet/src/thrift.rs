//! The compact protocol of Thrift, as far as it takes to pass over structures, and to know that they are what they say.

/// Structures within structures.
const DEEPEST: usize = 32;
/// Elements of one list: a file has fewer groups of rows and columns.
const MOST: usize = 1 << 20;

/// What is there is not what is said. A field of a structure that was read is `None` where it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong;

/// Reads on in bytes.
pub struct Compact<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Compact<'b> {
    pub fn new(bytes: &'b [u8]) -> Compact<'b> {
        Compact { bytes, at: 0 }
    }

    /// How much was read.
    pub fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, Wrong> {
        let byte = self.bytes.get(self.at).copied().ok_or(Wrong)?;
        self.at += 1;
        Ok(byte)
    }

    fn unsigned(&mut self) -> Result<u64, Wrong> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Wrong)
    }

    /// A number.
    pub fn signed(&mut self) -> Result<i64, Wrong> {
        let value = self.unsigned()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn pass(&mut self, length: u64) -> Result<(), Wrong> {
        let length = usize::try_from(length).map_err(|_| Wrong)?;
        self.at = self.at.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(Wrong)?;
        Ok(())
    }

    /// Each field of a structure, by its number and type: `field` says whether it read it; else it is passed over.
    pub fn structure(
        &mut self,
        depth: usize,
        field: &mut dyn FnMut(&mut Compact<'b>, i64, u8) -> Result<bool, Wrong>,
    ) -> Result<(), Wrong> {
        if depth > DEEPEST {
            return Err(Wrong);
        }
        let mut number = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            number = match head >> 4 {
                0 => self.signed()?,
                step => number + i64::from(step),
            };
            let kind = head & 0x0f;
            if !field(self, number, kind)? {
                self.skip(kind, depth)?;
            }
        }
    }

    /// Passes over a structure.
    pub fn skip_structure(&mut self, depth: usize) -> Result<(), Wrong> {
        self.structure(depth, &mut |_, _, _| Ok(false))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), Wrong> {
        match kind {
            // True and false are told by the type.
            1 | 2 => Ok(()),
            3 => self.pass(1),
            4..=6 => self.unsigned().map(|_| ()),
            7 => self.pass(8),
            8 => self.unsigned().and_then(|length| self.pass(length)),
            9 | 10 => self.skip_list(depth),
            11 => self.skip_map(depth),
            12 => self.skip_structure(depth + 1),
            13 => self.pass(16),
            _ => Err(Wrong),
        }
    }

    fn skip_list(&mut self, depth: usize) -> Result<(), Wrong> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => usize::try_from(self.unsigned()?).map_err(|_| Wrong)?,
            count => usize::from(count),
        };
        self.elements(count, &[head & 0x0f], depth)
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), Wrong> {
        let count = usize::try_from(self.unsigned()?).map_err(|_| Wrong)?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        self.elements(count, &[kinds >> 4, kinds & 0x0f], depth)
    }

    /// No element is shorter than a byte.
    fn elements(&mut self, count: usize, kinds: &[u8], depth: usize) -> Result<(), Wrong> {
        if count > MOST.min(self.bytes.len() - self.at) || depth >= DEEPEST {
            return Err(Wrong);
        }
        for _ in 0..count {
            for kind in kinds {
                // Within lists a truth value has a byte.
                let kind = if matches!(kind, 1 | 2) { 3 } else { *kind };
                self.skip(kind, depth + 1)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_about_its_length_is_found_out() {
        // 1: list of 3 bytes; 2: text; end.
        assert_eq!(Compact::new(&[0x19, 0x33, 1, 2, 3, 0x18, 1, b'x', 0]).skip_structure(0), Ok(()));
        for wrong in [
            &[0x19, 0x33, 1, 2][..],
            &[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f, 0],
            &[0x19, 0xfc, 0xff, 0xff, 0xff, 0x07, 0],
            &[0x1c; 100],
            &[],
            &[0x16],
        ] {
            assert_eq!(Compact::new(wrong).skip_structure(0), Err(Wrong), "{wrong:?}");
        }
        let mut numbers = Compact::new(&[0x15, 0x03, 0x00]);
        let mut read = None;
        let done = numbers.structure(0, &mut |compact, number, kind| {
            read = Some((number, kind, compact.signed()?));
            Ok(true)
        });
        assert_eq!((done, read), (Ok(()), Some((1, 5, -2))));
    }
}
