//! Rows for people and for spreadsheets.

use clap::ValueEnum;
use cloister_report::clean;

/// What stands between two columns.
pub const GAP: usize = 2;
/// No column gets narrower than this.
const NARROWEST: usize = 6;

/// How to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Csv,
    Markdown,
}

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
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As text of this width; a line break in a cell stays one. Or as CSV or Markdown.
    pub fn show(&self, format: Format, width: usize) -> String {
        let lines = std::iter::once(&self.head).chain(&self.rows);
        match format {
            Format::Csv => lines.map(|row| join(row, ",", csv) + "\r\n").collect(),
            Format::Markdown => {
                let rule = vec!["---".to_owned(); self.head.len()];
                let lines = [&self.head, &rule].into_iter().chain(&self.rows);
                lines.map(|row| format!("| {} |\n", join(row, " | ", markdown))).collect()
            }
            Format::Text | Format::Json => self.rows(width).concat(),
        }
    }

    /// In columns, the head first; what is too long for the width goes on below itself.
    pub fn rows(&self, width: usize) -> Vec<String> {
        let written = std::iter::once(&self.head).chain(&self.rows);
        let lines: Vec<Vec<String>> = written
            .map(|row| row.iter().map(|cell| cell.split('\n').map(clean).collect::<Vec<_>>().join("\n")).collect())
            .collect();
        let longest = |column: usize| {
            lines
                .iter()
                .filter_map(|row| row.get(column))
                .flat_map(|cell| cell.split('\n'))
                .map(|line| line.chars().count())
                .max()
        };
        let natural: Vec<usize> = (0..self.head.len()).map(|column| longest(column).unwrap_or(0)).collect();
        let widths = fit(&natural, width.saturating_sub(GAP * natural.len().saturating_sub(1)));
        lines.iter().map(|row| lay(row, &widths)).collect()
    }
}

/// Takes from the widest columns first.
fn fit(natural: &[usize], width: usize) -> Vec<usize> {
    let with = |cap: usize| natural.iter().map(move |&wide| wide.min(cap));
    let widest = natural.iter().copied().max().unwrap_or(0);
    let cap = (NARROWEST..=widest).rev().find(|&cap| with(cap).sum::<usize>() <= width).unwrap_or(NARROWEST);
    with(cap).collect()
}

/// One row, on as many lines as its longest cell needs.
fn lay(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, &width)| wrap(cell, width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |number: usize| {
        let parts = cells.iter().zip(widths).map(|(lines, &width)| {
            let part = lines.get(number).map_or("", String::as_str);
            format!("{part:<width$}")
        });
        format!("{}\n", parts.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end())
    };
    (0..height).map(line).collect()
}

/// Breaks at spaces, in long words after what separates their parts, and else anywhere.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, width)).collect()
}

fn wrap_line(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut piece = word;
        loop {
            let line = lines.last_mut();
            let used = line.as_ref().map_or(0, |line| line.chars().count());
            let (space, long) = (usize::from(used > 0), piece.chars().count());
            if used + space + long <= width || (used == 0 && long <= 1) {
                line.into_iter().for_each(|line| *line += &format!("{}{piece}", " ".repeat(space)));
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            let (start, rest) = cut(piece, width.max(1));
            line.into_iter().for_each(|line| line.push_str(start));
            lines.push(String::new());
            piece = rest;
        }
    }
    lines
}

/// What is read as one: no line ends between these two words.
const TOGETHER: [(&str, &str); 5] =
    [("TCP", ""), ("UDP", ""), ("SCTP", ""), ("every", "IPv4 address"), ("every", "IPv6 address")];
/// A space that is none to whoever breaks lines.
const TIE: &str = "\u{a0}";

/// A sentence with its first line at one column and the others further in.
pub fn indented(text: &str, indent: usize, further: usize, width: usize) -> String {
    let room = width.saturating_sub(indent + further).max(NARROWEST);
    // What would not fit on a line is better cut between its words.
    let fitting = TOGETHER.iter().filter(|(one, other)| one.len() + other.len() < room);
    let tied = fitting.fold(clean(text).replace(TIE, " "), |text, (one, other)| {
        text.replace(&format!("{one} {other}"), &format!("{one}{TIE}{}", other.replace(' ', TIE)))
    });
    let lines = wrap(&tied, room);
    let indents = std::iter::once(indent).chain(std::iter::repeat(indent + further));
    let line = |(line, indent): (&String, usize)| format!("{}{}\n", " ".repeat(indent), line.replace(TIE, " "));
    lines.iter().zip(indents).map(line).collect()
}

/// The start of a word that fits, and the rest.
fn cut(word: &str, width: usize) -> (&str, &str) {
    let end = word.char_indices().nth(width).map_or(word.len(), |(at, _)| at);
    let start = word.get(..end).unwrap_or(word);
    let part = start.rfind(['/', ':', ',', '.', '-', '_', '@']).map(|at| at + 1).filter(|&at| at * 2 >= start.len());
    word.split_at_checked(part.unwrap_or(end)).unwrap_or((word, ""))
}

fn join(row: &[String], between: &str, write: impl Fn(&str) -> String) -> String {
    row.iter().map(|cell| write(cell)).collect::<Vec<_>>().join(between)
}

fn markdown(cell: &str) -> String {
    clean(cell).replace('|', "\\|")
}

/// RFC 4180; what a spreadsheet would take for a formula is made text.
fn csv(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::{fit, indented, wrap};

    #[test]
    fn a_port_stays_with_its_protocol_and_an_address_with_its_family() {
        let lines = |text: &str| indented(text, 0, 2, 14).lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines("api reach TCP 5432"), ["api reach", "  TCP 5432"]);
        assert_eq!(lines("a every IPv4 address"), ["a every IPv4", "  address"]);
        assert_eq!(indented("to every IPv4 address", 0, 2, 20), "to\n  every IPv4 address\n");
    }

    #[test]
    fn long_words_break_where_they_have_parts() {
        assert_eq!(wrap("get, list on secrets", 10), ["get, list", "on secrets"]);
        assert_eq!(wrap("rbac.authorization.k8s.io", 20), ["rbac.authorization.", "k8s.io"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("äöü", 1), ["ä", "ö", "ü"]);
    }

    #[test]
    fn the_widest_columns_give_first() {
        assert_eq!(fit(&[4, 50, 20], 44), [4, 20, 20]);
        assert_eq!(fit(&[4, 10], 80), [4, 10]);
        assert_eq!(fit(&[30, 30], 5), [6, 6]);
    }
}
