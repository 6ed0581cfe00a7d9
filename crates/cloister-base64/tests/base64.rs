//! Text in base64 gives its bytes, however it is cut, lined and spelt.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cloister_base64::{Base64, decoded};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_cut_and_both_alphabets_give_the_same(bytes: Vec<u8>, piece in 1usize..90) {
        let lines: Vec<String> =
            STANDARD.encode(&bytes).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        for text in [lines.join("\r\n"), URL_SAFE_NO_PAD.encode(&bytes)] {
            let (mut base64, mut told) = (Base64::default(), Vec::new());
            for part in text.as_bytes().chunks(piece) {
                told.extend(base64.push(part));
                prop_assert!(base64.waiting() < 4);
            }
            told.extend(base64.end());
            prop_assert_eq!(&told, &bytes);
            prop_assert_eq!(decoded(text.as_bytes()), bytes.clone());
        }
    }

    #[test]
    fn any_bytes_are_read_as_far_as_they_are_letters(text: Vec<u8>) {
        let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte)).count();
        prop_assert_eq!(decoded(&text).len(), letters * 3 / 4);
    }
}

#[test]
fn what_ends_in_the_middle_is_read_as_far_as_it_goes() {
    assert_eq!(decoded(b"YWRhQGV4 YW1w*bGUub3Jn"), b"ada@example.org");
    assert_eq!((decoded(b"YQ"), decoded(b"YR=="), decoded(b"YWI=")), (b"a".to_vec(), b"a".to_vec(), b"ab".to_vec()));
    assert_eq!(decoded(b"Y"), b"", "six bits are no byte");
}
