//! What to connect to.

use std::str::FromStr;

use serde::Serialize;

/// A host and a port, as the user named them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What is expected there; found out where it is not said.
    pub kind: Option<Kind>,
}

/// What answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// kube-apiserver.
    ApiServer,
    /// kubelet.
    Kubelet,
    /// etcd.
    Etcd,
    /// Anything else.
    Other,
}

impl Kind {
    /// The word for people and machines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiServer => "api-server",
            Self::Kubelet => "kubelet",
            Self::Etcd => "etcd",
            Self::Other => "other",
        }
    }

    /// What listens there by convention.
    #[must_use]
    pub fn by_port(port: u16) -> Option<Self> {
        match port {
            6443 => Some(Self::ApiServer),
            10250 | 10255 => Some(Self::Kubelet),
            2379 | 4001 => Some(Self::Etcd),
            _ => None,
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Endpoint {
    type Err = String;

    /// `host:port`, `[::1]:443`, `https://host`, `http://host:8080/path`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no endpoint; write host:port or https://host, such as 10.0.0.1:6443");
        let (rest, usual) = match text.split_once("://") {
            Some(("https", rest)) => (rest, Some(443)),
            Some(("http", rest)) => (rest, Some(80)),
            Some(_) => return Err(wrong()),
            None => (text, None),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse::<u16>().map_err(|_| wrong())?))
            }
            Some(_) if !authority.starts_with('[') => return Err(wrong()),
            _ => (authority, None),
        };
        let host = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
        let plain =
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte));
        match port.or(usual) {
            Some(port) if plain && port > 0 => Ok(Self { host: host.to_owned(), port, kind: None }),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn endpoints_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<Endpoint>().map(|read| read.to_string());
        for (text, expected) in [
            ("10.0.0.1:6443", Some("10.0.0.1:6443")),
            ("https://shop.example", Some("shop.example:443")),
            ("https://shop.example:8443/cart?x#y", Some("shop.example:8443")),
            ("http://shop.example/", Some("shop.example:80")),
            ("[::1]:443", Some("[::1]:443")),
            ("https://[2001:db8::1]/", Some("[2001:db8::1]:443")),
            ("shop.example", None),
            ("::1", None),
            ("ftp://a", None),
            (":443", None),
            ("a:0", None),
            ("a:99999", None),
            ("a b:1", None),
            ("user@host:1", None),
            ("", None),
        ] {
            assert_eq!(read(text).ok().as_deref(), expected, "{text}");
        }
    }
}
