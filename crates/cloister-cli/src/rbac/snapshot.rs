//! `cloister rbac snapshot`: what a cluster's questions are answered from, as a file.

use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource, Value as Tree};
use cloister_rbac::SNAPSHOT;
use serde_json::{Map, Value, json};

use super::args::Snapshot;
use crate::input::read;
use crate::output::{print, write_file};
use crate::terminal::Terminal;
use crate::way_out::failure;

const RBAC: [&str; 4] = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
/// What the questions ask of pods: whose they are, where they run, and what they mount and are given.
const POD: [&str; 3] = ["serviceAccountName", "nodeName", "volumes"];

/// Lists the cluster and writes.
pub fn run(snapshot: &Snapshot, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    if !snapshot.live.is_named() {
        return Err(failure("a snapshot is of a cluster, and none is named", "add --cluster, or --context NAME"));
    }
    let (inventory, lost) = read(snapshot.live.sources(&[]), terminal)?;
    let unread = |kind: &&&str| inventory.inputs().unread.iter().any(|unread| &*unread.kind == **kind);
    if let Some(kind) = RBAC.iter().find(unread) {
        let cause = format!("{kind}s cannot be listed: a snapshot without them would tell less than is true");
        return Err(failure(cause, "ask for the verb list on the four kinds of rbac.authorization.k8s.io"));
    }
    let text = text(&inventory);
    match &snapshot.output {
        Some(file) => write_file(file, &text)?,
        None => print(&text)?,
    }
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}

/// A List with one object a line, sorted: what has not changed is the same line.
fn text(inventory: &Inventory) -> String {
    let mut objects: Vec<String> =
        inventory.resources().iter().filter_map(object).map(|object| object.to_string()).collect();
    let pods = inventory.pods().map(|pod| pod.resource).filter(|resource| !RBAC.contains(&&*resource.kind));
    objects.extend(pods.map(|resource| workload(resource).to_string()));
    objects.sort_unstable();
    objects.dedup();
    format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n{}\n]}}\n", objects.join(",\n"))
}

fn object(resource: &Resource) -> Option<Value> {
    let fields: &[&str] = match (&*resource.kind, resource.group()) {
        ("ClusterRole" | "Role", "rbac.authorization.k8s.io") => &["rules", "aggregationRule"],
        ("ClusterRoleBinding" | "RoleBinding", "rbac.authorization.k8s.io") => &["roleRef", "subjects"],
        ("Namespace" | "ServiceAccount", "") => &[],
        _ => return None,
    };
    let mut made = named(resource);
    let kept = fields.iter().filter_map(|field| Some(((*field).to_owned(), json_of(resource.root.get(field)?))));
    made.extend(kept);
    if RBAC.contains(&&*resource.kind)
        && let Some(Value::Object(metadata)) = made.get_mut("metadata")
    {
        metadata.insert("annotations".to_owned(), json!({ SNAPSHOT: "true" }));
    }
    Some(Value::Object(made))
}

/// Kind, name and labels; the uid says that a server kept the object.
fn named(resource: &Resource) -> Map<String, Value> {
    let fields = ["labels", "name", "namespace", "ownerReferences", "uid"];
    let metadata = fields.iter().filter_map(|field| {
        Some(((*field).to_owned(), json_of(resource.root.at("metadata").and_then(|node| node.get(field))?)))
    });
    let metadata: Map<String, Value> = metadata.collect();
    let Value::Object(made) =
        json!({ "apiVersion": &*resource.api_version, "kind": &*resource.kind, "metadata": metadata })
    else {
        return Map::new();
    };
    made
}

/// A workload by its name and what its pods are given; no values of its own.
fn workload(resource: &Resource) -> Value {
    let mut made = Value::Object(named(resource));
    let pods = Inventory::pods_of(resource).filter_map(|pod| {
        let pointer = resource.root.pointer_to(pod.template)?;
        let fields = POD.iter().filter_map(|field| Some(((*field).to_owned(), json_of(pod.spec.get(field)?))));
        let mut spec: Map<String, Value> = fields.collect();
        let containers = pod.containers().map(|container| {
            let given = ["envFrom", "image", "name"].iter();
            let given = given.filter_map(|field| Some(((*field).to_owned(), json_of(container.node.get(field)?))));
            let mut kept: Map<String, Value> = given.collect();
            let from = container.env().filter(|(_, entry)| entry.get("valueFrom").is_some());
            kept.insert("env".to_owned(), from.map(|(_, entry)| json_of(entry)).collect());
            Value::Object(kept)
        });
        spec.insert("containers".to_owned(), containers.collect());
        let labels = pod.template.at("metadata/labels").map_or(Value::Null, json_of);
        Some((pointer, labels, Value::Object(spec)))
    });
    for (pointer, labels, spec) in pods.collect::<Vec<_>>() {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        put(&mut made, &steps, &["spec"], spec);
        // A pod's own labels are there already.
        if !steps.is_empty() {
            put(&mut made, &steps, &["metadata", "labels"], labels);
        }
    }
    made
}

/// Puts a value at a path, whose steps are made where they are missing.
fn put(root: &mut Value, path: &[&str], rest: &[&str], value: Value) {
    let mut at = root;
    for step in path.iter().chain(rest) {
        let Value::Object(map) = at else { return };
        at = map.entry((*step).to_owned()).or_insert_with(|| json!({}));
    }
    *at = value;
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        Tree::Null => Value::Null,
        Tree::Bool(value) => json!(value),
        Tree::Int(value) => json!(value),
        Tree::Float(value) => json!(value),
        Tree::Text(value) => json!(&**value),
        Tree::List(items) => items.iter().map(json_of).collect(),
        Tree::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.to_string(), json_of(&entry.node))).collect())
        }
    }
}
