//! Who reaches whom over the network.

use std::collections::BTreeSet;

use cloister_inventory::Inventory;
use cloister_network::{Connections, Endpoint, Entry, Mesh, Network, Options, PortSet};
use cloister_pictures::network::{Wish, map};
use cloister_questions::Wrong;
use cloister_questions::ends::endpoints;
use cloister_questions::reach::{Asked, Connection, Reached, reached, why};
use cloister_register::Register;
use serde_json::Value;

use super::{Answered, Line, MOST_ROWS, NODES, Piece, Question, count, names};
use crate::http::Problem;

const COLUMNS: [(&str, &str); 7] = [
    ("From", "source"),
    ("To", "destination"),
    ("Ports", "allowed"),
    ("Perhaps", "unknown"),
    ("On the way out", "egress"),
    ("On the way in", "ingress"),
    ("", "kind"),
];

/// What is looked at.
struct Known<'k> {
    network: Network<'k>,
    inventory: &'k Inventory,
    register: Register<'k>,
}

impl<'k> Known<'k> {
    fn of(inventory: &'k Inventory) -> Known<'k> {
        let network = Network::new(inventory, &Options { mesh: true, ..Options::default() });
        Known { network, inventory, register: Register::from_inventory(inventory).0 }
    }

    /// Every connection that policies and the mesh let through, or may.
    fn connections(&self) -> Connections {
        let mesh = Mesh::of(&self.network, self.inventory);
        mesh.as_ref().map_or_else(|| self.network.connections(), Mesh::connections)
    }

    fn numbers(&self, is_meant: impl Fn(&cloister_network::Workload<'_>) -> bool) -> Vec<usize> {
        let numbered = self.network.endpoints().iter().enumerate();
        numbered.filter(|(_, it)| it.workload().is_some_and(&is_meant)).map(|(number, _)| number).collect()
    }

    /// The endpoints that a word means: a workload, `namespace:NAME`, `store:NAME`.
    fn meant(&self, word: &str) -> Result<(Vec<usize>, String), Problem> {
        if let Some(name) = word.strip_prefix("namespace:") {
            names::namespace(name, self.inventory)?;
            let found = self.numbers(|it| it.namespace == name);
            return Ok((found, format!("the workloads of the namespace {name}")));
        }
        if let Some(name) = word.strip_prefix("store:") {
            let all: BTreeSet<&str> = self.register.stores().iter().map(|store| store.name()).collect();
            let store =
                self.register.store(name).ok_or_else(|| names::no_such("store of personal data", name, &all))?;
            let kept: BTreeSet<*const cloister_model::Resource> =
                self.register.workloads_of_store(store).iter().map(|it| std::ptr::from_ref(it.resource)).collect();
            let found = self.numbers(|it| kept.contains(&std::ptr::from_ref(it.resource)));
            return Ok((found, format!("the store {name}")));
        }
        let found = endpoints(word, &self.network).map_err(|wrong| told(&wrong))?;
        let name = found.first().and_then(|it| self.network.endpoint(*it)).map(Endpoint::words).unwrap_or_default();
        Ok((found, name))
    }

    fn name(&self, end: usize) -> String {
        self.network.endpoint(end).map(Endpoint::name).unwrap_or_default()
    }
}

fn told(wrong: &Wrong) -> Problem {
    // What was asked is not quoted: a page shows it in its field.
    Problem::new(404, format!("no workload is called so; {}", wrong.help.trim_end_matches('?')))
}

/// Who reaches it.
pub fn who_reaches(word: &str, inventory: &Inventory) -> Result<Answered, Problem> {
    let known = Known::of(inventory);
    let (ends, name) = known.meant(word)?;
    let found = reached(&known.network, &known.connections(), &ends, Asked::Into, MOST_ROWS);
    let entries = known.network.entries(inventory);
    let ways: Vec<&Entry<'_>> = entries.entries.iter().filter(|entry| ends.contains(&entry.workload)).collect();
    let wish = Wish { to: Some(&ends), most: NODES, ..Wish::default() };
    let mut picture = map(&known.network, inventory, &known.register, &wish);
    let title = format!("Who may reach {name}");
    picture.title.clone_from(&title);
    let inside = found.by_namespace.iter().filter(|(name, _)| !name.is_empty()).count();
    let callers = count(found.all, "connection leads", "connections lead");
    let ways_in = count(ways.len(), "way in from outside", "ways in from outside");
    let summary = format!("{callers} there, from {}; {ways_in}.", count(inside, "namespace", "namespaces"));
    let mut answer = answered(&known, &found, (title, summary));
    for way in ways.into_iter().take(MOST_ROWS) {
        answer.rows.push(entry(&known, way));
        answer.all += 1;
    }
    Ok(Answered { picture, ..answer })
}

/// What it reaches.
pub fn reaches(word: &str, inventory: &Inventory) -> Result<Answered, Problem> {
    let known = Known::of(inventory);
    let (ends, name) = known.meant(word)?;
    let found = reached(&known.network, &known.connections(), &ends, Asked::OutOf, MOST_ROWS);
    let wish = Wish { from: Some(&ends), most: NODES, ..Wish::default() };
    let mut picture = map(&known.network, inventory, &known.register, &wish);
    let title = format!("What {name} may reach");
    picture.title.clone_from(&title);
    let inside: usize = found.by_namespace.iter().filter(|(name, _)| !name.is_empty()).map(|(_, number)| number).sum();
    let summary = format!(
        "{} in the cluster, {} of addresses outside and nodes.",
        count(inside, "connection to a workload", "connections to workloads"),
        count(found.all - inside, "range", "ranges")
    );
    let answer = answered(&known, &found, (title, summary));
    Ok(Answered { picture, ..answer })
}

fn answered(known: &Known<'_>, found: &Reached, (title, summary): (String, String)) -> Answered {
    let is_cut = found.all > found.connections.len();
    let mut by_namespace: Vec<(String, usize)> = Vec::new();
    if is_cut {
        by_namespace = found.by_namespace.iter().map(|(name, number)| (name.clone(), *number)).collect();
        by_namespace.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    }
    let mut notes = Vec::new();
    let policies = known.network.policies().is_empty();
    if policies {
        notes.push("There is no network policy: without one every pod reaches every other.".to_owned());
    }
    if !known.network.not_evaluated().is_empty() {
        let number = count(known.network.not_evaluated().len(), "policy", "policies");
        notes.push(format!("Not evaluated: {number} of a network plugin's own kinds, which may decide otherwise."));
    }
    Answered {
        title,
        summary,
        notes,
        columns: COLUMNS.to_vec(),
        rows: found.connections.iter().map(|one| row(known, one)).collect(),
        all: found.all,
        by_namespace,
        picture: cloister_graph::Graph::default(),
    }
}

fn row(known: &Known<'_>, one: &Connection) -> Line {
    let [out, into] = why(&known.network, one);
    let end = |number: usize, asks: fn(String) -> Question| {
        let workload = known.network.endpoint(number).and_then(Endpoint::workload);
        let name = known.name(number);
        match workload {
            Some(it) => Piece::to(name.clone(), asks(format!("{}/{}[{}]", it.namespace, it.name, it.kind))),
            None => Piece::of(name),
        }
    };
    vec![
        end(one.source, |from| Question::Reaches { from }),
        end(one.destination, |to| Question::WhoReaches { to }),
        ports(&one.verdict.allowed()),
        ports(&one.verdict.unknown()),
        Piece::of(out),
        Piece::of(into),
        Piece::of("connection"),
    ]
}

fn entry(known: &Known<'_>, way: &Entry<'_>) -> Line {
    let resource = way.resource;
    let place = way.place.location().and_then(|at| Some(format!(" ({}:{})", at.file, at.line?))).unwrap_or_default();
    let by = format!("{} {}/{}{place}", resource.kind, resource.namespace_or_default(), resource.name);
    let host = way.host.map(|host| format!(", host {host}")).unwrap_or_default();
    let from = if way.guard.is_public() { "the internet" } else { "some addresses outside" };
    vec![
        Piece::of(format!("{from}, by {} {}{host}", resource.kind, resource.name)),
        Piece::of(known.name(way.workload)),
        ports(&way.verdict.allowed().intersection(&way.ports)),
        ports(&way.verdict.unknown().intersection(&way.ports)),
        Piece::of(Vec::<Value>::new()),
        Piece::of(vec![Value::from(format!("opened by {by}, TLS {}", way.tls.as_str()))]),
        Piece::of("way-in"),
    ]
}

fn ports(ports: &PortSet) -> Piece {
    if ports.is_empty() { Piece::default() } else { Piece::of(ports.to_string()) }
}
