//! Connections that np-guard's netpol-analyzer lists, against those of `cloister network list`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{AddressSet, Endpoint, Family, Network, Options, PortSet, Protocol};

/// Connections by their ends, in one form for both sides: pairs of workloads with their ports, and for each workload,
/// direction and set of ports the IPv4 addresses outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    pairs: BTreeMap<(String, String), PortSet>,
    /// By workload, and whether it is the source.
    outside: BTreeMap<(String, bool), BTreeMap<PortSet, AddressSet>>,
}

/// The name that stands for an ingress controller.
const CONTROLLER: &str = "{ingress-controller}";

/// Why our connections are others than those of a case: `CASE: why`, a line each.
///
/// # Errors
/// A line has no reason.
pub fn differences() -> anyhow::Result<BTreeMap<String, String>> {
    serde_saphyr::from_str(include_str!("../network-connectivity.yaml"))
        .context("conformance/network-connectivity.yaml")
}

/// What a full comparison came to.
#[derive(Debug, Default)]
pub struct Report {
    /// All cases.
    pub total: usize,
    /// Those whose connections are all equal.
    pub equal: usize,
    /// The others: their name and what differs.
    pub differing: Vec<(String, String)>,
}

/// What the documentation says of a comparison.
pub fn page(report: &Report, reasons: &BTreeMap<String, String>) -> String {
    let mut text = format!(
        "{} cases of np-guard's netpol-analyzer (Apache-2.0), each with every connection that it expects: of {} all\n\
         connections are those of `cloister network list`, of {} they are others. Each stands with its reason in\n\
         `conformance/network-connectivity.yaml`, and the test fails when one differs without a reason, or no longer.\n\n\
         | cases | why they differ | which |\n| ---: | --- | --- |\n",
        report.total,
        report.equal,
        report.differing.len(),
    );
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (case, _) in &report.differing {
        by_reason.entry(reasons.get(case).map_or("no reason is listed", String::as_str)).or_default().push(case);
    }
    let mut rows: Vec<(&str, Vec<&str>)> = by_reason.into_iter().collect();
    rows.sort_by_key(|(why, cases)| (std::cmp::Reverse(cases.len()), *why));
    for (why, cases) in rows {
        let names = cases.iter().map(|case| format!("`{case}`")).collect::<Vec<_>>().join(", ");
        text += &format!("| {} | {} | {names} |\n", cases.len(), why.trim());
    }
    text
}

/// Compares every case.
///
/// # Errors
/// A case cannot be read.
pub fn compare(folder: &Path) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let folder = folder.join("network-connectivity");
    let entries = fs::read_dir(&folder).context("the cases of network-connectivity")?;
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    cases.retain(|case| case.is_dir());
    cases.sort();
    for case in cases {
        report.total += 1;
        let name = case.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let expected = fs::read_to_string(case.join("expected.txt")).with_context(|| name.clone())?;
        let (expected, ours) = (read(&expected), listed(&case.join("input"))?);
        if expected == ours {
            report.equal += 1;
        } else {
            report.differing.push((name, told(&expected, &ours)));
        }
    }
    Ok(report)
}

/// What that tool lists.
fn read(text: &str) -> Connections {
    let mut connections = Connections::default();
    for line in text.lines() {
        let parts = line.rsplit_once(" : ").and_then(|(ends, ports)| Some((ends.split_once(" => ")?, ports)));
        let Some(((source, destination), ports)) = parts else { continue };
        // Some list the same line for another network once more: the first one is that of the pods' own.
        connections.add(&name(source), &name(destination), &read_ports(ports));
    }
    connections
}

/// Without the mark of a namespace that has a network of its own.
fn name(end: &str) -> String {
    end.trim().replacen("[udn]/", "/", 1)
}

fn read_ports(text: &str) -> PortSet {
    if text.trim() == "All Connections" {
        return PortSet::everything();
    }
    let (mut ports, mut protocol) = (PortSet::default(), Protocol::Tcp);
    for part in text.split(',') {
        let mut words = part.split_whitespace().rev();
        let range = words.next().unwrap_or_default();
        protocol = words.next().and_then(Protocol::parse).unwrap_or(protocol);
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        if let (Ok(first), Ok(last)) = (first.parse(), last.parse()) {
            ports = ports.union(&PortSet::range(protocol, first, last));
        }
    }
    ports
}

impl Connections {
    fn add(&mut self, source: &str, destination: &str, ports: &PortSet) {
        let outside = |end: &str| {
            let (first, last) = end.strip_suffix("[External]")?.split_once('-')?;
            Some(AddressSet::between(first.parse::<IpAddr>().ok()?, last.parse().ok()?))
        };
        match (outside(source), outside(destination)) {
            (Some(addresses), None) => self.add_outside(destination, false, ports, &addresses),
            (None, Some(addresses)) => self.add_outside(source, true, ports, &addresses),
            _ => {
                let known = self.pairs.entry((source.to_owned(), destination.to_owned())).or_default();
                *known = known.union(ports);
            }
        }
    }

    fn add_outside(&mut self, workload: &str, is_source: bool, ports: &PortSet, addresses: &AddressSet) {
        let by_ports = self.outside.entry((workload.to_owned(), is_source)).or_default();
        let known = by_ports.entry(ports.clone()).or_default();
        *known = known.union(addresses);
    }
}

/// What we list: IPv4 alone, which is what that tool knows, and what is allowed for certain.
fn listed(folder: &Path) -> anyhow::Result<Connections> {
    let mut resources = Vec::new();
    let entries = fs::read_dir(folder)?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    files.sort();
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let origin = Origin::File(name.as_str().into());
        resources.extend(parse(&fs::read_to_string(&file)?, &origin, 1, &mut Interner::default()).resources);
    }
    let inventory = Inventory::new(resources, Inputs { files: true, ..Inputs::default() });
    let network = Network::new(&inventory, &Options::default());
    let mut connections = Connections::default();
    let name = |number: usize| match network.endpoint(number) {
        Some(Endpoint::Workload(workload)) => Some(workload.to_string()),
        Some(Endpoint::Outside(addresses)) if addresses.has(Family::V4) => Some(format!("{addresses}[External]")),
        _ => None,
    };
    for connection in &network.connections().groups {
        let ports = connection.verdict.allowed();
        for (source, destination) in network.each(connection).filter(|_| !ports.is_empty()) {
            if let Some((source, destination)) = name(source).zip(name(destination)) {
                connections.add(&source, &destination, &ports);
            }
        }
    }
    // Of the ways in, those tools tell the ones by host and path.
    let entries = network.entries(&inventory).entries;
    for entry in entries.iter().filter(|entry| matches!(&*entry.resource.kind, "Ingress" | "Route")) {
        let ports = entry.verdict.allowed();
        if let Some(workload) = name(entry.workload).filter(|_| !ports.is_empty()) {
            connections.add(CONTROLLER, &workload, &ports);
        }
    }
    Ok(connections)
}

/// What differs, at most so many lines of it.
fn told(expected: &Connections, ours: &Connections) -> String {
    const MOST: usize = 12;
    let lines = |it: &Connections| {
        let pairs =
            it.pairs.iter().map(|((source, destination), ports)| format!("{source} => {destination} : {ports}"));
        let outside = it.outside.iter().flat_map(|((workload, is_source), by_ports)| {
            let line = move |(ports, addresses): (&PortSet, &AddressSet)| match is_source {
                true => format!("{workload} => {addresses} : {ports}"),
                false => format!("{addresses} => {workload} : {ports}"),
            };
            by_ports.iter().map(line)
        });
        pairs.chain(outside).collect::<BTreeSet<String>>()
    };
    let (expected, ours) = (lines(expected), lines(ours));
    let mut text = String::new();
    for (sign, lines) in [("theirs", expected.difference(&ours)), ("ours", ours.difference(&expected))] {
        let lines: Vec<&String> = lines.collect();
        for line in lines.iter().take(MOST) {
            let _ = writeln!(text, "  {sign}: {}", line.chars().take(200).collect::<String>());
        }
        if lines.len() > MOST {
            let _ = writeln!(text, "  {sign}: {} more", lines.len() - MOST);
        }
    }
    text
}
