//! Diagnostics of the reader: place, cause, way out.

use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Mark, Node};
use saphyr_parser::Marker;

use crate::brackets::MAX_BRACKETS;
use crate::document::Document;
use crate::{MAX_DEPTH, MAX_EXPANDED, located_json, text};

/// A syntax error. The line is quoted with its values masked, since a broken
/// document may well be a Secret.
pub fn syntax(document: &Document<'_>, file: &Arc<str>, marker: &Marker, cause: &str) -> Box<Diagnostic> {
    let line = u32::try_from(marker.line()).unwrap_or(u32::MAX);
    let column = u32::try_from(marker.col()).unwrap_or(u32::MAX).saturating_add(1);
    let at = line.saturating_add(document.first_line).saturating_sub(1);
    let written = document.text.lines().nth(marker.line().saturating_sub(1)).unwrap_or("");
    let (cause, help) = reason(document.text, written, cause);
    let mut diagnostic = Diagnostic::error(file.clone(), cause).at(at, column);
    diagnostic = diagnostic.help(format!("{help}. The other documents of this file were read."));
    if !written.trim().is_empty() {
        diagnostic = diagnostic.excerpt(mask(written));
    }
    Box::new(diagnostic)
}

fn reason(text: &str, written: &str, cause: &str) -> (String, &'static str) {
    let indent: String = written.chars().take_while(|c| c.is_whitespace()).collect();
    if indent.contains('\t') || (cause.contains("tab") && text.contains('\t')) {
        return ("a tab indents this line; YAML allows spaces only".into(), "replace the tab by spaces");
    }
    if text.contains("{{") {
        let cause = "this is a template, not YAML".to_owned();
        return (cause, "scan the folder that holds Chart.yaml, so that helm renders it");
    }
    if cause.contains("recursion limit") {
        let cause = "nested deeper than any Kubernetes object".to_owned();
        return (cause, "leave the file out by .cloisterignore");
    }
    if cause.contains("mapping values are not allowed") {
        return (cause.into(), "quote a value that holds \": \", and check the indentation");
    }
    if cause.contains("simple key") {
        return (cause.into(), "a key of this mapping lacks its \":\", or the line is indented wrongly");
    }
    if cause.contains("quoted scalar") || cause.contains("unexpected end") || cause.contains("EOF") {
        return (cause.into(), "close the quote or bracket that was opened before");
    }
    if cause.contains("alias") || cause.contains("anchor") {
        return (cause.into(), "define the anchor (&name) in the same document, before the alias (*name)");
    }
    (cause.into(), "mend the syntax of this document")
}

/// Keys whose values name things, and are needed to see what is wrong.
const NAMING: [&str; 5] = ["apiVersion", "kind", "name", "namespace", "image"];
/// Longer parts of a line are cut.
const SHOWN: usize = 120;

/// Keeps plain keys and punctuation; letters and digits of values become dots,
/// those of short ones too: a password may have six.
fn mask(line: &str) -> String {
    let (key, value) = line.split_once(": ").map_or(("", line), |(key, value)| (key, value));
    let word = key.trim_start_matches([' ', '-']);
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    let names = NAMING.contains(&word) && value.trim().chars().count() <= 12;
    let hide = |text: &str, shown: bool| -> String {
        text.chars().take(SHOWN).map(|c| if !shown && c.is_alphanumeric() { '•' } else { c }).collect()
    };
    let hidden = hide(value, names);
    if key.is_empty() { hidden } else { format!("{}: {hidden}", hide(key, plain && word.len() <= 64)) }
}

/// Brackets that are no JSON, and too long for the parser of YAML.
pub fn long_brackets(document: &Document<'_>, file: &Arc<str>, line: usize) -> Diagnostic {
    let most = MAX_BRACKETS >> 20;
    if let Some((line, column, cause)) = located_json::fault(document) {
        return Diagnostic::error(file.clone(), format!("broken JSON: {cause}"))
            .at(line, column)
            .help(format!("mend it; what is longer than {most} MiB is read as strict JSON only"));
    }
    let line = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(document.first_line);
    Diagnostic::error(file.clone(), format!("the brackets that open on this line are longer than {most} MiB"))
        .at(line, 1)
        .help("write strict JSON, or YAML without the outermost brackets")
}

/// Nested beyond reason.
pub fn too_deep(file: &Arc<str>, mark: Mark) -> Diagnostic {
    Diagnostic::error(file.clone(), format!("nested deeper than {MAX_DEPTH} levels"))
        .at(mark.line, mark.column)
        .help("no Kubernetes object is nested like this; leave the file out by .cloisterignore")
}

/// Aliases that multiply.
pub fn alias_bomb(file: &Arc<str>, mark: Mark) -> Diagnostic {
    Diagnostic::error(file.clone(), format!("aliases expand to more than {MAX_EXPANDED} values"))
        .at(mark.line, mark.column)
        .help("write the values out, or leave the file out by .cloisterignore")
}

/// `&a [*a]`.
pub fn alias_inside_itself(file: &Arc<str>, mark: Mark) -> Diagnostic {
    Diagnostic::error(file.clone(), "the alias stands inside what it names")
        .at(mark.line, mark.column)
        .help("write the value out")
}

/// `? [a, b] : c`, or `~: c`.
pub fn key_is_no_word(file: &Arc<str>, key: &Node) -> Diagnostic {
    let what = if key.is_null() { "null" } else { "a list or a mapping" };
    Diagnostic::error(file.clone(), format!("the key of this mapping is {what}"))
        .at(key.mark.line, key.mark.column)
        .help("keys are words; a template expression needs rendering by helm first")
}

/// `!!int web`.
pub fn wrong_tag(file: &Arc<str>, mark: Mark, cause: String) -> Box<Diagnostic> {
    let diagnostic = Diagnostic::error(file.clone(), cause);
    Box::new(diagnostic.at(mark.line, mark.column).help("take the tag away, or write what it asks for"))
}

/// `<<: word`.
pub fn merge_of_no_map(file: &Arc<str>, mark: Mark) -> Diagnostic {
    Diagnostic::error(file.clone(), "what is merged here is no mapping")
        .at(mark.line, mark.column)
        .help("\"<<\" takes a mapping, an alias of one, or a list of these")
}

/// `.inf` and `.nan`.
pub fn no_number(file: &Arc<str>, mark: Mark) -> Diagnostic {
    Diagnostic::error(file.clone(), "Kubernetes has no such number: JSON cannot hold it")
        .at(mark.line, mark.column)
        .help("quote it, if it is meant as a word")
}

/// What no parser needs to be asked about: text behind the separator, and characters that YAML forbids.
pub fn unreadable(document: &Document<'_>, file: &Arc<str>) -> Option<Diagnostic> {
    let line = document.first_line;
    if document.joined {
        let diagnostic = Diagnostic::error(file.clone(), "text stands behind the \"---\" that separates documents");
        let help = "kubectl takes nothing but a comment there: write it on a line of its own";
        return Some(diagnostic.at(line, 1).help(format!("{help}. The other documents of this file were read.")));
    }
    let (line, column) = text::forbidden(document.text)?;
    let from_zero = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let at = document.first_line.saturating_add(from_zero(line));
    let diagnostic = Diagnostic::error(file.clone(), "a control character, which YAML forbids");
    let help = "write it as an escape in double quotes. The other documents of this file were read.";
    Some(diagnostic.at(at, from_zero(column).saturating_add(1)).help(help))
}

/// Something after the end of a document, before the next begins.
pub fn after_the_end(file: &Arc<str>, line: u32) -> Diagnostic {
    Diagnostic::warning(file.clone(), "what follows \"...\" is not read")
        .at(line, 1)
        .help("kubectl, too, reads on at the next \"---\" only: write \"---\" between documents")
}

/// Two entries under one key.
pub fn doubled_key(file: &Arc<str>, entry: &Entry, first: Mark) -> Diagnostic {
    Diagnostic::warning(
        file.clone(),
        format!("the key \"{}\" stands in line {} already", short(&entry.key), first.line),
    )
    .at(entry.mark.line, entry.mark.column)
    .help("the last one counts, as for kubectl; remove one of them")
}

fn short(key: &str) -> String {
    key.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn no_value_is_shown_however_short() {
        for line in [
            "password: hunter2: x",
            "  value: hunter2",
            "hunter2",
            "- hunter2: [",
            "name: \"hunter2hunter2",
            "\"a hunter2\": x",
        ] {
            let shown = mask(line);
            assert!(!shown.contains("hunter2") || line.starts_with("- "), "{shown}");
        }
        assert_eq!(mask("  name: api: v2"), "  name: api: v2");
        assert_eq!(mask("password: s3cr: x"), "password: ••••: •");
        assert!(mask(&"k".repeat(100_000)).len() < 1000);
    }
}
