//! A database, a clinic that is watched, somebody who is told, and hubs on them.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use cloister_e2e_hub::hub::{Hub, program, project};
use cloister_e2e_hub::postgres::Postgres;
use cloister_e2e_hub::receiver::Receiver;
use serde_json::Value;
use ureq::Agent;

/// What many hubs of this test share.
pub struct Site {
    home: tempfile::TempDir,
    pub database: Mutex<Postgres>,
    pub receiver: Receiver,
    agent: Agent,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub tag: String,
    pub cookie: String,
    pub body: Value,
}

pub fn token(role: &str) -> String {
    format!("token-of-the-{role}-0123456789")
}

/// The hub of this name, and where its log is.
pub struct Node {
    pub hub: Hub,
    data: PathBuf,
}

impl Site {
    pub fn new() -> Site {
        let home = tempfile::tempdir().unwrap();
        let (database, receiver) = (Postgres::start().unwrap(), Receiver::start().unwrap());
        copy(&project().join("examples/clinic"), &home.path().join("clinic"));
        let roles = ["viewer", "engineer", "dpo", "admin"].map(|role| format!("{role} {role} {}\n", token(role)));
        let collector = format!("clinic collector {}\n", token("clinic"));
        let secret = home.path().join("secret");
        let alerts = format!(
            "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8]\n  \
             receivers: [{{name: team, webhook: {{url: '{}', secret: {{file: {}}}}}}}]\n  \
             route: {{receiver: team, groupBy: [fingerprint]}}\n",
            receiver.address,
            secret.display()
        );
        for (name, text) in [
            ("tokens", roles.concat() + &collector),
            ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=".to_owned()),
            ("alerts.yaml", alerts),
            ("store", database.address()),
        ] {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(40)));
        Site { agent: config.build().into(), home, database: Mutex::new(database), receiver }
    }

    /// A hub of this name, which begins or goes on.
    pub fn hub(&self, name: &str) -> Node {
        let path = |name: &str| self.home.path().join(name).display().to_string();
        let (clinic, tokens, store) = (path("clinic"), path("tokens"), path("store"));
        let (home, alerts) = (self.home.path().join(name), path("alerts.yaml"));
        std::fs::create_dir_all(&home).unwrap();
        let data = home.join("data");
        let mut arguments = vec!["--watch", &clinic, "--name", "clinic", "--every", "1h", "--tokens", &tokens];
        arguments.extend(["--store", &store, "--alerts", &alerts, "--data", data.to_str().unwrap()]);
        Node { hub: Hub::start(&home, &arguments).unwrap(), data }
    }

    /// A file of what is watched.
    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("clinic/k8s").join(name)
    }

    /// Asks a hub with somebody's token.
    pub fn ask(&self, node: &Node, role: &str, (method, path): (&str, &str), body: Option<&str>) -> Reply {
        self.ask_with(node, (method, path), &[("authorization", &format!("Bearer {}", token(role)))], body)
    }

    /// The same with these headers.
    pub fn ask_with(
        &self,
        node: &Node,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", node.hub.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let is_named = headers.iter().any(|(name, _)| *name == "content-type");
        if body.is_some() && !is_named {
            request = request.header("content-type", "application/json");
        }
        let mut answer = self.agent.run(request.body(body.unwrap_or("").to_owned()).unwrap()).unwrap();
        let header = |name: &str| {
            let values = answer.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.map(|value| value.split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
        };
        let (status, tag, cookie) = (answer.status().as_u16(), header("etag"), header("set-cookie"));
        let text = answer.body_mut().read_to_string().unwrap();
        Reply { status, tag, cookie, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// What is known of the clinic.
    pub fn clinic(&self, node: &Node, what: &str) -> Value {
        let reply = self.ask(node, "dpo", ("GET", &format!("/api/v1/sources/clinic{what}")), None);
        if reply.status == 200 { reply.body } else { Value::Null }
    }

    /// Waits until it is so.
    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < Duration::from_secs(90), "never: {what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Events, from outside: 200 or what else was answered.
    pub fn send(&self, node: &Node, body: &str) -> u16 {
        let headers = [("authorization", format!("Bearer {}", token("clinic")))];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.ask_with(node, ("POST", "/api/v1/sources/clinic/audit-webhook"), &headers, Some(body)).status
    }

    /// Each message of alerts came once. One that was told before `killed` of them had come may have been on its way at that
    /// moment: it comes once more, under the same name.
    pub fn told_once(&self, killed: usize) {
        let mut times: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, event) in self.receiver.told().iter().enumerate() {
            times.entry(event["id"].to_string()).or_default().push(at);
        }
        let twice = times.values().filter(|times| times.len() > 1);
        let wrong: Vec<_> = twice.filter(|times| times.len() > 2 || times[0] >= killed).collect();
        assert!(
            !times.is_empty() && wrong.is_empty(),
            "of {} messages, told again after {killed}: {wrong:?}",
            times.len()
        );
    }

    /// Waits until nobody is told anything any more, and each open alert was.
    pub fn all_told(&self, node: &Node) {
        let open = || {
            let page = self.ask(node, "dpo", ("GET", "/api/v1/alerts?state=firing&limit=1"), None).body;
            page["total"].as_u64().unwrap_or(u64::MAX)
        };
        let told = || {
            let all = self.receiver.told();
            let of = |event: &Value| event["data"]["firing"].as_array().cloned().unwrap_or_default();
            let prints: BTreeSet<String> =
                all.iter().flat_map(of).map(|said| said["alert"]["fingerprint"].to_string()).collect();
            prints.len() as u64
        };
        self.until(&format!("everybody was told of everything, {} of {}", told(), open()), || told() >= open());
    }
}

impl Node {
    /// Ends it as a machine does that loses its power.
    pub fn kill(&mut self) {
        self.hub.kill();
    }

    /// Verifies its log by the command line: how many assessments are in it.
    pub fn verified(&self) -> usize {
        let log = self.data.join("evidence");
        let key = log.join("key.pub");
        let mut command = Command::new(program());
        command.args(["evidence", "verify"]).arg(&log).arg("--key").arg(key);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        self.entries("assessment")
    }

    /// How many entries of a kind are in its log.
    pub fn entries(&self, kind: &str) -> usize {
        let mut command = Command::new(program());
        command.args(["evidence", "list", "-o", "json"]).arg(self.data.join("evidence"));
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{output:?}");
        text.matches(&format!("\"{kind}\"")).count()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}
