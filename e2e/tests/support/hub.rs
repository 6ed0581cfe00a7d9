//! A hub, asked by its API as programs ask it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloister_e2e::wait_for;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Who reads everything.
const ADMIN: &str = "planted-token-of-the-administrator";

/// Where it listens, and who asks.
pub struct Hub {
    pub base: String,
    pub token: String,
}

impl Hub {
    /// What is at an address, and the status.
    pub fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request =
            agent.get(format!("{}{path}", self.base)).header("Authorization", format!("Bearer {}", self.token));
        let Ok(answer) = request.call() else { return (0, String::new()) };
        (answer.status().as_u16(), answer.into_body().read_to_string().unwrap_or_default())
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
        Running::start_with(folder, &[arguments, &["--listen=127.0.0.1:0"]].concat(), "")
    }

    /// The same where the arguments say, too, where it listens; and others may come, by lines of tokens.
    pub fn start_with(folder: &Path, arguments: &[&str], tokens: &str) -> Running {
        let mut command = Command::new(super::program("cloister"));
        command.args(["serve", "--name=live"]).args(arguments);
        command.arg(format!("--data={}", folder.join("hub").display()));
        command.arg(format!("--record-key={}", folder.join("record.key").display()));
        command.env("CLOISTER_HUB_TOKENS", format!("admin admin {ADMIN}\n{tokens}"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let base = first.split("http://").nth(1).unwrap().split('/').next().unwrap();
        Running { hub: Hub { base: format!("http://{base}"), token: ADMIN.to_owned() }, child }
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
