//! A table, told once: as a page shows it, as CSV, as JSON.

use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::http::{Answer, Ask, Problem, Query};
use cloister_report::html::text::t;

/// Columns and rows.
#[derive(Debug)]
pub struct Table {
    /// What it is called in a file's name.
    pub name: &'static str,
    /// What it shows, for who cannot see it.
    pub caption: &'static str,
    /// What columns are called, and in JSON. One that is called nothing is for files and programs alone.
    pub columns: Vec<(&'static str, &'static str)>,
    /// The rows that were asked for.
    pub rows: Rows,
}

/// A part of all rows.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows.
    pub part: Vec<Row>,
    /// How many there are altogether.
    pub all: usize,
    /// How many come before.
    pub before: usize,
    /// Where the next part begins.
    pub next: Option<String>,
}

/// Which part is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Want<'q> {
    /// The row that it begins behind.
    pub after: Option<&'q str>,
    /// How many rows.
    pub most: usize,
}

impl Rows {
    /// The rows that are wanted of these: only they are made.
    pub fn of<'k, T: 'k>(
        items: &'k [T],
        want: Want<'_>,
        key: impl Fn(&'k T) -> std::borrow::Cow<'k, str>,
        cells: impl Fn(&'k T) -> Vec<Cell>,
    ) -> Result<Rows, Problem> {
        let gone = || Problem::new(410, "the row that the cursor names is gone: begin again without a cursor");
        let before = match want.after {
            None => 0,
            Some(after) => items.iter().position(|item| key(item) == after).ok_or_else(gone)? + 1,
        };
        let end = before.saturating_add(want.most).min(items.len());
        let part = items.get(before..end).unwrap_or(&[]);
        let next = part.last().filter(|_| end < items.len()).map(|item| key(item).into_owned());
        let row = |item: &'k T| Row { cells: cells(item) };
        Ok(Rows { part: part.iter().map(row).collect(), all: items.len(), before, next })
    }
}

impl<'q> Want<'q> {
    /// What the address of a page asks for: a part, or for a file all.
    pub fn of_page(query: &'q Query) -> Want<'q> {
        match query.get("as") {
            Some("csv" | "json") => Want { after: None, most: usize::MAX },
            _ => Want { after: query.get("after"), most: ROWS },
        }
    }

    /// What the address of the API asks for.
    pub fn of_api(query: &'q Query) -> Result<Want<'q>, Problem> {
        let most = query.all("limit").next().map_or(Ok(ROWS), str::parse);
        match most {
            Ok(most) if (1..=MOST_ROWS).contains(&most) => Ok(Want { after: query.get("cursor"), most }),
            _ => Err(Problem::new(400, format!("limit is a number from 1 to {MOST_ROWS}"))),
        }
    }
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Default)]
pub struct Cell {
    /// For files and programs.
    pub value: Value,
    /// Where it leads.
    pub link: Option<String>,
    /// How a page shows it, where not as its value.
    pub shown: Option<Markup>,
}

impl Cell {
    /// A value.
    pub fn of(value: impl Into<Value>) -> Cell {
        Cell { value: value.into(), ..Cell::default() }
    }

    /// A value that leads somewhere.
    pub fn to(value: impl Into<Value>, link: String) -> Cell {
        Cell { link: Some(link), ..Cell::of(value) }
    }

    /// Shown otherwise than it is written.
    #[must_use]
    pub fn shown(self, shown: Markup) -> Cell {
        Cell { shown: Some(shown), ..self }
    }

    fn text(&self) -> String {
        match &self.value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(", "),
            other => other.to_string(),
        }
    }

    fn is_number(&self) -> bool {
        self.value.is_number()
    }

    fn render(&self) -> Markup {
        let inner = match &self.shown {
            Some(shown) => html! { (shown) },
            None => html! { (t(&self.text())) },
        };
        html! { @match &self.link { Some(link) => { a href=(link) { (inner) } } None => { (inner) } } }
    }
}

/// So many rows a page shows.
pub const ROWS: usize = 100;
/// So many a program is given unless it asks for less or more.
pub const MOST_ROWS: usize = 1000;

impl Table {
    /// As the address asks for it: a file; else `None`, and it goes into a page.
    pub fn file(&self, ask: &Ask<'_>) -> Option<Answer> {
        let (kind, ending, bytes) = match ask.query.get("as")? {
            "csv" => ("text/csv; charset=utf-8", "csv", self.csv().into_bytes()),
            "json" => ("application/json", "json", serde_json::to_vec_pretty(&self.json()).unwrap_or_default()),
            _ => return None,
        };
        let name = format!("attachment; filename=\"{}.{ending}\"", self.name);
        Some(Answer::new(200, kind, bytes).with(http::header::CONTENT_DISPOSITION, &name))
    }

    /// Rows as objects.
    pub fn json(&self) -> Vec<Value> {
        let object = |row: &Row| {
            let fields =
                self.columns.iter().zip(&row.cells).map(|((_, name), cell)| ((*name).to_owned(), cell.value.clone()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        self.rows.part.iter().map(object).collect()
    }

    /// As CSV (RFC 4180). No cell is a formula to whoever opens it.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        let head: Vec<String> = self.columns.iter().map(|(_, name)| field(name)).collect();
        out.push_str(&head.join(","));
        out.push_str("\r\n");
        for row in &self.rows.part {
            let cells: Vec<String> =
                row.cells.iter().map(|cell| if cell.is_number() { cell.text() } else { field(&cell.text()) }).collect();
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
        out
    }

    /// As a part of a page: the rows after the cursor, and the ways to the rest and to files.
    pub fn render(&self, query: &Query) -> Markup {
        html! { (self.rows_alone()) @if !self.rows.part.is_empty() { (self.ways(query)) } }
    }

    /// The rows without these ways, where a page has another table that they belong to.
    pub fn rows_alone(&self) -> Markup {
        html! {
            @if self.rows.part.is_empty() { p.quiet { "Nothing." } } @else {
                div.scroll tabindex="0" role="region" aria-label={ "Table: " (self.caption) } {
                    table.rows {
                        caption.hidden { (self.caption) }
                        thead { tr { @for (title, _) in self.columns.iter().filter(is_shown) { th scope="col" { (title) } } } }
                        tbody { @for row in &self.rows.part { tr {
                            @for ((title, _), cell) in self.columns.iter().zip(&row.cells).filter(|(column, _)| is_shown(column)) {
                                td.number[cell.is_number()] data-title=(title) { (cell.render()) }
                            }
                        } } }
                    }
                }
            }
        }
    }

    fn ways(&self, query: &Query) -> Markup {
        let rows = &self.rows;
        let (first, last) = (rows.before + 1, rows.before + rows.part.len());
        let link = |query: String| if query.is_empty() { "?".to_owned() } else { format!("?{query}") };
        html! {
            p.ways {
                @if rows.all > rows.part.len() {
                    span { (cloister_report::words::thousands(first)) "–" (cloister_report::words::thousands(last)) " of " (cloister_report::words::thousands(rows.all)) }
                    @if rows.before > 0 { " " a href=(link(query.with("after", ""))) { "To the beginning" } }
                    @if let Some(next) = &rows.next { " " a rel="next" href=(link(query.with("after", next))) { "Next" } }
                }
                " " span.files { "Take away: "
                    a href=(link(query.with("as", "csv"))) download { "CSV" span.hidden { " of " (self.caption) } } ", "
                    a href=(link(query.with("as", "json"))) download { "JSON" span.hidden { " of " (self.caption) } }
                }
            }
        }
    }
}

fn is_shown((title, _): &&(&'static str, &'static str)) -> bool {
    !title.is_empty()
}

fn field(text: &str) -> String {
    let text = cloister_report::clean(text);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.into_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize, want: Want<'_>) -> Result<Table, Problem> {
        let items: Vec<usize> = (0..rows).collect();
        let cells = |at: &usize| vec![Cell::of(format!("row {at}")), Cell::of(*at)];
        let rows = Rows::of(&items, want, |at| at.to_string().into(), cells)?;
        Ok(Table { name: "rows", caption: "Rows", columns: vec![("Name", "name"), ("Number", "number")], rows })
    }

    #[test]
    fn parts_follow_each_other_without_gap_or_overlap() {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let rows = table(250, Want { after: after.as_deref(), most: ROWS }).unwrap().rows;
            assert_eq!((rows.all, rows.before), (250, seen.len()));
            seen.extend(rows.part.into_iter().map(|row| row.cells[1].text()));
            after = rows.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..250).map(|at| at.to_string()).collect::<Vec<_>>());
        assert_eq!(table(250, Want { after: Some("999"), most: 1 }).unwrap_err().status, 410);
    }

    #[test]
    fn what_is_for_programs_stands_in_files_alone() {
        let mut table = table(1, Want { after: None, most: 9 }).unwrap();
        table.columns[0] = ("", "name");
        table.rows.part[0].cells[0] = Cell::of("only-for-programs");
        assert!(table.csv().contains("only-for-programs") && table.json()[0]["name"] == "only-for-programs");
        let page = table.render(&Query::default()).into_string();
        assert!(!page.contains("only-for-programs") && page.contains("data-title=\"Number\""), "{page}");
    }

    #[test]
    fn no_cell_of_a_file_is_a_formula() {
        let mut table = table(1, Want { after: None, most: 9 }).unwrap();
        table.rows.part[0].cells[0] = Cell::of("=cmd|' /C calc'!A0, \"x\"");
        assert_eq!(table.csv(), "name,number\r\n\"'=cmd|' /C calc'!A0, \"\"x\"\"\",0\r\n");
        table.rows.part[0].cells[1] = Cell::of(-1);
        assert!(table.csv().ends_with(",-1\r\n"), "a number stays one");
    }
}
