//! Writes drafted documents, with the questions that they leave open.

use crate::documents::{API_VERSION, KINDS};
use crate::guess::GUESS_ANNOTATION;
use crate::spec::{FieldSpec, Spec};

/// A drafted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Yaml {
    Text(String),
    /// Texts, written on one line.
    Texts(Vec<String>),
    /// Mappings, one to a line.
    Maps(Vec<Vec<(&'static str, String)>>),
    /// A mapping.
    Map(Vec<(&'static str, Yaml)>),
}

/// A drafted document: every field is a guess.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub kind: &'static str,
    pub name: String,
    pub fields: Vec<(&'static str, Yaml)>,
    /// Fields to ask for, where they are not guessed.
    pub questions: &'static [&'static str],
}

impl Document {
    /// The document as YAML.
    pub fn text(&self) -> String {
        let mut text = format!("apiVersion: {API_VERSION}\nkind: {}\nmetadata:\n", self.kind);
        text += &format!("  name: {}\n", quoted(&self.name));
        let guesses = self.guesses();
        if !guesses.is_empty() {
            text += &format!("  annotations:\n    {GUESS_ANNOTATION}: {}\n", quoted(&guesses));
        }
        text += "spec:\n";
        for (key, value) in &self.fields {
            write(&mut text, 2, key, value);
        }
        for question in self.questions.iter().filter(|question| !self.states(question)) {
            if let Some(field) = field(self.kind, question) {
                text += &format!("  # {}\n  #? {}: {}\n", field.about.trim(), field.key, sketch(&field.spec, 0));
            }
        }
        text
    }

    fn states(&self, field: &str) -> bool {
        self.fields.iter().any(|(key, _)| *key == field)
    }

    /// What was guessed: an empty text only holds the place of an answer.
    fn guesses(&self) -> String {
        let guessed = self.fields.iter().filter(|(_, value)| *value != Yaml::Text(String::new()));
        guessed.map(|(key, _)| format!("spec.{key}")).collect::<Vec<_>>().join(", ")
    }
}

fn field(kind: &str, key: &str) -> Option<&'static FieldSpec> {
    KINDS.iter().find(|(known, _)| *known == kind)?.1.field(key)
}

fn write(text: &mut String, indent: usize, key: &str, value: &Yaml) {
    let margin = " ".repeat(indent);
    match value {
        Yaml::Text(value) => *text += &format!("{margin}{key}: {}\n", quoted(value)),
        Yaml::Texts(items) => *text += &format!("{margin}{key}: {}\n", flow(items)),
        Yaml::Maps(items) => {
            *text += &format!("{margin}{key}:\n");
            for item in items {
                let pairs: Vec<String> = item.iter().map(|(key, value)| format!("{key}: {}", quoted(value))).collect();
                *text += &format!("{margin}  - {{{}}}\n", pairs.join(", "));
            }
        }
        Yaml::Map(fields) => {
            *text += &format!("{margin}{key}:\n");
            fields.iter().for_each(|(key, value)| write(text, indent + 2, key, value));
        }
    }
}

fn flow(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

/// As a plain scalar where nobody can read it as anything but text, quoted otherwise.
pub(super) fn quoted(value: &str) -> String {
    let plain = value.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && value.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter))
        && !WORDS.contains(&value.to_ascii_lowercase().as_str());
    if plain { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}

/// What YAML 1.1 reads as a boolean or null.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// How deep a question shows the form of its answer.
const DEEPEST: usize = 1;

/// How many words of a closed list it shows; the schema has them all.
const MOST_WORDS: usize = 3;

/// The form of an answer.
fn sketch(spec: &Spec, depth: usize) -> String {
    match spec {
        Spec::Text => "…".to_owned(),
        Spec::Flag => "true or false".to_owned(),
        Spec::Count => "1".to_owned(),
        Spec::Date => "YYYY-MM-DD".to_owned(),
        Spec::Period => "P10Y".to_owned(),
        Spec::Country => "DE".to_owned(),
        Spec::Labels => "{…}".to_owned(),
        Spec::Word(list) => {
            let more = if list.words.len() > MOST_WORDS { " or …" } else { "" };
            let first: Vec<&str> = list.words.iter().take(MOST_WORDS).map(|word| word.word).collect();
            format!("{}{more}", first.join(" or "))
        }
        Spec::List(Spec::Word(_)) => "[…]".to_owned(),
        Spec::List(item) => format!("[{}]", sketch(item, depth)),
        Spec::Object(_) if depth >= DEEPEST => "{…}".to_owned(),
        Spec::Object(object) => {
            let fields = object.fields.iter().map(|field| format!("{}: {}", field.key, sketch(&field.spec, depth + 1)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_but_text_is_written_plain() {
        assert_eq!(quoted("Deployment/api"), "Deployment/api");
        assert_eq!(quoted("no"), "\"no\"");
        assert_eq!(quoted("1.5"), "\"1.5\"");
        assert_eq!(quoted("*.clinic.example"), "\"*.clinic.example\"");
        assert_eq!(quoted("a: b #"), "\"a: b #\"");
        assert_eq!(quoted(""), "\"\"");
    }
}
