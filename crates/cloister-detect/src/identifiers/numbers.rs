//! Arithmetic that the rules share. Nothing here allocates, and nothing can fail on any bytes.

/// Exactly `N` digits.
pub fn digits<const N: usize>(text: &[u8]) -> Option<[u32; N]> {
    let text: &[u8; N] = text.try_into().ok()?;
    text.iter().all(u8::is_ascii_digit).then(|| text.map(|b| u32::from(b - b'0')))
}

/// The number that a row of digits spells.
pub fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |number, digit| number.wrapping_mul(10).wrapping_add(u64::from(*digit)))
}

/// The value of a digit, or of a letter from 10 on (base 36, as ISO 7064 and ICAO 9303 count).
pub fn value(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    }
}

/// The place of a letter in the alphabet, from 0.
pub fn place(byte: u8) -> Option<u32> {
    byte.is_ascii_uppercase().then(|| u32::from(byte - b'A'))
}

/// The sum of digits times weights, pair by pair.
pub fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Whether the day exists (Gregorian calendar).
pub fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether the day exists in the 20th or the 21st century, of a year's last two digits.
pub fn is_short_date(year: u32, month: u32, day: u32) -> bool {
    is_date(1900 + year, month, day) || is_date(2000 + year, month, day)
}

/// ISO 7064 mod 11,10: valid when the chain ends at 1.
pub fn is_mod_11_10(digits: &[u32]) -> bool {
    let Some((check, rest)) = digits.split_last() else { return false };
    let state = rest.iter().fold(10, |state, digit| {
        let sum = (state + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (state + check) % 10 == 1
}

/// ISO 7064 mod 97-10 over digits and letters: 1 where they are valid; nothing where something else stands among them.
pub fn mod_97(text: impl Iterator<Item = u8>) -> Option<u32> {
    let mut text = text;
    text.try_fold(0u32, |rest, byte| {
        let value = value(byte)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

/// The sum of Luhn's algorithm (ISO/IEC 7812-1 annex B): the last digit counts once, the one before it twice.
pub fn luhn_sum(digits: &[u32]) -> u32 {
    digits.iter().rev().enumerate().map(|(index, digit)| if index % 2 == 0 { *digit } else { doubled(*digit) }).sum()
}

fn doubled(digit: u32) -> u32 {
    if digit > 4 { digit * 2 - 9 } else { digit * 2 }
}

/// Luhn over digits.
pub fn is_luhn(digits: &[u32]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// The letter at `index` of a table.
pub fn letter(table: &[u8], index: u64) -> Option<u8> {
    table.get(usize::try_from(index).ok()?).copied()
}

/// The check of ICAO 9303 (part 3, 4.9): weights 7, 3, 1 over digits, letters from 10, and `<` for 0.
pub fn icao(text: impl Iterator<Item = u8>) -> Option<u32> {
    let mut weights = [7, 3, 1].into_iter().cycle();
    let mut text = text;
    let sum = text.try_fold(0u32, |sum, byte| {
        let value = if byte == b'<' { 0 } else { value(byte)? };
        Some(sum + value * weights.next()?)
    })?;
    Some(sum % 10)
}

/// Verhoeff's check (Error Detecting Decimal Codes, 1969), the check digit last: in the group D5, with the powers of
/// one permutation.
pub fn is_verhoeff(digits: impl DoubleEndedIterator<Item = u32>) -> bool {
    const POWERS: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let state = digits.rev().zip(POWERS.iter().cycle()).try_fold(0, |state, (digit, power)| {
        let permuted = power.get(usize::try_from(digit).ok()?)?;
        Some(times(state, u32::from(*permuted)))
    });
    state == Some(0)
}

/// A set of numbers below 128, made when the program is compiled.
pub const fn set(numbers: &[u8]) -> u128 {
    let mut set = 0u128;
    let mut rest = numbers;
    while let Some((first, tail)) = rest.split_first() {
        set |= 1 << *first;
        rest = tail;
    }
    set
}

/// A set of numbers below 1,024, made when the program is compiled.
pub struct Thousand([u64; 16]);

impl Thousand {
    /// Of these; what is not below 1,024 is none of them.
    pub const fn of(numbers: &[u16]) -> Thousand {
        let mut words = [0u64; 16];
        let mut rest = numbers;
        while let Some((first, tail)) = rest.split_first() {
            if let Some((_, [word, ..])) = words.split_at_mut_checked((*first / 64) as usize) {
                *word |= 1 << (*first % 64);
            }
            rest = tail;
        }
        Thousand(words)
    }

    /// Whether `number` is one of them.
    pub fn has(&self, number: u64) -> bool {
        let word = usize::try_from(number / 64).ok().and_then(|index| self.0.get(index));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}
