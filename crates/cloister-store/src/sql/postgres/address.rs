//! How to reach a server. Nothing here shows a password.

use std::fmt;
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};

use crate::{Error, Result};

/// How to reach a database of PostgreSQL, as `postgresql://user@host:port/database` or `host=… user=…` say it.
///
/// Connections to other machines are protected by TLS, whose certificates are verified (`sslmode` `verify-full`, and what
/// means less, mean that), unless the address itself says `sslmode=disable`, for where something else protects them.
#[derive(Clone)]
pub struct Address {
    pub(crate) config: Config,
    pub(crate) roots: Option<Vec<u8>>,
    pub(crate) connections: usize,
    pub(crate) patience: Duration,
    pub(crate) place: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Address").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// It cannot be read, or names no host. The error does not repeat it: there may be a password in it.
    pub fn new(text: &str) -> Result<Address> {
        // Words of libpq that mean no more than what is done anyway.
        let text =
            text.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
        let wrong = |cause: &str| Error::Address { cause: cause.to_owned() };
        let mut config: Config = text.parse().map_err(|_| {
            wrong("it cannot be read: write postgresql://USER@HOST:PORT/DATABASE, and put the password into a file")
        })?;
        if config.get_hosts().is_empty() {
            return Err(wrong("it names no host"));
        }
        let near = config.get_hosts().iter().all(is_near);
        if !near && config.get_ssl_mode() == SslMode::Prefer {
            config.ssl_mode(SslMode::Require);
        }
        if near && !text.contains("sslmode") {
            config.ssl_mode(SslMode::Disable);
        }
        config.application_name("cloister");
        config.connect_timeout(Duration::from_secs(10));
        config.tcp_user_timeout(Duration::from_secs(30));
        let place = place(&config);
        Ok(Address { config, roots: None, connections: 8, patience: Duration::from_secs(30), place })
    }

    /// The password, where the address has none.
    #[must_use]
    pub fn password(mut self, password: &str) -> Address {
        self.config.password(password);
        self
    }

    /// The authorities that the server's certificate may be from, as PEM; the system's without them.
    #[must_use]
    pub fn roots(mut self, pem: Vec<u8>) -> Address {
        self.roots = Some(pem);
        self
    }

    /// How many connections there are at the most; 8 without it.
    #[must_use]
    pub fn connections(mut self, most: usize) -> Address {
        self.connections = most.max(1);
        self
    }

    /// How long a call goes on trying while the server is away; 30 seconds without it.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Address {
        self.patience = patience;
        self
    }

    pub(crate) fn user(&self) -> String {
        self.config.get_user().unwrap_or("the user of this process").to_owned()
    }
}

/// Whether what is said to it stays on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let name = name.trim_matches(['[', ']']);
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// Host, port and database.
fn place(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("{host}:{port}/{}", config.get_dbname().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_shown_nowhere() {
        for text in ["postgresql://cloister:geheim@db/x", "host=db user=a password=geheim"] {
            assert!(!format!("{:?}", Address::new(text).unwrap()).contains("geheim"));
        }
        for text in ["postgresql://cloister:geheim@db:port/x", "password=geheim nothing", "user=a password=geheim"] {
            let error = Address::new(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
        }
    }

    #[test]
    fn other_machines_need_tls() {
        let mode = |text: &str| Address::new(text).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgresql://a@db/x"), SslMode::Require);
        assert_eq!(mode("postgresql://a@db/x?sslmode=prefer"), SslMode::Require);
        assert_eq!(mode("postgresql://a@db/x?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgresql://a@db/x?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgresql://a@127.0.0.1/x"), SslMode::Disable);
        assert_eq!(mode("host=/run/postgresql user=a"), SslMode::Disable);
        assert_eq!(mode("postgresql://a@localhost/x?sslmode=verify-full"), SslMode::Require);
    }
}
