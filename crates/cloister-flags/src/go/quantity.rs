//! Amounts, as apimachinery's `resource.ParseQuantity` reads them.

/// Whether a text is an amount: a number, and an exponent or one of the suffixes.
pub(crate) fn is_valid(text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let after = unsigned.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let after =
        after.strip_prefix('.').map_or(after, |rest| rest.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    // No digit is asked for: even a sign alone reads as zero.
    matches!(after, "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei")
        || is_exponent(after)
}

fn is_exponent(suffix: &str) -> bool {
    let Some(digits) = suffix.strip_prefix(['e', 'E']) else { return false };
    digits.parse::<i64>().is_ok()
}
