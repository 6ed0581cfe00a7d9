//! Values that stand for others, and passwords that everybody knows.

/// Starts of values that name a secret kept elsewhere.
const REFERENCES: [&str; 14] = [
    "vault:",
    "arn:",
    "ref+",
    "enc[",
    "op://",
    "secret://",
    "secretsmanager:",
    "ssm:",
    "file:",
    "env:",
    "keyvault:",
    "sops:",
    "projects/",
    "awssm:",
];

/// Words that say "put yours here", or "nothing".
const FILLERS: [&str; 24] = [
    "replace",
    "your-",
    "your_",
    "yourpass",
    "placeholder",
    "redacted",
    "dummy",
    "todo",
    "fixme",
    "insert",
    "example",
    "masked",
    "none",
    "null",
    "nil",
    "undefined",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "enabled",
    "disabled",
];

/// Passwords that stand in manuals and in every attacker's list.
const KNOWN: [&str; 60] = [
    "password",
    "passwd",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "pass",
    "pwd",
    "changeme",
    "changeit",
    "changethis",
    "changemenow",
    "admin",
    "admin123",
    "administrator",
    "adminadmin",
    "root",
    "root123",
    "rootpassword",
    "rootpass",
    "toor",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "rabbitmq",
    "guest",
    "elastic",
    "kafka",
    "minio",
    "minioadmin",
    "minio123",
    "neo4j",
    "cassandra",
    "couchdb",
    "sa",
    "secret",
    "test",
    "test123",
    "testing",
    "demo",
    "user",
    "default",
    "example",
    "letmein",
    "welcome",
    "qwerty",
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "password1",
    "password123",
    "mysecretpassword",
];

/// Whether `value` is no value yet: a variable, a template, a reference to where
/// the secret is kept, or a word that says so.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let opens = |two: &[u8; 2]| matches!(two, b"$(" | b"${" | b"{{" | b"{%" | b"%(" | b"<%" | b"#{");
    let begins =
        |start: &str| value.as_bytes().get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()));
    let filler = |filler: &str| if filler.len() > 4 { begins(filler) } else { value.eq_ignore_ascii_case(filler) };
    value.is_empty()
        || value.as_bytes().array_windows().any(opens)
        || is_variable(value)
        || (value.starts_with('<') && value.ends_with('>'))
        || (value.starts_with('[') && value.ends_with(']'))
        || (value.len() > 2 && value.starts_with('%') && value.ends_with('%'))
        || value.chars().all(|letter| matches!(letter, '*' | 'x' | 'X' | '.' | '-' | '_' | '•' | '?' | '#'))
        || REFERENCES.iter().any(|start| begins(start))
        || FILLERS.iter().any(|word| filler(word))
        || value
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| word.eq_ignore_ascii_case("placeholder"))
}

/// `$NAME` and nothing else.
fn is_variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

/// Whether `value` is a password that everybody tries first.
pub fn is_known_password(value: &str) -> bool {
    let bare: String =
        value.to_ascii_lowercase().chars().filter(|letter| !matches!(letter, '-' | '_' | ' ' | '!')).collect();
    KNOWN.contains(&bare.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn a_value_that_says_so_is_a_placeholder() {
        for value in
            ["controller-password-placeholder", "password-placeholder-0", "PLACEHOLDER", "<password>", "$(PASSWORD)"]
        {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["myplaceholders3cret", "hunter2hunter2"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
