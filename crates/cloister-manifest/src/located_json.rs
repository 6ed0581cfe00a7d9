//! Written JSON to a located tree. It is YAML too, but the YAML parser holds every token of a document in brackets until
//! the last one closes: JSON of 40 MB would take gigabytes. What is no strict JSON is left to that parser.

use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Mark, Node, Value};
use jsonc_parser::ast::{ObjectPropName, Value as Written};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::document::Document;
use crate::own::Own;
use crate::{Interner, MAX_DEPTH, scalar};

/// Reads one document. `None` when it is no strict JSON, or nested too deeply for this parser.
pub fn read(
    document: &Document<'_>,
    file: &Arc<str>,
    interner: &mut Interner,
    out: &mut Vec<Diagnostic>,
) -> Option<Node> {
    if !document.text.trim_start().starts_with(['{', '[']) || depth(document.text)? > MAX_DEPTH {
        return None;
    }
    let parsed = parse_to_ast(document.text, &CollectOptions::default(), &strict()).ok()?;
    let lines = Lines { text: document.text, offset: 0, mark: Mark { line: document.first_line, column: 1 } };
    let told = out.len();
    let mut reader = Reader { lines, file, interner, out, entries: Vec::new(), infinite: false };
    let root = reader.node(parsed.value?);
    if reader.infinite {
        out.truncate(told);
        return None;
    }
    Some(root)
}

/// Where the first thing stands that JSON forbids, and what it is. `None` for what is no JSON at all.
pub fn fault(document: &Document<'_>) -> Option<(u32, u32, String)> {
    if !document.text.trim_start().starts_with(['{', '[']) || depth(document.text)? > MAX_DEPTH {
        return None;
    }
    let error = parse_to_ast(document.text, &CollectOptions::default(), &strict()).err()?;
    let line = u32::try_from(error.line_display()).ok()?.saturating_add(document.first_line).saturating_sub(1);
    Some((line, u32::try_from(error.column_display()).ok()?, error.kind().to_string().to_lowercase()))
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// How deeply brackets nest: the parser calls itself for each. `None` where a string goes over a line's end, which JSON
/// forbids and YAML folds, and where a letter beyond ASCII stands outside of one.
fn depth(text: &str) -> Option<usize> {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            ..b' ' if quoted => return None,
            // The parser takes a no-break space and its like for space; JSON knows none of them.
            0x80.. if !quoted => return None,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Some(deepest)
}

/// Lines and columns of offsets that only grow.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    mark: Mark,
}

impl Lines<'_> {
    fn mark(&mut self, offset: usize) -> Mark {
        for letter in self.text.get(self.offset..offset).unwrap_or("").chars() {
            if letter == '\n' {
                self.mark = Mark { line: self.mark.line.saturating_add(1), column: 1 };
            } else {
                self.mark.column = self.mark.column.saturating_add(1);
            }
        }
        self.offset = self.offset.max(offset);
        self.mark
    }
}

struct Reader<'a, 'b> {
    lines: Lines<'a>,
    file: &'a Arc<str>,
    interner: &'b mut Interner,
    out: &'b mut Vec<Diagnostic>,
    /// Entries of everything that is open, the innermost last.
    entries: Vec<Entry>,
    /// A number was met that no computer holds: the other parser says where.
    infinite: bool,
}

impl Reader<'_, '_> {
    fn node(&mut self, written: Written<'_>) -> Node {
        let mark = self.lines.mark(written.start());
        let value = match written {
            Written::NullKeyword(_) => Value::Null,
            Written::BooleanLit(literal) => Value::Bool(literal.value),
            Written::NumberLit(literal) => {
                let value = scalar::resolve(literal.value, self.interner);
                self.infinite |= matches!(value, Value::Float(number) if !number.is_finite());
                value
            }
            Written::StringLit(literal) => Value::Text(self.interner.get(&literal.value)),
            Written::Array(array) => Value::List(array.elements.into_iter().map(|item| self.node(item)).collect()),
            Written::Object(object) => {
                let mut own = Own::from(self.entries.len());
                for property in object.properties {
                    let mark = self.lines.mark(property.name.start());
                    let key = match property.name {
                        ObjectPropName::String(name) => self.interner.get(&name.value),
                        ObjectPropName::Word(name) => self.interner.get(name.value),
                    };
                    let node = self.node(property.value);
                    own.insert(&mut self.entries, Entry { key, mark, node }, self.file, self.out);
                }
                Value::Map(self.entries.drain(own.start..).collect())
            }
        };
        Node { mark, value, literal: false }
    }
}
