//! Cuts a stream into its documents before anything is parsed, so that a broken
//! document costs only itself. As for kubectl, `---` at the start of a line ends a
//! document wherever it stands: no scalar can hold it (YAML 1.2.2, section 9.1.4). After
//! `...` nothing is read until then.

use crate::text;

/// One document of a stream.
#[derive(Debug)]
pub struct Document<'a> {
    /// Its text, without the separator line.
    pub text: &'a str,
    /// The line it starts at, from 1.
    pub first_line: u32,
    /// Something stands behind the separator: `--- a`, `---a`. Kubernetes refuses it.
    pub joined: bool,
    /// The line of what follows `...`, if anything does.
    pub lost: Option<u32>,
}

/// The documents that hold more than comments.
pub fn split(text: &str, first_line: u32) -> impl Iterator<Item = Document<'_>> {
    let mut rest = text;
    let mut line = first_line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (document, after) = rest.split_at_checked(end(rest)).unwrap_or((rest, ""));
        let at = line;
        line = line.saturating_add(lines(document));
        rest = after;
        Some(read(document, at))
    })
    .filter(|document| document.joined || document.lost.is_some() || holds_something(document.text))
}

/// Where the next document begins: at the first separator that is not the first line.
fn end(text: &str) -> usize {
    memchr::memmem::find(text.as_bytes(), b"\n---").map_or(text.len(), |found| found + 1)
}

/// How many lines end in a text.
fn lines(text: &str) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', text.as_bytes()).count()).unwrap_or(u32::MAX)
}

/// A document with the separator in front of it, if there is one, at its line.
fn read(text: &str, line: u32) -> Document<'_> {
    let first = text.split_inclusive('\n').next().unwrap_or("");
    let (text, first_line, joined) = match separator(first) {
        Some(Separator::Plain) => {
            (text.get(first.len()..).unwrap_or_default(), line.saturating_add(lines(first)), false)
        }
        separator => (text, line, separator.is_some()),
    };
    // Where a separator is joined to text, its line is none that could end the document.
    let Some((end, after)) = end_mark(text) else { return Document { text, first_line, joined, lost: None } };
    let mut lost = first_line.saturating_add(lines(text.get(..after).unwrap_or(text)));
    let mut behind = text.get(after..).unwrap_or_default().split_inclusive('\n');
    let is_lost = behind.any(|line| {
        let is_more = !is_blank(line);
        lost = lost.saturating_add(u32::from(!is_more));
        is_more
    });
    Document { text: text.get(..end).unwrap_or(text), first_line, joined, lost: is_lost.then_some(lost) }
}

/// Where the line `...` stands, and where the next one begins.
fn end_mark(text: &str) -> Option<(usize, usize)> {
    let starts = text.starts_with("...").then_some(0);
    let others = memchr::memmem::find_iter(text.as_bytes(), b"\n...").map(|found| found + 1);
    starts.into_iter().chain(others).find_map(|at| {
        let line = text.get(at..)?.split_inclusive('\n').next()?;
        is_end(line).then_some((at, at + line.len()))
    })
}

enum Separator {
    /// Nothing or a comment behind it.
    Plain,
    /// Anything else.
    Joined,
}

fn separator(line: &str) -> Option<Separator> {
    let rest = line.strip_prefix("---")?.trim();
    Some(if rest.is_empty() || rest.starts_with('#') { Separator::Plain } else { Separator::Joined })
}

fn is_end(line: &str) -> bool {
    line.strip_prefix("...").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// What no YAML may hold counts even in a comment.
fn holds_something(text: &str) -> bool {
    !is_blank(text) || text::forbidden(text).is_some()
}

fn is_blank(text: &str) -> bool {
    text.split(['\n', '\r']).all(|line| {
        let line = line.trim_matches([' ', '\t']);
        line.is_empty() || line.starts_with('#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firsts(text: &str) -> Vec<(&str, u32)> {
        split(text, 1).map(|document| (document.text, document.first_line)).collect()
    }

    #[test]
    fn documents_keep_their_lines() {
        assert_eq!(firsts("a: 1\n---\n# only this\n---\nb: 2\n...\n"), [("a: 1\n", 1), ("b: 2\n", 5)]);
        assert_eq!(firsts("--- \na: 1\n"), [("a: 1\n", 2)]);
        assert_eq!(firsts("# old\ra: 1\r"), [("# old\ra: 1\r", 1)]);
        assert_eq!(firsts("---\r\na: 1\r\n--- # two\r\nb: 1"), [("a: 1\r\n", 2), ("b: 1", 4)]);
    }

    #[test]
    fn text_behind_the_separator_is_told() {
        let joined: Vec<(u32, bool)> =
            split("x: 1\n--- {a: 1}\n---\ny: 2\n---z: 3\n", 1).map(|it| (it.first_line, it.joined)).collect();
        assert_eq!(joined, [(1, false), (2, true), (4, false), (5, true)]);
        assert_eq!(firsts("a: ---b\n"), [("a: ---b\n", 1)]);
    }

    #[test]
    fn what_follows_the_end_of_a_document_is_told() {
        let lost: Vec<(&str, Option<u32>)> =
            split("a: 1\n...\n# end\nb: 2\n---\nc: 3\n", 1).map(|it| (it.text, it.lost)).collect();
        assert_eq!(lost, [("a: 1\n", Some(4)), ("c: 3\n", None)]);
    }
}
