//! Numbers as people read them.

use std::fmt::Display;

/// `1,204`, of a whole number that is not negative.
pub fn thousands(number: impl Display) -> String {
    grouped(number, ',')
}

/// The digits in threes from the right, with this between them.
pub fn grouped(number: impl Display, between: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(between);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let written: Vec<String> = [0, 12, 999, 1_000, 20_304, 1_000_000_u64].map(thousands).into();
        assert_eq!(written, ["0", "12", "999", "1,000", "20,304", "1,000,000"]);
        assert_eq!(grouped(12_345, '\u{a0}'), "12\u{a0}345");
    }
}
