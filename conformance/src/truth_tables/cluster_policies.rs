//! The tables of ClusterNetworkPolicy, with rules in short form.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Expected, Labels, Report, namespace, network_policy, pod, protocol};

/// The namespaces of the tables; the place of each is the second number of its pods' addresses.
const NAMESPACES: [&str; 4] = ["g", "s", "h", "r"];
/// The node of the tables, and its address.
const NODE: (&str, &str) = ("n", "10.9.0.1");

#[derive(Debug, Deserialize)]
struct Test {
    case: String,
    policies: BTreeMap<String, Fields>,
    steps: Vec<Step>,
}

type Fields = BTreeMap<String, Value>;

#[derive(Debug, Deserialize)]
struct Step {
    /// Fields that are others than at the beginning, by policy.
    #[serde(default)]
    change: BTreeMap<String, Fields>,
    /// Policies that are gone.
    #[serde(default)]
    without: Vec<String>,
    /// Namespaces whose label "house" is another.
    #[serde(default)]
    houses: Labels,
    /// That pods have beside their own.
    #[serde(default)]
    labels: BTreeMap<String, Labels>,
    tries: String,
}

pub(super) fn compare(tables: &str) -> Result<Report> {
    let tests: Vec<Test> = serde_saphyr::from_str(tables)?;
    let mut report = Report::default();
    for test in tests {
        report.tests += 1;
        for step in &test.steps {
            let mut objects = world(step);
            for (name, fields) in test.policies.iter().filter(|(name, _)| !step.without.contains(name)) {
                let mut fields = fields.clone();
                fields.extend(step.change.get(name).cloned().unwrap_or_default());
                objects.push(policy(name, &fields).with_context(|| format!("{}: {name}", test.case))?);
            }
            let expected: Vec<Expected> = step.tries.split(',').map(|it| expected(it.trim())).collect::<Result<_>>()?;
            report.compare(&test.case, &objects, &expected)?;
        }
    }
    Ok(report)
}

/// The address of a pod such as g1.
fn address(name: &str) -> Option<String> {
    let at = NAMESPACES.iter().position(|namespace| name.starts_with(namespace))?;
    Some(format!("10.{at}.0.{}", name.get(1..)?.parse::<u8>().ok()? + 1))
}

fn world(step: &Step) -> Vec<Value> {
    let ports = [("web".to_owned(), "TCP", 80), ("dns".to_owned(), "UDP", 53)];
    let mut objects = vec![json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": { "name": NODE.0, "labels": { "os": "linux" } },
        "status": { "addresses": [{ "type": "InternalIP", "address": NODE.1 }] },
    })];
    for name in NAMESPACES {
        let house = step.houses.get(name).map_or(name, String::as_str);
        objects.push(namespace(name, &Labels::from([("house".into(), house.into())])));
        for own in [format!("{name}0"), format!("{name}1")] {
            let mut labels = step.labels.get(&own).cloned().unwrap_or_default();
            labels.extend([("house".into(), name.into()), ("pod".into(), own.clone())]);
            objects.extend(address(&own).map(|address| pod(name, &own, &labels, &address, &ports)));
        }
    }
    objects
}

fn policy(name: &str, fields: &Fields) -> Result<Value> {
    let mut spec: Map<String, Value> = fields.clone().into_iter().collect();
    let is_network = spec.remove("namespace");
    let subject = spec.get("subject").and_then(Value::as_str).map(str::to_owned);
    for (way, field) in [("ingress", "from"), ("egress", "to")] {
        let Some(Value::Array(rules)) = spec.get(way) else { continue };
        let rules = rules.iter().map(|it| it.as_str().context("a rule is text"));
        let rules: Vec<Value> = match is_network {
            Some(_) => {
                rules.map(|it| Ok(json!({ field: [{ "namespaceSelector": selector(it?) }] }))).collect::<Result<_>>()?
            }
            None => rules.map(|it| rule(it?, field)).collect::<Result<_>>()?,
        };
        spec.insert(way.into(), json!(rules));
    }
    if let Some(namespace) = is_network {
        return Ok(network_policy(namespace.as_str().unwrap_or_default(), name, &json!(spec)));
    }
    spec.insert("subject".into(), peer(&subject.context("no subject")?)?);
    Ok(json!({
        "apiVersion": "policy.networking.k8s.io/v1alpha2",
        "kind": "ClusterNetworkPolicy",
        "metadata": { "name": name },
        "spec": spec,
    }))
}

fn rule(text: &str, field: &str) -> Result<Value> {
    let (action, rest) = text.split_once(' ').context("a rule has an action")?;
    let action = match action {
        "+" => "Accept",
        "-" => "Deny",
        ">" => "Pass",
        other => bail!("{other} is no action"),
    };
    let (peers, protocols) = rest.split_once(" @ ").map_or((rest, None), |(peers, ports)| (peers, Some(ports)));
    let peers: Vec<Value> = peers.split(" | ").map(peer).collect::<Result<_>>()?;
    let mut rule = json!({ "action": action, field: peers });
    if let (Some(protocols), Some(rule)) = (protocols, rule.as_object_mut()) {
        let protocols: Vec<Value> = protocols.split(' ').map(ports).collect::<Result<_>>()?;
        rule.insert("protocols".into(), json!(protocols));
    }
    Ok(rule)
}

fn peer(text: &str) -> Result<Value> {
    if let Some(networks) = text.strip_prefix("net ") {
        let network = |it: &str| match it.strip_prefix('=') {
            Some(name) => address(name).map(|it| format!("{it}/32")).with_context(|| format!("{name} is no pod")),
            None => Ok(it.to_owned()),
        };
        let networks: Vec<String> = networks.split(' ').map(network).collect::<Result<_>>()?;
        return Ok(json!({ "networks": networks }));
    }
    Ok(match (text.strip_prefix("nodes "), text.split_once(':')) {
        (Some(nodes), _) => json!({ "nodes": selector(nodes) }),
        (None, Some((namespaces, pods))) => {
            json!({ "pods": { "namespaceSelector": selector(namespaces), "podSelector": selector(pods) } })
        }
        (None, None) => json!({ "namespaces": selector(text) }),
    })
}

fn selector(text: &str) -> Value {
    match text.split_once('=') {
        Some((label, value)) => json!({ "matchLabels": { label: value } }),
        None if text == "*" => json!({}),
        None if NAMESPACES.contains(&text) => json!({ "matchLabels": { "kubernetes.io/metadata.name": text } }),
        None => json!({ "matchExpressions": [{ "key": text, "operator": "Exists" }] }),
    }
}

fn ports(text: &str) -> Result<Value> {
    if let Some(name) = text.strip_prefix(':') {
        return Ok(json!({ "destinationNamedPort": name }));
    }
    let (protocol, port) = text.split_once('/').with_context(|| format!("{text} is no protocol and port"))?;
    let port = match port.split_once('-') {
        Some((start, end)) => json!({ "range": { "start": start.parse::<u16>()?, "end": end.parse::<u16>()? } }),
        None => json!({ "number": port.parse::<u16>()? }),
    };
    Ok(json!({ protocol: { "destinationPort": port } }))
}

/// `g0>s1 tcp/80 +`
fn expected(text: &str) -> Result<Expected> {
    let mut words = text.split(' ');
    let mut next = || words.next().with_context(|| format!("{text} is no try"));
    let (from, to) = next()?.split_once('>').context("a try has two ends")?;
    let (word, port) = next()?.split_once('/').context("a try has a port")?;
    let connects = match next()? {
        "+" => true,
        "-" => false,
        other => bail!("{other} is no sign"),
    };
    let full = |name: &str| match name.get(..1) {
        Some(namespace) if name.len() > 1 => format!("{namespace}/{name}"),
        _ => name.to_owned(),
    };
    Ok(Expected { from: full(from), to: full(to), protocol: protocol(word)?, port: port.parse()?, connects })
}
