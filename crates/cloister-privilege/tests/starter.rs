//! The roles to start from, put to the authoriser.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_privilege::starter;
use cloister_rbac::escalation::{Closure, Vertex};
use cloister_rbac::{Action, Identity, Policy, Request, ResourceAction, ServerRules, Verdict};
use cloister_register::Register;

const CLINIC: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: clinic}
spec: {template: {spec: {containers: [{name: api, image: 'registry.example/api:1'}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: patients-db, namespace: clinic}
spec: {template: {spec: {containers: [{name: db, image: 'postgres:16'}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: logs, namespace: tools}
spec: {template: {spec: {containers: [{name: a, image: 'fluent/fluent-bit:3'}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: own, namespace: tools}
spec: {template: {spec: {serviceAccountName: own, containers: [{name: a, image: 'a.example/own:3'}]}}}
";

fn inventory(yaml: &str) -> Inventory {
    let parsed = parse(yaml, &Origin::File("a.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

fn written() -> String {
    let inventory = inventory(CLINIC);
    let (register, _) = Register::from_inventory(&inventory);
    starter(&inventory, &register).into_iter().map(|file| file.text).collect()
}

fn may(policy: &Policy<'_>, who: (&str, &str), verb: &str, path: &str, namespace: &str) -> bool {
    let (path, group) = path.split_once('.').unwrap_or((path, ""));
    let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
    let action = ResourceAction {
        verb: verb.into(),
        group: group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        namespace: namespace.into(),
        ..ResourceAction::default()
    };
    let identity = Identity::authenticated(who.0, [who.1.to_owned()]);
    policy.decide(&Request { identity, action: Action::Resource(action) }).verdict() == Verdict::Allowed
}

#[test]
fn viewers_look_and_see_no_data_of_people() {
    let inventory = inventory(&written());
    let policy = Policy::new(&inventory);
    let can = |verb: &str, path: &str| may(&policy, ("ann", "cloister:viewers"), verb, path, "clinic");
    assert!(can("list", "pods") && can("watch", "deployments.apps") && can("get", "networkpolicies.networking.k8s.io"));
    for (verb, path) in [
        ("get", "secrets"),
        ("get", "configmaps"),
        ("get", "pods/log"),
        ("get", "pods/exec"),
        ("create", "pods/exec"),
        ("get", "pods/proxy"),
        ("get", "nodes/proxy"),
        ("update", "pods"),
        ("create", "serviceaccounts/token"),
    ] {
        assert!(!can(verb, path), "{verb} {path}");
    }
}

#[test]
fn operators_keep_their_namespace_running_and_read_logs_only_where_no_personal_data_is_known() {
    let inventory = inventory(&written());
    let policy = Policy::new(&inventory);
    let can = |of: &str, verb: &str, path: &str, namespace: &str| {
        may(&policy, ("ann", &format!("cloister:operators:{of}")), verb, path, namespace)
    };
    assert!(
        can("clinic", "create", "pods/eviction", "clinic")
            && can("clinic", "patch", "deployments/scale.apps", "clinic")
    );
    assert!(!can("clinic", "create", "pods/eviction", "tools"));
    assert!(!can("clinic", "get", "pods/log", "clinic"), "a database stands there");
    assert!(can("tools", "get", "pods/log", "tools"));
    assert!(!can("tools", "create", "pods", "tools") && !can("tools", "get", "secrets", "tools"));
}

#[test]
fn workloads_get_accounts_and_known_programs_what_they_ask_for() {
    let text = written();
    let inventory = inventory(&text);
    let policy = Policy::new(&inventory);
    let can = |user: &str, verb: &str, path: &str| may(&policy, (user, "x"), verb, path, "clinic");
    assert!(can("system:serviceaccount:tools:logs", "watch", "pods"));
    assert!(!can("system:serviceaccount:tools:logs", "get", "secrets"));
    assert!(!can("system:serviceaccount:clinic:api", "get", "pods"));
    let mounts: Vec<(String, Option<bool>)> = inventory
        .of_kind("ServiceAccount")
        .map(|it| (it.name.to_string(), it.root.bool_at("automountServiceAccountToken")))
        .collect();
    let expected = [("api", false), ("logs", true), ("patients-db", false)];
    let mut mounts = mounts;
    mounts.sort();
    assert_eq!(mounts, expected.map(|(name, mounts)| (name.to_owned(), Some(mounts))));
    assert!(!can("ann", "get", "secrets"), "nobody is named for emergencies");
    assert_eq!(text, written(), "the same bytes again");
}

type Words = Vec<&'static str>;
/// Place, verbs, groups, resources, names.
type Need = [Words; 5];
/// Images, kind, and what it needs.
type Facts = (Words, &'static str, Vec<Need>);

/// The facts, read once more.
fn programs() -> Vec<Facts> {
    let mut programs: Vec<Facts> = Vec::new();
    for line in include_str!("../data/programs.tsv").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        if let ["", place, verbs, groups, resources, names @ ..] = fields.as_slice() {
            let words = |list: &'static str| list.split(' ').collect::<Vec<_>>();
            let names = names.first().map_or_else(|| vec![""], |names| words(names));
            let need = [vec![*place], words(verbs), words(groups), words(resources), names];
            programs.last_mut().unwrap().2.push(need);
        } else {
            let [images, kind, _, source, ..] = fields.as_slice() else { panic!("{line}") };
            assert!(source.contains('/'), "{line}");
            programs.push((images.split(' ').collect(), kind, Vec::new()));
        }
    }
    programs
}

/// What is written for one workload that runs a program, in the namespace `here`.
fn written_for(program: &str) -> String {
    let (image, word) = program.split_once(':').unwrap_or((program, "start"));
    let workload = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: it, namespace: here}}\nspec: {{template: {{spec: \
         {{containers: [{{name: it, image: 'example/{image}:1', args: [{word}]}}]}}}}}}\n"
    );
    let inventory = inventory(&workload);
    let (register, _) = Register::from_inventory(&inventory);
    starter(&inventory, &register).into_iter().find(|file| file.file == "workloads.yaml").unwrap().text
}

fn asked(policy: &Policy<'_>, verb: &str, group: &str, path: &str, name: &str, namespace: &str) -> bool {
    let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
    let action = ResourceAction {
        verb: verb.into(),
        group: group.trim_matches('-').into(),
        resource: resource.into(),
        subresource: subresource.into(),
        name: name.into(),
        namespace: namespace.into(),
        ..ResourceAction::default()
    };
    let groups = ["system:serviceaccounts".to_owned(), "system:serviceaccounts:here".to_owned()];
    let identity = Identity::authenticated("system:serviceaccount:here:it", groups);
    policy.decide(&Request { identity, action: Action::Resource(action) }).verdict() == Verdict::Allowed
}

#[test]
fn each_known_program_may_do_what_it_needs_where_it_needs_it() {
    let programs = programs();
    assert!(programs.len() > 40, "{}", programs.len());
    for (images, _, needs) in &programs {
        for image in images {
            let inventory = inventory(&written_for(image));
            let policy = Policy::new(&inventory);
            let may = |verb: &str, group: &str, path: &str, name: &str, namespace: &str| {
                asked(&policy, verb, group, path, name, namespace)
            };
            for [place, verbs, groups, resources, names] in needs {
                let place = match place[0] {
                    "cluster" => "anywhere",
                    "own" => "here",
                    other => other,
                };
                for (verb, group) in verbs.iter().flat_map(|verb| groups.iter().map(move |group| (verb, group))) {
                    for (resource, name) in
                        resources.iter().flat_map(|resource| names.iter().map(move |name| (resource, name)))
                    {
                        assert!(
                            may(verb, group, resource, name, place),
                            "{image}: {verb} {resource} {name} in {place}"
                        );
                    }
                }
            }
            let wide = needs.iter().any(|need| need[0] == ["cluster"] && need[3].contains(&"secrets"));
            assert!(wide || !may("get", "", "secrets", "", "elsewhere"), "{image}");
            for (verb, path) in [("create", "pods/exec"), ("get", "pods/exec"), ("get", "nodes/proxy")] {
                assert!(!may(verb, "", path, "", "here"), "{image}: {verb} {path}");
            }
            for path in ["clusterroles", "clusterrolebindings", "roles", "rolebindings"] {
                for verb in ["create", "update", "patch", "bind", "escalate"] {
                    assert!(!may(verb, "rbac.authorization.k8s.io", path, "", "here"), "{image}: {verb} {path}");
                }
            }
            let token =
                inventory.of_kind("ServiceAccount").next().unwrap().root.bool_at("automountServiceAccountToken");
            assert_eq!(token, Some(!needs.is_empty()), "{image}");
        }
    }
}

#[test]
fn what_watches_reads_no_secrets_changes_nothing_and_climbs_nowhere() {
    let reviews = ["tokenreviews", "subjectaccessreviews"];
    for (images, _, needs) in programs().iter().filter(|(_, kind, _)| ["monitoring", "logs"].contains(kind)) {
        for [_, verbs, _, resources, names] in needs {
            let reads = verbs.iter().all(|verb| ["get", "list", "watch"].contains(verb));
            assert!(reads || resources.iter().all(|resource| reviews.contains(resource)), "{images:?}: {verbs:?}");
            assert!(!resources.contains(&"secrets"), "{images:?}");
            assert!(!names.contains(&"*") && !resources.contains(&"*"), "{images:?}");
        }
        let text = written_for(images[0]);
        let inventory = inventory(&text);
        let policy = Policy::new(&inventory);
        for verb in ["get", "list", "watch"] {
            assert!(!asked(&policy, verb, "", "secrets", "", "here"), "{images:?}");
            assert!(!asked(&policy, verb, "", "pods/log", "", "here"), "{images:?}");
        }
        let closure = Closure::new(&policy, &inventory, ServerRules::default(), &[]);
        assert_eq!(closure.steps_to_admin(&Vertex::Account("here", "it")), None, "{images:?}");
    }
}

#[test]
fn one_image_of_several_programs_is_told_by_its_command() {
    let server = written_for("argocd:argocd-server");
    assert!(server.contains("shows applications") && server.contains("appprojects"), "{server}");
    let renders = written_for("argocd:argocd-repo-server");
    assert!(renders.contains("automountServiceAccountToken: false") && !renders.contains("kind: Role"), "{renders}");
    assert!(written_for("argocd").contains("is not known to ask"), "none of them");
    assert!(written_for("my-prometheus").contains("is not known to ask"), "another name");
    assert!(written_for("controller").contains("is not known to ask"), "of whatever");
    let nginx = written_for("ingress-nginx/controller");
    assert!(nginx.contains("Source: kubernetes/ingress-nginx"), "{nginx}");
}
