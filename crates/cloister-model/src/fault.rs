//! A fault of the program itself, told by its place alone.

use std::panic::PanicHookInfo;

/// What is told of a panic where personal data passes: where in the source, and nothing else. A panic's own message may
/// quote what was being read ("byte index 7 is out of bounds of `…`").
pub fn place_of_panic(info: &PanicHookInfo<'_>) -> String {
    let place = info
        .location()
        .map_or_else(|| "an unknown place".to_owned(), |it| format!("{}:{}:{}", it.file(), it.line(), it.column()));
    format!("this program has a fault, at {place}; more is not told, since it could quote what was read")
}
