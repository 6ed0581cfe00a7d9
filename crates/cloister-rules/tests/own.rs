//! Rules of one's own: beside those of the program, in their place, or switching one off.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use cloister_audit::Event;
use cloister_rules::{Ground, Judge, MOST_OWN, Origin, Rules};

fn rule(name: &str, more: &str) -> String {
    format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: DetectionRule\nmetadata:\n  name: {name}\nspec:\n  title: Something of {name}\n  \
         description: Ask who did it, and for what.\n  severity: high\n  articles: [\"32(4)\"]\n  match:\n    verbs: [create]\n    \
         resources: [jobs]\n{more}  tells: \"{{user}} made {{name}}.\"\n"
    )
}

fn off(name: &str, reason: &str) -> String {
    format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: DetectionRuleOff\nmetadata:\n  name: {name}\nspec:\n  reason: \"{reason}\"\n"
    )
}

fn with(files: &[(&str, String)]) -> Result<Rules, Vec<String>> {
    let files: Vec<(String, String)> = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
    let told = |fault: &cloister_model::Diagnostic| {
        format!(
            "{}:{}: {} ({})",
            fault.file,
            fault.line.unwrap_or(0),
            fault.message,
            fault.help.as_deref().unwrap_or("")
        )
    };
    Rules::with_own(&files).map_err(|faults| faults.iter().map(told).collect())
}

#[test]
fn own_rules_stand_beside_in_place_and_switch_off() {
    let rules = with(&[
        ("a.yaml", rule("job-made", "")),
        ("b.yaml", rule("pod-entered", "")),
        ("c.yaml", off("pod-logs-read", "our operators read logs all day")),
    ])
    .unwrap();
    let all = Rules::builtin().all().len();
    assert_eq!(rules.all().len(), all, "one more, one less");
    let origin = |name: &str| rules.rule(name).map(|rule| rule.origin);
    assert_eq!(origin("job-made"), Some(Origin::Own));
    assert_eq!(origin("pod-entered"), Some(Origin::InPlace));
    assert_eq!(origin("secrets-read-in-bulk"), Some(Origin::Program));
    assert_eq!(origin("pod-logs-read"), None);
    let [gone] = rules.off() else { panic!("{:?}", rules.off()) };
    assert_eq!((gone.rule.name.as_str(), gone.place.0.as_str(), gone.place.1), ("pod-logs-read", "c.yaml", 4));
    assert_eq!(rules.rule("pod-entered").unwrap().title, "Something of pod-entered");
}

#[test]
fn each_fault_is_told_with_file_and_line_and_then_none_counts() {
    let wrong = with(&[
        ("a.yaml", rule("twice", "")),
        ("b.yaml", rule("twice", "")),
        ("c.yaml", rule("broken", "  condition: object.name.startsWith(\n")),
        ("d.yaml", off("pod-logs-raed", "our operators read logs all day")),
        ("e.yaml", off("pod-entered", "no")),
        ("f.yaml", "kind: [".to_owned()),
        ("g.yaml", format!("{}---\n{}", off("mass-listing", "backups list everything"), rule("mixed", ""))),
    ])
    .unwrap_err();
    let has = |part: &str| assert!(wrong.iter().any(|one| one.contains(part)), "{part}: {wrong:#?}");
    has("b.yaml:4: there is a rule \"twice\" already, in a.yaml:4");
    has("c.yaml:13: its condition cannot be used");
    has("d.yaml:4: there is no rule \"pod-logs-raed\" (did you mean pod-logs-read?)");
    has("e.yaml:6: this is no reason");
    assert!(
        wrong.iter().any(|one| one.starts_with("f.yaml:")) && wrong.iter().any(|one| one.starts_with("g.yaml:")),
        "{wrong:#?}"
    );
    let twice = with(&[(
        "a.yaml",
        off("mass-listing", "backups list everything") + "---\n" + &off("mass-listing", "once more, the same"),
    )]);
    assert!(twice.unwrap_err()[0].contains("off already"));
}

fn event(number: usize) -> String {
    format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"{number}","stage":"ResponseComplete","requestURI":"/apis/batch/v1/namespaces/shop/jobs","verb":"create","user":{{"username":"anna"}},"sourceIPs":["192.0.2.7"],"objectRef":{{"resource":"jobs","namespace":"shop","name":"export-{number}","apiGroup":"batch","apiVersion":"v1"}},"responseStatus":{{"code":201}},"requestObject":{{"spec":{{"words":{}}}}},"requestReceivedTimestamp":"2026-11-26T12:00:00.{number:06}Z","stageTimestamp":"2026-11-26T12:00:00.{number:06}Z","annotations":{{"authorization.k8s.io/decision":"allow"}}}}"#,
        serde_json::json!(vec!["word"; 700]),
    )
}

#[test]
fn more_rules_than_an_event_may_cost_are_refused_and_as_many_as_may_be_are_judged_in_time() {
    let costly =
        "  condition: request.spec.words.exists(one, request.spec.words.exists(other, one + other == object.name))\n";
    let many = |number: usize| -> String {
        (0..number).map(|at| rule(&format!("rule-{at}"), costly)).collect::<Vec<_>>().join("---\n")
    };
    let wrong = with(&[("many.yaml", many(MOST_OWN + 1))]).unwrap_err();
    assert!(wrong[0].contains("500 at the most"), "{wrong:?}");
    let rules = Arc::new(with(&[("many.yaml", many(MOST_OWN))]).unwrap());
    let mut judge = Judge::new(rules, Arc::new(Ground::default()));
    let text = event(1);
    assert!(judge.judge(&Event::read(text.as_bytes()).unwrap()).is_empty());
    // What did not fit into the time of one event is counted by its rule, not passed over.
    let left_out = judge.gaps().too_large.len();
    assert!((MOST_OWN - 12..MOST_OWN - 4).contains(&left_out), "{left_out}");
    assert!(judge.gaps().too_large.keys().all(|name| name.starts_with("rule-")), "the program's judge first, and all");
}
