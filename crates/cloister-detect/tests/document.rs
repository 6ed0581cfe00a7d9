//! Documents: places point at values, and no value leaves.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test")]

use std::sync::Arc;

use cloister_detect::document::{Asked, Document, Reported};
use cloister_detect::keyed::{Key, Keys};
use cloister_detect::locate::Format;
use cloister_detect::profile::{Level, Profile, Spec};
use proptest::prelude::*;

fn search(profile: &Profile, keys: Option<&Keys>, format: Format, bytes: &[u8], piece: usize) -> Vec<Reported> {
    let mut document = Document::new(Asked { profile, keys, all_keys: true }, Arc::from("f"), format, false);
    let mut out = Vec::new();
    bytes.chunks(piece).for_each(|bytes| document.push(bytes, &mut out));
    document.finish(&mut out);
    out
}

const FORMATS: [Format; 7] =
    [Format::Text, Format::Json, Format::JsonLines, Format::Csv(b','), Format::Xml, Format::Yaml, Format::Sql];

/// Values that are always recognised, in whatever stands around them.
const PLANTED: [&str; 4] =
    ["jana.nova@clinic.eu", "DE02 1203 0000 0000 2020 51", "AKIAABCDEFGHIJKLMNOP", "+49 30 5551 4423"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn offsets_point_at_values_and_values_do_not_leave(
        parts in prop::collection::vec(prop_oneof![
            "[a-z{}:,\"' <>\n-]{0,12}",
            prop::sample::select(&PLANTED[..]).prop_map(|value| format!(" {value} ")),
            prop::sample::select(&PLANTED[..]).prop_map(|value| format!("\n{{\"{value}\": {{\"a\": [\"")),
            Just("{\"k\": \"".to_owned()), Just("INSERT INTO a VALUES ('".to_owned()), Just("a,b\n".to_owned()),
            Just("- x: ".to_owned()), Just("ä€".to_owned()), Just("word ".repeat(4000)),
        ], 0..20),
        piece in prop_oneof![1usize..300, Just(1 << 20)],
        format in prop::sample::select(&FORMATS[..]),
    ) {
        let text = parts.concat();
        let profile = Profile::default().with_default(Level::Possible);
        let keys = Keys::new(vec![Key::new("k", &[3; 32]).unwrap()]);
        let found = search(&profile, Some(&keys), format, text.as_bytes(), piece);
        for one in &found {
            let at = one.offset as usize;
            let value = &text.as_bytes()[at..at + one.length as usize];
            prop_assert_eq!(keys.hash(value), one.hash.clone());
            let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            prop_assert_eq!(line, one.line);
        }
        for value in PLANTED {
            for (at, _) in text.match_indices(value) {
                let covered = found.iter().any(|one| one.offset as usize <= at && at < (one.offset + one.length) as usize);
                prop_assert!(covered, "{value} at {at} of {text:?}");
            }
            for one in &found {
                let line = serde_json::to_string(one).unwrap();
                prop_assert!(!line.contains(value), "{line}");
            }
        }
        prop_assert_eq!(&search(&profile, Some(&keys), format, text.as_bytes(), usize::MAX), &found);
    }
}

#[test]
fn offsets_of_utf_16_are_those_of_the_file() {
    let text = "ä €😀 x: jana.nova@clinic.eu\nüber jana.nova@clinic.eu";
    let original: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let profile = Profile::default();
    let asked = Asked { profile: &profile, keys: None, all_keys: false };
    for piece in [1, 7, 500] {
        let mut document = Document::new(asked, Arc::from("f"), Format::Text, true);
        let mut out = Vec::new();
        text.as_bytes().chunks(piece).for_each(|bytes| document.push(bytes, &mut out));
        document.finish(&mut out);
        assert_eq!(out.len(), 2);
        for one in out {
            let value = &original[one.offset as usize..][..one.length as usize];
            let units: Vec<u16> = value.chunks(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
            assert_eq!(String::from_utf16(&units).unwrap(), "jana.nova@clinic.eu");
        }
    }
}

#[test]
fn what_stands_together_is_told_with_its_record() {
    let spec: Spec = serde_json::from_str(
        r#"{"thresholds": {"email-address": "never"}, "rules": [{"name": "patient", "of": ["email-address", "health"]}]}"#,
    )
    .unwrap();
    let profile = Profile::new(&spec).unwrap();
    let text = r#"[{"mail": "jana.nova@clinic.eu"}, {"mail": "jan.novy@clinic.eu", "diagnosis": "E11.9"}]"#;
    let found = search(&profile, None, Format::Json, text.as_bytes(), 9);
    let told: Vec<(&str, &str)> = found.iter().map(|one| (one.kind, one.path.as_str())).collect();
    assert_eq!(told, [("health", "/1/diagnosis"), ("patient", "/1")]);
    assert_eq!(found[1].members.len(), 2);
    assert_eq!(&text[found[1].offset as usize..][..18], "jan.novy@clinic.eu");
    assert_eq!(found[0].hash, None);
}

/// A mail whose parts are coded for transfer, cut anywhere: places are those of the file.
#[test]
fn parts_of_mail_are_read_as_they_were() {
    let mail = "From: =?utf-8?Q?Jana_Nov=C3=A1?= <info@clinic.eu>\nDate: x\nTo: y\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\n\
        Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable\n\n\
        V=E1=BEen=E1 pan=ED Nov=E1kov=\n=E1,\n\n--b\nContent-Type: text/csv\nContent-Transfer-Encoding: base64\n\n\
        aWJhbgpERTAyMTIwMzAwMDAwMDAwMjAyMDUxCg==\n--b--\n";
    let profile = Profile::default();
    assert_eq!(cloister_detect::locate::sniff("-", mail.as_bytes()), Format::Mail);
    let whole = search(&profile, None, Format::Mail, mail.as_bytes(), 1 << 20);
    let told: Vec<_> = whole
        .iter()
        .map(|one| (one.kind, &mail[one.offset as usize..(one.offset + one.length) as usize], one.path.as_str()))
        .collect();
    assert_eq!(told, [("name", "Nov=E1kov=\n=E1", "line 11"), ("iban", "pERTAyMTIwMzAwMDAwMDAwMjAyMDUx", "line 18")]);
    for piece in 1..90 {
        assert_eq!(search(&profile, None, Format::Mail, mail.as_bytes(), piece), whole, "{piece}");
    }
}
