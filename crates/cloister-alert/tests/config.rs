//! What a configuration may say, and what is said of one that says something else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use cloister_alert::{Alert, Config, Origin};
use cloister_model::Severity;
use proptest::prelude::*;
use support::{alert, config};

const GOOD: &str = "\
apiVersion: cloister.dev/v1alpha1
kind: AlertConfiguration
metadata:
  name: clinic
spec:
  allowNetworks: [10.96.0.0/12]
  receivers:
    - name: team
      slack:
        url: {file: /run/secrets/slack}
    - name: mail
      email:
        host: mail.example.org
        from: Cloister <alerts@example.org>
        to: [privacy@example.org]
  route:
    receiver: team
    routes:
      - receiver: mail
        match:
          severity: high
        groupWait: 5s
";

fn faults(text: &str) -> Vec<(String, String, String)> {
    let faults = Config::read(text, "alerts.yaml").map(|_| ()).unwrap_err();
    faults.into_iter().map(|fault| (fault.place, fault.cause, fault.help)).collect()
}

#[test]
fn a_good_one_is_read() {
    let config = Config::read(GOOD, "alerts.yaml").unwrap();
    assert_eq!(config.receivers.len(), 2);
    assert_eq!(config.receiver("mail").unwrap().kinds()[0].as_str(), "email");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (from, to, place, word) in [
        ("receiver: team", "receiver: teem", "alerts.yaml:17:15", "did you mean team?"),
        ("      - receiver: mail", "      - receiver: nobody-at-all", "alerts.yaml:19:19", "no receiver"),
        ("groupWait: 5s", "groupWait: 5x", "alerts.yaml:22:", "30s"),
        ("groupWait: 5s", "repeatInterval: 5s", "alerts.yaml:22:25", "too short"),
        ("groupWait: 5s", "groupWhat: 5s", "alerts.yaml:22:", "groupWhat"),
        ("severity: high", "severity: grave", "alerts.yaml:21:", "grave"),
        ("10.96.0.0/12", "10.96.0.0", "alerts.yaml:6:19", "no network"),
        ("privacy@example.org", "\"a@b\\r\\nBcc: c@d\"", "alerts.yaml:15:14", "address of mail"),
        ("mail.example.org", "mail.example.org/x", "alerts.yaml:13:15", "host"),
        ("    - name: mail", "    - name: team", "alerts.yaml:11:13", "two receivers"),
        ("kind: AlertConfiguration", "kind: Alerts", "alerts.yaml", "no AlertConfiguration"),
        ("      slack:\n        url: {file: /run/secrets/slack}\n", "", "alerts.yaml:8:7", "cannot be reached"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let found = faults(&GOOD.replacen(from, to, 1));
        let fits = |(at, cause, help): &(String, String, String)| {
            at.starts_with(place) && format!("{cause} {help}").contains(word) && !help.is_empty()
        };
        assert!(found.iter().any(fits), "{to}: {found:#?}");
    }
}

#[test]
fn no_secret_in_the_wrong_place_is_quoted() {
    for wrong in [
        "url: https://hooks.slack.example/T0/hunter2",
        "url: 4711471147114711",
        "url: {value: hunter2}",
        "url: {file: a, env: hunter2}",
        "url: [hunter2]",
        "url: {file: {hunter2: hunter2}}",
    ] {
        let found = faults(&GOOD.replacen("url: {file: /run/secrets/slack}", wrong, 1));
        let text = format!("{found:?}");
        assert!(!text.contains("hunter2") && !text.contains("4711"), "{text}");
        assert!(found[0].0.starts_with("alerts.yaml:10"), "{text}");
    }
    let hook = "      webhook: {url: 'https://ada:hunter2@hook.example', secret: {env: A}}\n";
    let text = GOOD.replacen("      slack:\n        url: {file: /run/secrets/slack}\n", hook, 1);
    let found = faults(&text);
    assert!(found[0].1.contains("a password in this address") && !format!("{found:?}").contains("hunter2"));
}

#[test]
fn an_alert_goes_into_the_first_route_that_fits_and_on_where_it_says_so() {
    let receivers: Vec<String> = ["root", "page", "team", "dpo", "low"]
        .map(|name| format!("{{name: {name}, slack: {{url: {{env: A}}}}}}"))
        .to_vec();
    let config = config(
        &format!("[{}]", receivers.join(", ")),
        "{receiver: root, routes: [\
           {receiver: dpo, match: {articles: ['33'], categories: [health]}, continue: true}, \
           {receiver: team, match: {namespaces: ['clin*']}, routes: [{receiver: page, match: {severity: critical}}]}, \
           {receiver: low, match: {origins: [finding], labels: {team: [a, b]}}}]}",
    );
    let told = |alert: &Alert| -> Vec<String> { config.tree.ways(alert).into_iter().map(|way| way.receiver).collect() };
    let base = alert("one");
    assert_eq!(told(&base), ["dpo", "team"]);
    assert_eq!(told(&Alert { severity: Severity::Critical, articles: Vec::new(), ..base.clone() }), ["page"]);
    assert_eq!(told(&Alert { namespace: Some("shop".to_owned()), ..base.clone() }), ["dpo"]);
    let other = Alert { namespace: None, categories: Vec::new(), ..base };
    assert_eq!(told(&other), ["root"]);
    let labels = [("team".to_owned(), "b".to_owned())].into();
    assert_eq!(told(&Alert { origin: Origin::Finding, labels, ..other }), ["low"]);
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,200}", at in 0_usize..400, cut in 0_usize..400) {
        let _ = Config::read(&text, "alerts.yaml");
        // Nor a good one that was cut and filled with something else.
        let mut changed: Vec<char> = GOOD.chars().collect();
        let at = at.min(changed.len());
        let end = (at + cut / 8).min(changed.len());
        changed.splice(at..end, text.chars().take(12));
        if let Err(faults) = Config::read(&String::from_iter(changed), "alerts.yaml") {
            prop_assert!(!faults.is_empty() && faults.iter().all(|it| !it.cause.is_empty() && !it.help.is_empty()));
        }
    }
}
