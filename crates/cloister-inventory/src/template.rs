//! Pod templates of every workload kind, and of kinds nobody has heard of yet.

use cloister_model::{Node, Resource, Value};

/// Kinds that carry no pod template, however their content looks.
const NEVER: [&str; 10] = [
    "ConfigMap",
    "CustomResourceDefinition",
    "Namespace",
    "NodeFacts",
    "Secret",
    "ValidatingAdmissionPolicy",
    "MutatingAdmissionPolicy",
    "ClusterPolicy",
    "Policy",
    "ProcessingActivity",
];

/// How deep unknown kinds are searched: `spec/x/y/template/spec` and a little more.
const DEEPEST: usize = 8;

/// The nodes that look like a pod (`metadata` and `spec.containers`), with the
/// resource itself for a Pod.
pub fn templates(resource: &Resource) -> Vec<&Node> {
    let root = &*resource.root;
    let known = match &*resource.kind {
        "Pod" => Some(root),
        "PodTemplate" => root.at("template"),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            root.at("spec/template")
        }
        "CronJob" => root.at("spec/jobTemplate/spec/template"),
        _ => None,
    };
    if let Some(template) = known {
        return if template.get("spec").is_some_and(Node::is_map) { vec![template] } else { Vec::new() };
    }
    let mut found = Vec::new();
    if !NEVER.contains(&&*resource.kind) {
        search(root, DEEPEST, &mut found);
    }
    found
}

fn search<'a>(node: &'a Node, depth: usize, found: &mut Vec<&'a Node>) {
    if depth == 0 {
        return;
    }
    match &node.value {
        Value::Map(entries) => {
            let is_template = node.get("spec").is_some_and(holds_containers);
            if is_template {
                found.push(node);
            }
            for entry in entries.iter().filter(|entry| !(is_template && &*entry.key == "spec")) {
                search(&entry.node, depth - 1, found);
            }
        }
        Value::List(items) => items.iter().for_each(|item| search(item, depth - 1, found)),
        _ => {}
    }
}

fn holds_containers(spec: &Node) -> bool {
    let containers = spec.items_at("containers");
    !containers.is_empty()
        && containers.iter().all(|container| container.str_at("name").is_some() || container.str_at("image").is_some())
}
