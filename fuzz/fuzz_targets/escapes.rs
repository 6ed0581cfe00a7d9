//! Texts in which some letters are written as escapes of JSON and XML: no panic, places within the text, and the same
//! from whatever pieces.
#![no_main]

use cloister_detect::{Detection, Stream};
use libfuzzer_sys::fuzz_target;

fn streamed(bytes: &[u8], piece: usize) -> Vec<Detection> {
    let mut stream = Stream::default();
    let mut found: Vec<Detection> = bytes.chunks(piece).flat_map(|piece| stream.push(piece)).collect();
    found.extend(stream.finish());
    found
}

/// A letter as the dice say.
fn written(letter: char, dice: u8, out: &mut String) {
    match dice % 8 {
        0 => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| *out += &format!("\\u{unit:04x}")),
        1 => *out += &format!("&#{};", u32::from(letter)),
        2 => *out += &format!("&#x{:X};", u32::from(letter)),
        3 if letter == '/' => *out += "\\/",
        3 if letter == '@' => *out += "&commat;",
        _ => out.push(letter),
    }
}

fuzz_target!(|input: &[u8]| {
    let [piece, seed, rest @ ..] = input else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let (mut dice, mut escaped) = (u32::from(*seed), String::new());
    for letter in text.chars() {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        written(letter, (dice >> 24) as u8, &mut escaped);
    }
    for bytes in [escaped.as_bytes(), rest] {
        let whole = streamed(bytes, usize::MAX);
        let mut end = 0;
        for detection in &whole {
            assert!(detection.offset >= end && detection.end() <= bytes.len(), "a place outside, or twice");
            end = detection.end();
        }
        assert_eq!(streamed(bytes, usize::from(*piece) + 1), whole, "a cut changes what is found");
    }
});
