//! # What it does
//! Finds container runtimes that fetch images without TLS, or from whoever answers: `insecure-registries` of Docker,
//! `insecure_registries` and `insecure` of CRI-O, `insecure_skip_verify`, `skip_verify` and addresses with `http://` of
//! containerd. A registry on loopback leaves the node by no wire and is not found.
//!
//! # Why it matters
//! Whoever stands between the node and the registry chooses the programs that run there, beside the personal data.
//!
//! # What to do
//! Give the registry a certificate, and the runtime the authority that signed it.
//!
//! # References
//! NIST SP 800-190 section 4.2.1. GDPR Art. 32(1)(b). containerd, "Registry Configuration". CRI-O, crio.conf(5).
//! Docker, "Daemon configuration file".

use cloister_model::{Node, Place, Severity};
use cloister_node::File;

use super::files::FACTS;
use super::runtimes::{each, settings, words};
use crate::{Check, Findings, Need, Run};

/// Lists of registries that are trusted without proof.
const LISTS: [&str; 2] = ["insecure-registries", "insecure_registries"];
/// Switches that leave certificates unverified.
const SWITCHES: [&str; 3] = ["insecure_skip_verify", "skip_verify", "insecure"];
/// Addresses of registries.
const ADDRESSES: [&str; 2] = ["endpoint", "server"];

fn is_local(host: &str) -> bool {
    let host = host.split('/').next().unwrap_or(host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn judge<'a>(file: &File<'a>, content: &'a Node, findings: &mut Findings<'a>) {
    let path = file.path();
    let mut bad: Vec<(String, Place<'a>)> = Vec::new();
    let all = |names: &'static [&'static str]| {
        names.iter().flat_map(|name| settings(file, content, name)).flat_map(|(node, place)| words(node, place))
    };
    for (host, place) in all(&LISTS).filter(|(host, _)| !is_local(host) && !is_own_network(host)) {
        bad.push((format!("{path} takes images of {host} without a verified certificate"), place));
    }
    let clear =
        all(&ADDRESSES).filter(|(address, _)| address.strip_prefix("http://").is_some_and(|rest| !is_local(rest)));
    bad.extend(clear.map(|(address, place)| (format!("{path} fetches images from {address}, without TLS"), place)));
    let on = SWITCHES.iter().flat_map(|name| settings(file, content, name).into_iter().map(move |it| (name, it)));
    for (name, (_, place)) in on.filter(|(_, (node, _))| node.as_bool() == Some(true)) {
        bad.push((format!("{path} verifies no certificate of a registry ({name})"), place));
    }
    bad.extend(
        hosts(file, content).map(|(host, place)| (format!("{path} fetches images from {host}, without TLS"), place)),
    );
    bad.into_iter().for_each(|(message, place)| {
        findings.report(place).message(message);
    });
}

/// The loopback network, as Docker writes it into the list by itself.
fn is_own_network(host: &str) -> bool {
    host.starts_with("127.") || host.starts_with("::1/")
}

/// `[host."http://…"]` of `hosts.toml`.
fn hosts<'a>(file: &File<'a>, content: &'a Node) -> impl Iterator<Item = (&'a str, Place<'a>)> {
    let file = *file;
    let entries = content.entries_at("host").iter();
    let clear = entries.filter(|entry| entry.key.strip_prefix("http://").is_some_and(|rest| !is_local(rest)));
    clear.map(move |entry| (&*entry.key, Place { mark: entry.mark, ..file.place(&entry.node) }))
}

pub(crate) const CHECK: Check = Check {
    name: "runtime-registry-without-tls",
    title: "the container runtime fetches images from a registry that proves nothing",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| each(resource, findings, judge)),
};
