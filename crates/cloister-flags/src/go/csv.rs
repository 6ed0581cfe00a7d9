//! One record of CSV, as Go's package `encoding/csv` reads and writes it.

/// Reads the first record; none where quotes stand wrongly or nothing stands there.
pub(crate) fn read(text: &str) -> Option<Vec<String>> {
    // Empty lines are skipped; Go takes `\r\n` for `\n` everywhere, and drops a last `\r`.
    let text = text.replace("\r\n", "\n");
    let mut rest = text.strip_suffix('\r').unwrap_or(&text).trim_start_matches('\n');
    if rest.is_empty() {
        return None;
    }
    let mut fields = Vec::new();
    loop {
        let (field, after) =
            if let Some(quoted) = rest.strip_prefix('"') { quoted_field(quoted)? } else { plain(rest)? };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Some(fields),
        }
    }
}

fn plain(text: &str) -> Option<(String, &str)> {
    let end = text.find([',', '\n']).unwrap_or(text.len());
    let (field, after) = text.split_at_checked(end)?;
    (!field.contains('"')).then(|| (field.to_owned(), after))
}

fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        if let Some(next) = after.strip_prefix('"') {
            field.push('"');
            rest = next;
        } else {
            let ends = after.is_empty() || after.starts_with([',', '\n']);
            return ends.then_some((field, after));
        }
    }
}

/// Writes a record, without the end of its line.
pub(crate) fn write<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.into_iter().map(field).collect();
    fields.join(",")
}

fn field(text: &str) -> String {
    let quotes = text == "\\." || text.contains([',', '"', '\r', '\n']) || text.starts_with(char::is_whitespace);
    if quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_go_reads_them() {
        let fields = |text: &str| read(text).map(|fields| fields.join("|"));
        assert_eq!(fields("a,b,,c").as_deref(), Some("a|b||c"));
        assert_eq!(fields("\"a,b\",c").as_deref(), Some("a,b|c"));
        assert_eq!(fields("\"a\"\"b\"").as_deref(), Some("a\"b"));
        assert_eq!(fields(" a, b").as_deref(), Some(" a| b"));
        assert_eq!(fields("a\nb").as_deref(), Some("a"));
        for refused in ["", "\n", "a\"b", "\"a", "\"a\"b"] {
            assert_eq!(fields(refused), None, "{refused}");
        }
        assert_eq!(write(["a,b", "", " c"]), "\"a,b\",,\" c\"");
    }
}
