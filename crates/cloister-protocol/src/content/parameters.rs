//! Media types and parameters of header fields (RFC 9110 section 5.6.6, RFC 2231).

/// The media type of a `Content-Type`, in small letters and without parameters.
pub(crate) fn media(content_type: &str) -> String {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.to_ascii_lowercase()
}

/// The parameter of that name; one with a language and a charset (`name*=`) is percent-decoded.
pub(crate) fn parameter(field: &str, wanted: &str) -> Option<String> {
    let mut rest = field.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, more) = value(after.trim_start());
        let name = name.trim_matches(|c: char| c == ';' || c.is_ascii_whitespace());
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        if let Some(plain) = name.strip_suffix('*')
            && plain.eq_ignore_ascii_case(wanted)
        {
            let coded = value.rsplit('\'').next().unwrap_or_default();
            return Some(String::from_utf8_lossy(&super::form::decoded(coded.as_bytes(), false)).into_owned());
        }
        rest = more;
    }
}

/// A token or a quoted string, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        return (token.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            _ => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_quoted_and_not() {
        let field = r#"form-data; Name="a; \"b\" = c"; filename*=UTF-8''na%C3%AFve.txt; x=y ; last=z"#;
        assert_eq!(parameter(field, "name").as_deref(), Some(r#"a; "b" = c"#));
        assert_eq!(parameter(field, "filename").as_deref(), Some("naïve.txt"));
        assert_eq!(parameter(field, "x").as_deref(), Some("y"));
        assert_eq!(parameter(field, "last").as_deref(), Some("z"));
        assert_eq!(parameter(field, "none"), None);
        assert_eq!(media(" Text/HTML ; charset=utf-8"), "text/html");
    }
}
