//! Whatever the words are, there is an answer.

use cloister_flags::{CommandLine, Outcome, Program, Version, flags};
use proptest::prelude::*;

/// Words such as they come: flags that exist, pieces of values, and anything.
fn word() -> impl Strategy<Value = String> {
    let names = Program::ALL.iter().flat_map(|program| flags(*program)).map(|flag| flag.name).collect::<Vec<_>>();
    let flag = (proptest::sample::select(names), "-{0,3}", "(=.{0,8})?", any::<bool>()).prop_map(
        |(name, dashes, value, old)| {
            format!("{dashes}{}{value}", if old { name.replace('-', "_") } else { name.to_owned() })
        },
    );
    let value = "[-+0-9a-zA-Z_.,:;=<\"' \n]{0,12}";
    prop_oneof![flag, value.prop_map(|text| text), any::<String>(), "--feature-gates=[A-Za-z:=,]{0,20}"]
}

proptest! {
    #[test]
    fn every_line_has_an_answer(words in proptest::collection::vec(word(), 0..8), minor in 28_u32..40, known in any::<bool>()) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for program in Program::ALL {
            let major = program.versions().major;
            let version = known.then_some(Version { major, minor, patch: None });
            let line = CommandLine::parse(*program, version, &words);
            for diagnostic in line.diagnostics() {
                prop_assert!(diagnostic.word < words.len());
                prop_assert!(!diagnostic.fault.to_string().is_empty());
            }
            for name in line.names() {
                let effective = line.effective(name);
                let places = effective.word().is_none_or(|word| word < words.len());
                prop_assert!(places && line.shown(name).is_some() == effective.value().is_some());
            }
            if let Outcome::Fails(diagnostic) = line.outcome() {
                prop_assert!(line.diagnostics().contains(diagnostic));
            }
        }
    }

    #[test]
    fn durations_are_read_as_they_are_printed(nanoseconds in any::<i64>()) {
        let kind = cloister_flags::Kind::Duration;
        let value = cloister_flags::Value::Duration(nanoseconds);
        prop_assert_eq!(kind.read(&kind.show(&value)), Some(value));
    }

    #[test]
    fn lists_are_read_as_they_are_printed(items in proptest::collection::vec("[a-z ,\"=]{1,6}", 1..5)) {
        let kind = cloister_flags::Kind::List;
        let value = cloister_flags::Value::List(items);
        prop_assert_eq!(kind.read(&kind.show(&value)), Some(value));
    }
}
