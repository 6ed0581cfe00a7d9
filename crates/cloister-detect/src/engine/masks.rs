//! What bytes are, a bit for each: 64 bytes at a time become a few numbers, made by sixteen comparisons at once.
//!
//! Words and rows of digits are then walked by counting bits: where a word ends is how many ones follow, and whether a
//! letter stands near is one comparison with zero. Most bytes are never looked at alone.

use wide::u8x16;

/// How many bytes a mask is about.
pub const BITS: usize = 64;
/// So many bytes are read into masks at once.
pub const STRETCH: usize = 64 * BITS;
/// Blocks that are known behind a stretch, for words that begin in it; and the one before it.
const BEHIND: usize = 4;
const BLOCKS: usize = STRETCH / BITS + BEHIND + 1;

/// What each of 64 bytes is: the lowest bit is for the first one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Block {
    /// Digits of ASCII.
    pub digits: u64,
    /// Those, and letters of ASCII.
    pub words: u64,
    /// Signs that stand between the groups of one number.
    pub joins: u64,
    /// Colons and brackets, with which times, addresses and telephone numbers go on.
    pub marks: u64,
    /// Bytes of what is not of ASCII.
    pub foreign: u64,
}

/// Bytes from `first` on, so many of them.
fn within(bytes: u8x16, first: u8, count: u8) -> u8x16 {
    (bytes - u8x16::splat(first)).simd_le(u8x16::splat(count - 1))
}

fn is(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

fn letters(bytes: u8x16) -> u8x16 {
    within(bytes | u8x16::splat(0x20), b'a', 26)
}

/// The bits of four times sixteen bytes, by what `test` says of each sixteen.
#[inline(always)]
fn each<const N: usize>(block: &[u8; BITS], test: impl Fn(u8x16) -> [u8x16; N]) -> [u64; N] {
    let mut bits = [0; N];
    for (number, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
        for (bits, of) in bits.iter_mut().zip(test(u8x16::new(*sixteen))) {
            *bits |= u64::from(of.to_bitmask()) << (number * 16);
        }
    }
    bits
}

/// The first 64 bytes, or those there are, and nothing behind them.
fn block(bytes: &[u8]) -> [u8; BITS] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [0; BITS];
        block.get_mut(..bytes.len()).into_iter().for_each(|own| own.copy_from_slice(bytes));
        block
    })
}

impl Block {
    /// Of the first 64 of `bytes`.
    #[inline]
    fn of(bytes: &[u8; BITS]) -> Block {
        let [digits, words, joins, marks, foreign] = each(bytes, |bytes| {
            let digits = within(bytes, b'0', 10);
            let joins = within(bytes, b'-', 3) | is(bytes, b' ') | is(bytes, b'+');
            let marks = within(bytes, b'(', 2) | is(bytes, b':');
            [digits, digits | letters(bytes), joins, marks, bytes]
        });
        Block { digits, words, joins, marks, foreign }
    }

    /// How far words go from the first one on with one sign between each two.
    #[inline]
    pub fn joined(&self) -> u32 {
        // A sign behind which no word begins.
        let loose = self.joins & !(self.words >> 1);
        ((self.words | self.joins) & !loose).trailing_ones()
    }

    /// The same, up to a word that `is_prose` of its place says ends them. No more than that is sure of what it leaves out:
    /// what it reaches may end before.
    #[inline]
    pub fn joined_to(&self, reach: u32, is_prose: impl FnOnce(usize, usize) -> bool) -> u32 {
        let letters = self.words & !self.digits;
        // Adding the first letters of words carries to what follows their letters: where a word ends there, it has no other.
        let ends = letters.wrapping_add(self.joins << 1 & letters) & !letters & !self.words;
        let end = ends.trailing_zeros();
        if end <= reach && (end as usize) < BITS {
            let first = end - (letters << (64 - end)).leading_ones();
            if is_prose(first as usize, end as usize) {
                return first;
            }
        }
        reach
    }

    /// Words that begin and end here and are seen to be nothing by how long they are and what stands beside them, all at
    /// once; `before` is the block before. Where this is not sure, it leaves them out.
    ///
    /// They are shorter than seven bytes, and nothing goes on behind them. Behind a sign that joins, they are shorter than
    /// five; behind a colon, digits alone.
    #[inline]
    pub fn nothing(&self, before: &Block) -> u64 {
        let Block { digits, words, joins, marks, foreign } = *self;
        let behind = |own: u64, before: u64| own << 1 | before >> (BITS - 1);
        let starts = words & !behind(words, before.words);
        let two = words & words >> 1;
        let four = two & two >> 2;
        let (five, seven) = (four & four >> 1, four & four >> 3);
        let (joined, marked) = (behind(joins, before.joins), behind(marks, before.marks));
        let short = starts & !seven;
        // Adding where words begin carries to what stands behind them.
        let any = words.wrapping_add(short & !marked & !(joined & five)) & !words;
        let all_digits = digits.wrapping_add(short & marked) & !digits & !words;
        let ends = (any | all_digits) & !(joins | marks | foreign);
        // And back over up to eight bytes of each.
        let last = ends >> 1 & words;
        let last = last | last >> 1 & words;
        let last = last | last >> 2 & two;
        last | last >> 4 & four
    }

    /// Letters of any script.
    pub fn letters(&self) -> u64 {
        self.words & !self.digits | self.foreign
    }
}

/// What letters are, for looking words up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Letters {
    /// Letters of ASCII.
    pub letters: u64,
    /// Those in capitals.
    pub capitals: u64,
    /// Digits.
    pub digits: u64,
    /// Bytes of what is not of ASCII.
    pub foreign: u64,
}

impl Letters {
    /// Of these bytes, of which the first `length` are something.
    pub fn of(bytes: &[u8; BITS], length: usize) -> Letters {
        let mut all = Letters::default();
        for (number, sixteen) in bytes.as_chunks::<16>().0.iter().enumerate().take(length.div_ceil(16)) {
            let sixteen = u8x16::new(*sixteen);
            let bits = |of: u8x16| u64::from(of.to_bitmask()) << (number * 16);
            all.letters |= bits(letters(sixteen));
            all.capitals |= bits(within(sixteen, b'A', 26));
            all.digits |= bits(within(sixteen, b'0', 10));
            all.foreign |= bits(sixteen);
        }
        let known = u64::MAX.checked_shr(64 - u32::try_from(length).unwrap_or(64)).unwrap_or(0);
        all.letters &= known;
        all.capitals &= known;
        all.digits &= known;
        all.foreign &= known;
        all
    }
}

/// The same bytes, but that all digits are the same one.
#[inline]
pub fn digits_alike(bytes: &[u8; BITS]) -> [u8; BITS] {
    let mut alike = [0; BITS];
    for (sixteen, own) in bytes.as_chunks::<16>().0.iter().zip(alike.as_chunks_mut::<16>().0) {
        let sixteen = u8x16::new(*sixteen);
        *own = within(sixteen, b'0', 10).select(u8x16::splat(b'0'), sixteen).to_array();
    }
    alike
}

/// Where lines end in these bytes.
#[inline]
pub fn newlines(bytes: &[u8; BITS]) -> u64 {
    let [newlines] = each(bytes, |bytes| [is(bytes, b'\n')]);
    newlines
}

/// How many of the last of these bytes stand within names: letters of any script, digits, `_`, `.` and `-`.
#[inline]
pub fn named_at_end(bytes: &[u8; 16]) -> usize {
    let bytes = u8x16::new(*bytes);
    let words = within(bytes, b'0', 10) | letters(bytes);
    let named = words | is(bytes, b'_') | within(bytes, b'-', 2) | bytes;
    (named.to_bitmask() as u16).leading_ones() as usize
}

/// The marks behind names in 64 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// Colons but those of times, signs of equality, and the ends of elements.
    signs: u64,
    /// Where more than three dots in a row may begin.
    rows: u64,
    /// Double quotes, and those of the 64 bytes before.
    quotes: u64,
    quotes_before: u64,
}

/// The marks in `bytes`, and where each 64 of them start.
pub fn marks(bytes: &[u8]) -> impl Iterator<Item = (usize, Marks)> {
    let (whole, rest) = bytes.as_chunks();
    let last = (!rest.is_empty()).then(|| block(rest));
    let mut before = 0;
    let marks = whole.iter().map(Marks::of).chain(last.map(|last| Marks::of(&last))).map(move |marks| {
        let quotes_before = std::mem::replace(&mut before, marks.quotes);
        Marks { quotes_before, ..marks }
    });
    marks.enumerate().map(|(number, marks)| (number * BITS, marks))
}

impl Marks {
    #[inline]
    fn of(bytes: &[u8; BITS]) -> Marks {
        let [colons, others, dots, quotes, digits] = each(bytes, |bytes| {
            let others = is(bytes, b'=') | is(bytes, b'>');
            [is(bytes, b':'), others, is(bytes, b'.'), is(bytes, b'"'), within(bytes, b'0', 10)]
        });
        // Those between two digits stand in times: they end no name.
        let signs = others | colons & !(digits << 1 & digits >> 1);
        // What stands behind the last byte may be a dot.
        let next = |dots: u64| dots >> 1 | 1 << (BITS - 1);
        let (second, third) = (next(dots), next(next(dots)));
        Marks { signs, rows: dots & !(dots << 1) & second & third & next(third), quotes, quotes_before: 0 }
    }

    /// How long what stands in quotes right before `place` is: 64 where it is longer, or begins before what is known;
    /// nothing where no quote stands there.
    #[inline]
    pub fn quoted_before(&self, place: usize) -> Option<usize> {
        let quotes = self.quotes << 1 << (BITS - 1 - place % BITS) | self.quotes_before >> (place % BITS);
        (quotes >> (BITS - 1) == 1).then_some((quotes << 1).leading_zeros() as usize)
    }

    /// Where a sign stands.
    pub fn each(self) -> impl Iterator<Item = usize> {
        ones(self.signs)
    }

    /// Where dots may begin that lead to a value.
    pub fn rows(self) -> impl Iterator<Item = usize> {
        ones(self.rows)
    }
}

/// The places of the ones.
fn ones(bits: u64) -> impl Iterator<Item = usize> {
    let mut open = bits;
    std::iter::from_fn(move || {
        let place = open.trailing_zeros() as usize;
        open &= open.wrapping_sub(1);
        (place < BITS).then_some(place)
    })
}

/// The masks of a stretch of text.
pub struct Masks {
    /// Where it starts.
    from: usize,
    /// What stands before it, it, and what stands behind it.
    blocks: [Block; BLOCKS],
}

impl Masks {
    /// Of nothing.
    pub fn new() -> Masks {
        Masks { from: 0, blocks: [Block::default(); BLOCKS] }
    }

    /// Reads the stretch that starts at `from` and ends at `to`, and a little more.
    pub fn read(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.from = from;
        let end = bytes.len().min(to.min(from + STRETCH) + BEHIND * BITS);
        let (whole, rest) = bytes.get(from..end).unwrap_or_default().as_chunks();
        let [first, others @ ..] = &mut self.blocks;
        *first = Masks::ends_with(bytes.get(from.saturating_sub(BITS)..from).unwrap_or_default());
        let mut others = others.iter_mut();
        whole.iter().zip(others.by_ref()).for_each(|(block, own)| *own = Block::of(block));
        others.by_ref().take(1).for_each(|own| *own = Block::of(&block(rest)));
        others.take(BEHIND).for_each(|own| *own = Block::default());
    }

    /// Of bytes behind which a stretch begins: 64 of them, or all there are.
    fn ends_with(known: &[u8]) -> Block {
        let mut before = [0; BITS];
        match before.get_mut(BITS - known.len()..) {
            Some(own) if !known.is_empty() => {
                own.copy_from_slice(known);
                Block::of(&before)
            }
            _ => Block::default(),
        }
    }

    /// What the 64 bytes from `at` on are.
    #[inline]
    pub fn at(&self, at: usize) -> Block {
        self.place(at + BITS - self.from)
    }

    /// Which of the 64 bytes from `at` on are digits and letters of ASCII.
    #[inline]
    pub fn words_at(&self, at: usize) -> u64 {
        self.bits(at + BITS - self.from, |block| block.words)
    }

    /// Which of them are digits.
    #[inline]
    pub fn digits_at(&self, at: usize) -> u64 {
        self.bits(at + BITS - self.from, |block| block.digits)
    }

    /// The digits of the 64 bytes from `at` on, so many blocks from where the stretch starts, that belong to words which may
    /// be something.
    #[inline]
    pub fn telling_digits_at(&self, at: usize) -> u64 {
        let number = (at - self.from) / BITS;
        let Some([before, own]) = self.blocks.get(number..number + 2) else { return 0 };
        own.digits & !own.nothing(before)
    }

    /// Which of the 64 bytes before `at` are digits and letters of ASCII.
    #[inline]
    pub fn words_before(&self, at: usize) -> u64 {
        self.bits(at - self.from, |block| block.words)
    }

    /// Which of them are digits.
    #[inline]
    pub fn digits_before(&self, at: usize) -> u64 {
        self.bits(at - self.from, |block| block.digits)
    }

    #[inline]
    fn bits(&self, place: usize, of: impl Fn(&Block) -> u64) -> u64 {
        let (number, shift) = (place / BITS, place % BITS);
        let Some([low, high]) = self.blocks.get(number..number + 2) else { return 0 };
        of(low) >> shift | of(high) << 1 << (BITS - 1 - shift)
    }

    /// Whether a letter of any script may stand in the 64 bytes before `at`: none does where this says no.
    #[inline]
    pub fn letters_near(&self, at: usize) -> bool {
        let number = (at - self.from) / BITS;
        let letters = |number: usize| self.blocks.get(number).map_or(0, Block::letters);
        letters(number) | letters(number + 1) != 0
    }

    #[inline]
    fn place(&self, place: usize) -> Block {
        let (number, shift) = (place / BITS, place % BITS);
        let (Some(low), Some(high)) = (self.blocks.get(number), self.blocks.get(number + 1)) else {
            return Block::default();
        };
        let both = |low: u64, high: u64| low >> shift | high << 1 << (BITS - 1 - shift);
        Block {
            digits: both(low.digits, high.digits),
            words: both(low.words, high.words),
            joins: both(low.joins, high.joins),
            marks: both(low.marks, high.marks),
            foreign: both(low.foreign, high.foreign),
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![any::<u8>(), b'0'..=b'9', (0..12usize).prop_map(|at| b" -./+:=>,@Zz"[at])];
        prop::collection::vec(byte, 0..700)
    }

    fn is(bits: u64, place: usize) -> bool {
        bits >> place & 1 == 1
    }

    proptest! {
        #[test]
        fn bytes_are_what_they_are(bytes in bytes(), from in 0usize..300, within in 0usize..200) {
            let from = from.min(bytes.len());
            let mut masks = Masks::new();
            masks.read(&vec![b'7'; 5000], 0, 5000);
            masks.read(&bytes, from, bytes.len());
            let at = (from + within).min(bytes.len());
            let after = masks.at(at);
            prop_assert_eq!((masks.words_at(at), masks.digits_at(at)), (after.words, after.digits));
            let known = |place: usize| bytes.get(place).copied().unwrap_or(0);
            for place in 0..64 {
                let byte = known(at + place);
                prop_assert_eq!(is(after.digits, place), byte.is_ascii_digit());
                prop_assert_eq!(is(after.words, place), byte.is_ascii_alphanumeric());
                prop_assert_eq!(is(after.joins, place), b" -./+".contains(&byte));
                prop_assert_eq!(is(after.marks, place), b":()".contains(&byte));
                prop_assert_eq!(is(after.foreign, place), !byte.is_ascii());
                let byte = (at + place).checked_sub(64).map_or(0, known);
                prop_assert_eq!(is(masks.digits_before(at), place), byte.is_ascii_digit());
                prop_assert_eq!(is(masks.words_before(at), place), byte.is_ascii_alphanumeric());
            }
        }

        /// All words of a block at once against one after the other.
        #[test]
        fn what_is_nothing_is_seen_at_once(
            text in "([a-zA-Z]{0,3}[0-9]{0,8}[a-zA-Z]{0,2}([,\"}]|[-./ +:()é]|[-. :]){1,2}){6,24}",
            from in 0usize..9,
        ) {
            let bytes = text.as_bytes();
            prop_assume!(bytes.len() > from + 64);
            let mut masks = Masks::new();
            masks.read(bytes, from, bytes.len());
            let known = |place: usize| bytes.get(place).copied();
            let word = |place: usize| known(place).is_some_and(|byte| byte.is_ascii_alphanumeric());
            let telling = masks.telling_digits_at(from);
            let mut at = from;
            while at < from + 64 {
                let end = (at..).find(|place| !word(*place)).unwrap();
                let begins = at == 0 || at > from || !word(at - 1);
                let (left, right) = (at.checked_sub(1).and_then(known), known(end));
                let joins = |byte: Option<u8>| byte.is_some_and(|byte| b" -./+".contains(&byte));
                let marks = |byte: Option<u8>| byte.is_some_and(|byte| b":()".contains(&byte));
                let digits = bytes[at..end].iter().all(u8::is_ascii_digit);
                // Where the stretch starts, what stands before it is known, too.
                let short = end - at < 7 && (!joins(left) || end - at < 5) && (!marks(left) || digits);
                let ends = !joins(right) && !marks(right) && right.is_none_or(|byte| byte < 0x80);
                // What reaches the end of the block is left to be looked at alone.
                let nothing = begins && short && ends && end < from + 64;
                for place in (at..end.min(from + 64)).filter(|place| bytes[*place].is_ascii_digit()) {
                    prop_assert_eq!(is(telling, place - from), !nothing, "{} at {} of {}", place, at, &text);
                }
                at = end.max(at) + 1;
            }
        }

        #[test]
        fn letters_are_what_they_are(bytes in bytes()) {
            let letters = Letters::of(&block(&bytes), bytes.len().min(BITS));
            for (place, byte) in bytes.iter().take(64).enumerate() {
                prop_assert_eq!(is(letters.letters, place), byte.is_ascii_alphabetic());
                prop_assert_eq!(is(letters.capitals, place), byte.is_ascii_uppercase());
                prop_assert_eq!(is(letters.digits, place), byte.is_ascii_digit());
                prop_assert_eq!(is(letters.foreign, place), !byte.is_ascii());
            }
        }

        #[test]
        fn names_in_quotes_end_where_they_do(text in "([a-z]{0,70}\":|\"){0,12}") {
            let bytes = text.as_bytes();
            for (start, marks) in marks(bytes) {
                for place in marks.each() {
                    let mark = start + place;
                    let name = bytes[..mark].strip_suffix(b"\"");
                    let length = name.map(|name| name.iter().rev().take_while(|byte| **byte != b'"').count());
                    let begins = |length: usize| name.is_some_and(|name| name.len() > length);
                    match (marks.quoted_before(place), length) {
                        (Some(told), Some(length)) if told < 64 => prop_assert!(told == length && begins(length)),
                        (Some(_), Some(length)) => prop_assert!(length > 15 || !begins(length)),
                        (told, length) => prop_assert_eq!(told, length),
                    }
                }
            }
        }

        #[test]
        fn marks_are_where_they_are(text in "[a:=>.]{0,200}|[1:=a]{0,200}|(a|\\.{1,9}){0,40}") {
            let bytes = text.as_bytes();
            let mut signs = Vec::new();
            let mut rows = Vec::new();
            for (start, marks) in marks(bytes) {
                signs.extend(marks.each().map(|place| start + place));
                rows.extend(marks.rows().map(|place| start + place));
            }
            let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
            let time = |at: usize| bytes[at] == b':' && at > 0 && digit(at - 1) && digit(at + 1);
            let slow: Vec<usize> = (0..bytes.len()).filter(|at| b":=>".contains(&bytes[*at])).collect();
            prop_assert!(signs.iter().all(|at| slow.contains(at)));
            // At the edges of a block they are not told apart.
            let missing = |at: &&usize| !signs.contains(at);
            prop_assert!(slow.iter().filter(missing).all(|at| time(*at)));
            let within = |at: &usize| time(*at) && !matches!(at % 64, 0 | 63);
            prop_assert!(!signs.iter().any(within));
            let begins = |at: &usize| bytes[*at..].starts_with(b"....") && (*at == 0 || bytes[at - 1] != b'.');
            for at in (0..bytes.len()).filter(begins) {
                prop_assert!(rows.contains(&at), "{at} in {text}");
            }
        }
    }
}
