//! XML, in which nothing from elsewhere can mean anything.

use cloister_model::clean;

/// What has been written.
#[derive(Debug, Default)]
pub(super) struct Writer(String);

impl Writer {
    /// Our own words, as they are.
    pub fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    pub fn attribute(&mut self, name: &str, value: &str) {
        self.raw(&format!(" {name}=\"{}\"", escaped(value)));
    }

    /// An element with nothing but text in it; lines stay lines.
    pub fn text_element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.raw(&format!("<{name}"));
        attributes.iter().for_each(|(name, value)| self.attribute(name, value));
        self.raw(">");
        let lines: Vec<String> = text.lines().map(escaped).collect();
        self.raw(&lines.join("\n"));
        self.raw(&format!("</{name}>\n"));
    }

    /// A line of text on the picture.
    pub fn words(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        self.raw(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text)));
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

/// Without markup, and without what XML 1.0 cannot hold (its production 2, Char).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in clean(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
