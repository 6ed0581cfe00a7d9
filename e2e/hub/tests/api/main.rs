//! The API before somebody who knows nothing but its document: schemathesis makes requests of it, right and wrong ones, and holds
//! the answers against what the document says. Once with names as they come, and once with those of what is there.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "tests run programs")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cloister_e2e_hub::hub::{program, project};
use serde_json::Value;

const TOKEN: &str = "admin-0123456789abcdef0123456";

/// How many requests of each kind are made for each operation, where nothing is said.
const EXAMPLES: &str = "5";

/// A hub behind a proxy, which says where requests come from.
struct Hub {
    child: Child,
    home: tempfile::TempDir,
    address: String,
}

impl Hub {
    fn start() -> Hub {
        let home = tempfile::tempdir().unwrap();
        let tokens = home.path().join("tokens");
        std::fs::write(&tokens, format!("mila admin {TOKEN}\n")).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = Command::new(program());
        command.args(["serve", "--watch", "examples/clinic", "--behind-tls", "--listen", &free, "--host", &free]);
        command.arg("--tokens").arg(tokens).env("XDG_STATE_HOME", home.path()).stdout(Stdio::null());
        let child = command.current_dir(project()).spawn().unwrap();
        let hub = Hub { child, home, address: format!("http://{free}") };
        let begun = Instant::now();
        while hub.get("/api/v1/sources/clinic").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the clinic is not assessed");
            std::thread::sleep(Duration::from_millis(100));
        }
        hub
    }

    fn get(&self, path: &str) -> Option<Value> {
        let asked = ureq::get(format!("{}{path}", self.address)).header("Authorization", format!("Bearer {TOKEN}"));
        serde_json::from_str(&asked.call().ok()?.body_mut().read_to_string().ok()?).ok()
    }

    /// Names of what is there.
    fn known(&self) -> String {
        let first = |list: &str| self.get(&format!("/api/v1/sources/clinic/{list}?limit=1")).unwrap();
        let finding = first("findings");
        let finding = finding.pointer("/items/0/id").and_then(Value::as_str).unwrap();
        let names = [("source", "clinic"), ("finding", finding), ("framework", "gdpr"), ("requirement", "32(1)(a)")];
        let lines = names.iter().map(|(name, value)| format!("\"path.{name}\" = \"{value}\"\n"));
        format!("\n[parameters]\n{}", lines.collect::<String>())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn given(name: &str, or: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| or.to_owned())
}

/// Every check but that of wrong tokens: those are tried for every route by a test of the hub, and here would be 429 after the tenth.
fn ask(hub: &Hub, names: &str, seed: &str) {
    let tools = cloister_tools::python(cloister_tools::SCHEMATHESIS).unwrap();
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api");
    let config = std::fs::read_to_string(beside.join("schemathesis.toml")).unwrap();
    std::fs::write(hub.home.path().join("schemathesis.toml"), config + names).unwrap();
    let mut command = Command::new(tools.join("bin/schemathesis"));
    command.arg("run").arg(format!("{}/api/v1/openapi.json", hub.address)).current_dir(hub.home.path());
    command.args(["--header", &format!("Authorization: Bearer {TOKEN}"), "--seed", seed, "--no-color"]);
    command.args(["--checks", "all", "--exclude-checks", "ignored_auth", "--continue-on-failure"]);
    command.args(["--max-examples", &given("CLOISTER_API_EXAMPLES", EXAMPLES)]);
    command.env("PYTHONPATH", beside).env("PYTHONDONTWRITEBYTECODE", "1").env("SCHEMATHESIS_HOOKS", "hooks");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "seed {seed}: the API does otherwise than its document says");
    assert!(told.contains("generated"), "nothing was asked");
}

#[test]
fn answers_are_as_the_document_says() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 1_000_000;
    let seed = given("CLOISTER_API_SEED", &now.to_string());
    println!("seed {seed}");
    let hub = Hub::start();
    ask(&hub, "", &seed);
    ask(&hub, &hub.known(), &seed);
}
