//! The primitive types of Kafka's protocol, in their old and in their flexible form (KIP-482).

use crate::input::Input;

/// Numbers of seven bits a byte, the lowest first.
pub(super) fn unsigned(input: &mut Input<'_>) -> Option<u64> {
    let mut look = *input;
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = look.u8()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            *input = look;
            return Some(number);
        }
    }
    // Longer ones are lies; what follows will show it.
    *input = look;
    Some(u64::MAX)
}

/// The same, of either sign.
pub(super) fn signed(input: &mut Input<'_>) -> Option<i64> {
    unsigned(input).map(|number| (number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

/// How many items or bytes follow; none where there is nothing at all.
pub(super) fn count(input: &mut Input<'_>, flexible: bool) -> Option<u64> {
    if flexible {
        return unsigned(input).map(|number| number.saturating_sub(1));
    }
    input.i32().map(|number| u64::try_from(number).unwrap_or_default())
}

/// Text.
pub(super) fn text<'a>(input: &mut Input<'a>, flexible: bool) -> Option<&'a [u8]> {
    let length = if flexible {
        unsigned(input)?.saturating_sub(1)
    } else {
        u64::try_from(input.u16()?.cast_signed()).unwrap_or_default()
    };
    input.take(usize::try_from(length).ok()?)
}

/// Fields that later versions may add.
pub(super) fn tags(input: &mut Input<'_>, flexible: bool) -> Option<()> {
    if flexible {
        for _ in 0..unsigned(input)? {
            unsigned(input)?;
            let length = unsigned(input)?;
            input.take(usize::try_from(length).ok()?)?;
        }
    }
    Some(())
}
