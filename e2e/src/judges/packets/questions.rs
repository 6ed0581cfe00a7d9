//! What is asked of a cluster, and what the engine says of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::IpAddr;

use anyhow::{Context, Result};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{Endpoint, Network, Options, PortSet, Verdict};
use serde_json::{Value, json};

use super::trial::{Ends, Protocol};
use crate::judges::Dice;
use crate::judges::network::clusters::OUTSIDE;

/// Addresses outside that each pod is tried with, in each direction.
const OUTSIDE_EACH: usize = 3;

/// One connection: possible when one of its ends' addresses connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `namespace/name`, or an address outside.
    pub from: String,
    /// Likewise.
    pub to: String,
    /// By which protocol.
    pub protocol: Protocol,
    /// To which port.
    pub port: u16,
    /// What to try: where in the list of all ends.
    pub tries: Vec<usize>,
}

/// The questions about a cluster, and all that must be tried for them.
#[derive(Debug, Default)]
pub struct Questions {
    pub list: Vec<Question>,
    pub ends: Vec<Ends>,
}

impl Questions {
    /// Every pod to every pod and to itself, and each to and from some addresses outside, on these ports.
    pub fn of(objects: &[Value], ports: &[u16], dice: &mut Dice) -> Questions {
        let pods: Vec<(String, Vec<IpAddr>)> = objects.iter().filter_map(pod).collect();
        let mut questions = Questions::default();
        for one in &pods {
            pods.iter().for_each(|other| questions.add(one, other, ports));
            for _ in 0..OUTSIDE_EACH {
                let text = dice.pick(&OUTSIDE);
                let Ok(address) = text.parse() else { continue };
                let outside = (text.to_owned(), vec![address]);
                questions.add(one, &outside, ports);
                questions.add(&outside, one, ports);
            }
        }
        questions
    }

    fn add(&mut self, from: &(String, Vec<IpAddr>), to: &(String, Vec<IpAddr>), ports: &[u16]) {
        let pairs: Vec<(IpAddr, IpAddr)> =
            from.1.iter().flat_map(|one| to.1.iter().map(move |other| (*one, *other))).collect();
        for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
            for port in ports {
                let first = self.ends.len();
                let alike = pairs.iter().filter(|(from, to)| from.is_ipv4() == to.is_ipv4());
                self.ends.extend(alike.map(|(from, to)| Ends { protocol, from: *from, to: *to, port: *port }));
                let tries: Vec<usize> = (first..self.ends.len()).collect();
                if !tries.is_empty() {
                    self.list.push(Question { from: from.0.clone(), to: to.0.clone(), protocol, port: *port, tries });
                }
            }
        }
    }
}

fn pod(it: &Value) -> Option<(String, Vec<IpAddr>)> {
    let text = |pointer: &str| it.pointer(pointer).and_then(Value::as_str);
    let name = format!("{}/{}", text("/metadata/namespace")?, text("/metadata/name")?);
    let ips = it.pointer("/status/podIPs")?.as_array()?;
    Some((name, ips.iter().filter_map(|ip| ip.get("ip")?.as_str()?.parse().ok()).collect()))
}

/// What the engine says of each question: `None` where it does not know.
///
/// # Errors
/// It has no such end.
pub fn engine(objects: &[Value], questions: &[Question]) -> Result<Vec<Option<bool>>> {
    let text = json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string();
    let parsed = parse(&text, &Origin::File("cluster.json".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let network = Network::new(&inventory, &Options::default());
    let mut verdicts: BTreeMap<(&str, &str), Verdict> = BTreeMap::new();
    let mut said = Vec::new();
    for question in questions {
        let key = (question.from.as_str(), question.to.as_str());
        let verdict = match verdicts.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let from = number(&network, key.0).with_context(|| format!("the engine has no {}", key.0))?;
                let to = number(&network, key.1).with_context(|| format!("the engine has no {}", key.1))?;
                // Between the two ends of a workload lie its replicas, and none of these pods has others.
                let itself = || network.explain(from, to, &PortSet::everything()).is_some_and(|it| it.itself);
                let reaches_itself = from == to && itself();
                new.insert(if reaches_itself { Verdict::open() } else { network.between(from, to) })
            }
        };
        let protocol = match question.protocol {
            Protocol::Tcp => cloister_network::Protocol::Tcp,
            Protocol::Udp => cloister_network::Protocol::Udp,
            Protocol::Sctp => cloister_network::Protocol::Sctp,
        };
        let allowed = verdict.allowed().contains(protocol, question.port);
        said.push((allowed || verdict.denied().contains(protocol, question.port)).then_some(allowed));
    }
    Ok(said)
}

/// The end of this name.
fn number(network: &Network<'_>, name: &str) -> Option<usize> {
    let address = name.parse::<IpAddr>().ok();
    network.endpoints().iter().position(|endpoint| match endpoint {
        Endpoint::Workload(it) => name.split_once('/') == Some((it.namespace, it.name)),
        Endpoint::Outside(addresses) => address.is_some_and(|at| {
            addresses.ranges().any(|(first, last)| first.is_ipv4() == at.is_ipv4() && first <= at && at <= last)
        }),
        Endpoint::Node(_) => false,
    })
}
