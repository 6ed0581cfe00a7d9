//! Markdown.

use crate::{Block, Paper};

pub(crate) fn write(paper: &Paper) -> String {
    let mut parts = vec![format!("# {}", line(&paper.title))];
    parts.extend(paper.blocks.iter().map(block));
    if !paper.foot.is_empty() {
        parts.push(format!("---\n\n{}", line(&paper.foot)));
    }
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("## {}", line(text)),
        Block::Subheading(text) => format!("### {}", line(text)),
        Block::Text(text) => paragraphs(text),
        Block::Notice(text) => format!("> {}", paragraphs(text).replace('\n', "\n> ")),
        Block::List(points) => points.iter().map(|point| format!("- {}", line(point))).collect::<Vec<_>>().join("\n"),
        Block::Fields(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("- **{}:** {}", line(name), line(value)));
            fields.collect::<Vec<_>>().join("\n")
        }
        Block::Table { head, rows } => {
            let row = |cells: &[String]| {
                format!("| {} |", cells.iter().map(|cell| line(cell)).collect::<Vec<_>>().join(" | "))
            };
            let rule = format!("|{}", " --- |".repeat(head.len()));
            [row(head), rule].into_iter().chain(rows.iter().map(|cells| row(cells))).collect::<Vec<_>>().join("\n")
        }
    }
}

/// What somebody wrote on several lines stays on them.
fn paragraphs(text: &str) -> String {
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// On one line, and nothing of it markup.
fn line(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut escaped = String::with_capacity(flat.len());
    for (at, letter) in flat.char_indices() {
        let starts = at == 0 && matches!(letter, '#' | '+' | '-' | '>' | '=' | '~');
        if starts || matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '&' | '!') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    numbered(escaped)
}

/// `1.` begins a list.
fn numbered(text: String) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.split_at_checked(digits) {
        Some((number, rest))
            if digits > 0 && [".", ")"].iter().any(|end| rest == *end || rest.starts_with(&format!("{end} "))) =>
        {
            format!("{number}\\{rest}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Block, Paper};

    #[test]
    fn what_is_said_cannot_become_markup() {
        let mut paper = Paper::new("A *title* with <b>");
        paper.text("# no heading\n1. no list\n[no](link) | no cell & no &amp;");
        paper.list(["- no second level".to_owned()]);
        let expected = "# A \\*title\\* with \\<b>\n\n\\# no heading\n1\\. no list\n\\[no\\](link) \\| no cell \\& no \\&amp;\n\n- \\- no second level\n";
        assert_eq!(paper.to_markdown(), expected);
    }

    #[test]
    fn every_block_has_its_form() {
        let mut paper = Paper::new("T");
        paper.heading("H");
        paper.blocks.push(Block::Subheading("S".to_owned()));
        paper.blocks.push(Block::Notice("one\ntwo".to_owned()));
        paper.blocks.push(Block::Fields(vec![("Who".to_owned(), "us".to_owned())]));
        paper.blocks.push(Block::Table {
            head: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![vec!["1".to_owned(), "x\ny".to_owned()]],
        });
        paper.foot = "draft".to_owned();
        let expected = "# T\n\n## H\n\n### S\n\n> one\n> two\n\n- **Who:** us\n\n| a | b |\n| --- | --- |\n| 1 | x y |\n\n---\n\ndraft\n";
        assert_eq!(paper.to_markdown(), expected);
    }
}
