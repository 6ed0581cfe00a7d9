//! What a check cites and what the catalogues map it to is the same.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use cloister_checks::Entry;
use cloister_frameworks::{Framework, by_name};

fn entries() -> impl Iterator<Item = &'static Entry> {
    cloister_checks::entries().chain(cloister_policy::checks::CHECKS)
}

/// The references of a check on one line.
fn references(entry: &Entry) -> String {
    entry.docs().references.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The ids that follow `marker`: `25(2), 32(1)(a) and (b)` are three.
fn cited(text: &str, marker: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for list in text.split(marker).skip(1) {
        let words =
            list.split(' ').take_while(|word| *word == "and" || word.starts_with(|it: char| !it.is_alphabetic()));
        for word in words.filter(|word| *word != "and") {
            let id = word.trim_end_matches([',', '.', ':', ';']);
            match (id.starts_with('('), found.last().and_then(|last| last.rsplit_once('('))) {
                (true, Some((before, _))) => found.push(format!("{before}{id}")),
                _ => found.push(id.to_owned()),
            }
            if !word.ends_with(',') && !list.contains(&format!("{word} and ")) {
                break;
            }
        }
    }
    found
}

/// MITRE's numbers of techniques.
fn techniques(text: &str) -> Vec<String> {
    let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '.').map(|word| word.trim_end_matches('.'));
    let is_one =
        |word: &&str| word.strip_prefix('T').is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()));
    words.filter(is_one).map(str::to_owned).collect()
}

/// The ids of the requirements that name the check themselves.
fn mapped<'a>(framework: &'a Framework, check: &str) -> BTreeSet<&'a str> {
    let naming = framework.requirements.iter().filter(|it| it.checks.iter().any(|name| &**name == check));
    naming.map(|requirement| &*requirement.id).collect()
}

/// The requirements that speak of the paragraph: itself, those it holds, or the one that holds it.
fn kin<'a>(framework: &'a Framework, paragraph: &str) -> Vec<&'a str> {
    let within =
        |part: &str, whole: &str| part.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('('));
    let ids = framework.requirements.iter().map(|requirement| &*requirement.id);
    ids.filter(|id| within(id, paragraph) || within(paragraph, id)).collect()
}

/// What is cited and not mapped; what the catalogue does not hold may be cited freely.
fn unmapped(framework: &Framework, cited: &[String], mapped: &BTreeSet<&str>) -> Vec<String> {
    let wrong = |id: &&String| {
        let kin = kin(framework, id);
        !kin.is_empty() && !kin.iter().any(|id| mapped.contains(id))
    };
    cited.iter().filter(wrong).cloned().collect()
}

#[test]
fn citations_are_read_as_people_write_them() {
    let ids = cited("GDPR Art. 25(2), 32(1)(a) and (b): the state. CIS 5.1.1, 5.1.8. More", "GDPR Art. ");
    assert_eq!(ids, ["25(2)", "32(1)(a)", "32(1)(b)"]);
    assert_eq!(cited("CIS 5.1.1, 5.1.8. MITRE T1078.003, \"x\".", "CIS "), ["5.1.1", "5.1.8"]);
    assert_eq!(techniques("MITRE ATT&CK T1078.003, \"Tools\". T1611."), ["T1078.003", "T1611"]);
}

#[test]
fn a_check_cites_the_paragraphs_of_the_gdpr_that_it_is_mapped_to() {
    let gdpr = by_name("gdpr").unwrap();
    let mut wrong = Vec::new();
    for entry in entries() {
        let (name, cited) = (entry.check.name, cited(&references(entry), "GDPR Art. "));
        let mapped = mapped(gdpr, name);
        let extra = unmapped(gdpr, &cited, &mapped);
        // A requirement answered through others need not be cited beside them.
        let own = mapped.iter().filter(|id| gdpr.requirement(id).unwrap().through.is_empty());
        let silent: Vec<_> = own.filter(|id| !cited.iter().any(|it| kin(gdpr, it).contains(id))).collect();
        if !extra.is_empty() || !silent.is_empty() {
            wrong.push(format!("{name}: cited and not mapped {extra:?}, mapped and not cited {silent:?}"));
        }
    }
    assert!(wrong.is_empty(), "change the check's references or gdpr.yaml, by meaning:\n{}", wrong.join("\n"));
}

#[test]
fn a_check_that_cites_the_benchmark_or_a_technique_is_mapped_to_it() {
    let mut wrong = Vec::new();
    for entry in entries() {
        let text = references(entry).replace("CIS Kubernetes Benchmark ", "CIS ");
        for (framework, cited) in [("cis-1.12", cited(&text, "CIS ")), ("mitre", techniques(&text))] {
            let framework = by_name(framework).unwrap();
            let extra = unmapped(framework, &cited, &mapped(framework, entry.check.name));
            if !extra.is_empty() {
                wrong.push(format!("{}: {} {extra:?}", entry.check.name, framework.name));
            }
        }
    }
    assert!(wrong.is_empty(), "cited and not mapped:\n{}", wrong.join("\n"));
}
