//! Whether connections to a database are encrypted: the meaning of each
//! software's options and URLs.

use cloister_inventory::Container;
use cloister_model::{Place, Severity};

use super::settings::{Choice, Setting, choices, joined};
use super::urls::{is_local, urls};
use crate::Findings;

/// What an option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Encrypted, or nothing goes.
    On,
    /// Encrypted only when the other side offers it: anybody between can say no.
    Maybe,
    /// In the clear.
    Off,
}

/// One kind of software.
#[derive(Debug)]
pub(crate) struct Engine {
    /// For people.
    pub title: &'static str,
    /// Parts of names of settings that are about it.
    pub words: &'static [&'static str],
    /// Parts of image names.
    pub images: &'static [&'static str],
    /// URL schemes, with what they mean when no option says otherwise.
    pub schemes: &'static [(&'static str, Tls)],
    /// An option's meaning: joined lower-case name, lower-case value, and whether
    /// it is surely this software's (by URL, name or image).
    pub option: fn(&str, &str, bool) -> Option<Tls>,
    /// What to write.
    pub fix: &'static str,
}

/// A connection that may be in the clear.
#[derive(Debug)]
pub(crate) struct Plain<'a> {
    pub place: Place<'a>,
    pub tls: Tls,
    pub what: String,
    /// What to write instead.
    pub fix: String,
}

/// What a value says, in words, and what to write instead where the engine's own
/// words would not fit there.
#[derive(Debug, Default)]
struct Said {
    what: String,
    fix: Option<String>,
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

impl Engine {
    /// Whether a container runs this software.
    pub(crate) fn runs_in(&self, container: &Container<'_>) -> bool {
        is_image_of(container.image(), self.images)
    }

    /// What the settings say of its connections; `None` when they say nothing.
    pub(crate) fn judge<'a>(&self, settings: &[Setting<'a>], runs: bool) -> Option<Vec<Plain<'a>>> {
        let mut plain = Vec::new();
        let mut spoken = false;
        let mut demanded = false;
        for setting in settings {
            let name = setting.joined();
            let sure = runs || self.words.iter().any(|word| name.contains(word));
            let url = if setting.has_url { self.by_url(&setting.value) } else { None };
            let verdict = url.or_else(|| {
                let value = setting.lower();
                (self.option)(name, value.trim(), sure)
                    .map(|tls| (tls, said(&setting.name, value.trim())))
                    .or_else(|| self.worst(setting.options(), sure))
            });
            let Some((tls, Said { what, fix })) = verdict else { continue };
            spoken = true;
            demanded |= tls == Tls::On;
            if tls != Tls::On {
                plain.push(Plain { place: setting.place, tls, what, fix: fix.unwrap_or_else(|| self.fix.to_owned()) });
            }
        }
        // A URL without an option takes what another setting demands (`PGSSLMODE`).
        if demanded {
            plain.retain(|one| !one.what.ends_with(UNSAID));
        }
        spoken.then_some(plain)
    }

    /// A connection URL of this software, with the options in it.
    fn by_url(&self, text: &str) -> Option<(Tls, Said)> {
        let mut worst: Option<(Tls, Said)> = None;
        for url in urls(text) {
            let scheme = url.scheme.to_ascii_lowercase();
            let bare = scheme.split('+').next().unwrap_or(&scheme);
            let known = self
                .schemes
                .iter()
                .find(|(own, _)| *own == scheme)
                .or_else(|| self.schemes.iter().find(|(own, _)| *own == bare));
            let Some((own, unsaid)) = known else { continue };
            let found = if url.is_local() {
                (Tls::On, Said::default())
            } else {
                self.worst(&choices(url.rest), true).unwrap_or_else(|| {
                    let note = if *unsaid == Tls::Maybe { UNSAID } else { "" };
                    (*unsaid, Said { what: format!("{own}://{note}"), fix: None })
                })
            };
            if worst.as_ref().is_none_or(|(tls, _)| rank(found.0) > rank(*tls)) {
                worst = Some(found);
            }
        }
        worst
    }

    /// An option among others: the engine's own one fits beside them, a scheme does not.
    fn said_inside(&self, name: &str, value: &str) -> Said {
        let said = said(name, value);
        if self.fix.contains("://") || value.contains("://") { said } else { Said { fix: None, ..said } }
    }

    /// The worst that options inside a value say.
    fn worst(&self, options: &[Choice], sure: bool) -> Option<(Tls, Said)> {
        let verdicts = options.iter().filter_map(|option| {
            (self.option)(&option.joined, &option.value, sure)
                .map(|tls| (tls, self.said_inside(&option.name, &option.value)))
        });
        verdicts.max_by_key(|(tls, _)| rank(*tls))
    }
}

/// How a URL that leaves the choice to the client is described.
const UNSAID: &str = " without an option for TLS";

fn rank(tls: Tls) -> u8 {
    match tls {
        Tls::On => 0,
        Tls::Maybe => 1,
        Tls::Off => 2,
    }
}

/// What a setting says. Values of options are words; anything longer may hold
/// more than it should.
fn said(name: &str, value: &str) -> Said {
    let what = match value {
        "" => name.to_owned(),
        value if value.len() <= 24 && !value.contains(['@', '/', ':']) => format!("{name}={value}"),
        _ => format!("{name}=…"),
    };
    let fix = match opposite(value) {
        Some(word) if joined(name) != "skipssl" => Some(format!("{name}={word}")),
        _ if joined(name) == "skipssl" => Some("require_secure_transport=ON".to_owned()),
        _ if value.contains("http://") => Some("https://".to_owned()),
        _ => None,
    };
    Said { what, fix }
}

/// The other position of a switch, in the same words.
fn opposite(value: &str) -> Option<&'static str> {
    const PAIRS: [(&str, &str); 5] =
        [("true", "false"), ("1", "0"), ("yes", "no"), ("on", "off"), ("enabled", "disabled")];
    PAIRS.iter().find_map(|(on, off)| match value {
        value if value == *on => Some(*off),
        value if value == *off => Some(*on),
        _ => None,
    })
}

/// Whether the last part of an image's name holds one of `parts`.
pub(crate) fn is_image_of(image: &str, parts: &[&str]) -> bool {
    let path = image.split('@').next().unwrap_or(image);
    let last = path.rsplit('/').next().unwrap_or(path);
    let name = last.split(':').next().unwrap_or(last);
    parts.iter().any(|part| name.contains(part))
        && !["exporter", "operator", "backup", "-ui", "admin"].iter().any(|tool| name.contains(tool))
}

/// The judgement of one container, for the checks of the single engines.
pub(crate) fn judge_container<'a>(engine: &Engine, container: &Container<'a>, findings: &mut Findings<'a>) {
    let Some(plain) = engine.judge(findings.settings(container).all(), engine.runs_in(container)) else {
        return findings.not_applicable();
    };
    for one in plain {
        let message = format!("container \"{}\": {}", container.name(), describe(engine, &one));
        findings.report(one.place).message(message).severity(severity(one.tls)).fix(one.fix);
    }
}

/// What is wrong, in words.
pub(crate) fn describe(engine: &Engine, plain: &Plain<'_>) -> String {
    let how =
        if plain.tls == Tls::Off { "are not encrypted" } else { "are encrypted only if the other side offers it" };
    format!("connections to {} {how} ({})", engine.title, plain.what.trim())
}

/// In the clear is worse than leaving it open.
pub(crate) fn severity(tls: Tls) -> Severity {
    if tls == Tls::Off { Severity::High } else { Severity::Medium }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_to_write_fits_where_it_is_written() {
        for (value, fix) in [
            ("no", Some("REDIS_TLS_ENABLED=yes")),
            ("false", Some("REDIS_TLS_ENABLED=true")),
            ("http://search:9200", Some("https://")),
            ("disable", None),
            ("plaintext", None),
        ] {
            assert_eq!(said("REDIS_TLS_ENABLED", value).fix.as_deref(), fix, "{value}");
        }
        assert_eq!(said("skip-ssl", "").fix.as_deref(), Some("require_secure_transport=ON"));
    }
}
