//! Text laid out for a window.

/// Prose is hard to read in longer lines.
const LONGEST: usize = 100;

/// The words of `text` in lines of at most `width` columns; a longer word has a line of its own.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.min(LONGEST);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Paragraphs of documentation, `indent` columns in.
pub fn paragraphs(text: &str, indent: usize, width: usize) -> String {
    let paragraph = |text: &str| {
        let lines = wrapped(text, width.saturating_sub(indent));
        lines.iter().map(|line| format!("{:indent$}{line}", "")).collect::<Vec<_>>().join("\n")
    };
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}

/// `lead`, and in the column `at` a text that stays there when it needs more
/// lines. Without a width it is one line, for other programs to read.
pub fn described(lead: &str, at: usize, text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return format!("{lead:<at$}{text}\n") };
    let mut lines = wrapped(text, width.saturating_sub(at)).into_iter();
    let mut told = if lead.chars().count() <= at {
        format!("{lead:<at$}{}\n", lines.next().unwrap_or_default())
    } else {
        format!("{lead}\n")
    };
    lines.for_each(|line| told.push_str(&format!("{:at$}{line}\n", "")));
    told
}

#[cfg(test)]
mod tests {
    use super::{described, paragraphs, wrapped};

    #[test]
    fn a_text_stays_in_its_column() {
        let told = described("  high  one-check", 20, "a title that needs two lines", Some(40));
        assert_eq!(told, "  high  one-check   a title that needs\n                    two lines\n");
        let told = described("  high  a-check-with-a-long-name", 20, "a title", Some(40));
        assert_eq!(told, "  high  a-check-with-a-long-name\n                    a title\n");
    }

    #[test]
    fn other_programs_get_one_line() {
        let title = "a title that is longer than any window that a person would use to read it in";
        assert_eq!(described("  one", 8, title, None), format!("  one   {title}\n"));
    }

    #[test]
    fn prose_is_broken_between_words_only() {
        assert_eq!(wrapped("a bb https://example.com/long c", 6), ["a bb", "https://example.com/long", "c"]);
        assert_eq!(paragraphs("one\ntwo\n\nthree", 2, 80), "  one two\n\n  three");
    }
}
