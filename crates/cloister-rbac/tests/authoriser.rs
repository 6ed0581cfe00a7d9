//! Each rule of the authoriser that others get wrong, and what bad input does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use cloister_inventory::{Inputs, Inventory, Unread};
use cloister_rbac::{Action, Decision, Identity, Policy, Request, ResourceAction, Verdict};
use support::{inventory, object, resources};

/// A ClusterRole with this rule, bound to ann everywhere.
fn everywhere(rules: &str) -> String {
    object("ClusterRole", "some", &format!("rules: {rules}"))
        + &object(
            "ClusterRoleBinding",
            "ann",
            "roleRef: {kind: ClusterRole, name: some}\nsubjects: [{kind: User, name: ann}]",
        )
}

fn resource(verb: &str, path: &str) -> ResourceAction {
    let (path, group) = path.split_once('.').unwrap_or((path, ""));
    let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
    ResourceAction {
        verb: verb.into(),
        group: group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        namespace: "shop".into(),
        ..ResourceAction::default()
    }
}

fn named(verb: &str, path: &str, name: &str) -> ResourceAction {
    ResourceAction { name: name.into(), ..resource(verb, path) }
}

fn verdict(yaml: &str, identity: Identity, action: Action) -> Verdict {
    let inventory = inventory(yaml);
    Policy::new(&inventory).decide(&Request { identity, action }).verdict()
}

fn user(name: &str) -> Identity {
    Identity::authenticated(name, [])
}

fn ann(yaml: &str, action: ResourceAction) -> bool {
    verdict(yaml, user("ann"), Action::Resource(action)) == Verdict::Allowed
}

fn ann_url(yaml: &str, path: &str) -> bool {
    verdict(yaml, user("ann"), Action::Url { verb: "get".into(), path: path.into() }) == Verdict::Allowed
}

#[test]
fn only_a_star_and_a_star_before_a_subresource_are_wildcards_of_resources() {
    let rule = |resources: &str| everywhere(&format!("[{{apiGroups: [''], resources: {resources}, verbs: [get]}}]"));
    assert!(ann(&rule("['*']"), resource("get", "pods/exec")));
    assert!(ann(&rule("['*/exec']"), resource("get", "pods/exec")));
    assert!(!ann(&rule("['*/exec']"), resource("get", "pods")));
    assert!(!ann(&rule("['pods/*']"), resource("get", "pods/exec")));
    assert!(!ann(&rule("['pods/*']"), resource("get", "pods")));
    assert!(!ann(&rule("['*/*']"), resource("get", "pods/exec")));
    assert!(!ann(&rule("[pods]"), resource("get", "pods/exec")));
    assert!(!ann(&rule("['pods/exec']"), resource("get", "pods")));
    assert!(!ann(&rule("['po*']"), resource("get", "pods")));
}

#[test]
fn everything_must_match_within_one_rule() {
    let rules = "[{apiGroups: [''], resources: [secrets], verbs: [list]},
      {apiGroups: [apps], resources: [deployments], verbs: [get]}]";
    assert!(ann(&everywhere(rules), resource("list", "secrets")));
    assert!(!ann(&everywhere(rules), resource("get", "secrets")));
    assert!(!ann(&everywhere(rules), resource("list", "deployments.apps")));
    assert!(!ann(&everywhere(rules), resource("get", "deployments")), "of another group");
}

#[test]
fn names_limit_named_requests_and_never_match_requests_without_a_name() {
    let role = everywhere(
        "[{apiGroups: [''], resources: [pods, pods/exec, serviceaccounts/token], verbs: ['*'], resourceNames: [web]}]",
    );
    for verb in ["create", "list", "watch", "deletecollection"] {
        assert!(!ann(&role, resource(verb, "pods")), "{verb}");
    }
    assert!(ann(&role, named("get", "pods", "web")));
    assert!(!ann(&role, named("get", "pods", "db")));
    assert!(ann(&role, named("create", "pods/exec", "web")));
    assert!(!ann(&role, named("create", "pods/exec", "db")));
    assert!(ann(&role, named("create", "serviceaccounts/token", "web")));
    assert!(ann(&role, resource("list", "pods").with_field_selector("metadata.name=web")));
    assert!(ann(&role, resource("watch", "pods").with_field_selector("a=b,metadata.name==web")));
    assert!(!ann(&role, resource("list", "pods").with_field_selector("metadata.name!=web")));
    assert!(!ann(&role, resource("deletecollection", "pods").with_field_selector("metadata.name=web")));
}

#[test]
fn a_null_among_names_is_the_name_of_requests_without_one() {
    let role = everywhere("[{apiGroups: [''], resources: [pods], verbs: ['*'], resourceNames: [null]}]");
    assert!(ann(&role, resource("list", "pods")));
    assert!(!ann(&role, named("get", "pods", "web")));
    let none = everywhere("[{apiGroups: [''], resources: [pods], verbs: ['*'], resourceNames: null}]");
    assert!(ann(&none, named("get", "pods", "web")));
}

#[test]
fn a_role_binding_gives_a_cluster_roles_rules_to_what_carries_its_namespace() {
    let yaml = object(
        "ClusterRole",
        "some",
        "rules: [{apiGroups: [''], resources: [pods, namespaces, nodes], verbs: [get]}, {nonResourceURLs: ['*'], verbs: [get]}]",
    ) + &object(
        "RoleBinding",
        "b",
        "roleRef: {kind: ClusterRole, name: some}\nsubjects: [{kind: User, name: ann}]",
    );
    assert!(ann(&yaml, resource("get", "pods")));
    assert!(ann(&yaml, named("get", "namespaces", "shop")), "GET /namespaces/shop carries shop");
    let in_namespace =
        |namespace: &str, path: &str| ResourceAction { namespace: namespace.into(), ..resource("get", path) };
    assert!(!ann(&yaml, in_namespace("other", "pods")));
    assert!(!ann(&yaml, in_namespace("", "pods")));
    assert!(!ann(&yaml, in_namespace("", "nodes")));
    assert!(!ann_url(&yaml, "/metrics"), "never URLs");
}

#[test]
fn a_role_binding_may_name_another_namespaces_account() {
    let role = object("Role", "some", "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]");
    let binding = |subject: &str| {
        role.clone()
            + &object("RoleBinding", "b", &format!("roleRef: {{kind: Role, name: some}}\nsubjects: [{subject}]"))
    };
    let may = |yaml: &str, namespace: &str| {
        verdict(yaml, Identity::account(namespace, "bot"), Action::Resource(resource("get", "pods")))
            == Verdict::Allowed
    };
    let other = binding("{kind: ServiceAccount, name: bot, namespace: ci}");
    assert!(may(&other, "ci") && !may(&other, "shop"));
    let own = binding("{kind: ServiceAccount, name: bot}");
    assert!(may(&own, "shop") && !may(&own, "ci"), "its own namespace where none is written");
    let by_user = binding("{kind: User, name: 'system:serviceaccount:ci:bot'}");
    assert!(may(&by_user, "ci") && !may(&by_user, "shop"));
    let wrong = binding("{kind: serviceaccount, name: bot}");
    assert!(!may(&wrong, "shop"), "kinds are compared letter by letter");
}

#[test]
fn every_account_is_in_its_groups() {
    let may = |group: &str| {
        let yaml = object("Role", "some", "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]")
            + &object(
                "RoleBinding",
                "b",
                &format!("roleRef: {{kind: Role, name: some}}\nsubjects: [{{kind: Group, name: '{group}'}}]"),
            );
        verdict(&yaml, Identity::account("ci", "bot"), Action::Resource(resource("get", "pods"))) == Verdict::Allowed
    };
    assert!(may("system:serviceaccounts") && may("system:serviceaccounts:ci") && may("system:authenticated"));
    assert!(!may("system:serviceaccounts:shop") && !may("system:unauthenticated"));
}

#[test]
fn urls_match_whole_or_before_a_trailing_star() {
    let may =
        |url: &str, path: &str| ann_url(&everywhere(&format!("[{{nonResourceURLs: ['{url}'], verbs: [get]}}]")), path);
    assert!(may("*", "/metrics") && may("/metrics", "/metrics"));
    assert!(may("/foo/*", "/foo/bar/baz") && may("/foo/*", "/foo/"));
    assert!(!may("/foo/*", "/foo"));
    assert!(may("/foo*", "/foobar") && may("/foo**", "/foobar"));
    assert!(!may("/f*o", "/foo") && !may("/foo", "/foo/"));
}

#[test]
fn aggregated_roles_collect_also_through_others_and_cycles_end() {
    let role = |name: &str, label: &str, rest: &str| {
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}, labels: {{to: {label}}}}}\n{rest}\n"
        )
    };
    let collects = |label: &str| {
        format!(
            "aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{to: {label}}}}}]}}\nrules: [{{apiGroups: [''], resources: [nodes], verbs: [get]}}]"
        )
    };
    let binding =
        object("ClusterRoleBinding", "b", "roleRef: {kind: ClusterRole, name: a}\nsubjects: [{kind: User, name: ann}]");
    let yaml = role("a", "c", &collects("b"))
        + &role("b", "b", &collects("c"))
        + &role("c", "c", "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]")
        + &binding;
    assert!(ann(&yaml, resource("get", "pods")), "through b");
    assert!(!ann(&yaml, resource("get", "nodes")), "what is written in a collector is overwritten");
    let inventory = inventory(&yaml);
    let policy = Policy::new(&inventory);
    let told = policy.diagnostics().iter().filter(|told| told.message.contains("collects itself")).count();
    assert_eq!(told, 2);
}

#[test]
fn a_role_that_collects_nothing_keeps_what_is_written_and_gives_it_on() {
    let collector = |name: &str, label: &str, to: &str| {
        format!("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}, labels: {{to: {label}}}}}
aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{to: {to}}}}}]}}
rules: [{{apiGroups: [''], resources: [pods], resourceNames: [{name}], verbs: [get]}}]\n")
    };
    let binding = |role: &str| {
        collector("inner", "x", "none")
            + &collector("outer", "y", "x")
            + &object(
                "ClusterRoleBinding",
                "b",
                &format!("roleRef: {{kind: ClusterRole, name: {role}}}\nsubjects: [{{kind: User, name: ann}}]"),
            )
    };
    assert!(ann(&binding("inner"), named("get", "pods", "inner")));
    assert!(ann(&binding("outer"), named("get", "pods", "inner")));
    assert!(!ann(&binding("outer"), named("get", "pods", "outer")), "it collected something");
}

#[test]
fn what_a_server_collected_counts_as_it_is_stored() {
    let yaml = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a, uid: 1-2}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: a}}]}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n"
        .to_owned()
        + &object(
            "ClusterRoleBinding",
            "b",
            "roleRef: {kind: ClusterRole, name: a}\nsubjects: [{kind: User, name: ann}]",
        );
    assert!(ann(&yaml, resource("get", "pods")));
}

#[test]
fn built_in_roles_are_known_and_widened_by_labels() {
    let bound = |role: &str| {
        object(
            "RoleBinding",
            "b",
            &format!("roleRef: {{kind: ClusterRole, name: {role}}}\nsubjects: [{{kind: User, name: ann}}]"),
        )
    };
    assert!(ann(&bound("view"), resource("get", "pods")));
    assert!(!ann(&bound("view"), resource("get", "secrets")));
    assert!(ann(&bound("edit"), resource("get", "secrets")), "edit collects its own part");
    assert!(ann(&bound("admin"), resource("create", "rolebindings.rbac.authorization.k8s.io")));
    let widened = bound("view")
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole
metadata: {name: more, labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]";
    assert!(ann(&widened, resource("get", "secrets")));
    assert!(ann_url("", "/version"), "everybody who is known may ask for the version");
    let anonymous = verdict("", user("system:anonymous"), Action::Url { verb: "get".into(), path: "/api".into() });
    assert_eq!(anonymous, Verdict::Denied);
}

#[test]
fn masters_may_everything_and_nodes_their_own() {
    let masters = Identity::authenticated("ann", ["system:masters".to_owned()]);
    assert_eq!(verdict("", masters, Action::Resource(resource("get", "secrets"))), Verdict::Allowed);
    let node = || Identity::authenticated("system:node:n1", ["system:nodes".to_owned()]);
    let asks = |identity: Identity, action: ResourceAction| verdict("", identity, Action::Resource(action));
    assert_eq!(asks(node(), named("get", "nodes", "n1")), Verdict::Allowed);
    assert_eq!(asks(node(), named("get", "nodes", "n2")), Verdict::Denied);
    assert_eq!(asks(user("system:node:n1"), named("get", "nodes", "n1")), Verdict::Denied, "not in the group");
    assert_eq!(asks(node(), named("get", "secrets", "db")), Verdict::Unknown);
    assert_eq!(asks(node(), resource("list", "secrets")), Verdict::Denied);
    assert_eq!(asks(node(), resource("list", "pods").with_field_selector("spec.nodeName=n1")), Verdict::Allowed);
    assert_eq!(asks(node(), resource("list", "pods").with_field_selector("spec.nodeName=n2")), Verdict::Denied);
    assert_eq!(asks(node(), resource("list", "services")), Verdict::Allowed, "as every node");
}

#[test]
fn nodes_are_given_what_their_pods_use() {
    let pod = |name: &str, annotations: &str, node: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, annotations: {annotations}}}\n\
             spec: {{nodeName: {node}, serviceAccountName: {name}, containers: [{{name: c, envFrom: [{{secretRef: {{name: env}}}}]}}], \
             volumes: [{{name: v, persistentVolumeClaim: {{claimName: data}}}}, {{name: e, ephemeral: {{}}}}]}}\n"
        )
    };
    let yaml = pod("web", "{}", "n1")
        + &pod("mirror", "{kubernetes.io/config.mirror: x}", "n2")
        + "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\n\
           spec: {claimRef: {namespace: shop, name: data}, csi: {nodeStageSecretRef: {name: disk, namespace: storage}}}\n";
    let cluster = |unread| Inventory::new(resources(&yaml), Inputs { cluster: true, unread, ..Inputs::default() });
    let asks = |node: &str, action: ResourceAction, inventory: &Inventory| {
        let identity = Identity::authenticated(format!("system:node:{node}"), ["system:nodes".to_owned()]);
        Policy::new(inventory).decide(&Request { identity, action: Action::Resource(action) }).verdict()
    };
    let whole = cluster(Vec::new());
    let everywhere = |action: ResourceAction, namespace: &str| ResourceAction { namespace: namespace.into(), ..action };
    for (node, action, expected) in [
        ("n1", named("get", "secrets", "env"), Verdict::Allowed),
        ("n2", named("get", "secrets", "env"), Verdict::Denied),
        ("n1", everywhere(named("get", "secrets", "env"), "other"), Verdict::Denied),
        ("n1", everywhere(named("get", "secrets", "disk"), "storage"), Verdict::Allowed),
        ("n1", named("get", "persistentvolumeclaims", "web-e"), Verdict::Allowed),
        ("n1", everywhere(named("get", "persistentvolumes", "pv"), ""), Verdict::Allowed),
        ("n1", named("create", "serviceaccounts/token", "web"), Verdict::Allowed),
        ("n2", named("create", "serviceaccounts/token", "mirror"), Verdict::Denied),
        ("n2", named("get", "pods", "mirror"), Verdict::Allowed),
        ("n1", named("delete", "secrets", "env"), Verdict::Denied),
    ] {
        assert_eq!(asks(node, action.clone(), &whole), expected, "{node} {action:?}");
    }
    let unread = |kind: &str| vec![Unread { kind: kind.into(), reason: "forbidden".into() }];
    let part = cluster(unread("Pod"));
    assert_eq!(asks("n1", named("get", "secrets", "other"), &part), Verdict::Unknown, "pods could not be listed");
    assert_eq!(asks("n1", named("get", "secrets", "env"), &part), Verdict::Allowed, "this pod is known anyway");
}

#[test]
fn bad_input_gives_nothing_and_is_told() {
    let bad = [
        object(
            "ClusterRoleBinding",
            "a",
            "roleRef: {kind: ClusterRole, name: gone}\nsubjects: [{kind: User, name: ann}]",
        ),
        object("ClusterRoleBinding", "b", "roleRef: {kind: Role, name: some}\nsubjects: [{kind: User, name: ann}]"),
        object(
            "ClusterRoleBinding",
            "c",
            "roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: x}]",
        ),
        object("RoleBinding", "d", "roleRef: {kind: ClusterRole, name: view}\nsubjects: ann"),
        object("ClusterRole", "e", "rules: {verbs: [get]}"),
        object("ClusterRole", "f", "rules: [all]"),
    ];
    for yaml in &bad {
        let inventory = inventory(yaml);
        assert_eq!(Policy::new(&inventory).diagnostics().len(), 1, "{yaml}");
        assert!(!ann(yaml, resource("get", "secrets")));
    }
    for (rest, says) in [
        ("roleRef: {kind: ClusterRole, name: view}", "has no subjects"),
        ("roleRef: {kind: ClusterRole, name: view}\nsubjects: []", "has no subjects"),
        ("roleRef: {kind: clusterrole, name: view}\nsubjects: [{kind: User, name: a}]", "is no kind of role"),
        ("roleRef: {kind: Role, name: view}\nsubjects: [{kind: User, name: a}]", "which is not in the input"),
        ("roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: user, name: a}]", "of the kind \"user\""),
        ("roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User}]", "has no name"),
        ("roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: a}]", "binding's own"),
    ] {
        let inventory = inventory(&object("RoleBinding", "d", rest));
        let policy = Policy::new(&inventory);
        let told: Vec<&str> = policy.diagnostics().iter().map(|told| told.message.as_str()).collect();
        assert!(matches!(told.as_slice(), [one] if one.contains(says)), "{says}: {told:?}");
    }
    let nulls = everywhere("[null, {apiGroups: null, resources: [3, pods], verbs: [get]}, {verbs: null}]");
    assert!(!ann(&nulls, resource("get", "pods")));
    let inventory = inventory(&nulls);
    let policy = Policy::new(&inventory);
    let told: Vec<&str> = policy.diagnostics().iter().map(|told| told.message.as_str()).collect();
    assert_eq!(told, ["resources of ClusterRole \"some\" must be a list of words"]);
}

#[test]
fn what_could_not_be_read_makes_no_to_unknown() {
    let unread = Unread { kind: "ClusterRoleBinding".into(), reason: "forbidden".into() };
    let inventory = Inventory::new(Vec::new(), Inputs { cluster: true, unread: vec![unread], ..Inputs::default() });
    let request = Request { identity: user("ann"), action: Action::Resource(resource("get", "pods")) };
    let policy = Policy::new(&inventory);
    assert!(matches!(policy.decide(&request), Decision::Unknown(why) if why.contains("ClusterRoleBinding")));
}

#[test]
fn the_proof_names_the_rule_where_it_is_written() {
    let yaml =
        everywhere("[{apiGroups: [x], resources: [y], verbs: [z]}, {apiGroups: [''], resources: ['*'], verbs: [get]}]");
    let inventory = inventory(&yaml);
    let policy = Policy::new(&inventory);
    let request = Request { identity: user("ann"), action: Action::Resource(resource("get", "pods")) };
    let Decision::Rbac(grant) = policy.decide(&request) else { panic!("not allowed") };
    assert_eq!((&*grant.binding.resource.name, grant.role.name, grant.rule.index), ("ann", "some", 1));
    assert_eq!(grant.rule.place().location().and_then(|location| location.line), Some(5));
    let all = policy.who_can(&request.action);
    let names: Vec<&str> = all.iter().map(|grant| grant.subject.name).collect();
    assert!(names.contains(&"ann") && names.contains(&"system:masters"), "{names:?}");
    assert_eq!(policy.what_can(&request.identity).iter().filter(|held| held.role.name == "some").count(), 1);
}
