//! Words on the map.

use cloister_graph::{Attention, Node, Shape};
use cloister_model::PersonalData;
use cloister_network::{PortSet, Protocol, Tls};

use super::Facts;
use super::arrows::{Arrow, Said};
use super::crowd::Crowds;
use super::draw::OUTSIDE;
use super::parts::{Level, Part, Parts};
use crate::rbac::label::{count, lines};

/// `TCP 80, UDP 53`.
pub(super) fn ports(ports: &PortSet) -> String {
    ports.to_string()
}

/// Encryption where it is known, and ports; those of which the input does not tell carry a question mark.
pub(super) fn said(said: &Said) -> String {
    let open = (!said.allowed.is_empty()).then(|| ports(&said.allowed));
    let rest = || {
        Protocol::ALL
            .into_iter()
            .all(|it| PortSet::all_of(it).difference(&said.allowed).difference(&said.unknown).is_empty())
    };
    let unknown = match (said.unknown.is_empty(), &open) {
        (true, _) => None,
        (_, Some(_)) if rest() => Some("others?".to_owned()),
        _ => Some(ports(&said.unknown) + "?"),
    };
    let all: Vec<String> = open.into_iter().chain(unknown).collect();
    format!("{}{}", if said.mutual { "mTLS " } else { "" }, all.join(", "))
}

/// How a way in is encrypted, on the side of its callers.
pub(super) fn front(tls: Tls) -> &'static str {
    match tls {
        Tls::None => "plain",
        Tls::Optional => "plain or TLS",
        Tls::Terminated | Tls::Reencrypted | Tls::PassedThrough => "TLS",
        Tls::Unknown => "any bytes",
    }
}

/// A place outside.
pub(super) fn outside(layer: usize, id: &str, label: String, full: &str) -> Node {
    Node {
        layer,
        id: id.to_owned(),
        shape: Shape::Cut,
        badge: if layer == OUTSIDE { "O" } else { "" }.to_owned(),
        label,
        full: full.to_owned(),
        ..Node::default()
    }
}

/// Addresses as a label: the first letter large.
pub(super) fn place(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A part of the map.
pub(super) fn part(
    facts: &Facts<'_, '_>,
    parts: &Parts,
    part: &Part,
    column: usize,
    within: Option<&Arrow>,
    crowds: &Crowds,
) -> Node {
    let network = facts.network;
    let workloads: Vec<_> = part.members.iter().filter_map(|it| network.endpoint(*it)?.workload()).collect();
    let names: Vec<&str> = workloads.iter().map(|it| it.name).collect();
    let namespaces: Vec<&str> = part.namespaces.iter().map(String::as_str).collect();
    let is_store = part.keeps.len() == part.members.len();
    let as_namespace = matches!(parts.level, Level::Namespaces | Level::Whole | Level::NamespacesAlike);
    let (label, mut details, badge) = match (workloads.as_slice(), namespaces.as_slice()) {
        ([one], _) if !part.id.starts_with("namespace") => {
            let place = as_namespace.then(|| format!("{} of {}", one.kind, one.namespace));
            (one.name.to_owned(), vec![place.unwrap_or_else(|| one.kind.to_owned())], if is_store { "D" } else { "W" })
        }
        (many, [name]) if as_namespace => ((*name).to_owned(), vec![count(many.len(), "workload", "workloads")], "NS"),
        (many, _) if as_namespace => {
            let label = count(namespaces.len(), "namespace", "namespaces");
            let all = format!("alike, {}", count(many.len(), "workload", "workloads"));
            (label, lines(&namespaces, 2).into_iter().chain([all]).collect(), "NS")
        }
        (many, _) => (count(many.len(), "workload alike", "workloads alike"), lines(&names, 2), "W"),
    };
    let kept = kept(part, workloads.first().map(|it| it.name));
    details.extend(kept.iter().cloned());
    let all = part.members.len();
    details.extend(open(part.open.0, all).map(|who| format!("{who}no policy on way in")));
    details.extend(open(part.open.1, all).map(|who| format!("{who}no policy on way out")));
    let own = parts.of(part.members.first().copied().unwrap_or_default()).unwrap_or_default();
    let told = within.map(|arrow| ("each other".to_owned(), arrow)).into_iter().chain(crowds.words(own, parts));
    for (who, arrow) in told {
        let some = if arrow.partial { "in part " } else { "" };
        details.push(format!("{who}: {some}{}", said(&arrow.said)));
    }
    let full = match workloads.as_slice() {
        [one] => format!("{one}, {}", details.iter().skip(1).cloned().collect::<Vec<_>>().join(", ")),
        _ => format!("{label} in {}: {}", namespaces.join(", "), details.join(", ")),
    };
    Node {
        layer: column,
        id: part.id.clone(),
        group: parts.is_banded().then(|| namespaces.first().map(|name| super::draw::band(name))).flatten(),
        shape: if is_store { Shape::Drum } else { Shape::Box },
        badge: badge.to_owned(),
        label,
        full: full.trim_end_matches(", ").to_owned(),
        details: details.iter().flat_map(|sentence| wrapped(sentence)).collect(),
        attention: Attention::Ordinary,
        members: if all > 1 { workloads.iter().map(ToString::to_string).collect() } else { Vec::new() },
        ..Node::default()
    }
}

/// What a part keeps.
fn kept(part: &Part, name: Option<&str>) -> Vec<String> {
    match part.keeps.as_slice() {
        [] => Vec::new(),
        [one] if part.members.len() == 1 => {
            let declared = (name != Some(one.name.as_str())).then(|| format!("store {}", one.name));
            declared.into_iter().chain([one.what.clone()]).collect()
        }
        many => {
            let special = many.iter().filter(|it| it.level == PersonalData::Special).count();
            let stores = count(many.len(), "store of personal data", "stores of personal data");
            let special = (special > 0).then(|| format!("{special} of special categories"));
            std::iter::once(stores).chain(special).collect()
        }
    }
}

/// Whom nothing limits: all of a part, or so many of them.
fn open(number: usize, all: usize) -> Option<String> {
    match number {
        0 => None,
        number if number == all => Some(String::new()),
        number => Some(format!("{number} with ")),
    }
}

/// The most letters of a line, and the most lines that one sentence takes.
const LETTERS: usize = 27;
const LINES: usize = 3;

/// A sentence set on lines; what has no room is cut when it is drawn.
fn wrapped(sentence: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_inclusive([' ', ',']) {
        let full = lines.len() == LINES;
        match lines.last_mut().filter(|line| full || line.chars().count() + word.trim_end().chars().count() <= LETTERS)
        {
            Some(line) => line.push_str(word),
            None if word == " " => {}
            None => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| line.trim().to_owned()).collect()
}
