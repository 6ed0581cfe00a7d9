//! Names of machines outside the cluster.

use cloister_register::Register;

/// The hosts in a text: of each URL in it; and where the text is known to be a
/// host, or ends in a port, the text itself (`app.properties` is no host).
pub(crate) fn external(text: &str, is_host: bool) -> impl Iterator<Item = &str> {
    let urls = text.split("://").skip(1).map(authority);
    let ported = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let whole = Some(authority(text)).filter(|_| !text.contains("://") && (is_host || ported));
    urls.chain(whole).filter(|host| is_outside(host))
}

/// `user:password@host:port/path` → `host`.
fn authority(rest: &str) -> &str {
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | ',' | ';' | ')'));
    let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.split(':').next().unwrap_or(host)
}

/// A name in the public tree: labels, a top-level domain of letters, and none
/// of the names that stay inside a cluster or a machine.
fn is_outside(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let Some(top) = labels.last() else { return false };
    let named = labels.iter().all(|label| {
        !label.is_empty() && label.len() <= 63 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    let inside = ["local", "svc", "internal", "localhost", "localdomain", "lan", "home", "intranet"].contains(top);
    labels.len() >= 2 && named && !inside && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether the register says who runs this host: the organisation itself, a
/// processor, or an external store.
pub(crate) fn is_declared(host: &str, register: &Register<'_>) -> bool {
    let own = register.organisation().map(|it| it.hosts().items()).unwrap_or_default();
    let processors = register.processors().iter().flat_map(|it| it.hosts().items());
    let stores = register.stores().iter().filter_map(|it| it.external().value()).flat_map(|it| it.hosts().items());
    own.into_iter().chain(processors).chain(stores).any(|pattern| matches(pattern, host))
}

/// `*.` stands for one label or more.
fn matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(domain) => {
            host.len() > domain.len() + 1
                && host.ends_with(domain)
                && host.as_bytes().get(host.len() - domain.len() - 1) == Some(&b'.')
        }
        None => pattern.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        external(text, false).collect()
    }

    #[test]
    fn hosts_of_the_public_tree_are_found() {
        assert_eq!(found("https://user:x@api.sms.example:8443/v1?to=a"), ["api.sms.example"]);
        assert_eq!(found("smtp.mail.example:587"), ["smtp.mail.example"]);
        assert_eq!(found("curl -s https://a.example/x https://b.example"), ["a.example", "b.example"]);
    }

    #[test]
    fn names_inside_the_cluster_are_not() {
        for text in [
            "http://api:8080",
            "api.clinic.svc.cluster.local:80",
            "10.0.0.1",
            "1.2.3",
            "http://localhost:80",
            "a sentence. With dots",
            "$(HOST):80",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_labels_and_not_for_parts_of_them() {
        assert!(matches("*.sms.example", "api.sms.example"));
        assert!(!matches("*.sms.example", "sms.example"));
        assert!(!matches("*.sms.example", "evilsms.example"));
    }
}
