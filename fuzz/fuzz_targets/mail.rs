//! Any bytes as mail: no panic, every place within the file, and the same from whatever pieces. The first
//! bytes choose the size of pieces and what stands before them.
#![no_main]

use std::sync::{Arc, LazyLock};

use cloister_detect::document::{Asked, Document, Reported};
use cloister_detect::locate::Format;
use cloister_detect::profile::{Profile, Spec};
use libfuzzer_sys::fuzz_target;

/// Heads that lead somewhere sooner than chance does.
const HEADS: [&str; 6] = [
    "",
    "From: a@clinic.test\nSubject: =?utf-8?Q?L=C3=B8ve?=\n\n",
    "Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable\n\n",
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n",
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\n",
    "From a@clinic.test Mon Jan  5 10:00:00 2026\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\n",
];

static PROFILE: LazyLock<Option<Profile>> = LazyLock::new(|| Profile::new(&Spec::default()).ok());

fn search(profile: &Profile, bytes: &[u8], piece: usize) -> Vec<Reported> {
    let asked = Asked { profile, keys: None, all_keys: false };
    let mut document = Document::new(asked, Arc::from("f"), Format::Mail, false);
    let mut found = Vec::new();
    bytes.chunks(piece).for_each(|bytes| document.push(bytes, &mut found));
    document.finish(&mut found);
    found
}

fuzz_target!(|input: &[u8]| {
    let ([piece, head, rest @ ..], Some(profile)) = (input, PROFILE.as_ref()) else { return };
    let head = HEADS[usize::from(*head) % HEADS.len()];
    let bytes = [head.as_bytes(), rest].concat();
    let whole = search(profile, &bytes, usize::MAX);
    for one in &whole {
        assert!(one.offset + one.length <= bytes.len() as u64, "a place behind the end");
    }
    assert_eq!(search(profile, &bytes, usize::from(*piece) + 1), whole, "cuts change what is found");
});
