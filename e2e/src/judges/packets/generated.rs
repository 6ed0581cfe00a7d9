//! Policies that `cloister network generate` writes, tried with packets: what is wanted connects, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use anyhow::{Context, Result, ensure};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse, parse_trees};
use cloister_model::{Node, Origin, Value as Tree};
use cloister_network::generate::{GenerateOptions, generate, without_policies};
use cloister_network::needs::{Block, End, Need, Needs, Why};
use cloister_network::{Endpoint, Network, Options, PortSet};
use serde_json::{Value, json};

use super::questions::{Question, Questions};
use super::trial::Protocol;
use crate::judges::Dice;
use crate::judges::network::clusters::{OUTSIDE, PORTS, Sort, cluster};

/// Where pods of generated clusters have their addresses.
const POD_CIDRS: [&str; 3] = ["10.0.0.0/24", "10.0.1.0/24", "fd00::/64"];

/// A cluster with policies written for it, and what must connect.
pub struct Written {
    pub objects: Vec<Value>,
    pub questions: Questions,
    pub wanted: Vec<Option<bool>>,
    /// ClusterNetworkPolicies.
    pub admin: bool,
    pub policies: usize,
}

/// Connections that are wanted: of whom to whom, by `namespace/name` or address, and the ports.
type Wanted = BTreeMap<(String, String), PortSet>;

/// Pods without policies, some connections that they are said to need, and what is written for them.
///
/// # Errors
/// The policies do not hold what they promise by their own proof, or cannot be read.
pub fn next(dice: &mut Dice, ports: &[u16]) -> Result<Written> {
    let mut objects = cluster(dice, Sort::Known);
    objects.retain(|it| matches!(it["kind"].as_str(), Some("Namespace" | "Pod")));
    // Who has no address of a family cannot be reached over it, whatever is wanted: each pod has both.
    for (number, pod) in (1..).zip(objects.iter_mut().filter(|it| it["kind"] == "Pod")) {
        let ips = [format!("10.0.0.{number}"), format!("fd00::{number:x}")];
        pod["status"]["podIP"] = json!(ips[0]);
        pod["status"]["podIPs"] = json!(ips.map(|ip| json!({ "ip": ip })));
    }
    // Pods that no label tells apart cannot be told apart by a policy: some clusters have such.
    if dice.chance(70) {
        for (number, pod) in objects.iter_mut().filter(|it| it["kind"] == "Pod").enumerate() {
            pod["metadata"]["labels"]["name"] = json!(format!("p{number}"));
        }
    }
    let wishes = wishes(&objects, dice);
    let admin = dice.chance(50);
    let text = written(&objects, &wishes, admin)?;
    let (trees, faults) = parse_trees(&text, "generated.yaml", &mut Interner::default());
    ensure!(faults.is_empty(), "what was written cannot be read: {faults:?}");
    let policies = trees.len();
    let questions = Questions::of(&objects, ports, dice);
    let all = with_alike(&objects, &wishes);
    let wanted = questions.list.iter().map(|question| Some(is_wanted(question, &all))).collect();
    objects.extend(trees.iter().map(json_of));
    Ok(Written { objects, questions, wanted, admin, policies })
}

fn named(pod: &Value) -> Option<String> {
    let metadata = pod.get("metadata").filter(|_| pod["kind"] == "Pod")?;
    Some(format!("{}/{}", metadata["namespace"].as_str()?, metadata["name"].as_str()?))
}

fn wishes(objects: &[Value], dice: &mut Dice) -> Wanted {
    let pods: Vec<String> = objects.iter().filter_map(named).collect();
    let mut wishes = Wanted::new();
    for _ in 0..dice.below(3 * pods.len() + 1) {
        let (one, other) = (dice.pick(&pods), dice.pick(&pods));
        let (from, to) = match dice.below(5) {
            0 => (dice.pick(&OUTSIDE).to_owned(), other),
            1 => (one, dice.pick(&OUTSIDE).to_owned()),
            _ => (one, other),
        };
        let protocol = dice.pick(&[0, 1, 2]);
        let protocol = cloister_network::Protocol::ALL.get(protocol).copied();
        let ports = PortSet::one(protocol.unwrap_or(cloister_network::Protocol::Tcp), dice.pick(&PORTS));
        let known = wishes.entry((from, to)).or_default();
        *known = known.union(&ports);
    }
    wishes
}

/// What `generate` writes for them.
fn written(objects: &[Value], wishes: &Wanted, admin: bool) -> Result<String> {
    let text = json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string();
    let parsed = parse(&text, &Origin::File("cluster.json".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let bare = without_policies(&inventory);
    let network = Network::new(&bare, &Options::default());
    let mut needs = Needs::default();
    for ((from, to), ports) in wishes {
        let why = Why { words: "it was asked for".into(), location: None };
        let end = |name: &str| end(&network, name).with_context(|| format!("there is no {name}"));
        needs.all.push(Need { from: end(from)?, to: end(to)?, ports: ports.clone(), why });
    }
    let pod_cidrs = POD_CIDRS.map(str::to_owned).to_vec();
    let generated = generate(
        &network,
        &bare,
        &inventory,
        needs,
        &GenerateOptions { admin, pod_cidrs, ..GenerateOptions::default() },
    );
    let failures = &generated.proof.failures;
    ensure!(generated.proof.holds(), "the proof of what was written fails: {failures:?}\n{text}");
    Ok(generated.files.into_iter().map(|file| file.text).collect())
}

fn end(network: &Network<'_>, name: &str) -> Option<End> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Some(End::Outside(Block::one(address)));
    }
    let is_it = |endpoint: &Endpoint<'_>| {
        endpoint.workload().is_some_and(|it| name.split_once('/') == Some((it.namespace, it.name)))
    };
    network.endpoints().iter().position(is_it).map(End::Workload)
}

/// What a pod needs, each with its labels in its namespace is let do.
fn with_alike(objects: &[Value], wishes: &Wanted) -> Wanted {
    let pods = objects.iter().filter_map(|pod| {
        Some((named(pod)?, (pod["metadata"]["namespace"].to_string(), pod["metadata"]["labels"].to_string())))
    });
    let pods: BTreeMap<String, (String, String)> = pods.collect();
    let alike = |name: &String| -> BTreeSet<String> {
        let own = pods.get(name);
        let same = pods.iter().filter(|(_, other)| Some(*other) == own).map(|(name, _)| name.clone());
        same.chain([name.clone()]).collect()
    };
    let mut all = Wanted::new();
    for ((from, to), ports) in wishes {
        for (from, to) in alike(from).iter().flat_map(|from| alike(to).into_iter().map(move |to| (from.clone(), to))) {
            let known = all.entry((from, to)).or_default();
            *known = known.union(ports);
        }
    }
    all
}

/// A pod always reaches itself.
fn is_wanted(question: &Question, wanted: &Wanted) -> bool {
    let protocol = match question.protocol {
        Protocol::Tcp => cloister_network::Protocol::Tcp,
        Protocol::Udp => cloister_network::Protocol::Udp,
        Protocol::Sctp => cloister_network::Protocol::Sctp,
    };
    let ports = wanted.get(&(question.from.clone(), question.to.clone()));
    question.from == question.to || ports.is_some_and(|ports| ports.contains(protocol, question.port))
}

/// A tree as JSON.
fn json_of(node: &Node) -> Value {
    match &node.value {
        Tree::Null => Value::Null,
        Tree::Bool(value) => Value::from(*value),
        Tree::Int(value) => Value::from(*value),
        Tree::Float(value) => Value::from(*value),
        Tree::Text(value) => Value::from(&**value),
        Tree::List(items) => items.iter().map(json_of).collect(),
        Tree::Map(entries) => entries.iter().map(|entry| (entry.key.to_string(), json_of(&entry.node))).collect(),
    }
}
