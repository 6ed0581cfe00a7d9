//! What a user is told about a framework file of their own.

use cloister_frameworks::Framework;

const HEAD: &str = "framework: house\ntitle: House rules\nversion: \"1\"\nrequirements:\n";

/// One line for each mistake: `LINE message`.
fn mistakes(requirements: &str) -> Vec<String> {
    match Framework::parse("house.yaml", &format!("{HEAD}{requirements}")) {
        Ok(_) => Vec::new(),
        Err(found) => {
            assert!(found.iter().all(|mistake| &*mistake.file == "house.yaml"));
            found.iter().map(|mistake| format!("{} {}", mistake.line.unwrap_or(0), mistake.message)).collect()
        }
    }
}

fn requirement(id: &str, rest: &str) -> String {
    format!("  - {{id: \"{id}\", title: T, section: S, explains: E., {rest}}}\n")
}

#[test]
fn a_good_file_reads() {
    let text = format!("{HEAD}{}", requirement("1", "checks: [privileged-container], attest: Is it so?"));
    let framework = Framework::parse("house.yaml", &text).unwrap();
    let requirement = framework.requirement("1").unwrap();
    assert_eq!(requirement.checks.iter().map(|check| &**check).collect::<Vec<_>>(), ["privileged-container"]);
    assert_eq!(requirement.attest.as_deref(), Some("Is it so?"));
}

#[test]
fn all_mistakes_are_told_with_their_lines() {
    let text = "  - id: \"1\"\n    title: \"\"\n    section: S\n    chekcs: [a]\n    explains: E.\n    attest: Q?\n  - id: 2.10\n";
    assert_eq!(
        mistakes(text),
        [
            "8 requirement 1 has an unknown field \"chekcs\"",
            "6 requirement 1 has an empty \"title\"",
            "11 a requirement has no text under \"id\"",
            "11 a requirement lacks \"title\"",
            "11 a requirement lacks \"section\"",
            "11 a requirement lacks \"explains\"",
            "11 a requirement can never be answered",
        ]
    );
}

#[test]
fn doubles_are_mistakes() {
    let twice = format!("{}{}", requirement("1", "checks: [a]"), requirement("1", "checks: [a]"));
    assert_eq!(mistakes(&twice), ["6 the id \"1\" is used twice"]);
    let alias = format!("{}{}", requirement("1", "checks: [a], aliases: [x]"), requirement("x", "checks: [a]"));
    assert_eq!(mistakes(&alias), ["6 the id \"x\" is used twice"]);
    assert_eq!(mistakes(&requirement("1", "checks: [a, a]")), ["5 requirement 1 names \"a\" twice in \"checks\""]);
}

#[test]
fn parts_name_known_evidence() {
    let parts = |needs: &str| mistakes(&requirement("1", &format!("parts: [{{needs: {needs}, shows: it}}]")));
    assert_eq!(parts("node-facts"), Vec::<String>::new());
    assert_eq!(parts("stars"), ["5 a part needs \"stars\", which is no evidence"]);
    assert_eq!(parts("person"), ["5 a part needs a person"]);
}

#[test]
fn references_lead_somewhere() {
    assert_eq!(
        mistakes(&requirement("1", "through: [\"2\"]")),
        ["5 requirement 1 is answered through \"2\", which does not exist"]
    );
    let chain = [("1", "checks: [a]"), ("2", "through: [\"1\"]"), ("3", "through: [\"2\"]")];
    let chain: String = chain.iter().map(|(id, rest)| requirement(id, rest)).collect();
    assert_eq!(mistakes(&chain), ["7 requirement 3 is answered through 2, which is answered through others itself"]);
}

#[test]
fn a_framework_can_extend_a_built_in_one() {
    let text = format!("extends: pss-baseline\n{HEAD}{}", requirement("host-ports", "checks: [host-network]"));
    let framework = Framework::parse("house.yaml", &text).unwrap();
    assert_eq!(framework.requirements.len(), 12);
    assert_eq!(&*framework.requirement("host-ports").unwrap().title, "T");
    for base in ["pss-baselin", "house"] {
        let text = format!("extends: {base}\n{HEAD}{}", requirement("1", "checks: [a]"));
        let found = Framework::parse("house.yaml", &text).unwrap_err();
        assert_eq!(found[0].message, format!("there is no framework \"{base}\" to extend"));
    }
}

#[test]
fn unknown_checks_are_told_with_their_lines() {
    let text = format!("{HEAD}{}", requirement("1", "checks: [known, unknown]"));
    let framework = Framework::parse("house.yaml", &text).unwrap();
    let found = framework.unknown_checks("house.yaml", |name| name == "known");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, &*found[0].message), (Some(5), "requirement 1 names the unknown check \"unknown\""));
}

#[test]
fn broken_input_never_panics() {
    for text in ["", "a: [", "- 1", "framework: x", "\t", "a: 1\n---\nb: 2", "requirements: 7", "&a [*a]", "\u{feff}"] {
        let found = Framework::parse("house.yaml", text).unwrap_err();
        assert!(!found.is_empty(), "{text:?} reads as a framework");
    }
}
