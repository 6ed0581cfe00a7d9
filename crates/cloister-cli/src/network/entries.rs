//! `cloister network entries`.

use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_model::Place;
use cloister_network::answers::EntriesDocument;
use cloister_network::{Endpoint, Entries, Entry, Guard, Through, Tls};

use super::Asked;
use super::args;
use crate::output::print;
use crate::table::{Format, Table, indented};

/// Tells every way in.
pub fn run(question: &args::Entries, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let found = asked.network.entries(inventory);
    let text = match question.output {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&EntriesDocument::of(asked.network, &found))?),
        Format::Csv => table(&found, asked).show(Format::Csv, asked.width),
        Format::Markdown => table(&found, asked).show(Format::Markdown, asked.width),
        Format::Text => text(&found, asked),
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
    let other = entry.service.filter(|service| !std::ptr::eq(entry.resource, *service));
    let by = other.map(|service| format!(", by Service {}", service.name));
    let taken = if entry.service.is_none() { "port of the node, taken by " } else { "" };
    format!("{taken}{}{}", resource(&entry.place), by.unwrap_or_default())
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
        (_, false) if entry.service.is_none() => {
            format!("policies: unknown for {unknown}, since network plugins differ on ports of nodes")
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
            opened_by(entry),
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
