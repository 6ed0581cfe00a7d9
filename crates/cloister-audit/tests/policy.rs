//! Audit policies: what they say of requests, what the server refuses, what is never reached.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_audit::policy::{Asked, AuditPolicy, Level, Mismatch, Stage};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_rbac::{Action, Identity, ResourceAction};
use proptest::prelude::*;

fn resource(text: &str) -> Resource {
    let text = format!("apiVersion: audit.k8s.io/v1\nkind: Policy\n{text}");
    parse(&text, &Origin::File("policy.yaml".into()), 1, &mut Interner::default()).resources.remove(0)
}

/// `VERB NAMESPACE GROUP RESOURCE[/SUBRESOURCE] NAME`, with `-` for what is empty; or `VERB /PATH`.
fn action(words: &str) -> Action {
    let words: Vec<&str> = words.split(' ').map(|word| if word == "-" { "" } else { word }).collect();
    if words[1].starts_with('/') {
        return Action::Url { verb: words[0].to_owned(), path: words[1].to_owned() };
    }
    let (resource, below) = words[3].split_once('/').unwrap_or((words[3], ""));
    Action::Resource(ResourceAction {
        verb: words[0].to_owned(),
        namespace: words[1].to_owned(),
        group: words[2].to_owned(),
        resource: resource.to_owned(),
        subresource: below.to_owned(),
        name: words[4].to_owned(),
        ..ResourceAction::default()
    })
}

fn level(rules: &str, request: &str) -> Level {
    let resource = resource(rules);
    let who = Identity::authenticated("alice", ["devs".to_owned()]);
    AuditPolicy::new(&resource).decide(&Asked { identity: Some(&who), action: &action(request) }).level
}

#[test]
fn resources_are_matched_as_the_server_matches_them() {
    let rule = |pattern: &str| format!("rules: [{{level: Request, resources: [{{resources: [{pattern}]}}]}}]");
    let cases = [
        ("pods", "get a - pods x", true),
        ("pods", "get a - pods/log x", false),
        ("pods/*", "get a - pods x", true),
        ("pods/*", "get a - pods/log x", true),
        ("'*/scale'", "get a - pods/scale x", true),
        ("'*/scale'", "get a - pods x", false),
        ("'*'", "get a - pods/log x", true),
        ("'*'", "get a apps deployments x", false),
    ];
    for (pattern, request, matches) in cases {
        assert_eq!(level(&rule(pattern), request) == Level::Request, matches, "{pattern} {request}");
    }
    let named = "rules: [{level: Request, resources: [{group: '*', resources: [pods], resourceNames: [x]}]}]";
    assert_eq!(level(named, "get a apps pods x"), Level::Request);
    assert_eq!(level(named, "list a apps pods -"), Level::None);
}

#[test]
fn namespaces_paths_and_people_are_matched() {
    let outside = "rules: [{level: Request, namespaces: ['']}]";
    assert_eq!(level(outside, "get - - nodes x"), Level::Request);
    assert_eq!(level(outside, "get a - pods x"), Level::None);
    assert_eq!(level(outside, "get /healthz"), Level::None, "a path is in no namespace");
    let paths = "rules: [{level: Request, nonResourceURLs: [/api*, /healthz]}]";
    assert_eq!(level(paths, "get /apis/apps"), Level::Request);
    assert_eq!(level(paths, "get /healthz/etcd"), Level::None);
    assert_eq!(level(paths, "get a - pods x"), Level::None);
    assert_eq!(level("rules: [{level: Request, userGroups: [devs]}]", "get /x"), Level::Request);
    assert_eq!(level("rules: [{level: Request, users: [bob]}]", "get /x"), Level::None);
}

#[test]
fn nobody_meets_no_rule_about_people_and_is_written_once() {
    let policy = resource("rules: [{level: None, userGroups: ['system:unauthenticated']}, {level: Metadata}]");
    let request = action("get a - pods x");
    let nobody = Asked { identity: None, action: &request };
    let (passed, decision) = AuditPolicy::new(&policy).explain(&nobody);
    assert_eq!(passed[0].1, Mismatch::UserGroups);
    assert_eq!(decision.stages(&nobody), [Stage::ResponseStarted]);
}

#[test]
fn stages_are_united_and_managed_fields_are_the_rules_matter() {
    let policy = resource(
        "omitStages: [RequestReceived]\nomitManagedFields: true\nrules:\n- {level: RequestResponse, omitStages: [ResponseComplete], verbs: [watch], omitManagedFields: false}\n- level: Request\n",
    );
    let who = Identity::authenticated("alice", []);
    let (watch, create) = (action("watch a - pods -"), action("create a - pods -"));
    let of = |action| Asked { identity: Some(&who), action };
    let watched = AuditPolicy::new(&policy).decide(&of(&watch));
    assert_eq!(watched.stages(&of(&watch)), [Stage::ResponseStarted]);
    assert!(!watched.omit_managed_fields && !watched.bodies(&of(&watch)).response);
    let created = AuditPolicy::new(&policy).decide(&of(&create));
    assert_eq!(created.stages(&of(&create)), [Stage::ResponseComplete]);
    assert!(created.omit_managed_fields && created.bodies(&of(&create)).request);
}

#[test]
fn what_the_server_refuses_has_a_place() {
    let faulty = [
        ("rules: []", 3),
        ("rules:\n- users: [a]", 4),
        ("rules:\n- level: metadata", 4),
        ("rules:\n- level: 1", 4),
        ("rules:\n- level: None\n  nonResourceURLs: ['healthz']", 5),
        ("rules:\n- level: None\n  nonResourceURLs: ['/a*b']", 5),
        ("rules:\n- level: None\n  nonResourceURLs: ['/a']\n  namespaces: [b]", 5),
        ("rules:\n- level: None\n  resources: [{group: apps/v1}]", 5),
        ("rules:\n- level: None\n  resources: [{resourceNames: [a]}]", 5),
        ("rules:\n- level: None\n  omitStages: [Never]", 5),
        ("rules:\n- level: None\n  users: alice", 5),
        ("rules:\n- level: None\n  users: [1]", 5),
        ("omitManagedFields: 'yes'\nrules: [{level: None}]", 3),
    ];
    for (text, line) in faulty {
        let resource = resource(text);
        let faults = AuditPolicy::new(&resource).faults();
        assert_eq!(faults.len(), 1, "{text}: {faults:?}");
        assert_eq!(faults[0].place.mark.line, line, "{text}");
    }
    let fine = resource("rules:\n- level: None\n  users: [null]\n  resource: [pods]\n");
    let fine = AuditPolicy::new(&fine);
    assert!(fine.faults().is_empty());
    assert_eq!(fine.ignored().iter().map(|place| place.mark.line).collect::<Vec<_>>(), [6]);
}

#[test]
fn rules_that_no_request_comes_to_are_found() {
    let policy = resource(
        "rules:
- {level: None, verbs: [get, list, watch]}
- {level: Metadata, verbs: [create, update, patch, delete, deletecollection], resources: [{group: '*'}]}
- {level: Request, resources: [{resources: [pods]}]}
- {level: Metadata, userGroups: ['system:authenticated']}
- {level: Request, users: [bob]}
- {level: Metadata, nonResourceURLs: ['/api*']}
- {level: Metadata}
- {level: None}
",
    );
    let unreachable: Vec<usize> = AuditPolicy::new(&policy).unreachable().iter().map(|rule| rule.index).collect();
    assert_eq!(unreachable, [2, 4, 7], "the third by two rules together, the path still by who is nobody");
}

/// Rules of few words, so that they meet.
fn rule() -> impl Strategy<Value = String> {
    let some = |field: &'static str, words: &'static [&'static str]| {
        prop::sample::subsequence(words, 0..=2).prop_map(move |words| match words.is_empty() {
            true => String::new(),
            false => format!(", {field}: ['{}']", words.join("', '")),
        })
    };
    let who = (some("users", &["alice", "bob"]), some("userGroups", &["devs", "system:authenticated"]));
    let verbs = some("verbs", &["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]);
    let resources = some("resources", &["pods", "pods/*", "*/log", "*", "nodes"]).prop_map(|resources| {
        if resources.is_empty() { String::new() } else { format!(", resources: [{{group: ''{resources}}}]") }
    });
    let what = prop_oneof![
        2 => (some("namespaces", &["a", "b", ""]), resources).prop_map(|(namespaces, resources)| namespaces + &resources),
        1 => some("nonResourceURLs", &["/api*", "/healthz", "*"]),
    ];
    (who, verbs, what)
        .prop_map(|((users, groups), verbs, what)| format!("- {{level: Metadata{users}{groups}{verbs}{what}}}\n"))
}

proptest! {
    #[test]
    fn no_request_comes_to_a_rule_that_is_called_unreachable(rules in prop::collection::vec(rule(), 1..8)) {
        let policy = resource(&format!("rules:\n{}", rules.concat()));
        let policy = AuditPolicy::new(&policy);
        let unreachable: Vec<usize> = policy.unreachable().iter().map(|rule| rule.index).collect();
        let people = [
            None,
            Some(Identity::authenticated("alice", [])),
            Some(Identity::authenticated("bob", ["devs".to_owned()])),
            Some(Identity::authenticated("carol", ["devs".to_owned()])),
            Some(Identity::authenticated("system:anonymous", [])),
        ];
        for verb in ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"] {
            for what in ["a - pods x", "b - pods/log x", "- - nodes x", "c - pods/exec x", "c apps pods/log x", "/api", "/healthz"] {
                // Methods are verbs of paths; `list` and the like are none.
                if what.starts_with('/') && !["get", "patch", "delete"].contains(&verb) {
                    continue;
                }
                let action = action(&format!("{verb} {what}"));
                for identity in &people {
                    let decision = policy.decide(&Asked { identity: identity.as_ref(), action: &action });
                    prop_assert!(decision.rule.is_none_or(|rule| !unreachable.contains(&rule.index)), "{verb} {what} {identity:?}");
                }
            }
        }
    }
}
