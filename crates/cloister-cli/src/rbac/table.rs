//! Rows for people and for spreadsheets.

use super::args::Format;

/// A table of words.
#[derive(Debug)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these columns.
    pub fn new(head: &[&str]) -> Table {
        Table { head: head.iter().map(ToString::to_string).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// As text, CSV or Markdown.
    pub fn show(&self, format: Format) -> String {
        let lines = std::iter::once(&self.head).chain(&self.rows);
        match format {
            Format::Csv => lines.map(|row| join(row, ",", csv) + "\r\n").collect(),
            Format::Markdown => {
                let rule = vec!["---".to_owned(); self.head.len()];
                let lines = [&self.head, &rule].into_iter().chain(&self.rows);
                lines.map(|row| format!("| {} |\n", join(row, " | ", |cell| cell.replace('|', "\\|")))).collect()
            }
            Format::Text | Format::Json => self.text(),
        }
    }

    fn text(&self) -> String {
        let lines: Vec<&Vec<String>> = std::iter::once(&self.head).chain(&self.rows).collect();
        let width =
            |column: usize| lines.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..self.head.len()).map(|column| width(column).unwrap_or(0)).collect();
        let line = |row: &&Vec<String>| {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        lines.iter().map(line).collect()
    }
}

fn join(row: &[String], between: &str, write: impl Fn(&str) -> String) -> String {
    row.iter().map(|cell| write(cell)).collect::<Vec<_>>().join(between)
}

/// RFC 4180; what a spreadsheet would take for a formula is made text.
fn csv(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
