//! Questions about rights and the network, asked of the clinic: answers are those of the engine, and who is limited learns
//! nothing about others.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{Mesh, Network, Options};
use cloister_questions::proof::{grant_json, place};
use cloister_rbac::{Action, Policy, ResourceAction};
use cloister_register::Register;
use serde_json::Value;

use super::made::clinic;
use super::{Reply, Trial, report};
use crate::questions::KINDS;
use crate::{Supplement, sources::map};

/// Stands in everything that is out of view, and nowhere else.
const WORD: &str = "zzverborgen";

/// Beside the clinic: another namespace whose people and workloads reach in, and rights of the whole cluster.
const ELSEWHERE: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: zzverborgen, labels: {team: zzverborgen}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: zzverborgen-web, namespace: zzverborgen}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: zzverborgen-bot, containers: [{name: web, image: web:1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: shop}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: orders, image: orders:1, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: cart, image: cart:1}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: orders, namespace: shop}
spec:
  podSelector: {matchLabels: {app: orders}}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {matchLabels: {app: cart}}
        - namespaceSelector: {matchLabels: {team: zzverborgen}}
      ports: [{port: 8080}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: keeper, namespace: shop}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}, {apiGroups: [''], resources: [pods/exec], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: keepers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: keeper}
subjects:
  - {kind: User, name: mila, apiGroup: rbac.authorization.k8s.io}
  - {kind: ServiceAccount, name: zzverborgen-bot, namespace: zzverborgen}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: zzverborgen-all}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: zzverborgen-all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: zzverborgen-all}
subjects: [{kind: User, name: zzverborgen-root, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: zzverborgen-keepers, namespace: zzverborgen}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: zzverborgen-all}
subjects: [{kind: User, name: mila, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: zzverborgen-rule}
spec:
  priority: 5
  subject: {namespaces: {}}
  ingress: [{name: zzverborgen, action: Allow, from: [{namespaces: {}}]}]
";

fn inventory() -> Arc<Inventory> {
    let mut resources = clinic();
    let register = include_str!("../../../../examples/clinic/register.yaml");
    resources.extend(parse(register, &Origin::File("register.yaml".into()), 1, &mut Interner::default()).resources);
    resources.extend(parse(ELSEWHERE, &Origin::File("elsewhere.yaml".into()), 1, &mut Interner::default()).resources);
    Arc::new(Inventory::new(resources, Inputs { files: true, ..Inputs::default() }))
}

/// A hub that knows the objects.
fn trial() -> (Trial, Arc<Inventory>) {
    of(inventory())
}

fn of(inventory: Arc<Inventory>) -> (Trial, Arc<Inventory>) {
    let trial = Trial::new();
    let (register, _) = Register::from_inventory(&inventory);
    let more = Supplement { map: map::of(&register), ..Supplement::default() }.with_objects(inventory.clone());
    trial.hub.take(&"shop".into(), report::read(&report::json()), more).unwrap();
    (trial, inventory)
}

fn api(trial: &Trial, role: &str, question: &str) -> Reply {
    trial.as_role(role, "GET", &format!("/api/v1/sources/shop/answers/{question}"), "")
}

/// All parts of an answer.
fn items(trial: &Trial, question: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let reply = api(trial, "viewer", &format!("{question}&limit=7{cursor}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        let said: Value = serde_json::from_str(&reply.body).unwrap();
        all.extend(said["items"].as_array().unwrap().clone());
        let Some(next) = said["next"].as_str() else {
            assert_eq!(said["total"], all.len());
            return all;
        };
        cursor = format!("&cursor={next}");
    }
}

#[test]
fn who_can_is_what_the_authoriser_says() {
    let (trial, inventory) = trial();
    let policy = Policy::new(&inventory);
    let mut seen = 0;
    for (verb, resource, namespace) in [
        ("get", "secrets", "clinic"),
        ("create", "pods/exec", "clinic"),
        ("list", "pods", "shop"),
        ("get", "secrets", "shop"),
    ] {
        let (name, below) = resource.split_once('/').unwrap_or((resource, ""));
        let action = Action::Resource(ResourceAction {
            verb: verb.to_owned(),
            resource: name.to_owned(),
            subresource: below.to_owned(),
            namespace: namespace.to_owned(),
            ..ResourceAction::default()
        });
        let expected: BTreeSet<[String; 4]> = policy
            .who_can(&action)
            .iter()
            .map(|grant| {
                let json = grant_json(grant);
                let binding = format!(
                    "{} {}",
                    json["binding"]["kind"].as_str().unwrap(),
                    json["binding"]["name"].as_str().unwrap()
                );
                [grant.subject.full_name(), binding, place(grant.subject_place()), place(grant.rule.place())]
            })
            .collect();
        let told = items(&trial, &format!("who-can?verb={verb}&resource={resource}&namespace={namespace}"));
        let field = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let told: BTreeSet<[String; 4]> =
            told.iter().map(|one| ["name", "binding", "bindingAt", "ruleAt"].map(|name| field(one, name))).collect();
        seen += told.len();
        assert_eq!(told, expected, "{verb} {resource} in {namespace}");
    }
    assert!(seen > 8, "{seen}");
    let anywhere = items(&trial, "who-can?verb=get&resource=secrets");
    let places: BTreeSet<&str> = anywhere.iter().filter_map(|one| one["namespace"].as_str()).collect();
    assert!(places.contains("shop") && places.contains("everywhere") && places.contains(WORD), "{places:?}");
}

#[test]
fn connections_are_those_that_are_listed() {
    let (trial, inventory) = trial();
    let network = Network::new(&inventory, &Options { mesh: true, ..Options::default() });
    let mesh = Mesh::of(&network, &inventory);
    let connections = mesh.as_ref().map_or_else(|| network.connections(), Mesh::connections);
    let name = |end: usize| network.endpoint(end).unwrap().name();
    let mut expected: BTreeSet<(String, String, String)> = BTreeSet::new();
    for group in &connections.groups {
        let ports = group.verdict.allowed();
        let ports = if ports.is_empty() { String::new() } else { ports.to_string() };
        expected.extend(network.each(group).map(|(from, to)| (name(from), name(to), ports.clone())));
    }
    let to_orders: BTreeSet<_> =
        expected.iter().filter(|(_, to, _)| to == "shop/orders[Deployment]").cloned().collect();
    let from_orders: BTreeSet<_> =
        expected.iter().filter(|(from, ..)| from == "shop/orders[Deployment]").cloned().collect();
    let of_clinic: BTreeSet<_> = expected.iter().filter(|(_, to, _)| to.starts_with("clinic/")).cloned().collect();
    for (question, expected) in [
        ("who-reaches?to=shop/orders", to_orders),
        ("reaches?from=shop/orders", from_orders),
        ("who-reaches?to=namespace:clinic", of_clinic),
    ] {
        let told = items(&trial, question);
        let of = |one: &Value, name: &str| one[name].as_str().unwrap_or("").to_owned();
        let told: BTreeSet<(String, String, String)> = told
            .iter()
            .filter(|one| one["kind"] == "connection")
            .map(|one| (of(one, "source"), of(one, "destination"), of(one, "allowed")))
            .collect();
        assert!(!told.is_empty());
        assert_eq!(told, expected, "{question}");
    }
    let told = items(&trial, "who-reaches?to=shop/orders");
    let cart = told.iter().find(|one| one["source"] == "shop/cart[Deployment]").unwrap();
    assert!(
        cart["ingress"].to_string().contains("AdminNetworkPolicy zzverborgen-rule ingress[0] (elsewhere.yaml:"),
        "{cart}"
    );
}

#[test]
fn personal_data_comes_first_and_links_are_stable() {
    let (trial, _) = trial();
    let (cookie, _) = trial.sign_in("viewer");
    let page = |path: &str| trial.ask("GET", path, &[("Cookie", &cookie)], "");
    let first = page("/sources/shop/questions");
    let (data, own) = (first.body.find("About personal data").unwrap(), first.body.find("In your own words").unwrap());
    assert!(data < own && first.body.contains("ask=who-reads&amp;store="), "{}", first.body);
    let link = first.body.split("href=\"").find(|part| part.contains("ask=who-reads")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let answer = page(&link);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("<svg") && answer.body.contains("The same as a table"));
    assert!(!answer.body.contains("style=") && !answer.body.contains("<style"), "the page's policy forbids both");
    assert_eq!(answer.body, page(&link).body, "the same question again is the same page");
    let drawn = page(&format!("{link}&as=svg"));
    assert!(drawn.headers["content-type"] == "image/svg+xml" && drawn.body.contains("<style>"));
    let csv = page(&format!("{link}&as=csv"));
    assert!(csv.body.starts_with("name,kind,what,way,runs,proof,class\r\n"), "{}", csv.body);
}

#[test]
fn a_bad_question_is_told_with_the_way_out() {
    let (trial, _) = trial();
    for (question, status, says) in [
        ("who-can?verb=gte&resource=secrets", 404, "did you mean get"),
        ("who-can?verb=get&resource=secrtes", 404, "did you mean secrets"),
        ("who-can?verb=get&resource=secrets&namespace=clinik", 404, "did you mean clinic"),
        ("who-can?resource=secrets", 400, "lacks verb"),
        ("who-reaches?to=shop/order", 404, "did you mean shop/orders"),
        ("who-reaches?to=namespace:shopp", 404, "did you mean shop"),
        ("who-reaches?to=store:nothing-like-it", 404, "store of personal data"),
        ("who-reads?store=nothing-like-it", 404, "no store is called"),
        ("climb?subject=mila&to=secret:half", 400, "write it as"),
        ("what-can?subject=", 400, "lacks subject"),
    ] {
        let told = api(&trial, "viewer", question).problem(status);
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{question}: {told}");
        let quoted = ["gte", "secrtes", "clinik", "nothing-like-it", "half:"].iter().any(|word| detail.contains(word));
        assert!(!quoted, "{question}: {told}");
    }
    let long = "x".repeat(600);
    api(&trial, "viewer", &format!("what-can?subject={long}")).problem(400);
    let (cookie, _) = trial.sign_in("viewer");
    let page =
        trial.ask("GET", "/sources/shop/questions?ask=who-can&verb=gte&resource=secrets", &[("Cookie", &cookie)], "");
    assert_eq!(page.status, 404);
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("value=\"gte\""), "{}", page.body);
}

/// Questions that lead everywhere, in view and out of it.
const ASKED: [&str; 16] = [
    "who-can?verb=get&resource=secrets&namespace=shop",
    "who-can?verb=get&resource=secrets",
    "who-can?verb=get&resource=secrets&namespace=clinik",
    "who-can?verb=list&resource=nodes",
    "what-can?subject=mila",
    "what-can?subject=group:system:authenticated",
    "climb?subject=mila",
    "climb?subject=mila&to=cluster-admin",
    "climb?subject=mila&to=node",
    "who-reaches?to=shop/orders",
    "who-reaches?to=namespace:shop",
    "who-reaches?to=orders",
    "who-reaches?to=internet",
    "reaches?from=shop/orders",
    "reaches?from=namespace:shop",
    "who-reads?store=patient-db",
];

#[test]
fn who_is_limited_learns_nothing_about_others() {
    let (trial, _) = trial();
    let (cookie, _) = trial.sign_in("limited");
    let mut answered = 0;
    for question in ASKED {
        let (kind, rest) = question.split_once('?').unwrap();
        let page = format!("/sources/shop/questions?ask={kind}&{rest}");
        let replies = [
            api(&trial, "limited", question),
            trial.ask("GET", &page, &[("Cookie", &cookie)], ""),
            trial.ask("GET", &format!("{page}&as=csv"), &[("Cookie", &cookie)], ""),
            trial.ask("GET", &format!("{page}&as=json"), &[("Cookie", &cookie)], ""),
            trial.ask("GET", &format!("{page}&as=svg"), &[("Cookie", &cookie)], ""),
        ];
        for reply in replies {
            answered += usize::from(reply.status == 200);
            let whole = format!("{:?} {}", reply.headers, reply.body);
            assert!(!whole.contains(WORD) && !whole.contains("AdminNetworkPolicy"), "{question}: {whole}");
            // Of the clinic's own names, too.
            assert!(!whole.contains("clinic") && !whole.contains("patients-db"), "{question}: {whole}");
        }
    }
    assert!(answered > 50, "{answered}");
    // Names that are there and not in view are as those that are not there.
    let hidden = api(&trial, "limited", &format!("who-can?verb=get&resource=secrets&namespace={WORD}"));
    let nowhere = api(&trial, "limited", "who-can?verb=get&resource=secrets&namespace=nowhere-at-all");
    assert_eq!((hidden.status, hidden.body.replace(WORD, "")), (404, nowhere.body.replace("nowhere-at-all", "")));
    // What is in view is told.
    let own = api(&trial, "limited", "who-reaches?to=shop/orders");
    assert!(own.body.contains("shop/cart[Deployment]"), "{}", own.body);
    let own = api(&trial, "limited", "who-can?verb=get&resource=secrets&namespace=shop");
    assert!(own.body.contains("\"mila\"") && own.body.contains("RoleBinding keepers"), "{}", own.body);
    let whole = api(&trial, "viewer", "who-reaches?to=shop/orders");
    assert!(whole.body.contains(&format!("{WORD}/{WORD}-web[Deployment]")), "{}", whole.body);
}

#[test]
fn every_role_that_reads_may_ask_and_the_others_may_not() {
    let (trial, _) = trial();
    for kind in KINDS {
        for role in crate::Role::ALL {
            let reply = api(&trial, role.as_str(), kind);
            assert_eq!(reply.status, if role.may(crate::Right::Read) { 400 } else { 403 }, "{role} {kind}");
        }
    }
    let bare = Trial::new();
    let told = api(&bare, "viewer", "who-reads?store=patients-db").problem(409);
    assert!(told["detail"].as_str().unwrap().contains("--watch"));
}

/// Some namespaces of workloads that no policy holds back from each other, and as many bindings.
fn crowd() -> Arc<Inventory> {
    let mut text = String::new();
    for namespace in 0..6 {
        for name in 0..25 {
            text += &format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web-{name}, namespace: team-{namespace}}}\nspec:\n  \
                 selector: {{matchLabels: {{app: web-{name}}}}}\n  template:\n    metadata: {{labels: {{app: web-{name}}}}}\n    \
                 spec: {{containers: [{{name: web, image: web:1}}]}}\n---\n"
            );
        }
        for user in 0..400 {
            text += &format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: see-{user}, namespace: team-{namespace}}}\n\
                 roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}}\n\
                 subjects: [{{kind: User, name: user-{user}, apiGroup: rbac.authorization.k8s.io}}]\n---\n"
            );
        }
    }
    let resources = parse(&text, &Origin::File("crowd.yaml".into()), 1, &mut Interner::default()).resources;
    Arc::new(Inventory::new(resources, Inputs { files: true, ..Inputs::default() }))
}

#[test]
fn a_large_answer_is_cut_honestly() {
    let (trial, _) = of(crowd());
    let (cookie, _) = trial.sign_in("viewer");
    for question in
        ["who-reaches?to=namespace:team-1", "reaches?from=namespace:team-1", "who-can?verb=get&resource=secrets"]
    {
        let said: Value = serde_json::from_str(&api(&trial, "viewer", question).body).unwrap();
        let (total, told) = (said["total"].as_u64().unwrap(), said["told"].as_u64().unwrap());
        assert!(total > 2_000 && told == 2_000, "{question}: {total} {told}");
        let by: Vec<u64> =
            said["byNamespace"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect();
        assert!(by.iter().sum::<u64>() == total && by.len() >= 6, "{question}: {by:?} of {total}");
        let (kind, rest) = question.split_once('?').unwrap();
        let page = trial.ask("GET", &format!("/sources/shop/questions?ask={kind}&{rest}"), &[("Cookie", &cookie)], "");
        assert!(page.body.contains("of which the first 2,000 are told one by one"), "{}", page.body);
        assert!(page.body.matches("class=\"cg-n").count() <= 80, "{question}: more is drawn than can be read");
        assert!(page.body.len() < 600_000, "{question}: {} bytes", page.body.len());
    }
}

#[test]
fn no_more_questions_are_answered_at_a_time_than_may_be() {
    let (trial, _) = of(crowd());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let one = |at: usize| {
            let trial = &trial;
            scope.spawn(move || api(trial, "viewer", &format!("climb?subject=user-{at}")).status)
        };
        let all: Vec<_> = (0..8).map(one).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)) && statuses.contains(&200), "{statuses:?}");
    assert_eq!(api(&trial, "viewer", "climb?subject=user-1").status, 200, "a place is given back");
}
