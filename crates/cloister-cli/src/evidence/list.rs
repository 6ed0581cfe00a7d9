//! `cloister evidence list`: what was recorded, and when.

use std::process::ExitCode;

use cloister_evidence::folder::bundle::Bundle;
use cloister_evidence::folder::{Kept, Reader};
use cloister_evidence::verify::Evidence;
use cloister_evidence::{Record, WIDTH, entries, seal};
use serde_json::json;

use super::args::List;
use super::count;
use super::open::head;
use crate::output::print;
use crate::table::{Format, Table, indented};
use crate::terminal::Terminal;

/// A row of the list.
struct Row {
    number: u64,
    record: Record,
    says: &'static str,
}

/// Lists. It checks nothing, and says so.
pub fn run(asked: &List, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let mut rows =
        if Bundle::is_one(&asked.path) { of_bundle(&Bundle::open(&asked.path)?) } else { of_log(&asked.path)? };
    rows.retain(|row| asked.kind.is_empty() || asked.kind.contains(&row.record.kind));
    print(&match asked.output {
        Format::Json => document(&rows),
        format => {
            let mut table = Table::new(&["ENTRY", "RECORDED AT (UTC)", "WHAT", "IT SAYS"]);
            for row in &rows {
                let time = row.record.time.strftime("%Y-%m-%d %H:%M:%S").to_string();
                table.row([row.number.to_string(), time, row.record.kind.as_str().to_owned(), row.says.to_owned()]);
            }
            let listed = table.show(format, terminal.width());
            if format == Format::Text {
                let more = "cloister evidence show reads one, cloister evidence verify tells whether any was changed";
                let more = format!("{}. {more}", count(rows.len() as u64, "entry", "entries"));
                format!("{listed}\n{}", indented(&more, 0, 0, terminal.width()))
            } else {
                listed
            }
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn of_log(path: &std::path::Path) -> anyhow::Result<Vec<Row>> {
    let (_, head) = head(path)?;
    let reader = Reader::new(path);
    let says = |number: u64| match reader.kept(number) {
        Ok(Kept::Erased) => "erased",
        Ok(Kept::Whole { payload, .. }) if seal::is_sealed(&payload) => "encrypted",
        Ok(Kept::Whole { .. }) => "plain",
        Err(_) => "cannot be read",
    };
    Ok(reader.records(head.size).map(|(number, record)| Row { number, record, says: says(number) }).collect())
}

fn of_bundle(bundle: &Bundle) -> Vec<Row> {
    let tiles = bundle.present().unwrap_or_default().into_iter().filter(|tile| tile.level.is_none());
    let mut rows = Vec::new();
    for tile in tiles {
        let bytes = bundle.tile(tile).ok().flatten().unwrap_or_default();
        for (number, entry) in (tile.index * WIDTH..).zip(entries(&bytes)) {
            let Some(record) = entry.ok().and_then(|entry| Record::read(entry).ok()) else { continue };
            let says = match (bundle.is_erased(number), bundle.content(number)) {
                (true, _) => "erased",
                (false, Some(_)) => "disclosed",
                (false, None) => "not in the bundle",
            };
            rows.push(Row { number, record, says });
        }
    }
    rows.sort_by_key(|row| row.number);
    rows
}

fn document(rows: &[Row]) -> String {
    let rows = rows
        .iter()
        .map(|row| json!({ "entry": row.number, "time": row.record.time, "kind": row.record.kind, "says": row.says }))
        .collect();
    cloister_report::json::value(&rows)
}
