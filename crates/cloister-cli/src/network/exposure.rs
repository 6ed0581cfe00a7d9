//! `cloister network exposure`.

use std::process::ExitCode;

use cloister_network::answers::ExposureDocument;
use cloister_network::{Direction, Exposed, Exposure, Toward};

use super::Asked;
use super::args;
use crate::output::print;
use crate::table::{Format, Table, indented};

/// Tells what is open to those who are not there yet.
pub fn run(question: &args::Exposure, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let exposures = asked.network.exposure();
    let text = match question.output {
        Format::Json => {
            let document = ExposureDocument::of(asked.network, &exposures);
            format!("{}\n", serde_json::to_string_pretty(&document)?)
        }
        Format::Csv => table(&exposures, asked).show(Format::Csv, asked.width),
        Format::Markdown => table(&exposures, asked).show(Format::Markdown, asked.width),
        Format::Text => text(&exposures, asked),
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
