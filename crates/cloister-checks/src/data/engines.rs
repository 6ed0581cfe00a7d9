//! What the options and URLs of each database and broker say of encryption.

use super::tls::{Engine, Tls};
use super::urls::{is_local, urls};

/// One of these is in each name that an engine's option has, joined: of "protocol", "listeners" and "security" a part.
const STEMS: [&[u8; 3]; 5] = [b"ssl", b"tls", b"oto", b"ste", b"cur"];

/// Whether a name, joined, may be that of an option about encryption.
pub(crate) fn is_about_encryption(joined: &str) -> bool {
    joined.as_bytes().windows(3).any(|letters| STEMS.iter().any(|stem| letters == *stem))
}

fn is_yes(value: &str) -> bool {
    matches!(value, "true" | "1" | "yes" | "on" | "enabled")
}

fn is_no(value: &str) -> bool {
    matches!(value, "false" | "0" | "no" | "off" | "disabled" | "disable")
}

fn switch(value: &str) -> Option<Tls> {
    if is_yes(value) {
        Some(Tls::On)
    } else if is_no(value) {
        Some(Tls::Off)
    } else {
        None
    }
}

/// <https://www.postgresql.org/docs/current/libpq-ssl.html>: the default is `prefer`.
pub(crate) const POSTGRES: Engine = Engine {
    title: "PostgreSQL",
    words: &["postgres", "pgsql", "pghost", "pgssl"],
    images: &["postgres", "postgis", "timescale", "pgbouncer", "spilo", "cloudnative-pg"],
    schemes: &[("postgres", Tls::Maybe), ("postgresql", Tls::Maybe)],
    option: |name, value, sure| match value {
        "disable" if name.ends_with("sslmode") => Some(Tls::Off),
        "allow" | "prefer" if name.ends_with("sslmode") => Some(Tls::Maybe),
        "require" | "verify-ca" | "verify-full" if name.ends_with("sslmode") => Some(Tls::On),
        _ if sure
            && (name == "ssl"
                || name.ends_with("enablessl")
                || name.ends_with("enabletls")
                || name.ends_with("postgresssl")) =>
        {
            switch(value)
        }
        _ => None,
    },
    fix: "sslmode=verify-full",
};

/// Connector/J `sslMode`, `useSSL`; Go `tls`; the server's own options.
pub(crate) const MYSQL: Engine = Engine {
    title: "MySQL or MariaDB",
    words: &["mysql", "mariadb"],
    images: &["mysql", "mariadb", "percona"],
    schemes: &[("mysql", Tls::Maybe), ("mysqlx", Tls::Maybe), ("mariadb", Tls::Maybe), ("mysql2", Tls::Maybe)],
    option: |name, value, sure| match value {
        "disabled" if name.ends_with("sslmode") => Some(Tls::Off),
        "disable" if sure && name.ends_with("sslmode") => Some(Tls::Off),
        "preferred" if name.ends_with("sslmode") => Some(Tls::Maybe),
        "required" | "verify_ca" | "verify_identity" if name.ends_with("sslmode") => Some(Tls::On),
        "verify-ca" | "verify-full" | "trust" if sure && name == "sslmode" => Some(Tls::On),
        _ if name.ends_with("usessl") || name.ends_with("requiresecuretransport") => switch(value),
        _ if sure && name == "skipssl" && !is_no(value) => Some(Tls::Off),
        _ if sure && (name == "ssl" || name == "tls" || name.ends_with("enablessl") || name.ends_with("enabletls")) => {
            match value {
                "preferred" => Some(Tls::Maybe),
                "skip-verify" => Some(Tls::On),
                other => switch(other),
            }
        }
        _ => None,
    },
    fix: "sslMode=VERIFY_IDENTITY",
};

/// `tls`, its older name `ssl`, and the server's `tlsMode`. `mongodb+srv` implies TLS.
pub(crate) const MONGODB: Engine = Engine {
    title: "MongoDB",
    words: &["mongo"],
    images: &["mongo"],
    schemes: &[("mongodb", Tls::Off), ("mongodb+srv", Tls::On)],
    option: |name, value, sure| match value {
        "disabled" if name.ends_with("tlsmode") || sure && name.ends_with("sslmode") => Some(Tls::Off),
        "allowtls" | "prefertls" | "allowssl" | "preferssl"
            if name.ends_with("tlsmode") || name.ends_with("sslmode") =>
        {
            Some(Tls::Maybe)
        }
        "requiretls" | "requiressl" if name.ends_with("tlsmode") || name.ends_with("sslmode") => Some(Tls::On),
        _ if sure
            && (name == "tls"
                || name == "ssl"
                || name.ends_with("enabletls")
                || name.ends_with("mongotls")
                || name.ends_with("mongodbtls")
                || name.ends_with("mongossl")
                || name.ends_with("tlsenabled")
                || name.ends_with("sslenabled")) =>
        {
            switch(value)
        }
        _ => None,
    },
    fix: "tls=true",
};

/// `redis://` against `rediss://`; the server's `tls-port` beside `port 0`.
pub(crate) const REDIS: Engine = Engine {
    title: "Redis",
    words: &["redis", "valkey"],
    images: &["redis", "valkey", "keydb", "dragonfly"],
    schemes: &[("redis", Tls::Off), ("valkey", Tls::Off), ("rediss", Tls::On), ("valkeys", Tls::On)],
    option: |name, value, sure| match name {
        _ if !sure => None,
        "tlsport" => (!matches!(value, "" | "0")).then_some(Tls::On),
        "tls" if value.is_empty() => Some(Tls::On),
        _ if name == "tls"
            || name == "ssl"
            || name.ends_with("tlsenabled")
            || name.ends_with("sslenabled")
            || name.ends_with("usetls")
            || name.ends_with("usessl")
            || name.ends_with("enabletls")
            || name.ends_with("redistls")
            || name.ends_with("redisssl") =>
        {
            switch(value)
        }
        _ => None,
    },
    fix: "rediss://",
};

/// `security.protocol`, `listeners` and the map of their protocols.
pub(crate) const KAFKA: Engine = Engine {
    title: "Kafka",
    words: &["kafka"],
    images: &["kafka", "redpanda"],
    schemes: &[],
    option: |name, value, _| {
        if name.ends_with("securityprotocol") || name.ends_with("interbrokerprotocol") {
            return match value {
                "plaintext" | "sasl_plaintext" => Some(Tls::Off),
                "ssl" | "sasl_ssl" => Some(Tls::On),
                _ => None,
            };
        }
        let listeners = name == "listeners"
            || name.ends_with("kafkalisteners")
            || name.ends_with("kafkacfglisteners")
            || name.ends_with("advertisedlisteners");
        let parts = value.split(',').map(str::trim);
        if listeners {
            let mut known = parts.filter_map(|part| part.split_once("://"));
            return known
                .any(|(protocol, host)| {
                    matches!(protocol, "plaintext" | "sasl_plaintext") && (host.starts_with(':') || !is_local(host))
                })
                .then_some(Tls::Off)
                .or_else(|| value.contains("ssl://").then_some(Tls::On));
        }
        if name.ends_with("listenersecurityprotocolmap") {
            // The controller's listener stays among the brokers, in the clear all the same.
            let plain = |part: &str| part.ends_with(":plaintext") || part.ends_with(":sasl_plaintext");
            // The map's own entries for PLAINTEXT are judged where a listener uses them.
            let mut named =
                parts.filter(|part| !part.starts_with("plaintext:") && !part.starts_with("sasl_plaintext:"));
            return Some(if named.any(plain) { Tls::Off } else { Tls::On });
        }
        None
    },
    fix: "security.protocol=SASL_SSL",
};

/// `xpack.security.*`, OpenSearch's plug-in, and plain HTTP to either.
pub(crate) const ELASTICSEARCH: Engine = Engine {
    title: "Elasticsearch or OpenSearch",
    words: &["elastic", "opensearch", "es_hosts"],
    images: &["elasticsearch", "opensearch", "kibana"],
    schemes: &[],
    option: |name, value, sure| match name {
        _ if name.ends_with("xpacksecurityenabled")
            || name.ends_with("securityhttpsslenabled")
            || name.ends_with("securitytransportsslenabled")
            || name.ends_with("securitysslhttpenabled") =>
        {
            switch(value)
        }
        _ if name.ends_with("disablesecurityplugin") || name.ends_with("pluginssecuritydisabled") => {
            switch(value).map(|tls| if tls == Tls::On { Tls::Off } else { Tls::On })
        }
        _ if sure && value.contains("http://") => {
            let plain = urls(value).iter().any(|url| url.scheme == "http" && !url.is_local());
            plain.then_some(Tls::Off)
        }
        _ if sure && value.contains("https://") => Some(Tls::On),
        _ => None,
    },
    fix: "xpack.security.http.ssl.enabled: true",
};

/// `amqp://` against `amqps://`.
pub(crate) const AMQP: Engine = Engine {
    title: "AMQP (RabbitMQ)",
    words: &["rabbit", "amqp"],
    images: &["rabbitmq", "activemq"],
    schemes: &[("amqp", Tls::Off), ("amqps", Tls::On)],
    option: |name, value, sure| {
        let named = name.ends_with("sslenabled")
            || name.ends_with("usessl")
            || name.ends_with("usetls")
            || name.ends_with("rabbitmqssl");
        if sure && named { switch(value) } else { None }
    },
    fix: "amqps://",
};

/// All of them.
pub(crate) const ENGINES: [&Engine; 7] = [&POSTGRES, &MYSQL, &MONGODB, &REDIS, &KAFKA, &ELASTICSEARCH, &AMQP];

#[cfg(test)]
mod tests {
    use super::{ENGINES, is_about_encryption};

    /// Parts of names that the engines know, and others.
    const PARTS: [&str; 29] = [
        "ssl",
        "tls",
        "protocol",
        "listeners",
        "security",
        "mode",
        "enable",
        "enabled",
        "use",
        "skip",
        "require",
        "transport",
        "inter",
        "broker",
        "advertised",
        "kafka",
        "map",
        "listener",
        "xpack",
        "http",
        "disable",
        "disabled",
        "plugin",
        "plugins",
        "port",
        "rabbitmq",
        "redis",
        "mongo",
        "postgres",
    ];
    const VALUES: [&str; 8] = ["", "true", "off", "6380", "require", "requiretls", "plaintext", "preferred"];

    #[test]
    fn no_engine_says_anything_of_what_is_left_out() {
        for (one, two, three) in threes() {
            let name = [one, two, three].concat();
            if is_about_encryption(&name) {
                continue;
            }
            for (engine, value) in ENGINES.iter().flat_map(|engine| VALUES.iter().map(move |value| (engine, value))) {
                let told = [true, false].map(|sure| (engine.option)(&name, value, sure));
                assert_eq!(told, [None; 2], "{} {name}={value}", engine.title);
            }
        }
    }

    fn threes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        let all = || PARTS.iter().copied().chain([""]);
        all().flat_map(move |one| all().flat_map(move |two| all().map(move |three| (one, two, three))))
    }
}
