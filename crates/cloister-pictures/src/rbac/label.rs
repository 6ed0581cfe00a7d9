//! Words on nodes.

use std::collections::BTreeSet;

use cloister_model::numbers::thousands;
use cloister_rbac::SubjectKind;

use super::facts::Person;

/// The most lines below the first, and about the most letters of a line.
const LINES: usize = 5;
const LETTERS: usize = 24;

/// `3 roles`, `1 role`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// A name without what all controllers' names begin with, which would leave no room for what differs.
pub(super) fn short(name: &str) -> String {
    name.strip_prefix("system:controller:").map_or_else(|| name.to_owned(), |rest| format!("…{rest}"))
}

/// Words set on lines, the last saying how many are left out.
pub(crate) fn lines(words: &[&str], most: usize) -> Vec<String> {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for word in words {
        let fits = |line: &&mut (String, usize)| line.0.chars().count() + word.chars().count() + 2 <= LETTERS;
        match lines.last_mut().filter(fits) {
            Some(line) => *line = (format!("{}, {word}", line.0), line.1 + 1),
            None => lines.push(((*word).to_owned(), 1)),
        }
    }
    if lines.len() > most {
        lines.truncate(most.saturating_sub(1));
        let told: usize = lines.iter().map(|line| line.1).sum();
        lines.push((format!("and {} more", words.len() - told), 0));
    }
    lines.into_iter().map(|line| line.0).collect()
}

/// The first words as a head, which is larger; the others on lines below.
pub(super) fn headed(words: &[&str], most: usize) -> (String, Vec<String>) {
    let (mut head, mut taken) = (words.first().map_or(String::new(), |&word| word.to_owned()), 1);
    for word in words.iter().skip(1) {
        if head.chars().count() + word.chars().count() + 2 > LETTERS - 5 {
            break;
        }
        head = format!("{head}, {word}");
        taken += 1;
    }
    (head, lines(words.get(taken..).unwrap_or(&[]), most))
}

/// One word a line.
pub(super) fn each(words: &[String]) -> Vec<String> {
    let over = words.len().saturating_sub(LINES);
    let shown = if over > 0 { LINES - 1 } else { words.len() };
    let mut lines: Vec<String> = words.iter().take(shown).cloned().collect();
    if over > 0 {
        lines.push(format!("and {} more", words.len() - shown));
    }
    lines
}

/// A subject in full.
pub(super) fn full(person: &Person) -> String {
    match person.kind {
        SubjectKind::ServiceAccount => format!("ServiceAccount {}/{}", person.namespace, person.name),
        kind => format!("{} {}", kind.as_str(), person.name),
    }
}

/// What stands below a subject's name.
pub(super) fn below(person: &Person) -> String {
    let of = person.name.strip_prefix("system:serviceaccounts:");
    match (person.kind, person.name.as_str(), of) {
        (SubjectKind::ServiceAccount, ..) => format!("of {}", person.namespace),
        (SubjectKind::User, "system:anonymous", _) => "whoever has not signed in".to_owned(),
        (SubjectKind::User, ..) => "user".to_owned(),
        (SubjectKind::Group, "system:authenticated", _) => "everybody signed in".to_owned(),
        (SubjectKind::Group, "system:unauthenticated", _) => "whoever has not signed in".to_owned(),
        (SubjectKind::Group, "system:serviceaccounts", _) => "every service account".to_owned(),
        (SubjectKind::Group, _, Some(namespace)) => format!("all accounts of {namespace}"),
        (SubjectKind::Group, ..) => "group".to_owned(),
    }
}

/// What several subjects are called, and what stands below.
pub(super) fn many(people: &[&Person], scopes: &str) -> (String, Vec<String>) {
    let kind = people.first().map_or(SubjectKind::User, |person| person.kind);
    let (one, several) = match kind {
        SubjectKind::User => ("user", "users"),
        SubjectKind::Group => ("group", "groups"),
        SubjectKind::ServiceAccount => ("service account", "service accounts"),
    };
    let label = count(people.len(), one, several);
    let namespaces: BTreeSet<&str> = people.iter().map(|person| person.namespace.as_str()).collect();
    let mut details = match (kind, namespaces.len()) {
        (SubjectKind::ServiceAccount, 1) => vec![format!("of {}", namespaces.first().unwrap_or(&""))],
        (SubjectKind::ServiceAccount, number) => vec![format!("of {}", count(number, "namespace", "namespaces"))],
        _ => lines(&people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), 2),
    };
    details.extend(Some(scopes.to_owned()).filter(|scopes| !scopes.is_empty()));
    (label, details)
}

/// The letters of a subject.
pub(super) fn badge(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "U",
        SubjectKind::Group => "G",
        SubjectKind::ServiceAccount => "SA",
    }
}

#[cfg(test)]
mod tests {
    use super::{count, each, lines};

    #[test]
    fn what_is_left_out_is_counted() {
        assert_eq!(count(12_345, "role", "roles"), "12,345 roles");
        assert_eq!(count(1, "role", "roles"), "1 role");
        let words: Vec<String> = (0..9).map(|number| format!("store-{number}")).collect();
        assert_eq!(each(&words).last().map(String::as_str), Some("and 5 more"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(lines(&words, 2), ["store-0, store-1", "and 7 more"].map(|line| line.to_owned()));
    }
}
