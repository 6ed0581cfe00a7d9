//! What holds for every rule.
#![allow(clippy::panic, reason = "a test")]

use proptest::prelude::*;

use super::shape::Shape;
use super::specimens::{SPECIMENS, is_specimen};
use super::{Proof, RULES, Rule, checksum, kinds};

fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A random text of a shape, any digit and letter where they may stand.
fn of_shape(shape: &Shape, state: &mut u64) -> Vec<u8> {
    let byte = |place| {
        let drawn = u8::try_from(next(state) % 36).unwrap_or(0);
        match shape.at(place) {
            (true, _) => b'0' + drawn % 10,
            (false, true) if drawn < 10 => b'0' + drawn,
            _ => b'A' + drawn % 26,
        }
    };
    (0..shape.length()).map(byte).collect()
}

#[test]
fn lengths_are_those_of_the_shapes_and_names_are_told_once() {
    for rule in rules() {
        let mut lengths: Vec<usize> = rule.shapes.iter().map(Shape::length).collect();
        lengths.sort_unstable();
        lengths.dedup();
        assert_eq!(lengths, rule.lengths, "{}", rule.kind);
        assert_eq!(rules().filter(|other| other.kind == rule.kind).count(), 1, "{}", rule.kind);
        // Folded: what is looked up is.
        let plain = |word: &&str| crate::words::words(word).concat() == **word;
        assert!(!rule.words.is_empty() && rule.words.iter().all(plain), "{}", rule.kind);
    }
}

#[test]
fn what_accepts_much_wants_a_word() {
    const DRAWS: u32 = 4_000;
    let mut state = 7;
    for rule in rules().filter(|rule| !matches!(rule.proof, Proof::OwnWord | Proof::Word)) {
        let most = if rule.proof == Proof::Nothing { 0.0025 } else { 1.0 };
        for shape in rule.shapes {
            let accepted = (0..DRAWS).filter(|_| rule.accepts(&of_shape(shape, &mut state))).count();
            let share = accepted as f64 / f64::from(DRAWS);
            assert!(share <= most, "{} of length {} accepts {share}", rule.kind, shape.length());
        }
    }
}

#[test]
fn every_state_of_the_union_has_a_number_of_persons_and_one_for_vat() {
    let states = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS NO LI CH GB";
    for state in states.split(' ') {
        let given = |kind: &super::Kind| kind.country.split(' ').any(|code| code == state);
        assert!(kinds().any(|kind| given(kind) && !kind.kind.ends_with("-vat")), "{state}");
        let outside = ["IS", "NO", "LI", "CH"].contains(&state);
        assert!(outside || kinds().any(|kind| given(kind) && kind.kind.ends_with("-vat")), "{state}");
    }
}

#[test]
fn specimens_are_valid_and_of_rules_that_exist() {
    let mut wrong = Vec::new();
    for (kind, numbers) in SPECIMENS {
        let invalid = numbers
            .iter()
            .filter(|number| checksum(kind, number.as_bytes()) != Some(true) || !is_specimen(kind, number.as_bytes()));
        wrong.extend(invalid.map(|number| format!("{kind} {number}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_a_rule_fail(text in proptest::collection::vec(any::<u8>(), 0..100)) {
        for rule in rules() {
            let _ = (rule.valid)(&text);
        }
        for (_, valid) in super::algorithms::ALGORITHMS {
            let _ = valid(&text);
        }
    }

    #[test]
    fn what_looks_right_never_makes_a_rule_fail_and_valid_numbers_look_right(text in "[0-9A-Z<]{0,44}") {
        for rule in rules().filter(|rule| rule.lengths.contains(&text.len())) {
            let valid = (rule.valid)(text.as_bytes());
            prop_assert!(!valid || rule.accepts(text.as_bytes()), "{} {}", rule.kind, text);
        }
    }
}
