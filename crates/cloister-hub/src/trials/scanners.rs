//! Reports of other scanners, from what is sent to what pages, the API and the record say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloister_evidence::Kind;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Reply, Trial, report, token};
use crate::scanners::Ties;
use crate::sources::map::{Map, Store};
use crate::{Config, Hub, Limits, Supplement};

const PATH: &str = "/api/v1/sources/shop/scanner-reports";

/// A cluster in short: what holds patients' data runs one image, what does not another.
const CLUSTER: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: shop}
spec: {template: {spec: {containers: [{name: a, image: 'shop/orders:1.4'}, {name: b, image: 'shop/side@sha256:SIDE'}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: orders-7, namespace: shop, ownerReferences: [{kind: Deployment, name: orders, controller: true}]}
spec: {template: {spec: {containers: [{name: a, image: 'shop/orders:1.4'}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: orders-7-x, namespace: shop, ownerReferences: [{kind: ReplicaSet, name: orders-7, controller: true}]}
spec: {containers: [{name: a, image: 'shop/orders:1.4'}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: front}
spec: {template: {spec: {containers: [{name: a, image: 'shop/web'}]}}}
";

fn side() -> String {
    format!("sha256:{}", "5".repeat(64))
}

fn more() -> Supplement {
    let text = CLUSTER.replace("sha256:SIDE", &side());
    let parsed = parse(&text, &Origin::File("cluster.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs::default());
    let workloads = vec![("Deployment".to_owned(), Some("shop".to_owned()), "orders".to_owned())];
    let store = Store {
        name: "patients".to_owned(),
        title: "Patients".to_owned(),
        subjects: vec!["patients".to_owned()],
        categories: vec!["health".to_owned()],
        workloads,
        location: None,
    };
    let mut more = Supplement { ties: Ties::of(&inventory), ..Supplement::default() };
    more.map = Map { stores: vec![store], ..Map::default() };
    for resource in inventory.resources() {
        let resource = Arc::new(resource.reference());
        let text = crate::sources::supplement::Text {
            resource,
            location: None,
            yaml: "".into(),
            numbers: [].into(),
            print: 0,
        };
        more.resources.push(Arc::new(text));
    }
    more
}

fn trial() -> Trial {
    let trial = Trial::new();
    trial.hub.take(&"shop".into(), report::read(&report::json()), more()).unwrap();
    trial
}

fn send(trial: &Trial, path: &str, body: &Value) -> Reply {
    let bearer = format!("Bearer {}", token("shop"));
    let kind = ("Content-Type", "application/json");
    trial.ask("POST", path, &[("Authorization", &bearer), kind], &body.to_string())
}

#[track_caller]
fn took(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{reply:?}");
    serde_json::from_str(&reply.body).unwrap()
}

fn results(trial: &Trial, query: &str) -> Vec<Value> {
    let reply = trial.as_role("viewer", "GET", &format!("/api/v1/sources/shop/scanner-results{query}"), "");
    took(&reply)["items"].as_array().unwrap().clone()
}

fn image(name: &str, digests: &[String], made: &str, ids: &[&str]) -> Value {
    let weak = |id: &&str| {
        json!({"VulnerabilityID": id, "PkgName": "libssl", "InstalledVersion": "3.1", "FixedVersion": "3.2",
        "Severity": "HIGH", "Title": "keys of others"})
    };
    json!({"SchemaVersion": 2, "Trivy": {"Version": "0.74.0"}, "CreatedAt": made, "ArtifactName": name, "ArtifactType": "container_image",
        "Metadata": {"RepoDigests": digests},
        "Results": [{"Target": format!("{name} (alpine)"), "Vulnerabilities": ids.iter().map(weak).collect::<Vec<_>>()}]})
}

const DAY: &str = "2026-11-20T08:00:00Z";

#[test]
fn a_weakness_of_an_image_stands_at_the_workload_that_holds_personal_data() {
    let trial = trial();
    let said = took(&send(&trial, PATH, &image("shop/orders:1.4", &[], DAY, &["CVE-2026-1"])));
    assert_eq!(
        (&said["taken"], &said["new"], &said["results"], &said["format"]),
        (&json!(1), &json!(1), &json!(1), &json!("trivy"))
    );
    let found = results(&trial, "");
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!(one["resource"], "Deployment shop/orders");
    assert_eq!(one["personalData"], "special categories");
    assert_eq!(one["articles"], json!(["32(1)(b)", "32(1)(d)"]));
    assert_eq!(
        (&one["fixedIn"], &one["about"], &one["namespace"]),
        (&json!(["3.2"]), &json!("libssl 3.1"), &json!("shop"))
    );
    assert_eq!(one["verdict"], "of Trivy, not of Cloister");
    let (cookie, _) = trial.sign_in("viewer");
    for page in ["/sources/shop/reports", "/sources/shop/resources/Deployment/shop/orders"] {
        let page = trial.ask("GET", page, &[("Cookie", &cookie)], "").body;
        assert!(page.contains("CVE-2026-1") && page.contains("None of it is Cloister's verdict"), "{page}");
    }
    let requirement = trial.ask("GET", "/sources/shop/frameworks/gdpr/32(1)(b)", &[("Cookie", &cookie)], "").body;
    assert!(requirement.contains("1 result</a> on 1 resource with personal data"), "{requirement}");
    let known = trial.hub.snapshot("shop").unwrap();
    assert_eq!(known.report.summary.open_total, 2, "nothing of Cloister counts it");
    assert!(
        trial
            .as_role("viewer", "GET", "/sources/shop/reports?as=csv", "")
            .body
            .contains("CVE-2026-1,keys of others,Deployment shop/orders")
    );
}

#[test]
fn images_are_the_same_by_digest_else_by_name_and_tag() {
    let trial = trial();
    let other = format!("sha256:{}", "6".repeat(64));
    for (name, digests, place) in [
        ("shop/orders:1.4", vec![], Some("Deployment shop/orders")),
        ("docker.io/shop/orders:1.4", vec![format!("shop/orders@{other}")], Some("Deployment shop/orders")),
        ("shop/orders:1.5", vec![], None),
        ("shop/side:9", vec![format!("shop/side@{}", side())], Some("Deployment shop/orders")),
        ("shop/side:9", vec![format!("shop/side@{other}")], None),
        ("shop/web:latest", vec![], Some("Deployment front/web")),
        ("shop/web:2", vec![], None),
        ("elsewhere/web", vec![], None),
    ] {
        took(&send(&trial, &format!("{PATH}?scope=one"), &image(name, &digests, "2026-11-20T08:00:00Z", &["CVE-1"])));
        let found = results(&trial, "");
        assert_eq!(found.len(), 1, "{name}: the scope is one: {found:?}");
        let (at, is_placed) = (found[0]["resource"].as_str().unwrap(), !found[0]["namespace"].is_null());
        assert_eq!(Some(at).filter(|_| is_placed), place, "{name} {digests:?}");
        assert_eq!(found[0]["articles"] != json!([]), place == Some("Deployment shop/orders"), "{name}");
    }
}

#[test]
fn objects_that_others_made_stand_for_their_owner() {
    let trial = trial();
    let policy = |kind: &str, name: &str| {
        json!({"policy": format!("p-{name}"), "result": "fail", "message": "seen for anna.musterfrau@example.org",
        "resources": [{"kind": kind, "name": name, "namespace": "shop"}]})
    };
    let of = json!({"apiVersion": "openreports.io/v1alpha1", "kind": "Report", "metadata": {"name": "r", "namespace": "shop"}, "source": "kyverno",
        "results": [policy("Pod", "orders-7-x"), policy("ReplicaSet", "orders-7"), policy("Deployment", "orders"), policy("Service", "unknown")]});
    took(&send(&trial, PATH, &of));
    let found = results(&trial, "");
    let places: Vec<&str> = found.iter().map(|one| one["resource"].as_str().unwrap()).collect();
    assert_eq!(
        places,
        ["Deployment shop/orders", "Deployment shop/orders", "Deployment shop/orders", "Service shop/unknown"]
    );
    assert_eq!((&found[0]["articles"], &found[3]["articles"]), (&json!(["32(1)(b)"]), &json!([])));
    assert!(!format!("{found:?}").contains("musterfrau"), "what a message quotes of people is masked");
}

#[test]
fn the_same_again_is_nothing_and_what_is_no_longer_told_is_over() {
    let trial = trial();
    let first = image("shop/orders:1.4", &[], DAY, &["CVE-1", "CVE-2"]);
    assert_eq!(took(&send(&trial, PATH, &first))["taken"], 1);
    let since = results(&trial, "");
    let again = took(&send(&trial, PATH, &first));
    assert_eq!((&again["taken"], &again["repeated"], &again["new"]), (&json!(0), &json!(1), &json!(0)));
    // Another image is another scope.
    took(&send(&trial, PATH, &image("shop/web", &[], DAY, &["CVE-9"])));
    assert_eq!(results(&trial, "").len(), 3);
    let next = took(&send(&trial, PATH, &image("shop/orders:1.4", &[], "2026-11-21T08:00:00Z", &["CVE-3", "CVE-2"])));
    assert_eq!((&next["taken"], &next["new"], &next["over"]), (&json!(1), &json!(1), &json!(1)));
    let ids = |query: &str| {
        results(&trial, query).iter().map(|one| one["result"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("?namespace=shop"), ["CVE-2", "CVE-3"]);
    assert_eq!(results(&trial, "?q=CVE-2")[0]["since"], since[1]["since"], "it is the one of before");
    send(&trial, PATH, &first).problem(409);
    assert_eq!(took(&send(&trial, PATH, &image("shop/orders:1.4", &[], "2026-11-22T08:00:00Z", &[])))["over"], 2);
    assert_eq!(ids(""), ["CVE-9"]);
    let told = took(&trial.as_role("viewer", "GET", PATH, ""));
    assert_eq!((&told["total"], &told["items"][0]["by"]), (&json!(2), &json!("shop")));
    assert_eq!(ids("?article=32(1)(d)"), [""; 0], "without personal data no article is named");
    for query in ["?severity=critical", "?kind=secret", "?scanner=Grype", "?data=special", "?q=nothing"] {
        assert_eq!(ids(query), [""; 0], "{query}");
    }
}

#[test]
fn the_same_again_at_once_writes_nothing() {
    let trial = trial();
    let run = json!({"tool": {"driver": {"name": "j"}}, "results": [{"ruleId": "A", "message": {"text": "t"}}]});
    let untimed = json!({"version": "2.1.0", "runs": [run]});
    let timed = image("shop/orders:1.4", &[], DAY, &["CVE-1"]);
    let version = || trial.hub.scanners.known(&*trial.hub.store, "shop").unwrap().version;
    for report in [&untimed, &timed] {
        assert_eq!(took(&send(&trial, PATH, report))["taken"], 1);
        let before = version();
        assert_eq!(took(&send(&trial, PATH, report))["repeated"], 1);
        assert_eq!(version(), before);
    }
}

#[test]
fn each_sends_for_itself_and_nobody_else_does() {
    let trial = trial();
    let body = image("a", &[], DAY, &["CVE-1"]).to_string();
    for role in ["viewer", "engineer", "dpo", "agent", "collector", "limited"] {
        trial.as_role(role, "POST", PATH, &body).problem(403);
    }
    for role in ["agent", "collector"] {
        let own = format!("/api/v1/sources/{role}/scanner-reports");
        assert_eq!(trial.as_role(role, "POST", &own, &body).status, 200);
        trial.as_role(role, "GET", &own, "").problem(403);
    }
    assert_eq!(trial.as_role("admin", "POST", PATH, &body).status, 200);
    trial.as_role("limited", "GET", PATH, "").problem(403);
}

#[test]
fn hostile_reports_are_refused_with_a_cause_and_quote_nothing() {
    let trial = trial();
    let bearer = format!("Bearer {}", token("shop"));
    let deep = format!("{{\"runs\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    for (body, status) in [
        ("", 400),
        ("{\"planted", 400),
        (&*deep, 400),
        ("{\"planted\":7}", 422),
        (r#"{"version":"planted","runs":[]}"#, 422),
        (r#"[{"Target":"planted"}]"#, 422),
    ] {
        let reply = trial.ask("POST", PATH, &[("Authorization", &bearer)], body);
        assert!(!reply.problem(status).to_string().contains("planted"), "{reply:?}");
    }
    send(&trial, &format!("{PATH}?scope=a%0Ab"), &image("a", &[], DAY, &[])).problem(400);
    send(&trial, &format!("{PATH}?scope={}", "a".repeat(201)), &image("a", &[], DAY, &[])).problem(400);
    let mut odd = image("a", &[], DAY, &["CVE-1"]);
    odd["Results"][0]["Vulnerabilities"].as_array_mut().unwrap().push(json!("planted"));
    let said = took(&send(&trial, PATH, &odd));
    assert_eq!(
        (&said["taken"], &said["faults"]),
        (&json!(1), &json!([{"place": "/Results/0/Vulnerabilities/1", "what": "it is no object"}]))
    );
    let numbers = trial.ask("GET", "/metrics", &[], "").body;
    for line in ["{outcome=\"stored\"} 1", "{outcome=\"refused\"} 6"] {
        assert!(numbers.contains(&format!("cloister_hub_scanner_reports_total{line}")), "{line} {numbers}");
    }
    // A page shows names as text, whatever they are.
    took(&send(&trial, PATH, &image("shop/orders:1.4", &[], DAY, &["<script>alert(1)</script>"])));
    let page = trial.as_role("viewer", "GET", "/sources/shop/reports", "").body;
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"), "{page}");
}

#[test]
fn what_was_told_is_there_after_a_start_and_in_another_hub_on_the_same_store() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { folder: Some(folder.path().to_owned()), ..Config::default() };
    let trial = Trial::begun(Limits::default(), config(), None);
    trial.hub.take(&"shop".into(), report::read(&report::json()), more()).unwrap();
    took(&send(&trial, PATH, &image("shop/orders:1.4", &[], DAY, &["CVE-1"])));
    assert_eq!(results(&trial, "").len(), 1);
    let other = Hub::new(Config { store: Some(trial.hub.store.clone()), ..Config::default() }).unwrap();
    let rows = |hub: &Hub| {
        hub.scanners
            .known(&*hub.store, "shop")
            .unwrap()
            .parts
            .iter()
            .map(|one| one.kept.part.results.len())
            .sum::<usize>()
    };
    assert_eq!(rows(&other), 1);
    other
        .take_scanner_report(
            ("shop", "x"),
            image("shop/orders:1.4", &[], "2026-11-23T08:00:00Z", &["CVE-1", "CVE-2"]).to_string().as_bytes(),
            None,
        )
        .unwrap();
    assert_eq!(results(&trial, "").len(), 2, "the first hub reads it anew");
    // What nobody tells again goes with time.
    let store = &*trial.hub.store;
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    crate::scanners::let_go(store, later, later).unwrap();
    assert_eq!((rows(&other), results(&trial, "").len()), (0, 0));
    assert_eq!(
        store
            .documents(
                &cloister_store::DocumentFilter::of(cloister_store::Kind::Report),
                &cloister_store::Paging::first(9)
            )
            .unwrap()
            .items
            .len(),
        1,
        "the empty index alone is left"
    );
}

#[test]
fn what_was_taken_is_on_record_and_what_is_quoted_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let trial = super::alarm::hub(
        folder.path(),
        "[{name: team, alertmanager: {url: 'http://127.0.0.1:9'}}]",
        "{receiver: team}",
    );
    let hub = &trial.hub;
    let mut report = image("shop/orders:1.4", &[], DAY, &["CVE-1"]);
    report["Results"]
        .as_array_mut()
        .unwrap()
        .push(json!({"Target": ".env", "Secrets": [{"RuleID": "key", "Severity": "HIGH",
        "Title": "key", "StartLine": 1, "Match": "planted", "Code": {"Lines": [{"Content": "planted"}]}}]}));
    let take = |report: &Value| hub.take_scanner_report(("shop", "mila"), report.to_string().as_bytes(), None).unwrap();
    take(&report);
    take(&report);
    report["CreatedAt"] = "2026-11-21T08:00:00Z".into();
    take(&report);
    let said = super::alarm::said(hub, Kind::Report);
    let [first, again] = &said[..] else { panic!("{said:?}") };
    assert_eq!((&first["reported"]["source"], &first["reported"]["told"]["by"]), (&json!("shop"), &json!("mila")));
    assert_eq!(first["reported"]["said"]["results"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&again["reportedAgain"]["told"]["made"], &again["reportedAgain"]["said"]),
        (&json!("2026-11-21T08:00:00Z"), &Value::Null)
    );
    assert!(!format!("{said:?}").contains("planted"), "{said:?}");
    let (bytes, _) = crate::keep::recorded::today(&*hub.store, "shop", Timestamp::now()).unwrap();
    assert!(bytes > 0, "it counts towards the quota");
    hub.let_go(Timestamp::now()).unwrap();
    assert_eq!(super::alarm::said(hub, Kind::Configuration)[0]["retentionDays"]["report"], 1095);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever comes in whatever order: of each scope what is known is the last that was not older, each with the ids that it
    /// had, and an id is new once for as long as it is told.
    #[test]
    fn of_each_scope_the_newest_is_known(sent in prop::collection::vec((0..3_usize, 1..6_u32, prop::collection::btree_set(0..5_u8, 0..4)), 1..14)) {
        let hub = Hub::new(Config::default()).unwrap();
        let mut known: BTreeMap<usize, (u32, BTreeSet<String>)> = BTreeMap::new();
        for (scope, day, ids) in sent {
            let ids: BTreeSet<String> = ids.into_iter().map(|id| format!("CVE-{id}")).collect();
            let refs: Vec<&str> = ids.iter().map(String::as_str).collect();
            let report = image(&format!("i{scope}"), &[], &format!("2026-11-0{day}T08:00:00Z"), &refs).to_string();
            let took = hub.take_scanner_report(("shop", "x"), report.as_bytes(), None);
            match known.get(&scope) {
                Some((_, before)) if *before == ids => {
                    prop_assert_eq!(took.unwrap().repeated, 1);
                    let made = known.get_mut(&scope).unwrap();
                    made.0 = made.0.max(day);
                }
                Some((made, _)) if day < *made => prop_assert!(took.is_err()),
                before => {
                    let none = BTreeSet::new();
                    let before = before.map_or(&none, |(_, ids)| ids);
                    let took = took.unwrap();
                    prop_assert_eq!((took.new, took.over), (ids.difference(before).count(), before.difference(&ids).count()));
                    known.insert(scope, (day, ids));
                }
            }
        }
        let told = hub.scanners.known(&*hub.store, "shop").unwrap();
        let kept: BTreeMap<String, BTreeSet<String>> = told.parts.iter().map(|one| {
            (one.kept.part.scope.clone(), one.kept.part.results.iter().map(|found| found.id.clone()).collect())
        }).collect();
        let expected: BTreeMap<String, BTreeSet<String>> = known.into_iter().map(|(scope, (_, ids))| (format!("image i{scope}"), ids)).collect();
        prop_assert_eq!(kept, expected);
    }
}
