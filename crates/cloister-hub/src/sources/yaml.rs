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
                _ => {
                    let before = at.checked_sub(1).and_then(|before| items.get(before)).and_then(Node::as_str);
                    self.scalar(item, flag(before).unwrap_or(name), indent + 2);
                }
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
            self.path.push('\n');
            self.line(indent, if number == 0 { 0 } else { number.saturating_add(u32::try_from(at).unwrap_or(0)) });
            self.out.text.push_str(line);
        }
        self.path = path;
    }
}

/// What the argument before calls the one behind it: `--password`, and the word after it.
fn flag(before: Option<&str>) -> Option<&str> {
    let name = before?.strip_prefix('-')?.trim_start_matches('-');
    (!name.is_empty() && !name.contains(['=', ' '])).then_some(name)
}

/// A value as it may be shown.
fn shown(name: &str, value: &str) -> String {
    if let Some((flag, behind)) = value.split_once('=').filter(|(flag, _)| flag.starts_with('-') && !flag.contains(' '))
    {
        return format!("{flag}={}", shown(flag.trim_start_matches('-'), behind));
    }
    if !value.is_empty() && matches!(telling(name), Some(Telling::Password | Telling::Token | Telling::Personal(_))) {
        return MASK.to_owned();
    }
    let value = cut(value);
    let masked: String = mask(value).split_inclusive('\n').map(setting).collect();
    // What the name makes recognisable, though the value alone would not be.
    let named = cloister_detect::scan_field(name, value);
    if masked == value && !named.is_empty() {
        return MASK.to_owned();
    }
    masked
}

/// A line of a configuration, without what its name calls a secret.
fn setting(line: &str) -> String {
    let Some(at) = line.find(['=', ':']).filter(|at| !line.get(*at..).unwrap_or("").starts_with("://")) else {
        return line.to_owned();
    };
    let (name, value) = line.split_at(at);
    let secret = matches!(telling(name.trim_matches([' ', '"', '\''])), Some(Telling::Password | Telling::Token));
    let (end, sign) = (if line.ends_with('\n') { "\n" } else { "" }, value.get(..1).unwrap_or(""));
    if secret && value.trim().len() > 1 { format!("{name}{sign} {MASK}{end}") } else { line.to_owned() }
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cloister_manifest::{Interner, parse};
    use cloister_model::Origin;

    use super::*;

    fn written(text: &str) -> Vec<(Resource, Written)> {
        let parsed = parse(text, &Origin::File("a.yaml".into()), 1, &mut Interner::default());
        parsed.resources.into_iter().map(|resource| (resource.clone(), write(&resource))).collect()
    }

    #[test]
    fn nothing_that_is_secret_or_personal_is_shown() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  note: planted-one\n---\n\
            apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {owner: anna.schmidt@firm.example}}\nspec:\n  containers:\n  - name: c\n    \
            args: [--password, planted-two-pw, \"--db=postgres://api:planted-three@db/x\"]\n    env:\n    - name: DB_PASSWORD\n      value: planted-four\n    \
            - name: DATABASE_URL\n      value: postgres://api:planted-five@db/clinic\n---\n\
            apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  app.conf: |\n    user = api\n    password = planted-six\n  api_key: planted-seven-4f9a8b7c6d\n";
        let all: String = written(text).iter().map(|(_, written)| format!("{}\n", written.text)).collect();
        for planted in ["one", "two", "three", "four", "five", "six", "seven"] {
            assert!(!all.contains(&format!("planted-{planted}")), "{planted} is shown:\n{all}");
        }
        assert!(!all.contains("anna.schmidt@") && all.contains("kind: Secret") && all.contains(MASK), "{all}");
    }

    #[test]
    fn each_line_has_the_number_that_it_has_in_its_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic/k8s");
        let mut lines_seen = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            for (_, written) in written(&text) {
                for (line, number) in written.text.lines().zip(&written.numbers).filter(|(_, number)| **number > 0) {
                    let of_file = lines.get(*number as usize - 1).unwrap();
                    let key = line.trim_start_matches([' ', '-']).split([':', '"', '•']).next().unwrap().trim();
                    assert!(of_file.contains(key), "{number}: {line} / {of_file}");
                    lines_seen += 1;
                }
            }
        }
        assert!(lines_seen > 500, "{lines_seen}");
    }

    #[test]
    fn a_pointer_leads_to_its_line_and_else_to_what_there_is_of_it() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n  - name: c\n    image: a\n  - name: d\n    image: b\n";
        let (_, written) = written(text).remove(0);
        let line = |pointer: &str| {
            written.text.lines().nth(written.line(pointer).unwrap() as usize).unwrap().trim().to_owned()
        };
        assert_eq!(line("/spec/containers/1/image"), "image: b");
        assert_eq!(line("/spec/containers/1/securityContext/runAsUser"), "- name: d");
        assert_eq!(line("/spec/containers"), "containers:");
        assert_eq!(line("/spec/nothing"), "spec:");
    }
}
