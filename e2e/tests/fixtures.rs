//! The fixtures of the checks are what a real API server takes: each document goes to it as a
//! dry run with strict validation of fields. What it does not serve is counted by name, and what
//! is wrong on purpose stands here with its reason; both lists must be exact.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that reads files and says what it did"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cloister_e2e::{Api, ControlPlane, Options, Request, Response, json};
use cloister_manifest::{Interner, parse_trees};
use cloister_model::Node;
use serde_json::Value as Json;

/// Check, part of the API server's words, and why its fixtures hold such objects.
const DELIBERATE: &[(&str, &str, &str)] = &[
    ("api-version-removed", "is served", "versions that Kubernetes removed are what it finds"),
    ("admission-webhook-fails-open", "is served", "the default of an old version is another one"),
    ("certificate-unreadable", "illegal base64", "a Secret of a chart that nobody has rendered yet"),
    ("client-certificate-long-lived", "is served", "a kubeconfig is no object of the API"),
    ("client-certificate-of-masters", "is served", "a kubeconfig is no object of the API"),
    ("client-certificate-of-person", "is served", "a kubeconfig is no object of the API"),
    ("ingress-backend-missing", "is served", "old versions name the backend in other fields"),
    ("ingress-without-tls", "is served", "old versions name the backend in other fields"),
    ("kubeconfig-with-token", "is served", "a kubeconfig is no object of the API"),
    ("no-disruption-budget", "is served", "an empty selector of an old version selects nothing"),
    ("no-liveness-probe", "handler type", "an empty probe, as templates leave behind"),
    ("no-readiness-probe", "handler type", "an empty probe, as templates leave behind"),
    ("proc-mount-unmasked", "hostUsers", "the API server came to refuse what it finds"),
    ("proc-mount-unmasked-in-user-namespace", "hostUsers", "the API server came to refuse what the other check finds"),
    ("rule-without-effect", "resource rules", "an empty rule, as templates leave behind, hides no other"),
    ("selector-mismatch", "selector", "what the API server refuses is what it finds"),
];

/// Groups that Kubernetes does not serve: other projects' objects, and configuration that programs read from files.
const FOREIGN: &[&str] = &[
    "agents.x-k8s.io",
    "apiserver.config.k8s.io",
    "argoproj.io",
    "audit.k8s.io",
    "cert-manager.io",
    "cilium.io",
    "cloister.dev",
    "crm.example.com",
    "extensions.agents.x-k8s.io",
    "extensions.example.com",
    "external-secrets.io",
    "gateway.networking.k8s.io",
    "k8up.io",
    "keda.sh",
    "kubelet.config.k8s.io",
    "kubescheduler.config.k8s.io",
    "kyverno.io",
    "monitoring.coreos.com",
    "networking.istio.io",
    "policy.networking.k8s.io",
    "policy.sigstore.dev",
    "postgresql.cnpg.io",
    "projectcalico.org",
    "snapshot.storage.k8s.io",
    "traefik.io",
    "velero.io",
];

struct Document {
    /// `FAMILY/CHECK/FILE:LINE`.
    place: String,
    check: String,
    api_version: String,
    kind: String,
    object: Json,
}

impl Document {
    fn text<'a>(&'a self, pointer: &str) -> Option<&'a str> {
        self.object.pointer(pointer).and_then(Json::as_str)
    }

    fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The objects of one document: itself, or the items of a list.
fn objects(node: &Node) -> Vec<&Node> {
    if node.str_at("kind").is_some_and(|kind| kind.ends_with("List")) {
        node.items_at("items").iter().collect()
    } else {
        vec![node]
    }
}

fn documents() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cloister-checks/fixtures");
    let mut found = Vec::new();
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        let check = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let (trees, _) = parse_trees(&text, &name, &mut Interner::default());
        for node in trees.iter().flat_map(objects) {
            let word = |key: &str| node.str_at(key).unwrap_or_default().to_owned();
            found.push(Document {
                place: format!("{name}:{}", node.mark.line),
                check: check.clone(),
                api_version: word("apiVersion"),
                kind: word("kind"),
                object: json(node),
            });
        }
    }
    found
}

/// Where objects of each version and kind are created: the path and whether it has namespaces.
fn served(api: &Api) -> BTreeMap<(String, String), (String, bool)> {
    let get = |path: &str| api.get(path).unwrap().success().unwrap().json().unwrap();
    let text = |value: &Json, key: &str| value[key].as_str().unwrap().to_owned();
    let mut versions = vec![("v1".to_owned(), "/api/v1".to_owned())];
    for group in get("/apis")["groups"].as_array().unwrap() {
        for version in group["versions"].as_array().unwrap() {
            let version = text(version, "groupVersion");
            versions.push((version.clone(), format!("/apis/{version}")));
        }
    }
    let mut found = BTreeMap::new();
    for (version, path) in versions {
        for resource in get(&path)["resources"].as_array().unwrap() {
            let name = text(resource, "name");
            if !name.contains('/') {
                let namespaced = resource["namespaced"].as_bool().unwrap();
                found.insert((version.clone(), text(resource, "kind")), (format!("{path}#{name}"), namespaced));
            }
        }
    }
    found
}

fn request(document: &Document, (path, namespaced): &(String, bool)) -> Request {
    let (base, name) = path.split_once('#').unwrap();
    let namespace = document.text("/metadata/namespace").unwrap_or("default");
    let within = if *namespaced { format!("namespaces/{namespace}/") } else { String::new() };
    Request::Post {
        path: format!("{base}/{within}{name}?dryRun=All&fieldValidation=Strict"),
        body: document.object.to_string(),
    }
}

fn message(response: &Response) -> String {
    response.json().ok().and_then(|body| Some(body.get("message")?.as_str()?.to_owned())).unwrap_or_default()
}

#[test]
fn a_real_api_server_takes_every_fixture() {
    // What is about other objects that have to be there is no matter of the document.
    let off = "--disable-admission-plugins=ServiceAccount,RuntimeClass,Priority,LimitRanger,ResourceQuota,PodSecurity";
    let options = Options { arguments: vec![off.to_owned()], ..Options::default() };
    let plane = ControlPlane::start_with(&options).unwrap();
    let served = served(plane.api());
    let documents = documents();
    let mut absent: BTreeMap<String, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    let mut sent = Vec::new();
    for document in &documents {
        let key = (document.api_version.clone(), document.kind.clone());
        if let Some(place) = served.get(&key) {
            sent.push((document, request(document, place)));
        } else if FOREIGN.contains(&document.group()) {
            *absent.entry(document.group().to_owned()).or_default() += 1;
        } else {
            unknown.push((document, format!("no {} {} is served", key.0, key.1)));
        }
    }
    let namespaces: BTreeSet<&str> =
        documents.iter().filter_map(|document| document.text("/metadata/namespace")).collect();
    let existing = ["default", "kube-system", "kube-public", "kube-node-lease"];
    for namespace in namespaces.iter().filter(|name| !existing.contains(name)) {
        plane.create_namespace(namespace, &[]).unwrap();
    }
    let requests: Vec<Request> = sent.iter().map(|(_, request)| request.clone()).collect();
    let answers = plane.api().send_all(&requests).unwrap();
    // 409: a namespace or a role that is there already.
    let refused = sent.iter().zip(&answers).filter(|(_, answer)| !matches!(answer.status, 200..300 | 409));
    let refused: Vec<(&Document, String)> =
        refused.map(|((document, _), answer)| (*document, message(answer))).chain(unknown).collect();

    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (document, words) in &refused {
        let known = DELIBERATE.iter().find(|(check, part, _)| *check == document.check && words.contains(part));
        match known {
            Some((check, ..)) => *used.entry(check).or_default() += 1,
            None => wrong.push(format!(
                "{}: {} {}: {words}",
                document.place,
                document.kind,
                document.text("/metadata/name").unwrap_or_default()
            )),
        }
    }
    println!("{} documents: {} sent, {} refused on purpose", documents.len(), sent.len(), refused.len() - wrong.len());
    for (check, part, why) in DELIBERATE {
        println!("  refused on purpose: {check} ({part}): {why}");
    }
    for (group, count) in &absent {
        println!("  not served: {count} of {group}");
    }
    assert!(wrong.is_empty(), "{} documents are refused:\n{}", wrong.len(), wrong.join("\n"));
    for (check, part, _) in DELIBERATE {
        assert!(used.contains_key(check), "nothing of {check} is refused any more for \"{part}\"");
    }
    let seen: Vec<&&str> = FOREIGN.iter().filter(|group| !absent.contains_key(**group)).collect();
    assert!(seen.is_empty(), "no fixture is of {seen:?}");
}
