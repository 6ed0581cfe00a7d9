//! Who is limited to namespaces, tried at every route: a word that stands everywhere but in their namespace comes out nowhere.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use cloister_model::ResourceRef;
use serde_json::{Value, json};

use super::{Reply, Trial, report, token};
use crate::routes::{Body, ROUTES, Route, is_api};
use crate::sources::map::{Activity, Map, Recipient, Store};
use crate::sources::supplement::Text;
use crate::{Right, Supplement};

/// Stands in everything that is hidden.
const WORD: &str = "zzverborgen";

fn value() -> Value {
    let mut value = report::value();
    let mut hidden = value["findings"][1].clone();
    hidden["id"] = "hhhh".into();
    hidden["resource"]["namespace"] = WORD.into();
    hidden["resource"]["name"] = format!("{WORD}-db").into();
    hidden["message"] = format!("something of {WORD}").into();
    hidden["location"]["file"] = format!("k8s/{WORD}.yaml").into();
    hidden["container"] = WORD.into();
    let mut of_cluster = hidden.clone();
    of_cluster["id"] = "cccc".into();
    of_cluster["resource"] =
        json!({"apiVersion": "v1", "kind": "Node", "namespace": null, "name": format!("{WORD}-node")});
    let mut missing = hidden.clone();
    missing["id"] = "mmmm".into();
    missing["resource"] = Value::Null;
    let mut namespace = hidden.clone();
    namespace["id"] = "nnnn".into();
    namespace["resource"] = json!({"apiVersion": "v1", "kind": "Namespace", "namespace": null, "name": WORD});
    // What is in view, and speaks of what is not.
    value["findings"][0]["message"] = format!("can be reached from {WORD}/{WORD}-db, \"{WORD}\"").into();
    value["findings"][0]["fix"] = format!("namespace: {WORD}").into();
    value["findings"][0]["remediation"] = format!("Close it for {WORD}.").into();
    value["findings"][0]["exposure"]["reason"] = format!("system:serviceaccount:{WORD}:db reads it").into();
    value["findings"][0]["accepted"] =
        json!({"reason": format!("asked by {WORD}"), "owner": "mila", "expires": "2027-01-01", "location": null});
    let findings = value["findings"].as_array_mut().unwrap();
    findings.extend([hidden.clone(), of_cluster, missing, namespace]);
    let all: Vec<Value> = findings.iter().map(|one| one["id"].clone()).collect();
    value["requirements"][0]["findings"] = all.into();
    value["requirements"][0]["notEvaluated"] =
        json!([{"check": null, "reason": format!("{WORD} lacks"), "answer": WORD, "needs": WORD}]);
    value["requirements"][1]["attested"] = json!({"statement": WORD, "author": WORD, "date": "2026-01-01", "expires": null, "evidence": WORD, "location": null});
    value["checks"][0]["notEvaluated"] = format!("{WORD} could not be listed").into();
    value["subject"]["targets"] = json!([format!("k8s/{WORD}")]);
    value["subject"]["title"] = format!("k8s of {WORD}").into();
    value["diagnostics"] = json!([{"level": "error", "file": format!("{WORD}.yaml"), "line": 1, "column": 1,
        "message": WORD, "help": WORD, "excerpt": WORD}]);
    value["advice"] = json!([{"check": "probe-missing", "others": [], "message": WORD, "severity": "low",
        "exposure": hidden["exposure"], "resource": hidden["resource"], "location": null, "excerpt": WORD, "remediation": WORD,
        "fix": WORD, "requirements": [], "findings": ["hhhh"], "elsewhere": 3}]);
    value
}

fn more() -> Supplement {
    let mut more = Supplement::default();
    for (namespace, name, yaml) in [("shop", "orders", "kind: Deployment"), (WORD, "db", WORD)] {
        let resource = Arc::new(ResourceRef {
            api_version: "apps/v1".into(),
            kind: "Deployment".into(),
            namespace: Some(namespace.into()),
            name: name.into(),
        });
        more.by_name.insert(resource.clone(), more.resources.len());
        more.resources.push(Arc::new(Text {
            resource,
            location: None,
            yaml: yaml.into(),
            numbers: [1].into(),
            print: 0,
        }));
    }
    let workload = |namespace: &str, name: &str| ("Deployment".to_owned(), Some(namespace.to_owned()), name.to_owned());
    let activity = |name: &str, workloads, stores: &[&str], recipients: &[&str]| Activity {
        name: name.to_owned(),
        title: name.to_owned(),
        purposes: vec![name.to_owned()],
        basis: "contract",
        subjects: vec![name.to_owned()],
        categories: vec!["name".to_owned()],
        stores: stores.iter().map(|&one| one.to_owned()).collect(),
        recipients: recipients.iter().map(|&one| one.to_owned()).collect(),
        workloads,
        location: None,
    };
    let store = |name: &str, workloads| Store {
        name: name.to_owned(),
        title: name.to_owned(),
        subjects: vec![name.to_owned()],
        categories: Vec::new(),
        workloads,
        location: None,
    };
    let recipient = |name: &str, activities: &[&str]| Recipient {
        name: name.to_owned(),
        service: name.to_owned(),
        country: "DE".to_owned(),
        activities: activities.iter().map(|&one| one.to_owned()).collect(),
        described: true,
    };
    let both = vec![workload("shop", "orders"), workload(WORD, "db")];
    more.map = Map {
        activities: vec![
            activity("selling", both, &["orders", WORD], &["carrier"]),
            activity(WORD, vec![workload(WORD, "db")], &[WORD], &[WORD]),
        ],
        stores: vec![store("orders", vec![workload("shop", "orders")]), store(WORD, vec![workload(WORD, "db")])],
        recipients: vec![recipient("carrier", &["selling", WORD]), recipient(WORD, &[WORD])],
    };
    more
}

/// What another scanner says of what is in view, of what is not, and of nothing that is known.
fn others() -> Value {
    let found = |id: &str| {
        json!({"VulnerabilityID": id, "PkgName": format!("{id} of {WORD}"), "Title": format!("as in {WORD}, too"),
        "Severity": "HIGH", "PkgPath": format!("/srv/{WORD}/x"), "FixedVersion": "2"})
    };
    let of = |namespace: &str, name: &str, id: &str| {
        json!({"Namespace": namespace, "Kind": "Deployment", "Name": name,
        "Results": [{"Target": format!("{WORD} of a target"), "Vulnerabilities": [found(id)]}]})
    };
    json!({"ClusterName": WORD, "Resources": [of("shop", "orders", "CVE-2026-1"), of("shop", "elsewhere", &format!("CVE of {WORD}")),
        of(WORD, "db", "CVE-2026-2"), of("", WORD, "CVE-2026-3")]})
}

/// A hub in which the word stands wherever it can.
fn trial() -> Trial {
    let trial = Trial::new();
    trial.hub.take(&"shop".into(), report::read(&value().to_string()), more()).unwrap();
    trial.hub.take_scanner_report(("shop", WORD), others().to_string().as_bytes(), None).unwrap();
    // A source of which nothing is in view.
    let mut other = value();
    let findings = other["findings"].as_array_mut().unwrap();
    findings.retain(|one| one["id"] == "hhhh" || one["id"] == "cccc");
    trial.hub.hand_in(WORD, other.to_string().as_bytes()).unwrap();
    trial.hub.tell_watch(&"shop".into(), Some(format!("{WORD} cannot be listed")));
    let accepted = json!({"finding": "hhhh", "reason": format!("{WORD} is as it is"), "expires": "2027-01-01"});
    assert_eq!(trial.as_role("admin", "POST", "/api/v1/sources/shop/exceptions", &accepted.to_string()).status, 201);
    let attested = json!({"framework": "gdpr", "requirement": "39", "statement": format!("the officer advises {WORD}, too"),
        "expires": "2027-01-01"});
    assert_eq!(trial.as_role("dpo", "POST", "/api/v1/sources/shop/attestations", &attested.to_string()).status, 201);
    trial
}

fn address(route: &Route) -> String {
    super::rights::address(route)
}

fn whole(reply: &Reply) -> String {
    format!("{:?} {}", reply.headers, reply.body).to_lowercase()
}

#[test]
fn the_word_comes_out_nowhere() {
    let trial = trial();
    let (mut seen, (cookie, _)) = (0, trial.sign_in("limited"));
    for route in ROUTES.iter().filter(|route| route.method == "GET" && route.path != "/events") {
        for query in [
            "",
            "?as=csv",
            "?as=json",
            "?q=a",
            "?state=accepted",
            "?limit=1000",
            "?of=stores&as=csv",
            "?of=recipients&as=json",
        ] {
            let address = format!("{}{query}", address(route));
            for reply in
                [trial.as_role("limited", "GET", &address, ""), trial.ask("GET", &address, &[("Cookie", &cookie)], "")]
            {
                assert!(!whole(&reply).contains(WORD), "{address}: {reply:?}");
                assert!(reply.status < 500 || reply.status == 503, "{address}: {}", reply.status);
                seen += usize::from(reply.status == 200);
            }
        }
        // Somebody who sees all of it does find it there: the test would notice.
        let all = trial.as_role("dpo", "GET", &address(route), "");
        let tells = [
            "/api/v1/sources",
            "/api/v1/sources/{source}/findings",
            "/sources/{source}/findings",
            "/sources",
            "/sources/{source}/data",
            "/sources/{source}/input",
            "/sources/{source}",
            "/sources/{source}/decisions",
            "/api/v1/sources/{source}/requirements/{framework}/{requirement}",
            "/api/v1/sources/{source}/checks",
            "/sources/{source}/namespaces",
            "/sources/{source}/search",
            "/api/v1/sources/{source}/resources",
            "/api/v1/sources/{source}/scanner-results",
            "/api/v1/sources/{source}/scanner-reports",
            "/sources/{source}/reports",
        ];
        if tells.contains(&route.path) && route.path != "/sources/{source}/search" {
            assert!(whole(&all).contains(WORD), "{}: {all:?}", route.path);
        }
    }
    assert!(seen > 300, "{seen}");
    let page = trial.as_role("limited", "GET", "/sources/shop", "").body;
    assert!(page.contains("You see the namespace shop"), "{page}");
    let own = trial.as_role("limited", "GET", "/sources/shop/resources/Deployment/shop/orders", "").body;
    assert!(own.contains("CVE-2026-1") && own.contains("it names what you may not see"), "{own}");
}

#[test]
fn what_is_hidden_is_as_if_it_were_not_there() {
    let trial = trial();
    for path in [
        "/sources/{}",
        "/api/v1/sources/{}",
        "/api/v1/sources/{}/decisions",
        "/sources/shop/namespaces/{}",
        "/sources/shop/resources/Deployment/{}/db",
        "/api/v1/sources/shop/findings?namespace={}",
        "/api/v1/sources/shop/resources?namespace={}",
        "/sources/shop/search?q={}",
        "/sources/shop/findings?q={}",
        "/sources/shop/reports?q={}",
        "/api/v1/sources/shop/scanner-results?namespace={}",
        "/api/v1/sources/shop/scanner-results?q={}",
    ] {
        let asked = |word: &str| trial.as_role("limited", "GET", &path.replace("{}", word), "");
        let (hidden, nothing) = (asked(WORD), asked("zznirgendwo"));
        assert_eq!(hidden.status, nothing.status, "{path}");
        assert_eq!(hidden.body.replace(WORD, "zznirgendwo"), nothing.body, "{path}");
    }
    for route in ROUTES.iter().filter(|route| route.method == "GET" && route.path.contains("{finding}")) {
        let asked = |id: &str| {
            let path = route.path.replace("{source}", "shop").replace("{finding}", id);
            trial.as_role("limited", "GET", &path, "")
        };
        let nothing = asked("zzzz");
        for hidden in ["hhhh", "cccc", "mmmm", "nnnn"] {
            assert_eq!((asked(hidden).status, &asked(hidden).body), (404, &nothing.body), "{} {hidden}", route.path);
        }
    }
    for finding in ["hhhh", "cccc", "mmmm", "nnnn"] {
        let path = format!("/api/v1/sources/shop/findings/{finding}");
        trial.as_role("limited", "GET", &path, "").problem(404);
        let said = json!({"finding": finding, "reason": "because it is so", "expires": "2027-01-01"}).to_string();
        trial.as_role("limited", "POST", "/api/v1/sources/shop/exceptions", &said).problem(404);
    }
    for decision in trial.hub.decisions("shop").unwrap() {
        let path = format!("/api/v1/sources/shop/exceptions/{}?reason=because", decision.id);
        trial.as_role("limited", "DELETE", &path, "").problem(404);
    }
    assert!(trial.hub.decisions("shop").unwrap().iter().all(|one| one.withdrawn.is_none()));
    // What was assessed before is counted over all namespaces.
    let counted = |role: &str| {
        let told = trial.as_role(role, "GET", "/api/v1/sources/shop/assessments", "");
        let told: serde_json::Value = serde_json::from_str(&told.body).unwrap();
        told["total"].as_u64().unwrap()
    };
    assert_eq!((counted("limited"), counted("dpo") > 0), (0, true));
}

#[test]
fn who_is_limited_does_what_is_of_namespaces_and_nothing_else() {
    let trial = trial();
    for route in ROUTES.iter().filter(|route| route.path != "/events" && route.right != Right::Nothing) {
        let body = if is_api(route.path) && route.body == Body::Form { "{}" } else { "" };
        let reply = trial.as_role("limited", route.method, &address(route), body);
        let may = route.right.is_within_namespaces();
        assert_eq!(reply.status == 403, !may, "{} {}: {}", route.method, route.path, reply.status);
    }
    let said = json!({"finding": "bbbb", "reason": "one is enough at night", "expires": "2027-01-01"}).to_string();
    assert_eq!(trial.as_role("limited", "POST", "/api/v1/sources/shop/exceptions", &said).status, 201);
    let own = trial.as_role("limited", "GET", "/api/v1/sources/shop/decisions", "");
    let told: Value = serde_json::from_str(&own.body).unwrap();
    assert_eq!(told["total"], 1, "{told}");
    let me: Value = serde_json::from_str(&trial.as_role("limited", "GET", "/api/v1/me", "").body).unwrap();
    assert_eq!((&me["namespaces"], &me["may"]), (&json!("shop"), &json!(["Read", "Accept"])));
}

#[test]
fn open_pages_are_told_of_what_is_in_view() {
    let trial = trial();
    let listen = |who: &str| {
        let mut stream = TcpStream::connect(trial.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let head =
            format!("GET /events HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n", trial.address, token(who));
        stream.write_all(head.as_bytes()).unwrap();
        let mut read = String::new();
        until(&mut stream, &mut read, "retry: 2000");
        (stream, read)
    };
    let ((mut limited, mut told), (mut all, mut known)) = (listen("limited"), listen("viewer"));
    // Only what is hidden changes, and is decided on.
    let mut value = value();
    value["findings"].as_array_mut().unwrap().retain(|one| one["id"] != "hhhh");
    trial.hub.take(&"shop".into(), report::read(&value.to_string()), more()).unwrap();
    let said = json!({"finding": "cccc", "reason": format!("{WORD} is as it is"), "expires": "2027-01-01"}).to_string();
    assert_eq!(trial.as_role("admin", "POST", "/api/v1/sources/shop/exceptions", &said).status, 201);
    until(&mut all, &mut known, "decided");
    assert!(known.contains("\"open\":4") && known.contains("\"resolved\":1"), "{known}");
    // Then what is in view.
    value["findings"].as_array_mut().unwrap().retain(|one| one["id"] != "bbbb");
    trial.hub.take(&"shop".into(), report::read(&value.to_string()), more()).unwrap();
    until(&mut limited, &mut told, "assessed");
    assert_eq!(told.matches("data:").count(), 1, "{told}");
    assert!(told.contains("\"open\":0") && told.contains("\"resolved\":1") && !told.contains(WORD), "{told}");
}

fn until(stream: &mut TcpStream, read: &mut String, what: &str) {
    let mut bytes = [0; 4096];
    while !read.contains(what) {
        let number = stream.read(&mut bytes).unwrap();
        assert!(number > 0, "it ended: {read}");
        read.push_str(&String::from_utf8_lossy(&bytes[..number]));
    }
}

/// Pages and the API come to what is known through what whoever asks may see.
#[test]
fn no_page_asks_the_hub_past_the_view() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut folders) = (Vec::new(), vec![folder.join("pages"), folder.join("api")]);
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(files.len() > 20);
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text: String = std::fs::read_to_string(file).unwrap().split_whitespace().collect();
        for past in ["snapshot", "runs", "decisions", "names", "state", "scanners.placed", "scanners.known"] {
            assert!(!text.contains(&format!("hub.{past}(")), "{} asks hub.{past}", file.display());
        }
    }
}
