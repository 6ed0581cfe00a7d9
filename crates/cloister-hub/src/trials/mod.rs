//! The whole hub, over a socket: every route as every role, what hostile clients send, decisions from end to end.

mod again;
mod alarm;
mod breaches;
mod crash;
mod decide;
mod export;
mod hostile;
mod ingest;
mod kubernetes;
mod made;
mod narrow;
mod oidc;
mod questions;
mod record;
mod replicas;
pub mod report;
mod rights;
mod rules;
mod scanners;
mod sessions;
mod timestamps;
mod tls;
mod unpack;
mod views;
mod watch;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use crate::{Config, Hub, Limits, Listen, Role, Supplement, Tls, Tokens};

/// A hub that listens, with tokens for all roles and one source, `shop`.
struct Trial {
    hub: Arc<Hub>,
    address: SocketAddr,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HashMap<String, String>,
    cookies: Vec<String>,
    body: String,
}

fn token(role: &str) -> String {
    format!("token-of-the-{role}-0123456789")
}

impl Trial {
    fn new() -> Trial {
        Trial::with(Limits { head: Duration::from_millis(700), body: Duration::from_millis(700), ..Limits::default() })
    }

    fn with(limits: Limits) -> Trial {
        Trial::begun(limits, Config::default(), None)
    }

    /// With more of a configuration, and with TLS.
    fn begun(limits: Limits, config: Config, tls: Option<Tls>) -> Trial {
        let mut lines: Vec<String> =
            Role::ALL.iter().map(|role| format!("{role} {role} {}", token(role.as_str()))).collect();
        lines.push(format!("limited engineer {} shop", token("limited")));
        lines.push(format!("shop collector {}", token("shop")));
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let hub = Hub::new(Config {
            tokens: Tokens::read(&lines.join("\n")).unwrap(),
            hosts: vec![address.to_string()],
            cookie: "cloister".to_owned(),
            ..config
        })
        .unwrap();
        hub.take(&"shop".into(), report::read(&report::json()), Supplement::default()).unwrap();
        let serving = hub.clone();
        std::thread::spawn(move || crate::serve(serving, Listen { socket, limits, tls }, 2));
        Trial { hub, address }
    }

    /// Sends bytes as they are, and reads what comes until the hub hangs up.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        // The hub may hang up before all is sent.
        let _ = stream.write_all(bytes);
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        Reply::read(&self.raw(format!("{text}\r\n{body}").as_bytes()))
    }

    /// Sends a body of any bytes.
    fn send(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut text = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        Reply::read(&self.raw(&[format!("{text}\r\n").as_bytes(), body].concat()))
    }

    fn as_role(&self, role: &str, method: &str, path: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {}", token(role));
        self.ask(method, path, &[("Authorization", &bearer), ("Content-Type", "application/json")], body)
    }

    /// Signs in as a browser does: the cookie, and the token that forms carry.
    fn sign_in(&self, role: &str) -> (String, String) {
        self.sign_in_with(&token(role))
    }

    fn sign_in_with(&self, token: &str) -> (String, String) {
        let form = self.ask("GET", "/sign-in", &[], "");
        let visit = form.cookies.first().unwrap().split(';').next().unwrap().to_owned();
        let body = format!("token-of-form={}&token={token}", form.form_token());
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        let reply = self.ask("POST", "/sign-in", &[("Cookie", &visit), kind], &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let cookie = reply.cookies.iter().find(|cookie| cookie.starts_with("cloister=")).unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let page = self.ask("GET", "/sources", &[("Cookie", &cookie)], "");
        (cookie, page.form_token())
    }

    fn form(&self, cookie: &str, path: &str, body: &str) -> Reply {
        self.ask("POST", path, &[("Cookie", cookie), ("Content-Type", "application/x-www-form-urlencoded")], body)
    }
}

impl Reply {
    fn read(text: &str) -> Reply {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|word| word.parse().ok()).unwrap_or(0);
        let (mut headers, mut cookies) = (HashMap::new(), Vec::new());
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            if name.eq_ignore_ascii_case("set-cookie") {
                cookies.push(value.to_owned());
            }
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        Reply { status, headers, cookies, body: body.to_owned() }
    }

    fn form_token(&self) -> String {
        let start = self.body.split("name=\"token-of-form\" value=\"").nth(1).unwrap();
        start.split('"').next().unwrap().to_owned()
    }

    /// Fails unless it is told as RFC 9457 says, with a cause.
    fn problem(&self, status: u16) -> serde_json::Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let told: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert!(told["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{told}");
        told
    }
}
