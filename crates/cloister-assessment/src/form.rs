//! What may be shown of a value: words that are in every manual, and where the rest of it stands.

use cloister_detect::{MASK, pairs, telling};
use cloister_model::Value;

/// Values of the API's own, and addresses of everybody.
const WORDS: [&str; 52] = [
    "*",
    "0.0.0.0",
    "0.0.0.0/0",
    "::",
    "::/0",
    "ALL",
    "Allow",
    "Always",
    "Cluster",
    "ClusterRole",
    "Default",
    "Delete",
    "Directory",
    "DirectoryOrCreate",
    "Exists",
    "ExternalName",
    "Forbid",
    "Group",
    "IfNotPresent",
    "LoadBalancer",
    "Local",
    "Localhost",
    "NET_ADMIN",
    "NET_RAW",
    "Never",
    "NodePort",
    "NotIn",
    "OnFailure",
    "Recreate",
    "Recycle",
    "Role",
    "SYS_ADMIN",
    "SYS_PTRACE",
    "Secret",
    "ServiceAccount",
    "Socket",
    "Unconfined",
    "Unmasked",
    "User",
    "baseline",
    "cluster-admin",
    "impersonate",
    "nodes/proxy",
    "pods/exec",
    "privileged",
    "restricted",
    "secrets",
    "system:anonymous",
    "system:authenticated",
    "system:masters",
    "system:serviceaccounts",
    "system:unauthenticated",
];
/// Fields whose numbers say nothing about anybody.
const NUMBERS: [&str; 15] = [
    "containerPort",
    "defaultMode",
    "fsGroup",
    "hostPort",
    "maxUnavailable",
    "minAvailable",
    "mode",
    "nodePort",
    "port",
    "replicas",
    "revisionHistoryLimit",
    "runAsGroup",
    "runAsUser",
    "targetPort",
    "terminationGracePeriodSeconds",
];
/// What a connection may begin with.
const SCHEMES: [&str; 18] = [
    "amqp",
    "amqps",
    "ftp",
    "http",
    "https",
    "jdbc:mariadb",
    "jdbc:mysql",
    "jdbc:postgresql",
    "ldap",
    "ldaps",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "mysql",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
];
/// Options of a connection that are about its encryption, and what they may be.
const OPTIONS: [&str; 8] = ["encrypt", "ssl", "sslMode", "sslmode", "ssl-mode", "tls", "requireSSL", "useSSL"];
const CHOICES: [&str; 15] = [
    "0",
    "1",
    "DISABLED",
    "PREFERRED",
    "allow",
    "disable",
    "disabled",
    "false",
    "no",
    "off",
    "on",
    "prefer",
    "require",
    "true",
    "yes",
];
/// Longer names are masked.
const LONGEST: usize = 60;

/// A value's key, and whether it is the user's own.
pub struct Field<'a> {
    pub key: &'a str,
    pub free: bool,
}

/// A scalar of one line; `None` where a mask would be all of it.
pub fn value(field: &Field<'_>, value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(number) if !field.free && NUMBERS.contains(&field.key) => Some(number.to_string()),
        Value::Text(text) if text.is_empty() => Some("\"\"".to_owned()),
        Value::Text(text) if !field.free && WORDS.contains(&&**text) => Some(text.to_string()),
        Value::Text(text) if !text.contains('\n') => connection(text).or_else(|| option(text)),
        _ => None,
    }
}

/// `name = value` of a line whose name tells what the value is, or is about encryption.
pub fn line(line: &str) -> Option<String> {
    let pair = pairs(line).into_iter().next()?;
    let choice = choice(pair.name, pair.value);
    let is_word = !pair.name.contains(|letter: char| letter.is_ascii_digit());
    let is_known = OPTIONS.contains(&pair.name) || (is_word && telling(pair.name).is_some());
    is_known.then(|| format!("{} = {choice}", key(pair.name)))
}

/// A key as it is, if it is written as keys are; numbers may be somebody's.
pub fn key(key: &str) -> &str {
    let plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/'));
    let digits = key.chars().filter(char::is_ascii_digit).count();
    if plain && digits < 5 && key.len() <= LONGEST { key } else { MASK }
}

/// `postgres://•••:•••@•••/•••?sslmode=disable`.
fn connection(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| SCHEMES.contains(scheme))?;
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let (authority, path) = path.split_once('/').map_or((path, ""), |(authority, path)| (authority, path));
    let who = match authority.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => "•••:•••@",
        Some(_) => "•••@",
        None => "",
    };
    let path = if path.is_empty() { "" } else { "/•••" };
    let query = query.map(|query| format!("?{}", query.split('&').map(parameter).collect::<Vec<_>>().join("&")));
    Some(format!("{scheme}://{who}{MASK}{path}{}", query.unwrap_or_default()))
}

fn parameter(text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    if OPTIONS.contains(&name) { format!("{name}={}", choice(name, value)) } else { MASK.to_owned() }
}

/// `--name=•••`.
fn option(text: &str) -> Option<String> {
    let (name, value) = text.strip_prefix("--")?.split_once('=')?;
    let plain = name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-') && name.len() <= LONGEST;
    plain.then(|| format!("--{name}={}", choice(name, value)))
}

/// The value of an option about encryption, if it is one of those that there are.
fn choice<'a>(name: &str, value: &'a str) -> &'a str {
    if OPTIONS.contains(&name) && CHOICES.contains(&value) { value } else { MASK }
}
