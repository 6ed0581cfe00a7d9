//! Documents of every format in pieces of every size: no panic, every place within the document, and the same from
//! whatever pieces.
#![no_main]

use std::sync::{Arc, LazyLock};

use cloister_detect::document::{Asked, Document, Reported};
use cloister_detect::locate::Format;
use cloister_detect::profile::{Detector, Examples, Level, Profile, Rule, Spec, Within};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 7] =
    [Format::Text, Format::Json, Format::JsonLines, Format::Csv(b','), Format::Xml, Format::Yaml, Format::Sql];

static PROFILE: LazyLock<Option<Profile>> = LazyLock::new(|| {
    let own = |name: &str, pattern: &str| Detector {
        name: name.to_owned(),
        title: String::new(),
        category: "health".to_owned(),
        pattern: pattern.to_owned(),
        checksum: None,
        context: vec!["a".to_owned()],
        context_required: false,
        neighbours: vec!["email-address".to_owned()],
        confidence: Some(Level::Possible),
        examples: Examples::default(),
    };
    let rule = Rule {
        name: "both".to_owned(),
        title: String::new(),
        of: vec!["health".to_owned(), "email-address".to_owned()],
        at_least: None,
        within: Within::default(),
        category: None,
        from: Level::Possible,
    };
    let detectors = vec![own("digits", r"\d+"), own("lines", "^[a-z ]{3,}$")];
    Profile::new(&Spec { detectors, rules: vec![rule], ..Spec::default() }).ok()
});

fn search(profile: &Profile, format: Format, bytes: &[u8], piece: usize) -> Vec<Reported> {
    let asked = Asked { profile, keys: None, all_keys: false };
    let mut document = Document::new(asked, Arc::from("f"), format, false);
    let mut found = Vec::new();
    bytes.chunks(piece).for_each(|bytes| document.push(bytes, &mut found));
    document.finish(&mut found);
    found
}

fuzz_target!(|input: &[u8]| {
    let ([first, second, bytes @ ..], Some(profile)) = (input, PROFILE.as_ref()) else { return };
    let Some(format) = FORMATS.get(usize::from(*first) % FORMATS.len()) else { return };
    let whole = search(profile, *format, bytes, usize::MAX);
    for one in &whole {
        assert!(one.offset + one.length <= bytes.len() as u64, "a place behind the end");
    }
    assert_eq!(search(profile, *format, bytes, usize::from(*second) + 1), whole, "cuts change what is found");
});
