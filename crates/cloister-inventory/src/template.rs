//! Pod templates of every workload kind, and of kinds nobody has heard of yet.

use cloister_model::{Entry, Node, Resource, Value};

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

/// The way from a resource's root down to a template: the number of an entry or item at each step. Looking for keys costs
/// more, and hundreds of questions ask for the same pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trail(Box<[u32]>);

impl Trail {
    /// The node that it leads to; `None` where the tree is another.
    pub(crate) fn follow<'a>(&self, root: &'a Node) -> Option<&'a Node> {
        self.0.iter().try_fold(root, |node, step| {
            let step = *step as usize;
            match &node.value {
                Value::Map(entries) => entries.get(step).map(|entry| &entry.node),
                Value::List(items) => items.get(step),
                _ => None,
            }
        })
    }
}

/// The nodes that look like a pod (`metadata` and `spec.containers`), with the
/// resource itself for a Pod.
pub(crate) fn templates(resource: &Resource) -> Vec<&Node> {
    trails(resource).iter().filter_map(|trail| trail.follow(&resource.root)).collect()
}

/// The ways to them.
pub(crate) fn trails(resource: &Resource) -> Vec<Trail> {
    let known: Option<&[&str]> = match &*resource.kind {
        "Pod" => Some(&[]),
        "PodTemplate" => Some(&["template"]),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            Some(&["spec", "template"])
        }
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    };
    if let Some(keys) = known {
        return known_trail(&resource.root, keys).into_iter().collect();
    }
    let mut found = Vec::new();
    if !NEVER.contains(&&*resource.kind) {
        search(&resource.root, &mut Vec::with_capacity(DEEPEST), &mut found);
    }
    found
}

/// Where a kind has its template, if there is one with a `spec`.
fn known_trail(root: &Node, keys: &[&str]) -> Option<Trail> {
    let (mut node, mut steps) = (root, Vec::with_capacity(keys.len()));
    for key in keys {
        let entry = node.entry(key)?;
        steps.push(place(entry, node.entries())?);
        node = &entry.node;
    }
    node.get("spec").is_some_and(Node::is_map).then(|| Trail(steps.into()))
}

fn place(entry: &Entry, entries: &[Entry]) -> Option<u32> {
    entries.iter().position(|other| std::ptr::eq(other, entry)).and_then(|place| u32::try_from(place).ok())
}

fn search(node: &Node, steps: &mut Vec<u32>, found: &mut Vec<Trail>) {
    if steps.len() == DEEPEST {
        return;
    }
    let is_template = node.get("spec").is_some_and(holds_containers);
    if is_template {
        found.push(Trail(steps.as_slice().into()));
    }
    let mut step = |at: u32, below: &Node| {
        steps.push(at);
        search(below, steps, found);
        steps.pop();
    };
    match &node.value {
        Value::Map(entries) => (0..)
            .zip(entries)
            .filter(|(_, entry)| !(is_template && &*entry.key == "spec"))
            .for_each(|(at, entry)| step(at, &entry.node)),
        Value::List(items) => (0..).zip(items).for_each(|(at, item)| step(at, item)),
        _ => {}
    }
}

fn holds_containers(spec: &Node) -> bool {
    let containers = spec.items_at("containers");
    !containers.is_empty()
        && containers.iter().all(|container| container.str_at("name").is_some() || container.str_at("image").is_some())
}
