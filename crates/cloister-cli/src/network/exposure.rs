//! `cloister network exposure`.

use std::process::ExitCode;

use cloister_network::document::ports;
use cloister_network::{Direction, Exposed, Exposure, Toward};
use serde_json::{Value, json};

use super::Asked;
use super::args::{self, Format};
use crate::output::print;
use crate::table;
use crate::table::{Table, indented};

/// Tells what is open to those who are not there yet.
pub fn run(question: &args::Exposure, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let exposures = asked.network.exposure();
    let text = match question.output {
        Format::Json => {
            let all: Vec<Value> = exposures.iter().map(|it| json(it, asked)).collect();
            format!("{:#}\n", json!({ "exposures": all }))
        }
        Format::Csv => table(&exposures, asked).show(table::Format::Csv, asked.width),
        Format::Markdown => table(&exposures, asked).show(table::Format::Markdown, asked.width),
        Format::Text | Format::Dot => text(&exposures, asked),
    };
    print(&text)?;
    Ok(asked.exit(0))
}

fn names(exposure: &Exposure, asked: &Asked<'_>) -> Vec<String> {
    let members = super::members(&exposure.classes, asked.network);
    members.filter_map(|number| asked.network.endpoint(number)).map(|it| it.name()).collect()
}

fn who(exposed: &Exposed) -> String {
    match &exposed.toward {
        Toward::AnyPod => "any pod of any namespace".to_owned(),
        Toward::Pods { namespaces, pods } => format!("pods ({pods}) of namespaces ({namespaces})"),
        Toward::Addresses(addresses) => addresses.words(),
    }
}

fn text(exposures: &[Exposure], asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for exposure in exposures {
        if exposure.direction == Direction::Ingress {
            text += &indented(&names(exposure, asked).join(", "), 0, 2, asked.width);
        }
        let way = match exposure.direction {
            Direction::Ingress => "reached by",
            Direction::Egress => "reaches",
        };
        if exposure.open.is_empty() {
            text += &indented(&format!("{way} nobody who is not there yet"), 2, 2, asked.width);
        }
        for exposed in exposure.open.iter() {
            text += &indented(&format!("{way} {}: {}", who(exposed), exposed.ports), 2, 4, asked.width);
        }
    }
    text
}

fn json(exposure: &Exposure, asked: &Asked<'_>) -> Value {
    let open = |exposed: &Exposed| {
        let toward = match &exposed.toward {
            Toward::AnyPod => json!({ "anyPod": true }),
            Toward::Pods { namespaces, pods } => json!({ "namespaces": namespaces, "pods": pods }),
            Toward::Addresses(addresses) => json!({ "addresses": addresses.to_string() }),
        };
        json!({ "toward": toward, "allowed": ports(&exposed.ports) })
    };
    json!({
        "workloads": names(exposure, asked),
        "direction": exposure.direction.as_str(),
        "selectedByNetworkPolicy": !exposure.unprotected,
        "open": exposure.open.iter().map(open).collect::<Vec<_>>(),
    })
}

fn table(exposures: &[Exposure], asked: &Asked<'_>) -> Table {
    let mut table = Table::new(&["workloads", "direction", "toward", "allowed"]);
    for exposure in exposures {
        for exposed in exposure.open.iter() {
            let names = names(exposure, asked).join("; ");
            table.row([names, exposure.direction.as_str().to_owned(), who(exposed), exposed.ports.to_string()]);
        }
    }
    table
}
