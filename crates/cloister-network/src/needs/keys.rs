//! What the name of a variable, flag or field says of its value: an address, something else, or nothing.

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Address,
    Other,
    Nothing,
}

/// Last words of names whose values are no addresses.
const OTHER: [&str; 44] = [
    "user",
    "username",
    "usr",
    "login",
    "password",
    "passwd",
    "pass",
    "database",
    "db",
    "dbname",
    "name",
    "namespace",
    "role",
    "schema",
    "topic",
    "bucket",
    "queue",
    "table",
    "index",
    "class",
    "level",
    "mode",
    "type",
    "secret",
    "token",
    "label",
    "version",
    "image",
    "path",
    "file",
    "dir",
    "group",
    "id",
    "recipient",
    "email",
    "from",
    "sslmode",
    "format",
    "key",
    "title",
    "driver",
    "engine",
    "domain",
    "port",
];
/// Words that make a list of addresses something that is compared, not connected to.
const COMPARED: [&str; 9] =
    ["allowed", "cors", "origin", "origins", "noproxy", "trusted", "referer", "xmlns", "redirect"];
/// Words of names whose values are addresses.
const ADDRESS: [&str; 44] = [
    "host",
    "hosts",
    "hostname",
    "hostnames",
    "addr",
    "addrs",
    "address",
    "addresses",
    "url",
    "urls",
    "uri",
    "uris",
    "endpoint",
    "endpoints",
    "server",
    "servers",
    "broker",
    "brokers",
    "bootstrap",
    "seed",
    "seeds",
    "dsn",
    "upstream",
    "upstreams",
    "backend",
    "target",
    "targets",
    "peer",
    "peers",
    "master",
    "primary",
    "replica",
    "proxy",
    "gateway",
    "connection",
    "conn",
    "service",
    "svc",
    "destination",
    "remote",
    "collector",
    "exporter",
    "join",
    "discovery",
];
/// Ends of words without a mark between, such as PGHOST.
const ENDS: [&str; 7] = ["host", "hostname", "url", "addr", "uri", "dsn", "endpoint"];

/// What a name says.
pub(super) fn says(key: &str) -> Says {
    let words = words(key);
    let joined = words.concat();
    // nginx's word for whom it calls.
    if joined == "proxypass" {
        return Says::Address;
    }
    let compared = joined.contains("noproxy") || words.iter().any(|it| COMPARED.contains(&it.as_str()));
    if compared || words.last().is_some_and(|it| OTHER.contains(&it.as_str())) {
        return Says::Other;
    }
    let is_address = |word: &String| ADDRESS.contains(&word.as_str()) || ENDS.iter().any(|end| word.ends_with(end));
    if words.iter().any(is_address) { Says::Address } else { Says::Nothing }
}

/// `bootstrapServers`, `BOOTSTRAP_SERVERS` and `bootstrap.servers` are the same words.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = false;
    for sign in key.chars() {
        let starts = sign.is_ascii_uppercase() && before;
        before = sign.is_ascii_lowercase();
        if !sign.is_ascii_alphanumeric() || starts {
            words.push(String::new());
        }
        if sign.is_ascii_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.push(sign.to_ascii_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What the port beside an address would be called: `DB_PORT` beside `DB_HOST`.
pub(super) fn ports_beside(key: &str) -> Vec<String> {
    let key = key.trim_start_matches('-').to_ascii_lowercase().replace('-', "_");
    let mut names = vec![format!("{key}_port")];
    for end in ["hostname", "hosts", "host", "address", "addr", "servers", "server", "url", "endpoint", "service"] {
        if let Some(start) = key.strip_suffix(end) {
            names.push(format!("{start}port"));
        }
    }
    names
}

/// The usual port of a scheme (IANA's registry, and the projects' own documentation).
pub(super) fn port_of(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "http" | "ws" | "h2c" => 80,
        "https" | "wss" => 443,
        "postgres" | "postgresql" | "pgsql" => 5432,
        "mysql" | "mariadb" => 3306,
        "redis" | "rediss" => 6379,
        "mongodb" => 27017,
        "amqp" => 5672,
        "amqps" => 5671,
        "mqtt" => 1883,
        "mqtts" => 8883,
        "nats" => 4222,
        "ldap" => 389,
        "ldaps" => 636,
        "smtp" => 25,
        "smtps" => 465,
        "ssh" | "sftp" => 22,
        "ftp" => 21,
        "clickhouse" => 9000,
        "memcached" => 11211,
        "etcd" => 2379,
        "sqlserver" | "mssql" => 1433,
        "bolt" | "neo4j" => 7687,
        "cql" | "cassandra" => 9042,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Says, ports_beside, says};

    #[test]
    fn names_say_what_their_values_are() {
        for key in ["DB_HOST", "PGHOST", "bootstrapServers", "--target", "REDIS_ADDR", "proxy_pass", "SERVICE_URL"] {
            assert_eq!(says(key), Says::Address, "{key}");
        }
        for key in ["POSTGRES_USER", "MYSQL_DATABASE", "OTEL_SERVICE_NAME", "NO_PROXY", "ALLOWED_HOSTS", "CORS_URL"] {
            assert_eq!(says(key), Says::Other, "{key}");
        }
        assert_eq!(says("CACHE"), Says::Nothing);
    }

    #[test]
    fn a_port_stands_beside_its_host() {
        assert!(ports_beside("DB_HOST").contains(&"db_port".to_owned()));
        assert!(ports_beside("PGHOST").contains(&"pgport".to_owned()));
        assert!(ports_beside("--redis-host").contains(&"redis_port".to_owned()));
        assert!(ports_beside("host").contains(&"port".to_owned()));
    }
}
