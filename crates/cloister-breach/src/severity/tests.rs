use cloister_register::DataCategory as Data;
use proptest::prelude::*;

use super::{Aspect, Level, assess};
use crate::Category;
use crate::facts::{Access, Cause, Confidentiality, Facts, Method, Protection, Recipients};

fn facts(categories: &[Data]) -> Facts {
    let mut facts = Facts::default();
    facts.affected.data_categories = categories.iter().copied().map(Category).collect();
    facts
}

fn spec(yaml: &str) -> Facts {
    serde_saphyr::from_str(yaml).unwrap()
}

#[test]
fn the_formula_is_that_of_the_method() {
    let mut stolen = facts(&[Data::Name, Data::ContactDetails, Data::Health]);
    stolen.cause = Some(Cause::Attack);
    stolen.confidentiality = Some(Confidentiality {
        access: Some(Access::Certain),
        recipients: Some(Recipients::Unknown),
        ..Confidentiality::default()
    });
    let severity = assess(&stolen);
    // 4 × 1 + 0.5 + 0.5
    assert_eq!((severity.score, severity.level), (5.0, Level::VeryHigh));
    assert!(severity.why[0].starts_with("4 × 1 + 1 = 5: very high"), "{:?}", severity.why);
}

#[test]
fn levels_begin_where_the_method_says() {
    let levels = [7, 8, 11, 12, 15, 16].map(Level::of);
    use Level::{High, Low, Medium, VeryHigh};
    assert_eq!(levels, [Low, Medium, Medium, High, High, VeryHigh]);
}

#[test]
fn points_can_be_set_with_a_reason_and_that_is_told() {
    let facts = spec(
        "{affected: {dataCategories: [health, name]}, severity: {adjustments: [{factor: nature, points: -3, \
         reason: says only that somebody was here}], overrides: [{factor: identification, points: 0.25, reason: initials}]}}",
    );
    let severity = assess(&facts);
    assert_eq!(severity.score, 0.25);
    assert!(severity.factors[1].overridden);
    assert_eq!(severity.factors[1].why, ["0.25 instead of 0.75: initials"]);
    assert_eq!(severity.factors[0].why[1], "-3 for nature: says only that somebody was here");
}

#[test]
fn flags_are_raised() {
    let mut facts = facts(&[Data::Name]);
    facts.affected.people = Some(100);
    assert!(!assess(&facts).many);
    facts.affected.people = Some(101);
    let protection = |safe| Protection {
        method: Method::Encryption,
        state_of_the_art: Some(true),
        key_safe: safe,
        covers: None,
        evidence: String::new(),
    };
    facts.protection = Some(protection(None));
    assert!(assess(&facts).many && !assess(&facts).unintelligible, "a key of which nothing is known is not safe");
    facts.protection = Some(protection(Some(true)));
    assert!(assess(&facts).unintelligible);
}

#[test]
fn what_is_not_protected_is_weighed_by_itself() {
    let covered = "{affected: {dataCategories: [name, health]}, protection: {method: encryption, stateOfTheArt: true, \
                   keySafe: true, covers: [health]}}";
    let severity = assess(&spec(covered));
    assert!(!severity.unintelligible);
    assert_eq!(severity.factors[0].points, 1.0);
}

proptest! {
    #[test]
    fn any_categories_have_points_within_the_method(picked in prop::collection::vec(0..Data::ALL.len(), 0..9)) {
        let categories: Vec<Data> = picked.into_iter().map(|index| Data::ALL[index]).collect();
        let severity = assess(&facts(&categories));
        for scored in &severity.factors {
            let known = scored.factor.choices().iter().any(|choice| super::number(*choice) == scored.points);
            prop_assert!(known && !scored.why.is_empty(), "{scored:?}");
        }
        prop_assert_eq!(severity.factors.len(), Aspect::ALL.len());
    }

    #[test]
    fn more_data_is_never_less_severe(picked in prop::collection::vec(0..Data::ALL.len(), 1..6), more in 0..Data::ALL.len()) {
        let mut categories: Vec<Data> = picked.into_iter().map(|index| Data::ALL[index]).collect();
        let before = assess(&facts(&categories)).score;
        categories.push(Data::ALL[more]);
        prop_assert!(assess(&facts(&categories)).score >= before);
    }
}
