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
    let mut lines = text.split_inclusive('\n').peekable();
    let mut offset = 0;
    let mut line = first_line;
    std::iter::from_fn(move || {
        lines.peek()?;
        let mut document = Document { text: "", first_line: line, joined: false, lost: None };
        let (mut start, mut end, mut ended) = (offset, offset, false);
        let mut first = true;
        while let Some(now) = lines.next_if(|now| first || separator(now).is_none()) {
            offset += now.len();
            line = line.saturating_add(1);
            match separator(now).filter(|_| first) {
                Some(Separator::Plain) => {
                    (start, end) = (offset, offset);
                    document.first_line = line;
                }
                Some(Separator::Joined) => {
                    document.joined = true;
                    end = offset;
                }
                None if ended => {
                    if document.lost.is_none() && !is_blank(now) {
                        document.lost = Some(line.saturating_sub(1));
                    }
                }
                None if is_end(now) => ended = true,
                None => end = offset,
            }
            first = false;
        }
        document.text = text.get(start..end).unwrap_or_default();
        Some(document)
    })
    .filter(|document| document.joined || document.lost.is_some() || holds_something(document.text))
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
