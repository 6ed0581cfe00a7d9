//! `cloister network entries`.

use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_model::Place;
use cloister_network::document::ports;
use cloister_network::{DeadEnd, Endpoint, Entries, Entry, Guard, Through, Tls};
use serde_json::{Value, json};

use super::Asked;
use super::args::{self, Format};
use super::table::{Table, indented};
use crate::output::print;
use crate::rbac::args as rbac;

/// Tells every way in.
pub fn run(question: &args::Entries, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let found = asked.network.entries(inventory);
    let text = match question.output {
        Format::Json => format!("{:#}\n", json(&found, asked)),
        Format::Csv => table(&found, asked).show(rbac::Format::Csv, asked.width),
        Format::Markdown => table(&found, asked).show(rbac::Format::Markdown, asked.width),
        Format::Text | Format::Dot => text(&found, asked),
    };
    print(&text)?;
    if found.left_out > 0 {
        anyhow::bail!(
            "there are more ways in than are followed: {} or more are left out; read fewer namespaces at a time",
            found.left_out
        );
    }
    Ok(asked.exit(0))
}

/// `https://www.example.com/cart`, as far as it is told.
fn address(entry: &Entry<'_>) -> String {
    let scheme = match (entry.tls, entry.host.is_some() || entry.path.is_some()) {
        (Tls::Unknown, _) | (_, false) => "",
        (Tls::None, _) => "http://",
        _ => "https://",
    };
    let listens: Vec<String> = entry.listens.iter().map(u16::to_string).collect();
    let usual = matches!(entry.listens.as_slice(), [80] | [443] | [80, 443]) && !scheme.is_empty();
    let port = if usual || listens.is_empty() { String::new() } else { format!(":{}", listens.join(",")) };
    format!("{scheme}{}{port}{}", entry.host.unwrap_or("*"), entry.path.unwrap_or_default())
}

fn workload(entry: &Entry<'_>, asked: &Asked<'_>) -> String {
    asked.network.endpoint(entry.workload).map(Endpoint::name).unwrap_or_default()
}

fn resource(place: &Place<'_>) -> String {
    let resource = place.resource;
    let (kind, namespace, name) = (&resource.kind, resource.namespace_or_default(), &resource.name);
    match place.location().and_then(|it| Some(format!("{}:{}", it.file, it.line?))) {
        Some(at) => format!("{kind} {namespace}/{name} ({at})"),
        None => format!("{kind} {namespace}/{name}"),
    }
}

/// What opens it, and the Service that it leads to, where that is another.
fn opened_by(entry: &Entry<'_>) -> String {
    let own = std::ptr::eq(entry.resource, entry.service);
    let by = if own { String::new() } else { format!(", by Service {}", entry.service.name) };
    resource(&entry.place) + &by
}

fn who(guard: &Guard) -> String {
    if guard.from.is_empty() {
        return "from nowhere".to_owned();
    }
    if guard.is_everybody() {
        return "from everywhere".to_owned();
    }
    if !guard.is_public() {
        return "from private networks".to_owned();
    }
    format!("from {}", guard.from.words())
}

fn proofs(guard: &Guard) -> String {
    let asked: Vec<&str> = guard.asked.iter().map(|proof| proof.as_str()).collect();
    let asked = if asked.is_empty() {
        "asks nobody who they are".to_owned()
    } else {
        format!("asks for {}", asked.join(" and "))
    };
    if guard.perhaps.is_empty() {
        asked
    } else {
        format!("{asked}, as far as the input shows: {}", guard.perhaps.join("; "))
    }
}

fn verdict(entry: &Entry<'_>) -> String {
    let (open, unknown) = (entry.verdict.allowed(), entry.verdict.unknown());
    match (open.is_empty(), unknown.is_empty()) {
        (false, true) => "policies let it in".to_owned(),
        (true, true) => "policies keep it out".to_owned(),
        (_, false) if entry.through == Through::Unseen => {
            "policies: unknown, for the input does not show the controller that serves it".to_owned()
        }
        (_, false) => format!("policies: unknown for {unknown}"),
    }
}

fn text(found: &Entries<'_>, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for entry in &found.entries {
        text +=
            &indented(&format!("{} → {} {}", address(entry), workload(entry, asked), entry.ports), 0, 2, asked.width);
        text += &indented(&opened_by(entry), 2, 2, asked.width);
        let tls = if entry.tls == Tls::None { "no TLS".to_owned() } else { format!("TLS {}", entry.tls.as_str()) };
        text += &indented(&format!("{}; {tls}; {}", who(&entry.guard), proofs(&entry.guard)), 2, 2, asked.width);
        text += &indented(&verdict(entry), 2, 2, asked.width);
        for condition in &entry.conditions {
            let said = format!("{} \"{}\": {}", condition.policy.kind, condition.policy.name, condition.text);
            text += &indented(&said, 2, 2, asked.width);
        }
        if entry.undeclared {
            text += &indented("no container declares the port", 2, 2, asked.width);
        }
    }
    if !found.dead_ends.is_empty() {
        text += if text.is_empty() { "Leads nowhere\n" } else { "\nLeads nowhere\n" };
    }
    for dead in &found.dead_ends {
        text += &indented(&format!("{}: {}", resource(&dead.place), dead.reason), 2, 2, asked.width);
    }
    if text.is_empty() {
        text.push_str("Nothing is open to the outside.\n");
    }
    text
}

/// Every part of it, in words.
fn table(found: &Entries<'_>, asked: &Asked<'_>) -> Table {
    let mut table =
        Table::new(&["address", "opened by", "from", "TLS", "asks for", "perhaps", "workload", "ports", "policies"]);
    for entry in &found.entries {
        let asks: Vec<&str> = entry.guard.asked.iter().map(|proof| proof.as_str()).collect();
        table.row([
            address(entry),
            resource(&entry.place),
            who(&entry.guard),
            entry.tls.as_str().to_owned(),
            asks.join("; "),
            entry.guard.perhaps.join("; "),
            workload(entry, asked),
            entry.ports.to_string(),
            verdict(entry),
        ]);
    }
    for dead in &found.dead_ends {
        let address = format!("{}{}", dead.host.unwrap_or("*"), dead.path.unwrap_or_default());
        let blank = String::new;
        let nowhere = format!("nowhere: {}", dead.reason);
        table.row([address, resource(&dead.place), blank(), blank(), blank(), blank(), nowhere, blank(), blank()]);
    }
    table
}

fn json(found: &Entries<'_>, asked: &Asked<'_>) -> Value {
    let entries: Vec<Value> = found.entries.iter().map(|it| of_entry(it, asked)).collect();
    let dead: Vec<Value> = found.dead_ends.iter().map(of_dead_end).collect();
    json!({ "entries": entries, "deadEnds": dead })
}

fn of_place(place: &Place<'_>) -> Value {
    let resource = place.resource;
    let location = place.location().map(|it| json!({ "file": it.file, "line": it.line, "column": it.column }));
    json!({
        "kind": resource.kind, "namespace": resource.namespace_or_default(), "name": resource.name,
        "pointer": place.pointer(), "location": location,
    })
}

fn of_entry(entry: &Entry<'_>, asked: &Asked<'_>) -> Value {
    let ranges = entry.guard.from.ranges().map(|(first, last)| json!({ "first": first, "last": last }));
    let conditions = entry.conditions.iter().map(|it| json!({ "policy": it.policy.name, "condition": it.text }));
    let name = |number: &usize| asked.network.endpoint(*number).map(Endpoint::name);
    let through = match &entry.through {
        Through::Nodes(keep) => json!({ "nodes": { "keepSource": keep } }),
        Through::Pods(pods) => json!({ "pods": pods.iter().filter_map(name).collect::<Vec<_>>() }),
        Through::Unseen => json!({ "unseenController": true }),
        Through::Cloud => json!({ "cloud": true }),
    };
    json!({
        "openedBy": of_place(&entry.place),
        "host": entry.host, "path": entry.path, "listens": entry.listens,
        "tls": entry.tls.as_str(),
        "from": ranges.collect::<Vec<_>>(), "public": entry.guard.is_public(),
        "asks": entry.guard.asked.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
        "perhaps": entry.guard.perhaps,
        "through": through,
        "service": entry.service.name, "workload": workload(entry, asked),
        "ports": ports(&entry.ports), "undeclared": entry.undeclared,
        "allowed": ports(&entry.verdict.allowed()), "unknown": ports(&entry.verdict.unknown()),
        "conditions": conditions.collect::<Vec<_>>(),
    })
}

fn of_dead_end(dead: &DeadEnd<'_>) -> Value {
    json!({
        "openedBy": of_place(&dead.place), "host": dead.host, "path": dead.path,
        "reason": dead.reason.as_str(), "message": dead.reason.to_string(),
    })
}
