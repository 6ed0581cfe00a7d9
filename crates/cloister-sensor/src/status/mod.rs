//! Writes back into policies what became of them.
//!
//! Many sensors write one status. Each owns its word in `nodes` by a field manager of its own, so that nobody takes it away
//! from another. The sums follow from the words, so that all come to the same; the first by the name of its node writes
//! them, and the others only where they stay wrong.

mod room;
mod sums;
mod word;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use cloister_dlp::document::Finding;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use room::Room;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::say;

/// Numbers of findings are renewed so often.
const NUMBERS: Duration = Duration::from_secs(10);
/// How long the API server may take for one answer. The watch waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long each further sensor lets sums be wrong, and at most.
const TURN: Duration = Duration::from_millis(500);
const TURNS: usize = 60;
/// What a word says of a fault at most, where nobody knows how many nodes there are.
const FAULT: usize = 256;
/// Who writes the sums, whichever sensor it is.
const SUMS: &str = "cloister-sensors";

/// What is known of policies in the API server.
pub struct Statuses {
    api: Api<DynamicObject>,
    node: String,
    policies: BTreeMap<String, Policy>,
    faults: HashMap<String, String>,
    /// When own numbers are written next.
    due: Instant,
    refused: bool,
    /// It was told that there is no room.
    crowded: bool,
}

#[derive(Default)]
struct Policy {
    generation: i64,
    /// The generation that is in force here.
    adopted: Option<i64>,
    /// The status as the API server has it.
    stored: Value,
    /// Since when its sums are wrong.
    wrong: Option<Instant>,
}

impl Policy {
    fn learn(&mut self, object: &DynamicObject) {
        self.generation = object.metadata.generation.unwrap_or(0);
        self.stored = object.data.get("status").cloned().unwrap_or_default();
    }
}

/// What became of a write.
enum Written {
    Done(Box<DynamicObject>),
    /// The policy is not there any more, or the API server refuses.
    Refused,
    /// Nobody answers.
    Unreachable,
}

impl Statuses {
    pub fn new(client: Client, node: String) -> Statuses {
        let kind = GroupVersionKind::gvk("cloister.dev", "v1alpha1", "DlpPolicy");
        let resource = ApiResource::from_gvk_with_plural(&kind, "dlppolicies");
        Statuses {
            api: Api::all_with(client, &resource),
            node,
            policies: BTreeMap::new(),
            faults: HashMap::new(),
            due: Instant::now(),
            refused: false,
            crowded: false,
        }
    }

    /// A policy as the API server has it.
    pub fn learn(&mut self, object: &DynamicObject) {
        if let Some(name) = object.metadata.name.clone() {
            self.policies.entry(name).or_default().learn(object);
        }
    }

    /// Only these policies are there.
    pub fn retain(&mut self, names: &BTreeSet<&str>) {
        self.policies.retain(|name, _| names.contains(name.as_str()));
    }

    /// These generations are in force here; what could not be understood is told by policy.
    pub fn adopted(&mut self, generations: &BTreeMap<String, i64>, faults: HashMap<String, String>) {
        for (name, policy) in &mut self.policies {
            policy.adopted = generations.get(name).copied();
        }
        self.faults = faults;
        self.due = Instant::now();
    }

    /// Writes what is not as it should be. `nodes` are those of the cluster, where they are known. Gives when it is to be
    /// looked again.
    pub async fn write(&mut self, findings: &[Finding], nodes: &BTreeSet<&str>) -> Instant {
        let now = Instant::now();
        let own = now >= self.due;
        if own {
            self.due = now + NUMBERS;
        }
        let room = nodes.contains(self.node.as_str()).then(|| Room::of(nodes));
        self.tell_room(room.as_ref());
        let mut again = self.due;
        let names: Vec<String> = self.policies.keys().cloned().collect();
        for name in names {
            if own && !self.write_word(&name, findings, room.as_ref()).await {
                return again;
            }
            match self.write_sums(&name, room.as_ref()).await {
                Some(Some(turn)) => again = again.min(turn),
                Some(None) => {}
                None => return again,
            }
        }
        again
    }

    /// Writes the own word where it differs; whether anybody answers.
    async fn write_word(&mut self, name: &str, findings: &[Finding], room: Option<&Room<'_>>) -> bool {
        let Some(policy) = self.policies.get(name) else { return true };
        let known = || sums::words(&policy.stored, None).iter().any(|word| sums::name(word) == self.node);
        let fits = match room {
            Some(room) => room.listed.contains(self.node.as_str()),
            None => known() || !room::is_full(&policy.stored),
        };
        if !fits {
            return true;
        }
        let Some(generation) = policy.adopted else { return true };
        let longest = room.map_or(FAULT, |room| room.fault);
        let own: Vec<&Finding> = findings.iter().filter(|it| *it.policy == *name).collect();
        let word = word::word(&self.node, generation, &own, self.faults.get(name).map(String::as_str), longest);
        if sums::words(&policy.stored, None).contains(&&word) {
            return true;
        }
        self.apply(name, &word::manager(&self.node), &json!({ "nodes": [word] })).await
    }

    /// Writes the sums where they are wrong and it is our turn. `None`: nobody answers; otherwise when our turn will be.
    async fn write_sums(&mut self, name: &str, room: Option<&Room<'_>>) -> Option<Option<Instant>> {
        let nodes = room.map(|room| &room.listed);
        let Some(policy) = self.policies.get_mut(name) else { return Some(None) };
        let words = sums::words(&policy.stored, nodes);
        let Some(turn) = words.iter().position(|word| sums::name(word) == self.node) else { return Some(None) };
        let sums =
            sums::sums(policy.generation, &words, &policy.stored, &stamp(), room.map_or(0, |room| room.unlisted));
        let gone = sums::gone(&policy.stored, nodes);
        if gone.is_empty() && sums == sums::of_status(&policy.stored) {
            policy.wrong = None;
            return Some(None);
        }
        let since = *policy.wrong.get_or_insert_with(Instant::now);
        let ours = since + TURN * u32::try_from(turn.min(TURNS)).unwrap_or(u32::MAX);
        if Instant::now() < ours {
            return Some(Some(ours));
        }
        policy.wrong = None;
        for node in gone {
            // Who applies nothing gives up what it owns.
            self.apply(name, &word::manager(&node), &json!({})).await.then_some(())?;
        }
        self.apply(name, SUMS, &sums).await.then_some(None)
    }

    /// Applies a part of a status, and learns what came of it; whether anybody answers.
    async fn apply(&mut self, name: &str, manager: &str, status: &Value) -> bool {
        match self.patch(name, manager, status).await {
            Written::Done(object) => {
                self.refused = false;
                if let Some(policy) = self.policies.get_mut(name) {
                    policy.learn(&object);
                }
                true
            }
            Written::Refused => true,
            Written::Unreachable => false,
        }
    }

    async fn patch(&mut self, name: &str, manager: &str, status: &Value) -> Written {
        let body = json!({
            "apiVersion": "cloister.dev/v1alpha1", "kind": "DlpPolicy", "metadata": { "name": name }, "status": status,
        });
        // What an older version owns is taken over.
        let writer = PatchParams::apply(manager).force();
        let patch = Patch::Apply(&body);
        match timeout(PATIENCE, self.api.patch_status(name, &writer, &patch)).await {
            Ok(Ok(object)) => Written::Done(Box::new(object)),
            Ok(Err(kube::Error::Api(status))) if status.code == 404 => Written::Refused,
            Ok(Err(error)) => {
                self.tell(&error.to_string());
                if matches!(error, kube::Error::Api(_)) { Written::Refused } else { Written::Unreachable }
            }
            Err(_) => {
                self.tell("the API server does not answer");
                Written::Unreachable
            }
        }
    }

    /// That this node has no word in statuses, once.
    fn tell_room(&mut self, room: Option<&Room<'_>>) {
        let Some(room) = room.filter(|room| !room.listed.contains(self.node.as_str())) else {
            self.crowded = false;
            return;
        };
        if !std::mem::replace(&mut self.crowded, true) {
            say::warning(&format!(
                "the status of a policy has room for {} of {} nodes, and none for this one: ask its metrics",
                room.listed.len(),
                room.listed.len() + room.unlisted,
            ));
        }
    }

    /// Once for each time that it begins.
    fn tell(&mut self, why: &str) {
        if !self.refused {
            self.refused = true;
            say::warning(&format!("the status of policies cannot be written: {why}; it is tried again"));
        }
    }
}

/// Now, as the API server writes it.
fn stamp() -> String {
    let now = jiff::Timestamp::now();
    format!("{:.0}", now.round(jiff::Unit::Second).unwrap_or(now))
}
