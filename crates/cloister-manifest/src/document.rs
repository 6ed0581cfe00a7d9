//! Cuts a stream into its documents before anything is parsed, so that a broken
//! document costs only itself. `---` and `...` at the start of a line end a
//! document wherever they stand (YAML 1.2.2, section 9.1.4): no scalar can hold them.

/// One document of a stream.
#[derive(Debug)]
pub struct Document<'a> {
    /// Its text, without the separator line.
    pub text: &'a str,
    /// The line it starts at, from 1.
    pub first_line: u32,
}

/// The documents that hold more than comments and directives.
pub fn split(text: &str, first_line: u32) -> impl Iterator<Item = Document<'_>> {
    let mut rest = Some(text);
    let mut line = first_line;
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = boundary(text);
        let document = Document { text: text.get(..cut.end).unwrap_or(text), first_line: line };
        line = line.saturating_add(cut.lines);
        rest = cut.next.and_then(|next| text.get(next..));
        Some(document)
    })
    .filter(|document| !is_blank(document.text))
}

struct Cut {
    /// Where this document ends.
    end: usize,
    /// Where the next one starts; `None` at the end of the stream.
    next: Option<usize>,
    /// How many lines lie before the next one.
    lines: u32,
}

fn boundary(text: &str) -> Cut {
    let (mut rest, mut lines) = (text, 0);
    while !rest.is_empty() {
        let start = text.len() - rest.len();
        match after_marker(rest) {
            // `--- {a: b}` has content on the marker's own line: it stays part of the next document.
            Some(After::Content(content)) => {
                return Cut { end: start, next: Some(text.len() - content.len()), lines };
            }
            Some(After::Nothing) => {
                return Cut { end: start, next: Some(text.len() - next_line(rest).len()), lines: lines + 1 };
            }
            None => rest = next_line(rest),
        }
        lines += 1;
    }
    Cut { end: text.len(), next: None, lines }
}

fn next_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

/// What stands behind a document marker in its line.
enum After<'a> {
    Nothing,
    /// The text from the content on.
    Content(&'a str),
}

/// If `text` starts with a document marker, what stands behind it. The line's
/// end is not looked for: a line may hold a million markers.
fn after_marker(text: &str) -> Option<After<'_>> {
    let rest = text.strip_prefix("---").or_else(|| text.strip_prefix("..."))?;
    let content = rest.trim_start_matches([' ', '\t']);
    match content.chars().next() {
        None | Some('\n' | '\r' | '#') => Some(After::Nothing),
        Some(_) if content.len() < rest.len() => Some(After::Content(content)),
        Some(_) => None,
    }
}

fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#') || line.starts_with("%YAML") || line.starts_with("%TAG")
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
        assert_eq!(firsts("%YAML 1.2\n---\r\na: 1\r\n"), [("a: 1\r\n", 3)]);
    }

    #[test]
    fn many_markers_in_one_line_are_cut_one_by_one() {
        // Time would grow with the square if each looked for the end of its line.
        let text = format!("{}a: 1\n", "--- ".repeat(1_000_000));
        assert_eq!(firsts(&text), [("a: 1\n", 1)]);
    }

    #[test]
    fn content_on_the_marker_line_is_kept() {
        assert_eq!(firsts("x: 1\n--- {a: 1}\n"), [("x: 1\n", 1), ("{a: 1}\n", 2)]);
        assert_eq!(firsts("a: ---b\n---b: 1\n"), [("a: ---b\n---b: 1\n", 1)]);
    }
}
