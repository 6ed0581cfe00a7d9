//! `cloister network plaintext`: who talks plaintext to whom, by store of personal data.

use std::process::ExitCode;

use clap::Args;
use cloister_inventory::Inventory;
use cloister_network::Endpoint;
use cloister_register::Register;
use cloister_transit::{Connection, Document, Matrix, Transit, matrix};

use super::Asked;
use super::args::From;
use super::settings::settings;
use crate::output::print;
use crate::table::{Format, Table, indented};

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 none is plaintext, 1 some are, 2 something could not be read.")]
pub struct Plaintext {
    #[command(flatten)]
    pub from: From,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

/// Tells the matrix.
pub fn run(question: &Plaintext, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let (register, _) = Register::from_inventory(inventory);
    let said = settings(inventory, &register);
    let found =
        matrix(asked.network, inventory, &register, |it| said.get(&it.reference()).cloned().unwrap_or_default());
    let text = match question.output {
        Format::Text => text(&found, asked),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&Document::of(asked.network, &found))?),
        Format::Csv => table(&found, asked).show(Format::Csv, asked.width),
        Format::Markdown => table(&found, asked).show(Format::Markdown, asked.width),
    };
    print(&text)?;
    Ok(asked.exit(u8::from(found.connections.iter().any(|it| it.transit == Transit::Plaintext))))
}

fn name(endpoint: usize, asked: &Asked<'_>) -> String {
    asked.network.endpoint(endpoint).map(Endpoint::name).unwrap_or_default()
}

fn text(found: &Matrix<'_, '_>, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for (number, store) in found.stores.iter().enumerate() {
        let title = format!("{}: {} ({})", store.name, name(store.endpoint, asked), store.holds);
        text += &indented(&title, 0, 2, asked.width);
        let own: Vec<&Connection> = found.connections.iter().filter(|it| it.store == number).collect();
        if own.is_empty() {
            text += &indented("no workload reaches it for certain", 2, 2, asked.width);
        }
        for transit in [Transit::Plaintext, Transit::Unknown, Transit::Encrypted] {
            for (ports, why, sources) in alike(own.iter().filter(|it| it.transit == transit)) {
                let names: Vec<String> = sources.into_iter().map(|source| name(source, asked)).collect();
                text += &indented(&format!("{}, {ports}: {why}", transit.as_str()), 2, 2, asked.width);
                text += &indented(&format!("from {}", names.join(", ")), 4, 5, asked.width);
            }
        }
    }
    if text.is_empty() {
        return "No store of personal data is declared or recognised.\n".to_owned();
    }
    let count = |transit| found.connections.iter().filter(|it| it.transit == transit).count();
    let [plain, unknown, safe] = [Transit::Plaintext, Transit::Unknown, Transit::Encrypted].map(count);
    text + &format!("\n{plain} plaintext, {unknown} unknown, {safe} encrypted\n")
}

/// Ports, reason and sources: sources of which the same is said stand together, where the first of them stood.
fn alike<'c>(connections: impl Iterator<Item = &'c &'c Connection>) -> Vec<(String, &'c str, Vec<usize>)> {
    let mut groups: Vec<(String, &str, Vec<usize>)> = Vec::new();
    for it in connections {
        let ports = it.ports.to_string();
        match groups.iter_mut().find(|(of, why, _)| *of == ports && *why == it.why) {
            Some((_, _, sources)) => sources.push(it.source),
            None => groups.push((ports, &it.why, vec![it.source])),
        }
    }
    groups
}

fn table(found: &Matrix<'_, '_>, asked: &Asked<'_>) -> Table {
    let mut table = Table::new(&["store", "workload of the store", "holds", "from", "ports", "transit", "why"]);
    for it in &found.connections {
        let Some(store) = found.stores.get(it.store) else { continue };
        table.row([
            store.name.to_owned(),
            name(store.endpoint, asked),
            store.holds.clone(),
            name(it.source, asked),
            it.ports.to_string(),
            it.transit.as_str().to_owned(),
            it.why.clone(),
        ]);
    }
    table
}
