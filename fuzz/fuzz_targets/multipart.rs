//! Any bytes as a body in parts, beside the proxy: no panic, nothing gets longer or shorter, what is not overwritten stays,
//! and the same goes on from whatever pieces.
#![no_main]

use cloister_dlp::Recognised;
use cloister_extproc::{Fate, Parts, Setting};
use libfuzzer_sys::fuzz_target;

const MEDIA: [&str; 3] = ["multipart/form-data", "multipart/mixed", "multipart/related"];

/// What goes on, and where something was seen.
fn searched(media: &str, bytes: &[u8], piece: usize, fate: Fate) -> (Vec<u8>, Vec<String>) {
    let (mut out, mut seen) = (Vec::new(), Vec::new());
    let Some(mut parts) = Parts::new(&Setting::default(), media, "b") else { return (out, seen) };
    let mut judge = |it: &mut Recognised| {
        seen.push(format!("{:?} {} {:?} {}", it.place, it.field, it.record, it.line));
        fate
    };
    for bytes in bytes.chunks(piece) {
        parts.push(bytes, &mut judge, &mut out);
    }
    parts.finish(&mut judge, &mut out);
    (out, seen)
}

fuzz_target!(|input: &[u8]| {
    let [media, piece, rest @ ..] = input else { return };
    let media = MEDIA[usize::from(*media) % MEDIA.len()];
    // Chance seldom begins a part.
    let bytes = [b"--b\r\nContent-Disposition: form-data; name=iban; filename=\"a\"\r\n\r\n".as_slice(), rest].concat();
    assert_eq!(searched(media, &bytes, usize::MAX, Fate::Pass).0, bytes, "what passes is changed");
    let (whole, seen) = searched(media, &bytes, usize::MAX, Fate::Redact);
    assert_eq!(whole.len(), bytes.len(), "what is overwritten keeps its length");
    let (cut, again) = searched(media, &bytes, usize::from(*piece) + 1, Fate::Redact);
    assert_eq!(again, seen, "cuts change what is seen");
    assert_eq!(cut, whole, "cuts change what goes on");
});
