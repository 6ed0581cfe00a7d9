//! Ways in: each host of each resource that opens one.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Attention, Edge, Graph, Node, Shape};
use cloister_network::{Caller, Entry, Through, Tls};

use super::arrows::Said;
use super::draw::{CALLERS, WAYS_IN, band};
use super::parts::Parts;
use super::{Facts, words};
use crate::rbac::label::{count, lines};

/// More ways in than these are drawn by namespace.
const MOST: usize = 40;

/// Ways in of one front.
type Fronts<'f, 'a> = BTreeMap<String, Vec<&'f Entry<'a>>>;

/// Adds callers outside, ways in, and where these lead. `shown` are the ids of the parts that are drawn.
pub(super) fn add(graph: &mut Graph, facts: &Facts<'_, '_>, parts: &Parts, shown: &BTreeSet<String>) {
    let led = facts.entries.entries.iter().filter(|entry| {
        let part = parts.of(entry.workload).and_then(|it| parts.all.get(it));
        part.is_some_and(|part| shown.contains(&part.id))
    });
    let led: Vec<&Entry<'_>> = led.collect();
    let own = |entry: &Entry<'_>| {
        let (namespace, host) = (entry.resource.namespace_or_default(), entry.host.unwrap_or("*"));
        format!("entry/{namespace}/{}/{}/{host}", entry.resource.kind, entry.resource.name)
    };
    let mut fronts = fronts(&led, own);
    if fronts.len() > MOST || !parts.is_banded() {
        fronts = self::fronts(&led, |entry| format!("entries/{}", entry.resource.namespace_or_default()));
    }
    for (id, entries) in &fronts {
        add_front(graph, facts, parts, id, entries);
    }
}

fn fronts<'f, 'a>(entries: &[&'f Entry<'a>], id: impl Fn(&Entry<'a>) -> String) -> Fronts<'f, 'a> {
    let mut fronts = Fronts::new();
    entries.iter().for_each(|entry| fronts.entry(id(entry)).or_default().push(entry));
    fronts
}

fn add_front(graph: &mut Graph, facts: &Facts<'_, '_>, parts: &Parts, id: &str, entries: &[&Entry<'_>]) {
    let Some(first) = entries.first() else { return };
    let (kind, namespace) = (&first.resource.kind, first.resource.namespace_or_default());
    let alone = id.starts_with("entry/");
    let paths: BTreeSet<&str> = entries.iter().filter_map(|it| it.path).collect();
    let paths: Vec<&str> = paths.into_iter().collect();
    let label = match (alone, first.host) {
        (true, Some(host)) => host.to_owned(),
        (true, None) => first.resource.name.to_string(),
        (false, _) => count(entries.len(), "way in", "ways in"),
    };
    let opened = format!("{kind} {namespace}/{}", first.resource.name);
    let mut details = match (alone, first.service) {
        (true, None) => vec!["port of its node".to_owned()],
        (true, _) => vec![format!("{kind} {}", first.resource.name)],
        (false, _) => vec![format!("to {namespace}")],
    };
    details.extend(lines(&paths, 2));
    let shut = entries.iter().all(|it| it.verdict.is_closed());
    details.extend(shut.then(|| "policies keep it out".to_owned()));
    let asks: BTreeSet<&str> = entries.iter().flat_map(|it| &it.guard.asked).map(|proof| proof.as_str()).collect();
    details.extend(asks.iter().map(|proof| format!("asks for {proof}")));
    let grouped = parts.is_banded();
    graph.nodes.push(Node {
        layer: WAYS_IN,
        id: id.to_owned(),
        group: grouped.then(|| band(namespace)),
        shape: Shape::Pill,
        badge: "IN".to_owned(),
        full: if alone { format!("way in {label} by {opened}") } else { format!("{label} in namespace {namespace}") },
        label,
        details,
        ..Node::default()
    });
    add_callers(graph, id, entries);
    let mut led: BTreeMap<usize, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in entries.iter().filter(|it| !it.verdict.is_closed()) {
        parts.of(entry.workload).into_iter().for_each(|part| led.entry(part).or_default().push(entry));
    }
    for (part, entries) in led {
        let Some(part) = parts.all.get(part) else { continue };
        let mut said: BTreeMap<&str, Said> = BTreeMap::new();
        for entry in &entries {
            let all = said.entry(encryption(entry, facts)).or_default();
            all.allowed = all.allowed.union(&entry.verdict.allowed());
            all.unknown = all.unknown.union(&entry.verdict.unknown()).difference(&all.allowed);
        }
        let said = said.iter().map(|(encryption, said)| format!("{encryption}{}", words::said(said)));
        let label = said.collect::<Vec<_>>().join(", ");
        let direct = !part.keeps.is_empty() && entries.iter().any(|it| it.guard.is_public());
        graph.edges.push(Edge {
            from: id.to_owned(),
            to: part.id.clone(),
            full: format!("{label} goes on to the workload"),
            label,
            attention: if direct { Attention::Critical } else { Attention::Ordinary },
            partial: false,
        });
    }
}

/// Who may come, and how it is encrypted on the way.
fn add_callers(graph: &mut Graph, id: &str, entries: &[&Entry<'_>]) {
    let mut callers: BTreeMap<(&str, String), BTreeSet<Tls>> = BTreeMap::new();
    for entry in entries {
        let guard = &entry.guard;
        let who = match (guard.from.is_empty(), guard.is_everybody(), guard.is_public()) {
            (true, ..) => continue,
            (_, true, _) => ("internet", "Internet".to_owned()),
            (_, _, false) => ("private", "Private networks".to_owned()),
            _ => ("listed", "Listed addresses".to_owned()),
        };
        callers.entry(who).or_default().insert(entry.tls);
    }
    for ((who, label), ways) in callers {
        let node = format!("caller/{who}");
        let full = match who {
            "internet" => "anybody on the internet",
            "private" => "addresses of private networks",
            _ => "addresses that are listed",
        };
        graph.nodes.push(words::outside(CALLERS, &node, label, full));
        let plain = ways.iter().any(|tls| tls.may_be_plain());
        let label: BTreeSet<&str> = ways.iter().map(|tls| words::front(*tls)).collect();
        let label = label.into_iter().collect::<Vec<_>>().join(" or ");
        let attention = if plain && who == "internet" { Attention::High } else { Attention::Ordinary };
        let (from, to, full) = (node, id.to_owned(), format!("comes in: {label}"));
        graph.edges.push(Edge { from, to, label, full, attention, partial: false });
    }
}

/// How what goes on from the way in to the workload is encrypted, where that is known.
fn encryption(entry: &Entry<'_>, facts: &Facts<'_, '_>) -> &'static str {
    let through = |pods: &[usize]| {
        let mesh = facts.mesh.as_ref()?;
        let all = pods
            .iter()
            .all(|pod| mesh.between(Caller::Endpoint(*pod), entry.workload).encrypts(&entry.ports) == Some(true));
        Some(all && !pods.is_empty())
    };
    let mutual = match &entry.through {
        Through::Pods(pods) => through(pods).unwrap_or(false),
        _ => false,
    };
    match (mutual, entry.tls) {
        (true, _) => "mTLS ",
        (_, Tls::Reencrypted | Tls::PassedThrough) => "TLS ",
        (_, Tls::None | Tls::Optional | Tls::Terminated) => "plain ",
        (_, Tls::Unknown) => "",
    }
}
