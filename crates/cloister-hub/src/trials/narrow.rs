//! Findings narrowed by an address are those of which each field is what it asks for.

use cloister_model::{PersonalData, Severity};

use super::made;
use crate::http::Query;
use crate::pages::findings::{choose, word};
use crate::read::Finding;

fn narrowed(fits: impl Fn(&Finding) -> bool, query: &str) -> usize {
    let known = made::known();
    let all = known.report.findings.iter().filter(|one| fits(one));
    let expected: Vec<&str> = all.map(|one| &*one.id).collect();
    let chosen = choose(&known, &Query::read(query.as_bytes())).unwrap();
    assert_eq!(chosen.iter().map(|one| &*one.id).collect::<Vec<_>>(), expected, "{query}");
    expected.len()
}

#[test]
fn each_field_narrows_and_words_narrow_what_is_left() {
    let all = narrowed(|_| true, "");
    let mut severities = 0;
    for severity in Severity::ALL {
        severities += narrowed(|one| one.severity == severity, &format!("severity={}", severity.as_str()));
        let speaks = |one: &Finding| one.severity == severity && one.message.to_lowercase().contains("container");
        narrowed(
            |one| speaks(one) || one.severity == severity && one.check.contains("container"),
            &format!("severity={}&q=CONTAINER", severity.as_str()),
        );
    }
    assert_eq!(severities, all);
    for level in PersonalData::ALL {
        narrowed(|one| one.exposure.level == level, &format!("data={}", word(level)));
    }
    assert!(narrowed(|one| one.is_open() && one.namespace() == "clinic", "state=open&namespace=clinic") > 0);
    let art_32 = |one: &Finding| one.requirements.iter().any(|one| &*one.framework == "gdpr" && &*one.id == "32(1)(a)");
    assert!(narrowed(art_32, "framework=gdpr&requirement=32(1)(a)") > 0);
    let both = |one: &Finding| art_32(one) && one.severity == Severity::High;
    narrowed(both, "framework=gdpr&requirement=32(1)(a)&severity=high");
}
