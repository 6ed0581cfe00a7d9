//! A resource as YAML, each line with its line in the file and nothing in it that must not be shown.
//!
//! What a name calls a password is masked whatever it is; what looks like a credential or like personal data, in place.
//! Values of Secrets were dropped when they were read.

use std::collections::HashMap;
use std::fmt::Write as _;

use cloister_detect::{MASK, Telling, mask, telling};
use cloister_model::{Entry, Node, Resource, Value};

/// What was written, and where what stands.
#[derive(Debug, Default)]
pub struct Written {
    /// The lines.
    pub text: String,
    /// Their lines in the file.
    pub numbers: Vec<u32>,
    places: HashMap<String, u32>,
}

/// Longest value that is shown, in bytes.
const LONGEST: usize = 4096;
/// Kept by servers and clients for themselves; they only hide what matters.
const NOISE: &[&str] = &["managedFields", "kubectl.kubernetes.io/last-applied-configuration"];

/// Writes it.
pub fn write(resource: &Resource) -> Written {
    let mut written = Written::default();
    let mut writer = Writer { out: &mut written, secret: &*resource.kind == "Secret", path: String::new() };
    writer.entries(resource.root.entries(), 0);
    written
}

impl Written {
    /// The line of a pointer, or of as much of it as there is.
    pub fn line(&self, pointer: &str) -> Option<u32> {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.places.get(pointer) {
                return Some(*line);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }
}

struct Writer<'w> {
    out: &'w mut Written,
    secret: bool,
    path: String,
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, number: u32) {
        if !self.out.text.is_empty() {
            self.out.text.push('\n');
        }
        let line = u32::try_from(self.out.numbers.len()).unwrap_or(u32::MAX);
        self.out.numbers.push(number);
        self.out.places.entry(self.path.clone()).or_insert(line);
        self.out.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn entries(&mut self, entries: &[Entry], indent: usize) {
        for (at, entry) in entries.iter().filter(|entry| !NOISE.contains(&&*entry.key)).enumerate() {
            let length = self.enter(&entry.key);
            // The first of a list's item stands behind its dash.
            if at > 0 || !self.out.text.ends_with("- ") {
                self.line(indent, entry.mark.line);
            } else {
                self.here();
            }
            let _ = write!(self.out.text, "{}:", key(&entry.key));
            let name = self.name_of(entry, entries);
            self.value(&entry.node, &name, indent);
            self.path.truncate(length);
        }
    }

    /// An environment variable is called by its neighbour.
    fn name_of(&self, entry: &Entry, beside: &[Entry]) -> String {
        let named = |key: &str| beside.iter().find(|one| &*one.key == key).and_then(|one| one.node.as_str());
        match (&*entry.key, named("name")) {
            ("value", Some(name)) => name.to_owned(),
            _ => entry.key.to_string(),
        }
    }

    fn here(&mut self) {
        let line = u32::try_from(self.out.numbers.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.out.places.entry(self.path.clone()).or_insert(line);
    }

    fn enter(&mut self, step: &str) -> usize {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(&step.replace('~', "~0").replace('/', "~1"));
        length
    }

    fn value(&mut self, node: &Node, name: &str, indent: usize) {
        match &node.value {
            Value::Map(entries) if !entries.is_empty() => self.entries(entries, indent + 2),
            Value::List(items) if !items.is_empty() => self.items(items, name, indent),
            _ => {
                self.out.text.push(' ');
                self.scalar(node, name, indent + 2);
            }
        }
    }

    fn items(&mut self, items: &[Node], name: &str, indent: usize) {
        for (at, item) in items.iter().enumerate() {
            let length = self.enter(&at.to_string());
            self.line(indent, item.mark.line);
            self.out.text.push_str("- ");
            match &item.value {
                Value::Map(entries) if !entries.is_empty() => self.entries(entries, indent + 2),
                Value::List(inner) if !inner.is_empty() => self.items(inner, name, indent + 2),
                _ => self.scalar(item, name, indent + 2),
            }
            self.path.truncate(length);
        }
    }

    fn scalar(&mut self, node: &Node, name: &str, indent: usize) {
        let hidden = self.secret && (self.path.starts_with("/data/") || self.path.starts_with("/stringData/"));
        match &node.value {
            _ if hidden => self.out.text.push_str(MASK),
            Value::Text(text) => self.text(text, name, indent, node.mark.line),
            Value::Map(_) => self.out.text.push_str("{}"),
            Value::List(_) => self.out.text.push_str("[]"),
            Value::Null => self.out.text.push_str("null"),
            _ => self.out.text.push_str(&shown(name, &node.scalar().unwrap_or_default())),
        }
    }

    fn text(&mut self, text: &str, name: &str, indent: usize, number: u32) {
        let shown = shown(name, text);
        if !shown.trim_end().contains('\n') {
            let line = shown.trim_end();
            self.out.text.push_str(&if needs_quotes(line) { format!("{line:?}") } else { line.to_owned() });
            return;
        }
        self.out.text.push('|');
        let path = std::mem::take(&mut self.path);
        for (at, line) in shown.trim_end().lines().enumerate() {
            // Lines of a text have no pointers of their own.
            self.path.push_str("\n");
            self.line(indent, if number == 0 { 0 } else { number.saturating_add(u32::try_from(at).unwrap_or(0)) });
            self.out.text.push_str(line);
        }
        self.path = path;
    }
}

/// A value as it may be shown.
fn shown(name: &str, value: &str) -> String {
    if !value.is_empty() && matches!(telling(name), Some(Telling::Password | Telling::Token | Telling::Personal(_))) {
        return MASK.to_owned();
    }
    let value = cut(value);
    let masked = mask(value);
    // What the name makes recognisable, though the value alone would not be.
    let named = cloister_detect::scan_field(name, value);
    if masked == value && !named.is_empty() {
        return MASK.to_owned();
    }
    masked
}

fn cut(value: &str) -> &str {
    value.get(..value.floor_char_boundary(LONGEST)).unwrap_or(value)
}

fn key(text: &str) -> String {
    if needs_quotes(text) { format!("{text:?}") } else { text.to_owned() }
}

/// Whether it would be read as something else, or not at all.
fn needs_quotes(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "~"];
    text.is_empty()
        || text.starts_with(|first: char| "-?:,[]{}#&*!|>'\"%@` ".contains(first))
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.chars().any(char::is_control)
        || text.parse::<f64>().is_ok()
        || words.iter().any(|word| word.eq_ignore_ascii_case(text))
}
