//! A hub, asked by its API as programs ask it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloister_e2e::wait_for;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Who reads everything.
const ADMIN: &str = "planted-token-of-the-administrator";

/// Where it listens, and who asks.
#[derive(Clone)]
pub struct Hub {
    pub base: String,
    pub token: String,
    agent: ureq::Agent,
}

impl Hub {
    /// A hub at this address; where it speaks TLS, by this certificate, in PEM.
    pub fn new(base: &str, token: &str, certificate: Option<&str>) -> Hub {
        let mut config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(super::PATIENCE));
        if let Some(pem) = certificate {
            let roots = RootCerts::new_with_certs(&[Certificate::from_pem(pem.as_bytes()).unwrap()]);
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Hub { base: base.to_owned(), token: token.to_owned(), agent: config.build().into() }
    }

    /// The same hub, asked by somebody else.
    pub fn by(&self, token: &str) -> Hub {
        Hub { token: token.to_owned(), ..self.clone() }
    }

    /// What is at an address, and the status; 0 where there is no answer.
    pub fn get(&self, path: &str) -> (u16, String) {
        let request = self.agent.get(format!("{}{path}", self.base));
        let Ok(answer) = request.header("Authorization", format!("Bearer {}", self.token)).call() else {
            return (0, String::new());
        };
        (answer.status().as_u16(), answer.into_body().read_to_string().unwrap_or_default())
    }

    /// One document of the API.
    pub fn json(&self, path: &str) -> Value {
        let (status, text) = self.get(path);
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Sends a document, which is taken.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.agent.post(format!("{}{path}", self.base)).content_type("application/json");
        let sent = request.header("Authorization", format!("Bearer {}", self.token)).send(body.to_string()).unwrap();
        let (status, text) = (sent.status().as_u16(), sent.into_body().read_to_string().unwrap());
        assert!((200..300).contains(&status), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A list of the API, at most a thousand of it; `Null` where there is none.
    pub fn items(&self, path: &str) -> Vec<Value> {
        let (status, text) = self.get(path);
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if status == 200 { body["items"].as_array().cloned().unwrap_or_default() } else { Vec::new() }
    }

    /// A whole list of the API, part by part.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let (status, text) = self.get(&format!("{path}{cursor}"));
            assert_eq!(status, 200, "{path}: {text}");
            let part: Value = serde_json::from_str(&text).unwrap();
            items.extend(part["items"].as_array().unwrap().iter().cloned());
            match part["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// The findings of a check in a source, as text.
    pub fn findings(&self, source: &str, check: &str) -> String {
        let path = format!("/api/v1/sources/{source}/findings?limit=1000&check={check}");
        self.items(&path).iter().map(|it| format!("{it}\n")).collect()
    }

    /// Waits until a check finds, or finds no more, what has this in it; how long that took.
    pub fn wait_for_finding(&self, (source, check): (&str, &str), what: &str, found: bool) -> Duration {
        let begun = Instant::now();
        let told = format!("{check} of {what}: {found}");
        let seen = || (self.findings(source, check).contains(what) == found).then_some(());
        if let Err(error) = wait_for(&told, super::PATIENCE, seen) {
            panic!("{error:#}\n{}\n{}", self.findings(source, check), self.get(&format!("/sources/{source}/input")).1);
        }
        begun.elapsed()
    }
}

/// A hub that runs on this machine; it ends with this.
pub struct Running {
    pub hub: Hub,
    child: Child,
}

impl Running {
    /// Watches what the arguments say, as source `live`.
    pub fn start(folder: &Path, arguments: &[&str]) -> Running {
        Running::start_with(folder, &[arguments, &["--listen=127.0.0.1:0"]].concat(), "", None)
    }

    /// The same where the arguments say, too, where it listens, perhaps with a certificate; and others may come, by lines of
    /// tokens.
    pub fn start_with(folder: &Path, arguments: &[&str], tokens: &str, certificate: Option<&str>) -> Running {
        let mut command = Command::new(super::program("cloister"));
        command.args(["serve", "--name=live"]).args(arguments);
        command.arg(format!("--data={}", folder.join("hub").display()));
        command.arg(format!("--record-key={}", folder.join("record.key").display()));
        command.env("CLOISTER_HUB_TOKENS", format!("admin admin {ADMIN}\n{tokens}"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let base = first.split("://").nth(1).unwrap().split('/').next().unwrap();
        let scheme = if certificate.is_some() { "https" } else { "http" };
        Running { hub: Hub::new(&format!("{scheme}://{base}"), ADMIN, certificate), child }
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}
