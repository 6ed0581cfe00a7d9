//! What may stand in a field: stated once, and read by the parser, by the
//! judge that explains mistakes, and by the JSON Schema.

/// The form of a value.
#[derive(Clone, Copy, Debug)]
pub enum Spec {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from 1 on.
    Count,
    /// A day, `2026-10-01`.
    Date,
    /// An ISO 8601 duration, `P10Y`.
    Period,
    /// An ISO 3166-1 alpha-2 code, `DE`.
    Country,
    /// A word of a closed list.
    Word(&'static Words),
    /// A map of texts, such as labels.
    Labels,
    /// Any number of these.
    List(&'static Spec),
    /// A mapping with these fields.
    Object(&'static ObjectSpec),
}

/// A closed list.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Its name, in the reference.
    pub name: &'static str,
    /// What it lists.
    pub about: &'static str,
    /// The words.
    pub words: &'static [Word],
}

/// A word of a closed list.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// As we write it.
    pub word: &'static str,
    /// Shorter forms that are read too.
    pub also: &'static [&'static str],
    /// What it means, and where the regulation says so.
    pub meaning: &'static str,
}

/// A mapping.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSpec {
    /// Its name, in the schema's definitions.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its fields, in the order of the documentation.
    pub fields: &'static [FieldSpec],
}

/// One field of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The key.
    pub key: &'static str,
    /// What it says, with the article that asks for it.
    pub about: &'static str,
    /// The form of its value.
    pub spec: Spec,
}

impl ObjectSpec {
    /// The field under `key`.
    pub fn field(&self, key: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}
