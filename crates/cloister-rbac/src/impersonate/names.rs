//! Names that impersonation reads as those of nodes and service accounts.

use crate::request::ACCOUNT;

/// The node that a user name means.
pub(super) fn node(user: &str) -> Option<&str> {
    user.strip_prefix("system:node:").filter(|name| is_subdomain(name))
}

/// Namespace and name of the service account that a user name means.
pub(super) fn account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(ACCOUNT)?.split_once(':')?;
    (is_label(namespace) && is_subdomain(name)).then_some((namespace, name))
}

/// Whether constrained impersonation takes a key of extra values: a domain, a slash and a path.
pub(super) fn is_extra_key(key: &str) -> bool {
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    let is_lower = !key.chars().any(char::is_uppercase);
    let Some((domain, path)) = key.split_once('/') else { return false };
    is_lower && is_subdomain(domain) && !path.is_empty() && path.bytes().all(is_of_path)
}

/// RFC 1123, as Kubernetes reads it.
fn is_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_part)
}

fn is_label(name: &str) -> bool {
    name.len() <= 63 && is_part(name)
}

fn is_part(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let has_plain_ends = |bytes: &[u8]| {
        bytes.first().is_some_and(|&byte| is_plain(byte)) && bytes.last().is_some_and(|&byte| is_plain(byte))
    };
    has_plain_ends(part.as_bytes()) && part.bytes().all(|byte| is_plain(byte) || byte == b'-')
}
