//! Verbs in few words.

use std::collections::BTreeSet;

pub(super) const READ: [&str; 3] = ["get", "list", "watch"];
pub(super) const WRITE: [&str; 5] = ["create", "update", "patch", "delete", "deletecollection"];

/// Whether one of these, or all, is among the verbs.
pub(super) fn any(verbs: &BTreeSet<&str>, of: &[&str]) -> bool {
    verbs.contains("*") || of.iter().any(|verb| verbs.contains(verb))
}

/// `read`, `read, write`, `all verbs`, `create`, `impersonate`…
pub(super) fn summary(verbs: &BTreeSet<&str>) -> String {
    if verbs.contains("*") {
        return "all verbs".to_owned();
    }
    let mut words = Vec::new();
    if READ.iter().any(|verb| verbs.contains(verb)) {
        words.push("read");
    }
    let writes: Vec<&str> = WRITE.into_iter().filter(|verb| verbs.contains(verb)).collect();
    match writes.as_slice() {
        [] => {}
        ["create"] => words.push("create"),
        ["delete" | "deletecollection"] | ["delete", "deletecollection"] => words.push("delete"),
        ["update" | "patch"] | ["update", "patch"] => words.push("change"),
        _ => words.push("write"),
    }
    let others = verbs.iter().filter(|verb| !READ.contains(verb) && !WRITE.contains(verb));
    words.extend(others);
    match words.as_slice() {
        [first, second, _, ..] => format!("{first}, {second}…"),
        few => few.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn few_words_for_many_verbs() {
        let of = |verbs: &[&'static str]| summary(&verbs.iter().copied().collect());
        assert_eq!(of(&["get", "list", "watch"]), "read");
        assert_eq!(of(&["get", "create", "patch"]), "read, write");
        assert_eq!(of(&["update", "patch"]), "change");
        assert_eq!(of(&["*", "get"]), "all verbs");
        assert_eq!(of(&["impersonate"]), "impersonate");
        assert_eq!(of(&["get", "create", "patch", "bind"]), "read, write…");
        assert_eq!(of(&[]), "");
    }
}
