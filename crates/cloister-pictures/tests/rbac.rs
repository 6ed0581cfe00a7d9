//! What users rely on of the picture: it shows no right that nobody has, and loses nobody.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Attention, Drawing, Graph, Highlight, Node, Options, svg};
use cloister_pictures::rbac::{Question, WaysUp, Wish, ids, picture, stores, ways};
use cloister_rbac::{Action, Identity, Policy, ResourceAction};
use cloister_register::Register;
use support::inventory;

fn draw(text: &str, wish: &Wish<'_>) -> Graph {
    let inventory = inventory(text);
    let (register, _) = Register::from_inventory(&inventory);
    let policy = Policy::new(&inventory);
    picture(&policy, &stores(&policy, &register, &inventory), wish)
}

fn role(namespace: &str, name: &str, rules: &str) -> String {
    let (kind, namespace) = if namespace.is_empty() {
        ("ClusterRole", String::new())
    } else {
        ("Role", format!(", namespace: {namespace}"))
    };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\nrules: [{rules}]\n"
    )
}

fn binding(namespace: &str, name: &str, role: &str, subjects: &str) -> String {
    let (kind, place) = if namespace.is_empty() {
        ("ClusterRoleBinding", String::new())
    } else {
        ("RoleBinding", format!(", namespace: {namespace}"))
    };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{place}}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {}, name: {}}}\nsubjects: [{subjects}]\n",
        role.split_once(' ').unwrap().0,
        role.split_once(' ').unwrap().1,
    )
}

const SECRETS: &str = "{apiGroups: [''], resources: [secrets], verbs: [get, list]}";
const PODS: &str = "{apiGroups: [''], resources: [pods], verbs: [get, list]}";
const ANN: &str = "{kind: User, name: ann}";
const BOB: &str = "{kind: User, name: bob}";

/// A database in the namespace `data`, with its password in the Secret `db`.
const STORE: &str = "---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: postgres:17, envFrom: [{secretRef: {name: db}}]}]
";

/// The nodes that one with this label leads to, however far.
fn reached<'g>(graph: &'g Graph, label: &str) -> Vec<&'g Node> {
    let mut open: Vec<&str> = graph.nodes.iter().filter(|node| node.label == label).map(|node| &*node.id).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(graph.edges.iter().filter(|edge| edge.from == id).map(|edge| &*edge.to));
        }
    }
    graph.nodes.iter().filter(|node| seen.contains(&*node.id)).collect()
}

fn reaches_store(graph: &Graph, label: &str) -> bool {
    reached(graph, label).iter().any(|node| node.layer == 4)
}

#[test]
fn a_cluster_role_reaches_only_where_it_is_bound() {
    let text = [STORE, &role("", "reader", SECRETS)].concat()
        + &binding("dev", "in-dev", "ClusterRole reader", ANN)
        + &binding("data", "in-data", "ClusterRole reader", BOB);
    let graph = draw(&text, &Wish::default());
    assert!(reaches_store(&graph, "bob"));
    assert!(!reaches_store(&graph, "ann"), "the same role, bound elsewhere");
}

#[test]
fn ways_to_data_are_what_the_authoriser_allows() {
    let ways = |rule: &str, wide: bool| {
        let role = format!("{}{}", STORE, role("", "r", rule));
        let text = role + &binding(if wide { "" } else { "data" }, "b", "ClusterRole r", ANN);
        let graph = draw(&text, &Wish::default());
        let to_store = graph.edges.iter().filter(|edge| edge.to.starts_with("stores/"));
        to_store.map(|edge| edge.label.clone()).collect::<Vec<_>>().join("|")
    };
    let one = |resource: &str, verb: &str| format!("{{apiGroups: [''], resources: ['{resource}'], verbs: [{verb}]}}");
    assert_eq!(ways(&one("secrets", "get"), false), "secrets");
    assert_eq!(ways(&one("secrets", "create"), false), "");
    assert_eq!(ways(&one("pods/exec", "create"), false), "shell");
    assert_eq!(ways(&one("*/exec", "create"), false), "shell", "a subresource of anything");
    assert_eq!(ways(&one("pods/*", "create"), false), "", "matches no request");
    assert_eq!(ways(&one("pods/exec", "get"), false), "");
    assert_eq!(ways(&one("nodes/proxy", "get"), true), "kubelet");
    assert_eq!(ways(&one("nodes/proxy", "get"), false), "kubelet", "the namespace of a request for a node is none");
    let named =
        |name: &str| format!("{{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [{name}]}}");
    assert_eq!((ways(&named("db"), false), ways(&named("other"), false)), ("secrets".to_owned(), String::new()));
    assert_eq!(ways("{apiGroups: ['*'], resources: ['*'], verbs: ['*']}", true), "every way");
}

/// The same database, which keeps its files in a volume.
fn with_volume() -> String {
    STORE.trim_end().to_owned() + "\n  volumeClaimTemplates: [{metadata: {name: files}}]\n"
}

#[test]
fn volumes_are_reached_by_who_can_also_make_a_pod() {
    let one =
        |group: &str, resource: &str| format!("{{apiGroups: ['{group}'], resources: [{resource}], verbs: [create]}}");
    let (volumes, pods) = (one("", "persistentvolumes"), one("", "pods"));
    let ways = |text: String| {
        let graph = draw(&text, &Wish::default());
        let to_store = graph.edges.into_iter().filter(|edge| edge.to.starts_with("stores/"));
        to_store.map(|edge| edge.label).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("|")
    };
    let volume = with_volume() + &role("", "v", &volumes) + &binding("", "v", "ClusterRole v", ANN);
    assert_eq!(ways(volume.clone()), "", "nothing mounts it");
    let elsewhere = role("", "p", &pods) + &binding("dev", "p", "ClusterRole p", ANN);
    assert_eq!(ways(volume.clone() + &elsewhere), "volumes", "by two roles");
    assert_eq!(ways(volume.replace("namespace: data", "namespace: dev") + &elsewhere), "new pods|volumes");
    let other = role("", "p", &pods) + &binding("dev", "p", "ClusterRole p", BOB);
    assert_eq!(ways(volume.clone() + &other), "", "by nobody alone");
    let no_volume = STORE.to_owned() + &role("", "v", &volumes) + &binding("", "v", "ClusterRole v", ANN);
    assert_eq!(ways(no_volume + &elsewhere), "", "it keeps nothing in one");
    let snapshots = format!("{}, {pods}", one("snapshot.storage.k8s.io", "volumesnapshots"));
    let inside = with_volume() + &role("", "s", &snapshots) + &binding("data", "s", "ClusterRole s", ANN);
    assert_eq!(ways(inside), "new pods|volumes");
    let contents = format!("{snapshots}, {}", one("snapshot.storage.k8s.io", "volumesnapshotcontents"));
    let outside = with_volume() + &role("", "s", &contents);
    let wide = role("", "c", &one("snapshot.storage.k8s.io", "volumesnapshotcontents"))
        + &binding("", "c", "ClusterRole c", ANN);
    assert_eq!(ways(outside + &wide + &binding("dev", "s", "ClusterRole s", ANN)), "volumes");
}

#[test]
fn an_older_server_opens_shells_and_ports_by_get() {
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {nodeInfo: {kubeletVersion: v1.33.1}}\n";
    for (resource, label) in [("pods/exec", "shell"), ("pods/portforward", "ports")] {
        let rule = format!("{{apiGroups: [''], resources: ['{resource}'], verbs: [get]}}");
        let text = STORE.to_owned() + &role("", "r", &rule) + &binding("data", "b", "ClusterRole r", ANN);
        let ways = |text: &str| {
            let graph = draw(text, &Wish::default());
            graph.edges.into_iter().find(|edge| edge.to.starts_with("stores/")).map(|edge| edge.label)
        };
        assert_eq!((ways(&text), ways(&(text.clone() + node)).as_deref()), (None, Some(label)));
    }
}

#[test]
fn what_every_cluster_is_born_with_is_counted_and_what_was_changed_is_drawn() {
    let plain = draw("", &Wish::default());
    assert!(plain.nodes.is_empty());
    assert!(plain.notes.iter().any(|note| note.contains("as every new cluster has them")), "{:?}", plain.notes);
    let changed = draw(&role("", "system:basic-user", SECRETS), &Wish::default());
    assert!(reached(&changed, "system:authenticated").iter().any(|node| node.label == "Secrets"));
    let all = draw("", &Wish { built_in: true, ..Wish::default() });
    assert!(all.nodes.iter().any(|node| node.label == "cluster-admin"));
    assert!(!all.notes.iter().any(|note| note.contains("as every new cluster has them")));
}

#[test]
fn filters_keep_what_was_asked_for_and_count_the_rest() {
    let text = [STORE, &role("", "reader", &format!("{SECRETS}, {PODS}")), &role("dev", "pods", PODS)].concat()
        + &binding("", "all", "ClusterRole reader", ANN)
        + &binding("dev", "dev", "Role pods", BOB);
    let names = |wish: &Wish<'_>| {
        let graph = draw(&text, wish);
        let people = graph.nodes.iter().filter(|node| node.layer == 0).map(|node| node.label.clone());
        let rights = graph.nodes.iter().filter(|node| node.layer == 3).map(|node| node.label.clone());
        (
            people.collect::<Vec<_>>().join(" "),
            rights.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" "),
        )
    };
    let ask = |resource: &str, namespace: &str, anywhere| {
        let action = ResourceAction {
            verb: "list".to_owned(),
            resource: resource.to_owned(),
            namespace: namespace.to_owned(),
            ..ResourceAction::default()
        };
        let question = Question { action: Action::Resource(action), words: String::new(), anywhere };
        names(&Wish { question: Some(question), ..Wish::default() })
    };
    assert_eq!(ask("secrets", "dev", false), ("ann".to_owned(), "Secrets".to_owned()));
    assert_eq!(ask("pods", "dev", false), ("ann bob".to_owned(), "pods".to_owned()));
    assert_eq!(ask("pods", "data", false), ("ann".to_owned(), "pods".to_owned()));
    assert_eq!(ask("pods", "", true).0, "ann bob");
    assert_eq!(ask("pods", "", false).0, "ann");
    let bob = Identity::authenticated("bob", []);
    assert_eq!(names(&Wish { subject: Some(bob), ..Wish::default() }).0, "bob");
    assert_eq!(names(&Wish { store: Some("db"), ..Wish::default() }), ("ann".to_owned(), "Secrets".to_owned()));
    assert_eq!(names(&Wish { namespace: Some("data"), ..Wish::default() }).0, "ann");
    let graph = draw(&text, &Wish { namespace: Some("data"), ..Wish::default() });
    assert!(
        graph.notes.iter().any(|note| note.contains("1 grant that this picture was not asked for")),
        "{:?}",
        graph.notes
    );
}

/// Many teams: alike but for a few, each with an account of its own.
fn teams(number: usize) -> String {
    let mut text = format!("{}{}", role("", "reader", SECRETS), binding("", "ops", "ClusterRole reader", ANN));
    for team in 0..number {
        let namespace = format!("team-{team:04}");
        let rule = if team.is_multiple_of(50) { SECRETS } else { PODS };
        text += &role(&namespace, "app", rule);
        let account = format!("{{kind: ServiceAccount, name: app, namespace: {namespace}}}");
        text +=
            &binding(&namespace, "app", "Role app", &format!("{account}, {{kind: User, name: user-{}}}", team % 70));
    }
    text
}

/// Every subject that a node is or stands for.
fn subjects(graph: &Graph) -> BTreeSet<String> {
    let people = graph.nodes.iter().filter(|node| node.layer == 0);
    let told = |node: &Node| {
        let alone = vec![node.full.split(',').next().unwrap().to_owned()];
        if node.members.is_empty() { alone } else { node.members.clone() }
    };
    people.flat_map(told).collect()
}

#[test]
fn however_much_is_folded_nobody_is_lost() {
    let text = teams(120);
    let all = subjects(&draw(&text, &Wish { most: usize::MAX, ..Wish::default() }));
    assert_eq!(all.len(), 120 + 70 + 1);
    for most in [1000, 200, 100, 50, 20] {
        let graph = draw(&text, &Wish { most, ..Wish::default() });
        assert!(graph.nodes.len() <= most, "{} nodes where {most} may be", graph.nodes.len());
        assert_eq!(subjects(&graph), all, "with {most}");
    }
}

#[test]
fn folded_bands_say_how_many_they_are_and_what_is_dangerous_stays_apart() {
    let graph = draw(&teams(120), &Wish { most: 40, ..Wish::default() });
    let labels: BTreeMap<&str, Option<u32>> = graph.groups.iter().map(|group| (&*group.label, group.rank)).collect();
    assert_eq!(labels["In the whole cluster"], Some(0));
    assert_eq!((labels["In 3 namespaces alike"], labels["In 117 namespaces alike"]), (Some(1), Some(2)), "{labels:?}");
    let secrets = graph.nodes.iter().filter(|node| node.label == "Secrets" && node.attention == Attention::High);
    assert_eq!(secrets.count(), 1);
}

#[test]
fn a_missing_role_is_drawn_as_missing() {
    let graph = draw(&binding("dev", "dangling", "Role nowhere", ANN), &Wish::default());
    let role = graph.nodes.iter().find(|node| node.label == "nowhere").unwrap();
    assert!(role.missing && role.full.contains("not in the input"));
}

#[test]
fn marked_ways_find_their_nodes_folded_or_not() {
    let text = teams(60);
    let inventory = inventory(&text);
    let policy = Policy::new(&inventory);
    let bound = policy.bindings().iter().find(|binding| &*binding.resource.name == "app").unwrap();
    let subject = bound.subjects.first().unwrap();
    let nodes = vec![ids::subject(subject, bound), ids::binding(bound), ids::role(bound)];
    let way = Highlight { name: "A".to_owned(), full: "up".to_owned(), nodes };
    for most in [1000, 20] {
        let graph =
            picture(&policy, &[], &Wish { most, ways: WaysUp { ways: vec![way.clone()], all: 1 }, ..Wish::default() });
        let nodes = &graph.highlights[0].nodes;
        assert_eq!(nodes.len(), 3);
        assert!(nodes.iter().all(|id| graph.nodes.iter().any(|node| node.id == *id)));
        let drawn = svg(&Drawing::new(graph), &Options::default());
        assert_eq!(drawn.matches("class=\"cg-way\"").count(), 2, "the edges of the way");
    }
}

#[test]
fn a_way_up_is_marked_from_its_first_step() {
    let text = role("", "tokens", "{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}")
        + &binding("ops", "tokens", "ClusterRole tokens", ANN)
        + &binding("", "admin", "ClusterRole cluster-admin", "{kind: ServiceAccount, name: root, namespace: ops}")
        + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: root, namespace: ops}\n";
    let inventory = inventory(&text);
    let policy = Policy::new(&inventory);
    let graph = picture(&policy, &[], &Wish { ways: ways(&policy, &inventory), ..Wish::default() });
    let [way] = graph.highlights.as_slice() else { panic!("{:?}", graph.highlights) };
    assert!(way.full.contains("ann") && way.full.ends_with("cluster-admin"), "{}", way.full);
    let label = |id: &String| graph.nodes.iter().find(|node| node.id == *id).unwrap().label.clone();
    let labels: Vec<String> = way.nodes.iter().map(label).collect();
    assert_eq!(labels[..3], ["ann", "tokens", "tokens"].map(str::to_owned));
    assert!(labels.contains(&"cluster-admin".to_owned()));
}

#[test]
fn ways_that_are_drawn_alike_are_marked_once() {
    let one = |number: usize| {
        let person = format!("{{kind: User, name: u{number}, apiGroup: rbac.authorization.k8s.io}}");
        binding(&format!("team-{number}"), "b", "ClusterRole edit", &person)
    };
    let text: String = (0..60).map(one).collect();
    let inventory = inventory(&text);
    let policy = Policy::new(&inventory);
    let marked = |most| {
        let graph = picture(&policy, &[], &Wish { most, ways: ways(&policy, &inventory), ..Wish::default() });
        let ways: Vec<String> = graph.highlights.iter().map(|way| way.full.clone()).collect();
        (ways, graph.notes.join(" "), graph.groups[0].detail.clone())
    };
    let (folded, notes, detail) = marked(20);
    assert_eq!(folded.len(), 1, "{folded:?}");
    assert!(folded[0].starts_with("user u0 and 59 more alike —create a pod→ "), "{folded:?}");
    assert!(!notes.contains("not marked") && detail.ends_with(" and 50 more"), "{notes} {detail}");
    let (each, notes, _) = marked(1000);
    assert_eq!(each.len(), 8);
    assert!(notes.contains("52 more subjects are not marked"), "{notes}");
}

#[test]
fn the_order_of_documents_changes_nothing() {
    let text = teams(30) + STORE;
    let mut documents: Vec<&str> = text.split("---\n").collect();
    let one = svg(&Drawing::new(draw(&text, &Wish::default())), &Options::default());
    documents.reverse();
    let other = svg(&Drawing::new(draw(&documents.join("\n---\n"), &Wish::default())), &Options::default());
    assert!(one == other);
    roxmltree::Document::parse(&one).unwrap();
}
