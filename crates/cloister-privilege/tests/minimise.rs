//! Exactly what was used is allowed, every part of the result is needed, and what is wider is told.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use cloister_audit::Use;
use cloister_privilege::{
    About, Limits, Minimised, Right, Subject, Who, atoms, born, findings, manifest, minimise, replay, taken, without,
};
use cloister_rbac::{Action, Identity, Policy, ResourceAction, Verdict};
use proptest::prelude::*;

const EXACT: Limits = Limits { names: None, namespaces: None };
const USERS: [&str; 3] = ["ann", "system:serviceaccount:ci:bot", "weird: #/%user"];
const VERBS: [&str; 5] = ["get", "list", "create", "update", "impersonate"];
const PATHS: [(&str, &str); 5] =
    [("", "pods"), ("", "pods/exec"), ("apps", "deployments"), ("batch", "deployments"), ("", "secrets")];
const NAMES: [&str; 5] = ["", "", "web", "db", "*"];
const NAMESPACES: [&str; 4] = ["", "shop", "care", "ci"];

fn action(verb: &str, (group, path): (&str, &str), name: &str, namespace: &str) -> Action {
    let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
    Action::Resource(ResourceAction {
        verb: verb.into(),
        group: group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        name: name.into(),
        namespace: namespace.into(),
        node: String::new(),
    })
}

fn used(user: &str, action: Action) -> Use {
    let identity = Identity::authenticated(user, ["dev".to_owned()]).into();
    Use {
        identity,
        action,
        requests: 1,
        last: None,
        reason: "RBAC: allowed by X \"y\" of Z \"z\" to Group \"dev\"".into(),
    }
}

/// Every action that the tests know, for each user.
fn universe() -> Vec<Use> {
    let mut all = Vec::new();
    for user in USERS {
        for verb in VERBS {
            for path in PATHS {
                for name in NAMES[1..].iter() {
                    all.extend(NAMESPACES.map(|namespace| used(user, action(verb, path, name, namespace))));
                }
            }
            all.extend(
                ["/metrics", "/foo/bar"].map(|path| used(user, Action::Url { verb: verb.into(), path: path.into() })),
            );
        }
    }
    all
}

fn least<'u>(uses: &'u [Use], limits: Limits) -> Minimised<'u> {
    let nothing = born("");
    minimise(uses, &Policy::new(&nothing), limits, |_| true)
}

fn text(minimised: &Minimised<'_>) -> String {
    minimised.subjects.iter().map(manifest).collect()
}

fn covers(right: &Right, action: &Action) -> bool {
    let asked = Right::of(action);
    [asked.unnamed(), asked.everywhere(), asked.unnamed().everywhere(), asked].contains(right)
}

fn check(uses: &[Use], limits: Limits) {
    let minimised = least(uses, limits);
    let yaml = text(&minimised);
    assert_eq!(replay(&yaml, uses), Vec::<&Use>::new(), "{yaml}");
    only_what_is_told(&minimised, &yaml);
    for subject in &minimised.subjects {
        assert!(subject.left.is_empty());
        cells_are_rights(subject);
        for atom in atoms(subject) {
            let smaller = manifest(&without(subject, &atom));
            assert!(!replay(&smaller, subject.uses.iter().copied()).is_empty(), "{atom:?} is not needed in\n{yaml}");
        }
    }
}

/// Of everything else, nothing is allowed but what is listed as generalised.
fn only_what_is_told(minimised: &Minimised<'_>, yaml: &str) {
    let inventory = born(yaml);
    let policy = Policy::new(&inventory);
    for other in universe() {
        let who = Who::of(&other.identity.user);
        let request = other.request();
        let allowed = policy.decide(&request).verdict() == Verdict::Allowed;
        let subject = minimised.subjects.iter().find(|subject| subject.who == who);
        let of_use =
            |subject: &&Subject<'_>| subject.uses.iter().any(|used| covers(&Right::of(&used.action), &request.action));
        let told = |subject: &&Subject<'_>| subject.generalised.iter().any(|wide| covers(&wide.right, &request.action));
        let used = subject.filter(of_use).is_some();
        assert!(!used || allowed, "{request:?}\n{yaml}");
        assert!(!allowed || used || subject.filter(told).is_some(), "{request:?}\n{yaml}");
    }
}

/// Rules do not overlap, and each of their combinations is a right.
fn cells_are_rights(subject: &Subject<'_>) {
    let mut count = 0;
    for rule in subject.roles.iter().flat_map(|role| role.rules.iter().map(move |rule| (role, rule))) {
        let (role, rule) = rule;
        let cells =
            rule.verbs.len() * (rule.urls.len() + rule.groups.len() * rule.resources.len() * rule.names.len().max(1));
        count += cells * role.bound.len().max(1);
    }
    assert_eq!(count, subject.rights.len());
}

fn any_use() -> impl Strategy<Value = Use> {
    let resource = (
        prop::sample::select(&USERS[..]),
        prop::sample::select(&VERBS[..]),
        prop::sample::select(&PATHS[..]),
        prop::sample::select(&NAMES[..]),
        prop::sample::select(&NAMESPACES[..]),
    );
    prop_oneof![
        9 => resource.prop_map(|(user, verb, path, name, namespace)| used(user, action(verb, path, name, namespace))),
        1 => (prop::sample::select(&USERS[..]), prop::sample::select(&VERBS[..]), prop::sample::select(&["/metrics", "/foo/bar"][..]))
            .prop_map(|(user, verb, path)| used(user, Action::Url { verb: verb.into(), path: path.into() })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_used_is_allowed_and_nothing_else(uses in prop::collection::vec(any_use(), 1..30)) {
        check(&uses, EXACT);
    }

    #[test]
    fn what_is_generalised_is_told(uses in prop::collection::vec(any_use(), 1..60), names in 0usize..3, namespaces in 0usize..3) {
        check(&uses, Limits { names: Some(names), namespaces: Some(namespaces) });
    }

    #[test]
    fn scalars_are_read_as_they_were_meant(text in any::<String>()) {
        prop_assume!(!text.contains(['\u{fffe}', '\u{ffff}']));
        let yaml = format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: a, namespace: b}}\nrules:\n  - verbs: [{}]\n",
            cloister_privilege::scalar(&text)
        );
        let inventory = born(&yaml);
        let rules = inventory.of_kind("Role").next().unwrap().root.items_at("rules");
        prop_assert_eq!(rules[0].strs_at("verbs").next(), Some(&*text));
    }
}

#[test]
fn rules_join_what_they_can() {
    let mut uses = Vec::new();
    for verb in ["get", "list", "watch"] {
        for path in [("", "pods"), ("", "services")] {
            uses.push(used("ann", action(verb, path, "", "shop")));
        }
    }
    for verb in ["get", "update"] {
        for name in ["web", "db"] {
            uses.push(used("ann", action(verb, ("", "configmaps"), name, "shop")));
        }
    }
    let minimised = least(&uses, EXACT);
    let rules = &minimised.subjects[0].roles[0].rules;
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert_eq!(minimised.subjects[0].groups["dev"], 10);
}

#[test]
fn equal_rules_of_several_namespaces_share_a_role_and_hold_there_only() {
    let uses: Vec<Use> =
        ["shop", "care"].map(|namespace| used("ann", action("get", ("", "pods"), "", namespace))).into();
    let minimised = least(&uses, EXACT);
    let yaml = text(&minimised);
    assert_eq!(minimised.subjects[0].roles.len(), 1);
    assert!(yaml.contains("kind: ClusterRole\n") && !yaml.contains("kind: ClusterRoleBinding"), "{yaml}");
}

#[test]
fn what_every_cluster_gives_is_not_given_again() {
    let uses = [
        used("ann", Action::Url { verb: "get".into(), path: "/version".into() }),
        used("ann", action("create", ("authorization.k8s.io", "selfsubjectaccessreviews"), "", "")),
    ];
    let minimised = least(&uses, EXACT);
    assert!(minimised.subjects[0].roles.is_empty());
    assert!(minimised.subjects[0].born.iter().any(|born| born.by.contains("system:discovery")));
}

#[test]
fn what_would_be_a_wildcard_is_left_and_told() {
    let uses = [
        used("ann", action("get", ("", "*"), "", "shop")),
        used("ann", action("get", ("*", "pods"), "", "shop")),
        used("ann", Action::Url { verb: "get".into(), path: "/foo*".into() }),
        used("ann", action("", ("", "pods"), "", "shop")),
    ];
    let minimised = least(&uses, EXACT);
    assert_eq!((minimised.subjects[0].left.len(), minimised.subjects[0].roles.len()), (4, 0));
}

#[test]
fn secrets_and_impersonation_keep_their_names_however_many() {
    let mut uses = Vec::new();
    for name in 0..30 {
        uses.push(used("ann", action("get", ("", "secrets"), &name.to_string(), "shop")));
        uses.push(used("ann", action("impersonate", ("", "users"), &name.to_string(), "")));
        uses.push(used("ann", action("get", ("", "pods"), &name.to_string(), "shop")));
    }
    let minimised = least(&uses, Limits { names: Some(20), namespaces: None });
    let wide: Vec<String> = minimised.subjects[0].generalised.iter().map(|wide| wide.right.phrase()).collect();
    assert_eq!(wide, ["get pods"]);
}

const PRESENT: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wide}
rules:
  - {apiGroups: [''], resources: [pods, secrets], verbs: [get, list]}
  - {apiGroups: [apps], resources: ['*'], verbs: ['*']}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wide, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: wide}
subjects: [{kind: User, name: ann}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: idle}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, name: dev}, {kind: User, name: nobody}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: unused}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: unused}
subjects: [{kind: User, name: nobody}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: unused}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
";

#[test]
fn what_would_be_taken_away_is_told_with_its_last_use() {
    let inventory = born(PRESENT);
    let present = Policy::new(&inventory);
    let mut old = used("ann", action("get", ("", "secrets"), "db", "shop"));
    (old.requests, old.last) = (0, Some("2026-10-01T00:00:00Z".parse().unwrap()));
    let uses = [
        used("ann", action("list", ("", "pods"), "", "shop")),
        used("ann", action("get", ("", "pods"), "web", "shop")),
        old,
    ];
    let minimised = least(&uses, EXACT);
    let taken = taken(&minimised.subjects[0], &present);
    let said: Vec<String> = taken
        .iter()
        .flat_map(|taken| &taken.parts)
        .flat_map(|(fate, rules)| {
            rules.iter().map(move |rule| format!("{fate:?} {:?} {:?}", rule.verbs, rule.resources))
        })
        .collect();
    assert_eq!(
        said,
        [
            "Never {\"list\"} {\"secrets\"}",
            "Last(2026-10-01T00:00:00Z) {\"get\"} {\"secrets\"}",
            "Narrowed {\"get\"} {\"pods\"}",
            "Never {\"*\"} {\"*\"}"
        ]
    );
}

#[test]
fn unused_bindings_copies_of_built_in_roles_and_reading_admins_are_found() {
    let view = born("");
    let born_policy = Policy::new(&view);
    let edit = born_policy.roles().iter().find(|role| role.name == "view").unwrap();
    let rules: Vec<String> = born_policy
        .rules_of(edit)
        .map(|rule| {
            format!("{{apiGroups: {:?}, resources: {:?}, verbs: {:?}}}", rule.groups, rule.resources, rule.verbs)
        })
        .collect();
    let copy = format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: viewer}}\nrules: [{}]\n",
        rules.join(", ")
    );
    let inventory = born(&format!("{PRESENT}{copy}"));
    let present = Policy::new(&inventory);
    let uses = [used("ann", action("list", ("", "pods"), "", "shop"))];
    let minimised = least(&uses, EXACT);
    let found: BTreeSet<String> = findings(&present, &uses, &minimised)
        .iter()
        .map(|it| {
            format!(
                "{} {}",
                it.kind,
                it.about.map_or_else(|| it.who.clone().unwrap().to_string(), |it| it.name.to_string())
            )
        })
        .collect();
    let expected = [
        "duplicate-role viewer",
        "reads-with-admin-rights User ann",
        "unused-binding unused",
        "unused-role unused",
        "unused-role viewer",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn no_role_is_made_in_a_namespace_that_cannot_be() {
    let uses = ["*", "Shop", "-a", "a.b", &"a".repeat(64)]
        .map(|namespace| used("ann", action("list", ("", "pods"), "", namespace)));
    let minimised = least(&uses, EXACT);
    assert_eq!((minimised.subjects[0].left.len(), minimised.subjects[0].roles.len()), (uses.len(), 0));
    let fit = ["a", "0-b", &"a".repeat(63)].map(|namespace| used("ann", action("list", ("", "pods"), "", namespace)));
    assert!(least(&fit, EXACT).subjects[0].left.is_empty());
}

#[test]
fn rights_say_what_they_are() {
    let right = Right {
        namespace: String::new(),
        verb: "get".into(),
        about: About::Resource { group: "apps".into(), resource: "deployments/scale".into(), name: String::new() },
    };
    assert_eq!(right.phrase(), "get deployments.apps/scale");
}
