//! What was found, for people.

use cloister_detect::Category;
use cloister_model::clean;
use cloister_model::numbers::thousands;
use unicode_width::UnicodeWidthStr;

use super::args::{FailOn, Search};
use super::search::Outcome;
use super::summary::{Row, Summary, is_special};
use crate::terminal::Terminal;

/// Files that are shown where not all were asked for.
const SHOWN: usize = 20;
/// Where places begin.
const PLACES: usize = 58;

/// All that is told.
pub struct Told<'t> {
    pub search: &'t Search,
    pub outcomes: &'t [Outcome],
    pub bytes: u64,
    /// Values were hashed.
    pub key: bool,
    /// Some input was lost.
    pub lost: bool,
    pub over: bool,
}

impl Told<'_> {
    /// The whole answer.
    pub fn text(&self, terminal: &Terminal) -> String {
        let paint = Paint { width: terminal.width(), colour: terminal.colour() };
        let summaries: Vec<&Summary> = self.outcomes.iter().flat_map(|outcome| &outcome.summaries).collect();
        let mut found: Vec<&Summary> = summaries.iter().copied().filter(|one| one.count() > 0).collect();
        found.sort_by(|a, b| {
            (b.is_special(), b.is_personal(), b.count(), &a.file).cmp(&(
                a.is_special(),
                a.is_personal(),
                a.count(),
                &b.file,
            ))
        });
        let mut text = self.head(&found, &paint);
        let shown = if self.search.verbose { found.len() } else { SHOWN };
        for summary in found.iter().take(shown) {
            text.push('\n');
            text += &paint.file(summary);
        }
        if found.len() > shown {
            text += &format!("\n {} more files: -v shows all\n", found.len() - shown);
        }
        text + &self.tail(&summaries)
    }

    fn head(&self, found: &[&Summary], paint: &Paint) -> String {
        let files: u64 = self.outcomes.iter().map(|outcome| outcome.parts).sum();
        let personal = found.iter().filter(|one| one.is_personal()).count();
        let special = found.iter().filter(|one| one.is_special()).count();
        let holds = match (personal, special) {
            (0, _) => "no personal data was found".to_owned(),
            (personal, 0) => format!("{personal} {} personal data", if personal == 1 { "holds" } else { "hold" }),
            (personal, special) => {
                let verb = if personal == 1 { "holds" } else { "hold" };
                format!("{personal} {verb} personal data, {special} of special categories (✱)")
            }
        };
        let word = if files == 1 { "file" } else { "files" };
        format!(" {} · {}\n", paint.strong(&format!("{files} {word}, {}", size(self.bytes))), holds)
    }

    fn tail(&self, summaries: &[&Summary]) -> String {
        let count: u64 = summaries.iter().map(|one| one.count()).sum();
        let test: u64 = summaries.iter().map(|one| one.test_data).sum();
        let allowed: u64 = summaries.iter().map(|one| one.allowed).sum();
        let skipped: Vec<&String> = self.outcomes.iter().flat_map(|outcome| &outcome.skipped).collect();
        let mut lines = Vec::new();
        if count > 0 {
            let hashed = if self.key { ", with keyed hashes" } else { "" };
            lines.push(format!("{} in all; -o json tells each with its place{hashed}", values(count)));
        }
        if test > 0 {
            lines.push(format!("{} made for tests and documentation, not counted", values(test)));
        }
        if allowed > 0 {
            lines.push(format!("{} allowed by the profile", values(allowed)));
        }
        if !skipped.is_empty() {
            let word = if skipped.len() == 1 { "file is" } else { "files are" };
            let hint = if self.search.verbose { ":" } else { " (-v names them)" };
            lines.push(format!("{} {word} binary and not looked into{hint}", thousands(skipped.len() as u64)));
            if self.search.verbose {
                lines.extend(skipped.iter().map(|name| format!("  {}", clean(name))));
            }
        }
        lines.push(self.exit());
        let lines: String = lines.iter().map(|line| format!(" {line}\n")).collect();
        format!("\n{lines}")
    }

    fn exit(&self) -> String {
        let over = match self.search.fail_on {
            FailOn::Special => "something of a special category was found".to_owned(),
            _ => format!(
                "something {}was found",
                self.search
                    .fail_on
                    .confidence()
                    .map(|least| format!("at least {} ", least.as_str()))
                    .unwrap_or_default()
            ),
        };
        match (self.lost, self.over) {
            (true, true) => format!("Exit 2: some input could not be read (below); {over}"),
            (true, false) => "Exit 2: some input could not be read (below)".to_owned(),
            (false, true) => format!("Exit 1: {over}"),
            (false, false) => "Exit 0".to_owned(),
        }
    }
}

fn values(count: u64) -> String {
    format!("{} {}", thousands(count), if count == 1 { "value" } else { "values" })
}

struct Paint {
    width: usize,
    colour: bool,
}

impl Paint {
    fn strong(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn file(&self, summary: &Summary) -> String {
        let mut text = format!(" {} · {}\n", self.strong(&clean(&summary.file)), summary.format);
        let mut rows: Vec<(&Category, &Row)> =
            summary.rows.iter().map(|((category, _), row)| (category, row)).collect();
        rows.sort_by_key(|(category, row)| {
            (!row.together, !is_special(**category), **category, std::cmp::Reverse(row.count))
        });
        for (category, row) in rows {
            text += &self.row(*category, row);
        }
        text
    }

    /// Mark, count, what, how sure, where.
    fn row(&self, category: Category, row: &Row) -> String {
        let mark = if is_special(category) { "✱" } else { " " };
        let title = shortened(&clean(row.title), 32);
        let gap = 32usize.saturating_sub(title.width());
        let lead = format!(" {mark} {:>9}  {title}{:gap$}  {:<9} ", thousands(row.count), "", row.confidence.as_str());
        let lead = if self.colour && is_special(category) { format!("\x1b[33m{lead}\x1b[0m") } else { lead };
        format!("{lead}{}\n", self.places(row))
    }

    /// As many places as there is room for; the first at least.
    fn places(&self, row: &Row) -> String {
        let room = self.width.saturating_sub(PLACES);
        let named = |place: &String| {
            if place == "lines" { format!("line {}", row.first_line) } else { clean(place).into_owned() }
        };
        let mut text = String::new();
        for (index, place) in row.places.iter().map(named).enumerate() {
            let more = row.more || index + 1 < row.places.len();
            let next = if text.is_empty() { place } else { format!("{text}, {place}") };
            if next.width() + usize::from(more) * 3 > room && !text.is_empty() {
                return text + ", …";
            }
            text = next;
        }
        let text = shortened(&text, room);
        let repeats = row.places.first().is_some_and(|place| place == "lines") && row.count > 1;
        if row.more || repeats { shortened(&format!("{text}, …"), room) } else { text }
    }
}

/// The end tells more than the beginning.
fn shortened(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars().rev() {
        if kept.width() + 2 > room {
            break;
        }
        kept.insert(0, letter);
    }
    format!("…{kept}")
}

/// `48 KB`.
pub fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{} {name}", (bytes + unit / 2) / unit),
        None => format!("{bytes} bytes"),
    }
}
