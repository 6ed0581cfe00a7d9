//! A document with the truth about what was planted in it.

use crate::value::Value;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A letter or an e-mail.
    Prose,
    /// A form with labels.
    Labels,
    /// JSON.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// Values between commas, semicolons or tabs, with headers.
    Csv,
    /// XML.
    Xml,
    /// The body of a form of the web.
    FormEncoded,
    /// A dump of a database.
    Sql,
    /// A log of an application or a server.
    Log,
    /// YAML.
    Yaml,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 10] = [
        Form::Prose,
        Form::Labels,
        Form::Json,
        Form::JsonLines,
        Form::Csv,
        Form::Xml,
        Form::FormEncoded,
        Form::Sql,
        Form::Log,
        Form::Yaml,
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Form::Prose => "letters, e-mails",
            Form::Labels => "forms with labels",
            Form::Json => "JSON",
            Form::JsonLines => "JSON lines",
            Form::Csv => "CSV, TSV",
            Form::Xml => "XML",
            Form::FormEncoded => "form-encoded",
            Form::Sql => "SQL dumps",
            Form::Log => "logs",
            Form::Yaml => "YAML",
        }
    }
}

/// The truth about one value in a document.
#[derive(Clone, Debug)]
pub struct Planted {
    /// Where it starts, in bytes.
    pub offset: usize,
    /// How long it is as written there, in bytes.
    pub length: usize,
    /// The detector's kind, or the class of a near miss.
    pub kind: &'static str,
    /// The category; none for a near miss.
    pub category: Option<&'static str>,
    /// Whether a checksum decides.
    pub checked: bool,
    /// Whether a label, a field, a column or a word announces it.
    pub with_context: bool,
}

/// A text with what was planted in it, in order.
#[derive(Clone, Debug)]
pub struct Document {
    /// How it is written.
    pub form: Form,
    /// The language of its words.
    pub language: &'static str,
    /// All of it.
    pub text: String,
    /// The truth.
    pub planted: Vec<Planted>,
}

impl Document {
    /// An empty one.
    pub fn new(form: Form, language: &'static str) -> Document {
        Document { form, language, text: String::new(), planted: Vec::new() }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a value as `escape` writes it.
    pub fn plant(&mut self, value: &Value, with_context: bool, escape: fn(&str) -> String) {
        let written = escape(&value.text);
        self.planted.push(Planted {
            offset: self.text.len(),
            length: written.len(),
            kind: value.kind,
            category: value.category,
            checked: value.checked,
            with_context,
        });
        self.text.push_str(&written);
    }

    /// Adds `template` with the value in the place of `{}`.
    pub fn sentence(&mut self, template: &str, value: &Value, with_context: bool) {
        let (before, after) = template.split_once("{}").unwrap_or((template, ""));
        self.push(before);
        self.plant(value, with_context, str::to_owned);
        self.push(after);
    }
}
