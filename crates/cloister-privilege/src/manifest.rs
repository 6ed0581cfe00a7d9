//! Roles and bindings as YAML that can be applied; the same bytes for the same input.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::minimise::{Role, Subject};
use crate::rules::Rule;
use crate::subject::Who;

/// The longest line of words in brackets; longer ones stand below each other.
const WIDTH: usize = 100;

/// The documents of one subject.
pub fn manifest(subject: &Subject<'_>) -> String {
    let mut text = String::new();
    let days = subject.uses.iter().filter_map(|used| used.last).max();
    let _ = writeln!(text, "# {}: what it used, and nothing else.", one_line(&subject.who.to_string()));
    let rights = subject.uses.len();
    let last = days.map(|day| format!(", last on {}", day.strftime("%Y-%m-%d"))).unwrap_or_default();
    let _ = writeln!(text, "# Made from {rights} different actions in {} requests{last}.", subject.requests);
    for wide in &subject.generalised {
        let (count, what) = if wide.names.is_empty() {
            (wide.namespaces.len(), "every namespace instead of")
        } else {
            (wide.names.len(), "every name instead of")
        };
        let _ = writeln!(text, "# Generalised: {}: {what} {count}.", one_line(&wide.right.phrase()));
    }
    for role in &subject.roles {
        write_role(&mut text, role);
        write_bindings(&mut text, role, &subject.who);
    }
    text
}

/// Comments end with their line, whatever a name holds.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|sign| if sign.is_control() || matches!(sign, '\u{85}' | '\u{2028}' | '\u{2029}') { ' ' } else { sign })
        .collect()
}

fn write_role(text: &mut String, role: &Role) {
    let kind = if role.namespace.is_empty() { "ClusterRole" } else { "Role" };
    head(text, kind, &role.name, &role.namespace);
    text.push_str("rules:\n");
    role.rules.iter().for_each(|rule| write_rule(text, rule));
}

fn write_bindings(text: &mut String, role: &Role, who: &Who) {
    if role.bound.is_empty() {
        head(text, "ClusterRoleBinding", &role.name, "");
        write_who(text, role, who);
    }
    for namespace in &role.bound {
        head(text, "RoleBinding", &role.name, namespace);
        write_who(text, role, who);
    }
}

fn write_who(text: &mut String, role: &Role, who: &Who) {
    let kind = if role.namespace.is_empty() { "ClusterRole" } else { "Role" };
    let name = scalar(&role.name);
    let _ =
        write!(text, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: {name}\nsubjects:\n");
    let _ = match who {
        Who::User(user) => {
            writeln!(text, "  - apiGroup: rbac.authorization.k8s.io\n    kind: User\n    name: {}", scalar(user))
        }
        Who::Account { namespace, name } => {
            writeln!(text, "  - kind: ServiceAccount\n    name: {}\n    namespace: {}", scalar(name), scalar(namespace))
        }
    };
}

/// The head of an object of RBAC.
pub(crate) fn head(text: &mut String, kind: &str, name: &str, namespace: &str) {
    let _ = write!(
        text,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {}\n",
        scalar(name)
    );
    if !namespace.is_empty() {
        let _ = writeln!(text, "  namespace: {}", scalar(namespace));
    }
}

/// A rule as an entry of `rules`.
pub(crate) fn write_rule(text: &mut String, rule: &Rule) {
    let fields = [
        ("apiGroups", &rule.groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.names),
        ("nonResourceURLs", &rule.urls),
        ("verbs", &rule.verbs),
    ];
    let mut start = "  - ";
    for (field, words) in fields.into_iter().filter(|(_, words)| !words.is_empty()) {
        write_words(text, start, field, words);
        start = "    ";
    }
}

fn write_words(text: &mut String, start: &str, field: &str, words: &BTreeSet<String>) {
    let words: Vec<String> = words.iter().map(|word| scalar(word)).collect();
    let line = format!("{start}{field}: [{}]\n", words.join(", "));
    if line.len() <= WIDTH {
        text.push_str(&line);
        return;
    }
    let _ = writeln!(text, "{start}{field}:");
    words.iter().for_each(|word| text.push_str(&format!("      - {word}\n")));
}

/// A string as a YAML scalar: plain where nobody can take it for something else.
pub fn scalar(text: &str) -> String {
    let starts = text.starts_with(|sign: char| sign.is_ascii_alphabetic());
    let fits = text.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.' | '/' | '_'));
    let other = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    if starts && fits && !other.contains(&&*text.to_ascii_lowercase()) {
        return text.to_owned();
    }
    // JSON's strings are YAML's, but for the breaks that only YAML 1.1 knows.
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace('\u{feff}', "\\ufeff")
        .replace('\u{7f}', "\\u007f")
}
