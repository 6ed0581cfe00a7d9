//! What the YAML parser would hold in memory as a whole: it keeps every token of
//! brackets that begin a node, since all of them may turn out to be a key, and
//! each takes some seventy times its length.

/// Longer ones are refused where the other parser of JSON cannot take them: 4 MiB.
pub const MAX_BRACKETS: usize = 4 << 20;

/// Where brackets begin that stay open for longer, as the number of the line from 0.
pub fn too_long(text: &str) -> Option<usize> {
    let (mut offset, mut line) = (0, 0);
    let mut block: Option<usize> = None;
    while text.len().saturating_sub(offset) > MAX_BRACKETS {
        let rest = text.get(offset..)?;
        let written = rest.split_inclusive('\n').next()?;
        let indent = written.len() - written.trim_start_matches(' ').len();
        block = block.filter(|header| written.trim().is_empty() || indent > *header);
        if block.is_none() {
            let node = node(written);
            if node.starts_with(['{', '[']) {
                let begins = written.len() - node.len();
                let taken = begins + closing(rest.get(begins..)?)?;
                if taken - begins > MAX_BRACKETS {
                    return Some(line);
                }
                let taken = rest.get(..taken)?;
                line += taken.matches('\n').count();
                offset += taken.len();
                // What follows on the line of the last bracket begins no node of its own.
                let end = text.get(offset..)?.split_inclusive('\n').next().map_or(0, str::len);
                line += usize::from(text.get(offset..offset + end)?.ends_with('\n'));
                offset += end;
                continue;
            }
            block = opens_block(written).then_some(indent);
        }
        offset += written.len();
        line += 1;
    }
    None
}

/// What stands on a line behind its dashes, question marks, anchors and tags.
fn node(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let word = rest.split([' ', '\t', '\n', '\r']).next().unwrap_or("");
        let is_lead =
            matches!(word, "-" | "?" | ":" | "---") || (word.starts_with(['&', '!']) && rest.len() > word.len());
        match rest.get(word.len()..).filter(|_| is_lead) {
            Some(after) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

/// Whether the line ends with the head of a block scalar: what is indented below it is text.
fn opens_block(line: &str) -> bool {
    let written = line.split(" #").next().unwrap_or(line).trim_end();
    let head = written.trim_end_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-'));
    head.ends_with(['|', '>'])
}

/// Bytes up to the bracket that closes the first one, or to [`MAX_BRACKETS`] and one more.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if index > MAX_BRACKETS => return Some(index),
            _ if escaped => escaped = false,
            b'\\' if quote == Some(b'"') => escaped = true,
            b'"' | b'\'' if quote == Some(byte) => quote = None,
            // An apostrophe inside a word is none that opens.
            b'"' | b'\'' if quote.is_none() && opens(text, index) => quote = Some(byte),
            b'{' | b'[' if quote.is_none() => depth += 1,
            b'}' | b']' if quote.is_none() => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && quote.is_none() && matches!(byte, b'}' | b']') {
            return Some(index + 1);
        }
    }
    Some(text.len())
}

fn opens(text: &str, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| text.as_bytes().get(before));
    before.is_none_or(|byte| b" \t\r\n,:{[".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::{MAX_BRACKETS, too_long};

    fn long(item: &str) -> String {
        item.repeat(MAX_BRACKETS / item.len() + 1)
    }

    #[test]
    fn brackets_that_stay_open_are_found_where_a_node_begins() {
        let items = long("{a: 'b]', \"c\": \"]\\\"]\"},\n");
        assert_eq!(too_long(&format!("a: 1\n---\n[{items}]\n")), Some(2));
        assert_eq!(too_long(&format!("# x\nlist:\n  - &a !!seq [{items}]\n")), Some(2));
        assert_eq!(too_long(&format!("[1]\n{{{items}\n")), Some(1), "never closed");
    }

    #[test]
    fn other_long_texts_are_not() {
        let short = long("- [a, {b: it's}]\n- {c: '[', d: \"{\"}\n");
        assert_eq!(too_long(&short), None);
        let script = long("    [ -f x ]] || exit '\n    {\n");
        assert_eq!(too_long(&format!("data:\n  run: |-2 # sh\n{script}\nend: 1\n")), None, "text");
        assert_eq!(too_long(&long("key: [1, 2]\n")), None);
    }
}
