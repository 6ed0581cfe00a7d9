//! URLs in settings, as far as a connection's safety shows in them.

/// One URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    /// The scheme without what drivers put before or after it: `postgresql` of `jdbc:postgresql+x://`.
    pub scheme: &'a str,
    /// Hosts with ports, without user and password.
    pub hosts: &'a str,
    /// What follows the hosts.
    pub rest: &'a str,
}

/// The URLs of a text.
pub(crate) fn urls(text: &str) -> Vec<Url<'_>> {
    let mut urls = Vec::new();
    for (at, mark) in text.match_indices("://") {
        let before = text.get(..at).unwrap_or("");
        let start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-')))
            .map_or(0, |index| index + 1);
        let scheme = before.get(start..).unwrap_or("");
        let all = text.get(at + mark.len()..).unwrap_or("");
        let end =
            all.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')).unwrap_or(all.len());
        let all = all.get(..end).unwrap_or(all);
        let cut = all.find(['/', '?', '#', ';']).unwrap_or(all.len());
        let (authority, rest) = all.split_at_checked(cut).unwrap_or((all, ""));
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
        if !scheme.is_empty() {
            urls.push(Url { scheme, hosts, rest });
        }
    }
    urls
}

impl Url<'_> {
    /// Whether every host is this pod itself: loopback, or a socket in the file system.
    pub(crate) fn is_local(&self) -> bool {
        self.hosts.split(',').all(is_local)
    }
}

/// Whether `host` (with or without a port) never leaves the pod.
pub(crate) fn is_local(host: &str) -> bool {
    let host = host.trim().trim_start_matches('[');
    let name = if host.starts_with("::1") { "::1" } else { host.split(':').next().unwrap_or(host) };
    name.is_empty()
        || name == "::1"
        || name.eq_ignore_ascii_case("localhost")
        || is_loopback(name)
        || name.starts_with('/')
        || name.to_ascii_lowercase().starts_with("%2f")
}

fn is_loopback(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let found = urls("jdbc:mysql://u:p@db.ns:3306/x?useSSL=false and redis://[::1]:6379");
        assert_eq!(found.first(), Some(&Url { scheme: "mysql", hosts: "db.ns:3306", rest: "/x?useSSL=false" }));
        assert!(found.get(1).is_some_and(Url::is_local));
    }

    #[test]
    fn loopback_never_leaves_the_pod() {
        assert!(
            ["localhost:1", "127.0.0.1", "127.8.8.8:1", "::1", "[::1]:80", "/var/run/x", "%2Ftmp"]
                .into_iter()
                .all(is_local)
        );
        assert!(!["db", "10.0.0.1:5432", "localhost.example", "127.0.0.1.nip.example"].into_iter().any(is_local));
    }
}
