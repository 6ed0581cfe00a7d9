//! A check of pods finds the same in every kind that runs them, and a check of containers the same in every list of
//! them: the failing fixtures are moved from kind to kind. Where a check means less, it stands here with the reason.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that reads fixtures"
)]

use std::collections::BTreeSet;
use std::path::Path;

use cloister_checks::{Context, Entry, Run, entries, run};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Finding, Node, Origin, Value};
use cloister_register::Register;
use serde_json::{Map, Value as Json, json};

/// Kinds with a template, and where it stands.
const KINDS: [(&str, &str, &str); 9] = [
    ("v1", "Pod", ""),
    ("apps/v1", "Deployment", "/spec/template"),
    ("apps/v1", "StatefulSet", "/spec/template"),
    ("apps/v1", "DaemonSet", "/spec/template"),
    ("apps/v1", "ReplicaSet", "/spec/template"),
    ("batch/v1", "Job", "/spec/template"),
    ("batch/v1", "CronJob", "/spec/jobTemplate/spec/template"),
    ("argoproj.io/v1alpha1", "Rollout", "/spec/template"),
    ("example.com/v1", "Runner", "/spec/worker/template"),
];

const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// Checks that do not mean every kind, with those that they leave out.
const KINDS_LEFT_OUT: &[(&str, &[&str], &str)] = &[
    ("no-liveness-probe", JOBS, "a pod that ends is started anew by its Job"),
    ("no-readiness-probe", JOBS, "nobody sends a Job requests"),
    ("store-on-ephemeral-volume", JOBS, "a Job uses a store, and is none"),
    ("store-on-host-path", JOBS, "a Job uses a store, and is none"),
    ("store-on-unencrypted-volume", JOBS, "a Job uses a store, and is none"),
];

const JOBS: &[&str] = &["Job", "CronJob"];

/// Checks that do not mean every list of containers, with those that they leave out.
const LISTS_LEFT_OUT: &[(&str, &[&str], &str)] = &[
    ("no-cpu-limit", ENDING, BOUNDS),
    ("no-cpu-request", ENDING, BOUNDS),
    ("no-ephemeral-storage-limit", ENDING, BOUNDS),
    ("no-liveness-probe", ENDING, PROBES),
    ("no-memory-limit", ENDING, BOUNDS),
    ("no-memory-request", ENDING, BOUNDS),
    ("no-readiness-probe", ENDING, PROBES),
];

const ENDING: &[&str] = &["initContainers", "ephemeralContainers"];
const BOUNDS: &str =
    "an init container ends before the service begins, and the API takes no resources of an ephemeral one";
const PROBES: &str = "the API takes no probe of a container that ends, nor of an ephemeral one";

fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Text(text) => json!(&**text),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|one| (one.key.to_string(), json_of(&one.node))).collect())
        }
    }
}

/// The fixture's objects, and whether a live cluster listed them.
fn objects(path: &Path) -> (Vec<Json>, bool) {
    let text = std::fs::read_to_string(path).unwrap();
    let parsed = parse(&text, &Origin::File("f.yaml".into()), 1, &mut Interner::default());
    (parsed.resources.iter().map(|resource| json_of(&resource.root)).collect(), text.contains("# input: cluster"))
}

fn findings(entry: &'static Entry, objects: &[Json], cluster: bool) -> Vec<Finding> {
    let text: Vec<String> = objects.iter().map(Json::to_string).collect();
    let parsed = parse(&text.join("\n---\n"), &Origin::File("f.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: !cluster, cluster, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let context =
        Context { inventory: &inventory, register: &register, today: jiff::civil::date(2026, 6, 1), profile: None };
    run(&[entry], &context).remove(0).findings
}

fn text<'a>(object: &'a Json, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// Where the object's template is, if it is of a kind that we move.
fn template_of(object: &Json) -> Option<&'static str> {
    KINDS.iter().find(|(_, kind, _)| text(object, "/kind") == *kind).map(|(_, _, at)| *at)
}

/// The object as another kind, with the same template and name.
fn moved(object: &Json, at: &str, (version, kind, to): (&str, &str, &str)) -> Json {
    let mut template = object.pointer(at).unwrap().clone();
    let own = template.as_object_mut().unwrap();
    own.retain(|key, _| key == "metadata" || key == "spec");
    let mut metadata = Map::new();
    for field in ["name", "namespace"] {
        metadata.extend(object.pointer(&format!("/metadata/{field}")).map(|value| (field.to_owned(), value.clone())));
        own.get_mut("metadata").and_then(Json::as_object_mut).map(|labels| labels.remove(field));
    }
    if to.is_empty() {
        let labels = own.remove("metadata").and_then(|it| it.as_object().cloned()).unwrap_or_default();
        metadata.extend(labels);
        return json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": own["spec"]});
    }
    let nested = to.rsplit('/').filter(|step| !step.is_empty()).fold(template, |inner, step| json!({step: inner}));
    json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": nested["spec"]})
}

/// Findings of one object as pointers below `at`; `None` for another object's.
fn below(findings: &[Finding], name: &str, at: &str) -> BTreeSet<String> {
    let own = findings.iter().filter(|it| it.resource.as_ref().is_some_and(|resource| &*resource.name == name));
    own.filter_map(|it| it.pointer.strip_prefix(at).map(str::to_owned)).collect()
}

fn fixtures(entry: &Entry) -> Vec<std::path::PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(entry.family.folder()).join(entry.check.name);
    let paths = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("fail")).collect();
    paths.sort();
    paths
}

fn leaves_out(table: &[(&str, &[&str], &str)], check: &str, what: &str) -> bool {
    table.iter().any(|(name, left_out, reason)| *name == check && left_out.contains(&what) && !reason.is_empty())
}

#[test]
fn every_kind_of_workload_is_judged_alike() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for entry in entries().filter(|entry| matches!(entry.check.run, Run::Pod(_) | Run::Container(_))) {
        for path in fixtures(entry) {
            let (all, cluster) = objects(&path);
            let found = findings(entry, &all, cluster);
            for (index, object) in all.iter().enumerate() {
                let Some(at) = template_of(object) else { continue };
                let name = text(object, "/metadata/name");
                let expected = below(&found, name, at);
                if expected.is_empty() || all.iter().filter(|it| text(it, "/metadata/name") == name).count() > 1 {
                    continue;
                }
                for kind in KINDS {
                    let mut other = all.clone();
                    other[index] = moved(object, at, kind);
                    let got = below(&findings(entry, &other, cluster), name, kind.2);
                    tried += 1;
                    let alike = got == expected;
                    if alike == leaves_out(KINDS_LEFT_OUT, entry.check.name, kind.1) {
                        let file = path.file_name().unwrap().to_str().unwrap();
                        wrong.push(format!(
                            "{} {file} {name} as {}: {expected:?} became {got:?}",
                            entry.check.name, kind.1
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 1000, "only {tried} were moved");
}

#[test]
fn every_list_of_containers_is_judged_alike() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for entry in entries().filter(|entry| matches!(entry.check.run, Run::Container(_))) {
        for path in fixtures(entry) {
            let (all, cluster) = objects(&path);
            let found = findings(entry, &all, cluster);
            for (index, object) in all.iter().enumerate() {
                let Some(at) = template_of(object) else { continue };
                let name = text(object, "/metadata/name");
                if all.iter().filter(|it| text(it, "/metadata/name") == name).count() > 1 {
                    continue;
                }
                let spec = format!("{at}/spec");
                let containers = object.pointer(&format!("{spec}/containers")).and_then(Json::as_array).cloned();
                for (position, container) in containers.unwrap_or_default().into_iter().enumerate() {
                    let expected = below(&found, name, &format!("{spec}/containers/{position}"));
                    if expected.is_empty() {
                        continue;
                    }
                    for list in LISTS {
                        let mut other = all.clone();
                        let pod = other[index].pointer_mut(&spec).and_then(Json::as_object_mut).unwrap();
                        pod.insert(
                            "containers".to_owned(),
                            json!([{"name": "filler", "image": "registry.example.com/filler:1"}]),
                        );
                        pod.remove("initContainers");
                        pod.insert(list.to_owned(), json!([container]));
                        let got = below(&findings(entry, &other, cluster), name, &format!("{spec}/{list}/0"));
                        tried += 1;
                        if (got == expected) == leaves_out(LISTS_LEFT_OUT, entry.check.name, list) {
                            let file = path.file_name().unwrap().to_str().unwrap();
                            wrong.push(format!(
                                "{} {file} {name} in {list}: {expected:?} became {got:?}",
                                entry.check.name
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 300, "only {tried} were moved");
}
