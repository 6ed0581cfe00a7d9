//! URLs, as etcd reads lists of them.
//! Source: etcd 3.7, `client/pkg/types/urls.go`.

use super::address::split_port;

/// Whether etcd takes it for the address of a member: `http`, `https` with a port and without a path, or a socket.
pub(crate) fn is_valid(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if text.chars().any(|letter| letter.is_ascii_control() || letter == ' ') {
        return false;
    }
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => !rest.contains('/') && split_port(rest).is_some_and(|(_, port)| is_port(port)),
        "unix" | "unixs" => true,
        _ => false,
    }
}

/// As Go's package `net/url` has it: digits, or nothing.
fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit())
}
