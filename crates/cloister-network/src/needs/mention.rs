//! Hosts that a text mentions: in URLs, DSNs, `host:port`, and as values that are called addresses.

use super::keys::{Says, port_of, ports_beside, says};

/// A host, and what the text says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) host: String,
    /// Written beside it, in a pair, or by the scheme.
    pub(super) port: Option<u16>,
    /// The port is only what the scheme usually has.
    pub(super) usual: bool,
    pub(super) scheme: Option<String>,
    pub(super) says: Says,
    /// Nothing else stands in the text.
    pub(super) whole: bool,
    /// The line and column, from 0.
    pub(super) at: (usize, usize),
}

/// What encloses words in settings and shell commands.
const BETWEEN: [char; 16] = ['"', '\'', '`', ',', ';', '(', ')', '<', '>', '{', '}', '|', '&', '\\', '$', '\t'];

/// A word of a line, with its column.
struct Word<'t> {
    text: &'t str,
    column: usize,
}

/// A setting inside a text.
struct Pair {
    key: String,
    value: String,
    line: usize,
}

/// Every host that a text may mean. `name` is what the text itself is called.
pub(super) fn mentions(text: &str, name: Option<&str>) -> Vec<Mention> {
    let lines: Vec<(usize, &str)> = text.lines().enumerate().filter(|(_, line)| !is_comment(line)).collect();
    let several = lines.len() > 1;
    let pairs: Vec<Pair> = lines.iter().flat_map(|(number, line)| pairs(*number, line)).collect();
    let mut found = Vec::new();
    let mut above: Option<&str> = None;
    for (number, line) in lines {
        let words = words(line);
        let mut key: Option<&str> = None;
        let is_item = line.trim_start().starts_with('-');
        for word in &words {
            if word.text.chars().all(|it| matches!(it, ':' | '=' | '-' | '[' | ']')) {
                continue;
            }
            let outer = key.or(above.filter(|_| is_item)).or(name.filter(|_| !several));
            let alone = words.len() == 1 && !several;
            if let Some(mut mention) = mention(word.text, outer, alone) {
                mention.at = (number, word.column);
                if mention.port.is_none() || mention.usual {
                    let called = word.text.split_once('=').map(|(key, _)| key).or(outer);
                    let beside = called.and_then(|it| beside(it, number, &pairs));
                    mention.usual &= beside.is_none();
                    mention.port = beside.or(mention.port);
                }
                found.push(mention);
            }
            key = Some(word.text.trim_end_matches([':', '=']));
        }
        if line.trim_end().ends_with(':') {
            above = key;
        }
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') || line.starts_with("//") || line.starts_with(';')
}

fn words(line: &str) -> Vec<Word<'_>> {
    let is_between = |sign: char| sign.is_whitespace() || BETWEEN.contains(&sign);
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let ends = line.char_indices().map(|(at, sign)| (at, is_between(sign))).chain([(line.len(), true)]);
    for (at, between) in ends {
        match (between, start) {
            (false, None) => start = Some(at),
            (true, Some(first)) => {
                let column = line.get(..first).map_or(0, |before| before.chars().count());
                words.extend(line.get(first..at).map(|text| Word { text, column }));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// `key=value`, and `key: value` or `key = value` where that is the line.
fn pairs(line: usize, text: &str) -> Vec<Pair> {
    let words = words(text);
    let pair = |key: &str, value: &str| Pair {
        key: key.trim_start_matches('-').to_ascii_lowercase().replace('-', "_"),
        value: value.to_owned(),
        line,
    };
    let mut found: Vec<Pair> =
        words.iter().filter_map(|word| word.text.split_once('=')).map(|(key, value)| pair(key, value)).collect();
    let plain: Vec<&str> = words.iter().map(|it| it.text).filter(|it| !matches!(*it, ":" | "=" | "-")).collect();
    for (one, other) in plain.iter().zip(plain.iter().skip(1)) {
        found.push(pair(one.trim_end_matches([':', '=']), other));
    }
    found
}

/// The nearest port that is called like this address.
fn beside(key: &str, line: usize, pairs: &[Pair]) -> Option<u16> {
    let names = ports_beside(key);
    let called = pairs.iter().filter(|pair| names.contains(&pair.key) && pair.line.abs_diff(line) < 6);
    let nearest = called.min_by_key(|pair| pair.line.abs_diff(line))?;
    number(&nearest.value)
}

/// A number from 1 to 65535.
pub(super) fn number(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|port| *port > 0)
}

/// What one word says.
fn mention(word: &str, outer: Option<&str>, alone: bool) -> Option<Mention> {
    let (before, rest) = match word.split_once("://") {
        Some((before, rest)) => (Some(before), rest),
        None => (None, word),
    };
    let (inner, rest) = match (before, rest.split_once('=')) {
        (Some(before), _) => (before.split_once('=').map(|(key, _)| key), rest),
        (None, Some((key, value))) if is_key(key) => (Some(key), value),
        (None, _) => (None, rest),
    };
    let scheme = before.map(|before| {
        let from = before.rfind(['=', ':', '+', '@']).and_then(|at| before.get(at + 1..));
        from.unwrap_or(before).to_ascii_lowercase()
    });
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => (rest.get(..at)?, true),
        None => (rest, false),
    };
    let (user, authority) = match authority.rsplit_once('@') {
        Some((_, host)) => (true, host),
        None => (false, authority),
    };
    let (host, port) = host_and_port(authority)?;
    // A path without a port or scheme is an image or a file.
    let is_path = path && scheme.is_none() && port.is_none();
    if is_path || !is_host(host) {
        return None;
    }
    let named = inner.or(outer).map_or(Says::Nothing, says);
    // What stands after an @ without a scheme is mostly a mailbox.
    let says = if user && scheme.is_none() && port.is_none() && named != Says::Address { Says::Other } else { named };
    let usual = port.is_none().then(|| scheme.as_deref().and_then(port_of)).flatten();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let whole = alone && inner.is_none();
    Some(Mention { host, port: port.or(usual), usual: usual.is_some(), scheme, says, whole, at: (0, 0) })
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.'))
}

/// `host`, `host:port`, `[address]:port`; nothing where what follows the colon is no port.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    if let Some((address, after)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some((address, after.strip_prefix(':').and_then(number)));
    }
    match authority.split_once(':') {
        None => Some((authority, None)),
        // `key: value` and what a template fills in.
        Some((host, "")) => Some((host, None)),
        Some((host, port)) => Some((host, Some(number(port)?))),
    }
}

fn is_host(host: &str) -> bool {
    let is_name = host.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '.'));
    let starts = host.starts_with(|it: char| it.is_ascii_alphanumeric());
    (is_name && starts && host.len() < 254) || host.parse::<std::net::Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{Mention, mentions};
    use crate::needs::keys::Says;

    fn one(text: &str, name: Option<&str>, host: &str) -> Mention {
        let all = mentions(text, name);
        let found = all.iter().find(|it| it.host == host).cloned();
        found.unwrap_or_else(|| panic!("{text}: {all:?}"))
    }

    #[test]
    fn hosts_and_ports_are_read_in_the_usual_ways() {
        let port = |text, name, host| one(text, name, host).port;
        assert_eq!(port("redis-cart:6379", Some("REDIS_ADDR"), "redis-cart"), Some(6379));
        assert_eq!(port("postgres://api:a-b@db.data.svc:5433/x?y=z", None, "db.data.svc"), Some(5433));
        assert_eq!(port("postgresql://db/x", None, "db"), Some(5432));
        assert_eq!(port("host=db port=6543 user=api", Some("DSN"), "db"), Some(6543));
        assert_eq!(port("user:pw@tcp(db:3306)/x", None, "db"), Some(3306));
        assert_eq!(port("mongodb://u:p@a:27018,b:27019/x", None, "b"), Some(27019));
        assert_eq!(port("jdbc:mysql://db.billing:3307/x", None, "db.billing"), Some(3307));
        assert_eq!(port("server:\n  host: db\n  port: 99\n", Some("app.yaml"), "db"), Some(99));
        assert_eq!(port("{\"dbHost\": \"db\", \"dbPort\": 77}", None, "db"), Some(77));
        assert_eq!(port("--addr=[2001:db8::1]:80", None, "2001:db8::1"), Some(80));
        assert_eq!(one("upstream x { server api; }", None, "api").says, Says::Address);
        assert_eq!(one("hosts:\n  - es-0\n  - es-1\n", None, "es-1").says, Says::Address);
    }

    #[test]
    fn what_is_no_host_is_not_taken_for_one() {
        let hosts = |text| mentions(text, None).into_iter().map(|it| it.host).collect::<Vec<_>>();
        assert_eq!(hosts("postgres://reader:reader@db/x"), ["db"], "users are no hosts");
        assert!(hosts("registry.example/api:1.4").is_empty());
        assert!(hosts("/etc/api/config").is_empty());
        assert!(hosts("# see http://docs.example\n// http://x.example").is_empty());
        assert_eq!(one("ann@shop", None, "shop").says, Says::Other, "a mailbox");
    }
}
