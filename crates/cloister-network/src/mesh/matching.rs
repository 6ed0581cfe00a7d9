//! Whether the rules of an AuthorizationPolicy match a caller, and on which ports.

use cloister_model::{Node, Resource};

use super::all_ports;
use super::client::Identity;
use crate::addresses::AddressSet;
use crate::ports::{PortSet, Protocol};

/// The ports on which rules match.
#[derive(Clone, Debug, Default)]
pub(super) struct Matched {
    /// Whatever the request.
    pub(super) sure: PortSet,
    /// The input does not tell who calls.
    pub(super) unknown: PortSet,
    /// Requests that are so.
    pub(super) conditions: Vec<(PortSet, String)>,
}

impl Matched {
    pub(super) fn conditional(&self) -> PortSet {
        self.conditions.iter().fold(PortSet::default(), |all, (ports, _)| all.union(ports))
    }
}

/// Three answers: no, yes, and as the input does not tell; with what requests must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    No,
    Unknown,
    Yes,
}

/// A list of alternatives, or none at all, which is everything.
pub(super) fn policy(policy: &Resource, identity: &Identity<'_>) -> Matched {
    let mut matched = Matched::default();
    let namespace = policy.namespace_or_default();
    for rule in policy.root.items_at("spec/rules") {
        one(rule, namespace, identity, &mut matched);
    }
    matched
}

fn one(rule: &Node, namespace: &str, identity: &Identity<'_>, matched: &mut Matched) {
    let whole = [(Answer::Yes, Vec::new())];
    let sources: Vec<(Answer, Vec<String>)> = match rule.items_at("from") {
        [] => whole.to_vec(),
        list => list.iter().filter_map(|it| Some(source(it.get("source")?, namespace, identity))).collect(),
    };
    let operations: Vec<(PortSet, Vec<String>)> = match rule.items_at("to") {
        [] => vec![(all_ports(), Vec::new())],
        list => list.iter().filter_map(|it| Some(operation(it.get("operation")?))).collect(),
    };
    let (when, asked) = conditions(rule.items_at("when"), identity);
    for (answer, of_source) in &sources {
        for (ports, of_operation) in &operations {
            let answer = (*answer).min(when);
            let texts: Vec<&str> = of_source.iter().chain(of_operation).chain(&asked).map(String::as_str).collect();
            match answer {
                Answer::No => {}
                Answer::Unknown => matched.unknown = matched.unknown.union(ports),
                Answer::Yes if texts.is_empty() => matched.sure = matched.sure.union(ports),
                Answer::Yes => matched.conditions.push((ports.clone(), texts.join(" and "))),
            }
        }
    }
}

/// Whether a caller is one of these sources: all of its fields must fit.
fn source(node: &Node, namespace: &str, identity: &Identity<'_>) -> (Answer, Vec<String>) {
    let mut answer = Answer::Yes;
    let mut asked = Vec::new();
    for field in node.entries() {
        let (name, negated) = match field.key.strip_prefix("not") {
            Some(rest) => (rest, true),
            None => (&*field.key, false),
        };
        let values: Vec<&str> = field.node.items().iter().filter_map(Node::as_str).collect();
        let found = match name.to_ascii_lowercase().as_str() {
            "principals" => known(identity, |account| any(&values, &principal(account))),
            "namespaces" => known(identity, |(ns, _)| any(&values, ns)),
            "serviceaccounts" => known(identity, |account| values.iter().any(|it| is_account(it, namespace, account))),
            "trustdomains" => known(identity, |_| any(&values, "cluster.local")),
            "ipblocks" => addresses(identity, &values),
            other => {
                asked.push(words(other, negated, &values));
                continue;
            }
        };
        answer = answer.min(if negated { opposite(found) } else { found });
    }
    (answer, asked)
}

/// The identity in a certificate of the mesh.
pub(super) fn principal((namespace, account): (&str, &str)) -> String {
    format!("cluster.local/ns/{namespace}/sa/{account}")
}

fn is_account(value: &str, namespace: &str, account: (&str, &str)) -> bool {
    value.split_once('/').unwrap_or((namespace, value)) == account
}

/// Without mutual TLS there is no identity, and nothing matches it.
fn known(identity: &Identity<'_>, fits: impl Fn((&str, &str)) -> bool) -> Answer {
    match (identity.is_mutual, identity.account) {
        (Some(true), Some(account)) if fits(account) => Answer::Yes,
        (Some(_), _) => Answer::No,
        (None, _) => Answer::Unknown,
    }
}

fn addresses(identity: &Identity<'_>, values: &[&str]) -> Answer {
    let Some(own) = &identity.addresses else { return Answer::Unknown };
    let blocks = values.iter().filter_map(|text| block(text)).fold(AddressSet::default(), |all, it| all.union(&it));
    match (own.is_subset(&blocks), own.is_disjoint(&blocks)) {
        (true, false) => Answer::Yes,
        (_, true) => Answer::No,
        _ => Answer::Unknown,
    }
}

/// A CIDR or an address.
pub(super) fn block(text: &str) -> Option<AddressSet> {
    AddressSet::parse_cidr(text).ok().or_else(|| text.parse().ok().map(AddressSet::one))
}

fn opposite(answer: Answer) -> Answer {
    match answer {
        Answer::No => Answer::Yes,
        Answer::Unknown => Answer::Unknown,
        Answer::Yes => Answer::No,
    }
}

/// Exact, `abc*`, `*abc`, or `*` for anything that is there.
pub(super) fn any(values: &[&str], text: &str) -> bool {
    values.iter().any(|value| match (value.strip_suffix('*'), value.strip_prefix('*')) {
        (Some(""), _) => !text.is_empty(),
        (Some(start), _) => text.starts_with(start),
        (None, Some(end)) => text.ends_with(end),
        (None, None) => *value == text,
    })
}

/// The ports of an operation, and what else it asks of a request.
fn operation(node: &Node) -> (PortSet, Vec<String>) {
    let mut ports = all_ports();
    let mut asked = Vec::new();
    for field in node.entries() {
        let values: Vec<&str> = field.node.items().iter().filter_map(Node::as_str).collect();
        match &*field.key {
            "ports" => ports = ports.intersection(&numbers(&values)),
            "notPorts" => ports = ports.difference(&numbers(&values)),
            other => {
                let (name, negated) = other.strip_prefix("not").map_or((other, false), |rest| (rest, true));
                asked.push(words(&name.to_ascii_lowercase(), negated, &values));
            }
        }
    }
    (ports, asked)
}

fn numbers(values: &[&str]) -> PortSet {
    let ports = values.iter().filter_map(|text| text.parse().ok()).map(|port| PortSet::one(Protocol::Tcp, port));
    ports.fold(PortSet::default(), |all, it| all.union(&it))
}

/// All conditions must hold.
fn conditions(list: &[Node], identity: &Identity<'_>) -> (Answer, Vec<String>) {
    let mut answer = Answer::Yes;
    let mut asked = Vec::new();
    for condition in list {
        let key = condition.str_at("key").unwrap_or_default();
        for (field, negated) in [("values", false), ("notValues", true)] {
            let values: Vec<&str> = condition.strs_at(field).collect();
            if values.is_empty() {
                continue;
            }
            let found = match key {
                "source.namespace" => known(identity, |(ns, _)| any(&values, ns)),
                "source.principal" => known(identity, |account| any(&values, &principal(account))),
                "source.ip" => addresses(identity, &values),
                _ => {
                    asked.push(words(key, negated, &values));
                    continue;
                }
            };
            answer = answer.min(if negated { opposite(found) } else { found });
        }
    }
    (answer, asked)
}

fn words(name: &str, negated: bool, values: &[&str]) -> String {
    format!("{name} {}{}", if negated { "not " } else { "" }, values.join(", "))
}
