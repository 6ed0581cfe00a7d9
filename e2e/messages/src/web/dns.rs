//! DNS: dig and dnspython ask unbound, and unbound asks nsd, over datagrams and streams. What dnspython reads in the same
//! messages is the judge.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cloister_protocol::transcript::{Message, Transcript};
use serde::Deserialize;
use serde_json::json;

use crate::comparison::Verdict;
use crate::datagrams::Both;
use crate::proxy::Recording;
use crate::server::{Server, command, folder, free_port, run};
use crate::{client, read};

const PORT: u16 = 53;
const DNSPYTHON: (&str, &str) = ("dnspython", "2.8.0");

/// What is asked, and as what.
const QUESTIONS: [(&str, &str); 16] = [
    ("www.planted.example", "A"),
    ("www.planted.example", "AAAA"),
    ("chain.planted.example", "A"),
    ("planted.example", "MX"),
    ("planted.example", "TXT"),
    ("planted.example", "SOA"),
    ("planted.example", "NS"),
    ("_sip._tcp.planted.example", "SRV"),
    ("many.planted.example", "A"),
    ("long.planted.example", "TXT"),
    ("ptr.planted.example", "PTR"),
    ("any.wild.planted.example", "A"),
    ("nobody.planted.example", "A"),
    ("xn--gre-6ka8i.planted.example", "A"),
    ("MiXed.planted.example", "A"),
    ("old.planted.example", "HTTPS"),
];

fn zone() -> String {
    let mut zone = String::from(
        "$ORIGIN planted.example.\n$TTL 60\n\
         @ SOA ns ada.lovelace 1 3600 600 86400 60\n@ NS ns\nns A 192.0.2.53\n\
         @ MX 10 mail\n@ MX 20 backup\nmail A 192.0.2.25\nmail AAAA 2001:db8::25\nbackup A 192.0.2.26\n\
         @ TXT \"v=spf1 mx -all\"\n@ TXT \"owner=ada@example.org\" \"phone 030 1234\"\n\
         www A 192.0.2.80\nwww AAAA 2001:db8::80\n\
         chain CNAME one\none CNAME two\ntwo CNAME three\nthree CNAME www\n\
         _sip._tcp SRV 1 2 5060 mail\nptr PTR host.planted.example.\n*.wild A 192.0.2.99\n\
         xn--gre-6ka8i A 192.0.2.7\nmixed A 192.0.2.8\nold HTTPS 1 www alpn=h2\n",
    );
    (0..120).for_each(|number| zone.push_str(&format!("many A 198.51.100.{number}\n")));
    let long = format!("\"{}\"", "person@example.org ".repeat(13));
    zone.push_str(&format!("long TXT {}\n", [long.as_str(); 12].join(" ")));
    zone
}

fn authority() -> Result<Server> {
    let (folder, port) = (folder("nsd")?, free_port()?);
    let root = folder.path().display();
    std::fs::write(folder.path().join("zone"), zone()).context("failed to write the zone")?;
    let configuration = format!(
        "server:\n ip-address: 127.0.0.1@{port}\n username: \"\"\n chroot: \"\"\n database: \"\"\n zonesdir: \"{root}\"\n \
         pidfile: \"{root}/pid\"\n xfrdfile: \"{root}/xfrd\"\n xfrdir: \"{root}\"\n zonelistfile: \"{root}/zones\"\n \
         cookie-secret-file: \"\"\nremote-control:\n control-enable: no\nzone:\n name: planted.example\n zonefile: zone\n"
    );
    std::fs::write(folder.path().join("conf"), configuration).context("failed to write the configuration")?;
    let mut start = command("nsd", "/usr/sbin/nsd", folder.path())?;
    start.arg("-d").arg("-c").arg(folder.path().join("conf"));
    Server::start(start, port, folder)
}

fn resolver(authority: u16) -> Result<Server> {
    let (folder, port) = (folder("unbound")?, free_port()?);
    let root = folder.path().display();
    let configuration = format!(
        "server:\n interface: 127.0.0.1\n port: {port}\n do-daemonize: no\n chroot: \"\"\n username: \"\"\n \
         directory: \"{root}\"\n pidfile: \"{root}/pid\"\n use-syslog: no\n do-not-query-localhost: no\n \
         module-config: \"iterator\"\n local-zone: \"example.\" nodefault\n qname-minimisation: yes\n \
         use-caps-for-id: yes\nremote-control:\n control-enable: no\n\
         stub-zone:\n name: planted.example\n stub-addr: 127.0.0.1@{authority}\n"
    );
    std::fs::write(folder.path().join("conf"), configuration).context("failed to write the configuration")?;
    let mut start = command("unbound", "/usr/sbin/unbound", folder.path())?;
    start.arg("-d").arg("-c").arg(folder.path().join("conf"));
    Server::start(start, port, folder)
}

/// Streams, and datagrams by who asked.
pub(super) type Said = (Vec<Recording>, Vec<Recording>);

/// What was said between all of them.
pub(super) fn record() -> Result<Said> {
    let authority = authority()?;
    let behind = Both::start(authority.port)?;
    let resolver = resolver(behind.port())?;
    let before = Both::start(resolver.port)?;
    let port = before.port();
    client::ask(DNSPYTHON, include_str!("../clients/dns.py"), &json!({ "port": port, "questions": QUESTIONS }))?;
    let ways: [&[&str]; 4] = [&[], &["+noedns"], &["+tcp", "+keepopen"], &["+dnssec", "+bufsize=1232", "+padding=64"]];
    for way in ways {
        let mut dig = Command::new("dig");
        dig.args(["@127.0.0.1", "-p", &port.to_string()]).args(way);
        for (name, kind) in QUESTIONS {
            dig.args([name, kind]);
        }
        run(&mut dig)?;
    }
    let (mut streams, mut datagrams) = before.finish()?;
    drop(resolver);
    let (more_streams, more_datagrams) = behind.finish()?;
    streams.extend(more_streams);
    datagrams.extend(more_datagrams);
    Ok((streams, datagrams))
}

/// What dnspython reads.
#[derive(Deserialize)]
struct Theirs {
    read: Vec<Reading>,
    resolved: BTreeSet<(String, String)>,
}

/// A message, its values without their order.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Reading {
    operation: String,
    name: String,
    told: Vec<(String, String)>,
    status: Option<u16>,
    whole: bool,
}

/// Beside dnspython.
pub(super) fn play((streams, datagrams): &Said) -> Result<(Verdict, Vec<Message>)> {
    let mut transcripts = read::datagrams(datagrams, PORT)?;
    transcripts.extend(read::streams(streams, PORT)?);
    let told = |transcript: &Transcript| transcript.messages.values().cloned().collect::<Vec<_>>();
    let messages: Vec<Message> = transcripts.iter().flat_map(told).collect();
    let mut ours: Vec<Reading> = messages.iter().map(reading).collect();
    let mut wires: Vec<String> = datagrams.iter().flatten().map(|(_, said)| hex(said)).collect();
    for recording in streams {
        wires.extend(framed(recording)?);
    }
    let answer = client::ask(DNSPYTHON, include_str!("../clients/dns_reads.py"), &json!(wires))?;
    let mut theirs: Theirs = serde_json::from_str(&answer).context("dnspython's answer is not understood")?;
    let addresses = transcripts.iter().flat_map(|transcript| &transcript.resolved);
    let resolved: BTreeSet<(String, String)> = addresses
        .flat_map(|(name, addresses)| addresses.iter().map(move |address| (name.clone(), address.to_string())))
        .collect();
    ours.sort();
    theirs.read.sort();
    let mut differences = differences(&ours, &theirs.read);
    for (name, address) in resolved.symmetric_difference(&theirs.resolved) {
        differences.push(format!("only one says that {name} leads to {address}"));
    }
    let values = ours.iter().map(|reading| reading.told.len()).sum::<usize>() + resolved.len();
    let bytes = streams.iter().chain(datagrams).flatten().map(|(_, said)| said.len()).sum();
    Ok((Verdict { values, messages: messages.len(), bytes, differences, ..Verdict::default() }, messages))
}

fn reading(message: &Message) -> Reading {
    let field = |(place, value): &(String, Vec<u8>)| {
        let place = place.strip_prefix("field:").unwrap_or(place).to_owned();
        (place, String::from_utf8_lossy(value).into_owned())
    };
    let mut told: Vec<_> = message.values.iter().map(field).collect();
    told.sort();
    let (operation, name) = (message.operation.clone(), message.target.clone());
    Reading { operation, name, told, status: message.status, whole: message.ended == Some(true) }
}

/// What stands in one list only, both sorted.
fn differences(ours: &[Reading], theirs: &[Reading]) -> Vec<String> {
    let only = |who: &str, these: &[Reading], those: &[Reading]| {
        let missing = these.iter().filter(|reading| !those.contains(reading));
        missing
            .map(|reading| format!("only {who} reads {reading:?}").chars().take(600).collect())
            .collect::<Vec<String>>()
    };
    let mut all = only("ours", ours, theirs);
    all.extend(only("dnspython", theirs, ours));
    if all.is_empty() && ours.len() != theirs.len() {
        all.push(format!("{} messages here, {} in dnspython", ours.len(), theirs.len()));
    }
    all
}

/// The messages of a stream, each behind its length.
fn framed(recording: &Recording) -> Result<Vec<String>> {
    let mut wires = Vec::new();
    for side in [cloister_protocol::Side::Client, cloister_protocol::Side::Server] {
        let said = recording.iter().filter(|turn| turn.0 == side).flat_map(|turn| &turn.1);
        let said: Vec<u8> = said.copied().collect();
        let mut rest = said.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes(*length));
            ensure!(length <= after.len(), "a message is cut short");
            let (message, behind) = after.split_at(length);
            wires.push(hex(message));
            rest = behind;
        }
    }
    Ok(wires)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
