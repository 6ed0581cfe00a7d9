//! Names, or how they begin.

/// A name; with a `*` at its end, every name that begins so.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    is_start: bool,
}

impl Pattern {
    /// Reads one; `None` where a `*` stands elsewhere.
    pub fn new(text: &str) -> Option<Pattern> {
        let start = text.strip_suffix('*');
        let rest = start.unwrap_or(text);
        (!rest.contains('*')).then(|| Pattern { text: rest.to_owned(), is_start: start.is_some() })
    }

    pub fn holds(&self, name: &str) -> bool {
        if self.is_start { name.starts_with(&self.text) } else { name == self.text }
    }
}

/// Whether any does; an empty list says nothing, and so holds.
pub(crate) fn allows(patterns: &[Pattern], name: &str) -> bool {
    patterns.is_empty() || any(patterns, name)
}

/// Whether any does.
pub(crate) fn any(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.holds(name))
}
