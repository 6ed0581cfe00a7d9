//! Writes back into policies what became of them.

use std::collections::{BTreeMap, HashMap};

use cloister_dlp::document::Finding;
use cloister_model::clean;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use serde_json::{Value, json};

/// What is known of policies in the API server.
pub struct Statuses {
    api: Api<DynamicObject>,
    node: String,
    policies: BTreeMap<String, Policy>,
    faults: HashMap<String, String>,
    told: bool,
}

#[derive(Default)]
struct Policy {
    generation: i64,
    /// The generation that is in force here.
    adopted: Option<i64>,
    /// What other sensors say.
    others: Vec<Value>,
    /// Since when it is accepted, or not.
    since: Option<(bool, String)>,
    /// What was written last.
    written: Value,
}

impl Statuses {
    pub fn new(client: Client, node: String) -> Statuses {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("cloister.dev", "v1alpha1", "DlpPolicy"));
        let resource = ApiResource { plural: "dlppolicies".to_owned(), ..resource };
        Statuses {
            api: Api::all_with(client, &resource),
            node,
            policies: BTreeMap::new(),
            faults: HashMap::new(),
            told: false,
        }
    }

    /// A policy as the API server has it.
    pub fn learn(&mut self, object: &DynamicObject) {
        let Some(name) = object.metadata.name.clone() else { return };
        if object.metadata.deletion_timestamp.is_some() {
            self.policies.remove(&name);
            return;
        }
        let policy = self.policies.entry(name).or_default();
        policy.generation = object.metadata.generation.unwrap_or(0);
        let nodes = object.data.pointer("/status/nodes").and_then(Value::as_array);
        let others =
            nodes.into_iter().flatten().filter(|it| it.get("name").and_then(Value::as_str) != Some(&self.node));
        policy.others = others.cloned().collect();
    }

    /// All that was learnt is in force here; what could not be read is told by policy.
    pub fn adopted(&mut self, faults: HashMap<String, String>) {
        self.faults = faults;
        self.policies.values_mut().for_each(|policy| policy.adopted = Some(policy.generation));
    }

    /// Writes what changed.
    pub async fn write(&mut self, findings: &[Finding]) {
        let now = jiff::Timestamp::now();
        let stamp = format!("{:.0}", now.round(jiff::Unit::Second).unwrap_or(now));
        for (name, policy) in &mut self.policies {
            let Some(generation) = policy.adopted else { continue };
            let own: Vec<&Finding> = findings.iter().filter(|it| *it.policy == **name).collect();
            let last = own.iter().map(|it| seconds(&it.last)).max();
            let mut node = json!({ "name": self.node, "observedGeneration": generation, "findings": own.len() });
            if let (Value::Object(node), Some(last)) = (&mut node, &last) {
                node.insert("lastFinding".to_owned(), Value::from(last.as_str()));
            }
            let fault = self.faults.get(name);
            let accepted = fault.is_none();
            if policy.since.as_ref().is_none_or(|(known, _)| *known != accepted) {
                policy.since = Some((accepted, stamp.clone()));
            }
            let since = policy.since.as_ref().map(|(_, since)| since.as_str()).unwrap_or_default();
            let status = status(generation, node, &policy.others, fault, since);
            if status == policy.written {
                continue;
            }
            let body = json!({
                "apiVersion": "cloister.dev/v1alpha1", "kind": "DlpPolicy", "metadata": { "name": name }, "status": status,
            });
            let writer = PatchParams::apply(&format!("cloister-sensor-{}", self.node)).force();
            match self.api.patch_status(name, &writer, &Patch::Apply(&body)).await {
                Ok(_) => policy.written = status,
                Err(kube::Error::Api(gone)) if gone.code == 404 => policy.adopted = None,
                Err(error) if !self.told => {
                    self.told = true;
                    eprintln!("warning: the status of policies cannot be written: {}", clean(&error.to_string()));
                }
                Err(_) => {}
            }
        }
    }
}

fn status(generation: i64, node: Value, others: &[Value], fault: Option<&String>, since: &str) -> Value {
    let number = |it: &Value, key: &str| it.get(key).and_then(Value::as_i64).unwrap_or(0);
    let all = || others.iter().chain([&node]);
    let in_force = all().filter(|it| number(it, "observedGeneration") == generation).count();
    let findings: i64 = all().map(|it| number(it, "findings")).sum();
    let last = all().filter_map(|it| it.get("lastFinding")?.as_str()).max();
    let condition = json!({
        "type": "Accepted",
        "status": if fault.is_none() { "True" } else { "False" },
        "reason": if fault.is_none() { "Read" } else { "NotUnderstood" },
        "message": fault.map_or("everything in it was understood", String::as_str),
        "observedGeneration": generation,
        "lastTransitionTime": since,
    });
    let mut status = json!({
        "observedGeneration": generation,
        "sensors": in_force,
        "findings": findings,
        "nodes": [node],
        "conditions": [condition],
    });
    if let (Value::Object(status), Some(last)) = (&mut status, last.map(str::to_owned)) {
        status.insert("lastFinding".to_owned(), Value::from(last));
    }
    status
}

/// A time without parts of a second, as the API server writes it.
fn seconds(time: &str) -> String {
    format!("{}Z", time.split(['.', 'Z']).next().unwrap_or_default())
}
