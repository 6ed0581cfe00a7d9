//! A sensor that runs, what it writes, and what it may hear: shared by the tests that use it.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests that run programs"
)]

pub mod audit;
pub mod deployed;
pub mod entered;
pub mod hub;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cloister_e2e::{ControlPlane, wait_for};
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

/// How long anything may take on a busy small machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const POLICIES: &str = "/apis/cloister.dev/v1alpha1/dlppolicies";
pub const PROFILES: &str = "/apis/cloister.dev/v1alpha1/detectionprofiles";
/// Who asks.
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 77, 0, 1);
/// Who answers.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(127, 77, 0, 2);

/// A program that was built beside this test.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    beside.unwrap_or_else(|| panic!("{name} is not built: cargo build --release --workspace --bins"))
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of the sensor's manifests.
pub fn deploy() -> PathBuf {
    root().join("deploy/sensor")
}

/// A policy, as it is sent.
pub fn policy(name: &str, spec: &Value) -> String {
    json!({ "apiVersion": "cloister.dev/v1alpha1", "kind": "DlpPolicy", "metadata": { "name": name }, "spec": spec })
        .to_string()
}

/// A profile, as it is sent.
pub fn profile(name: &str, spec: &Value) -> String {
    json!({ "apiVersion": "cloister.dev/v1alpha1", "kind": "DetectionProfile", "metadata": { "name": name }, "spec": spec })
        .to_string()
}

/// Waits until the API server knows policies and profiles.
pub fn serve_policies(plane: &ControlPlane) {
    for (file, path) in [("dlppolicies.json", POLICIES), ("detectionprofiles.json", PROFILES)] {
        plane.kubectl().unwrap().apply(&deploy().join(file)).unwrap();
        let served = || (plane.api().get(path).unwrap().status == 200).then_some(());
        wait_for("the custom resource", PATIENCE, served).unwrap();
    }
}

/// An API server that knows policies.
pub fn plane() -> ControlPlane {
    let plane = ControlPlane::start().unwrap();
    serve_policies(&plane);
    plane
}

/// A pod of this name that claims an address.
pub fn add_pod(plane: &ControlPlane, name: &str, address: Ipv4Addr) {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name, "labels": { "app": name } },
        "spec": { "containers": [{ "name": name, "image": name }] },
    });
    plane.api().post("/api/v1/namespaces/clinic/pods", &pod.to_string()).unwrap().success().unwrap();
    let status = json!({ "status": { "phase": "Running", "podIP": address, "podIPs": [{ "ip": address }] } });
    let path = format!("/api/v1/namespaces/clinic/pods/{name}/status");
    plane.api().send("PATCH", &path, "application/merge-patch+json", &status.to_string()).unwrap().success().unwrap();
}

/// The status of a policy.
pub fn status(plane: &ControlPlane, name: &str) -> Value {
    let read = plane.api().get(&format!("{POLICIES}/{name}")).unwrap();
    if read.status == 200 { read.json().unwrap()["status"].clone() } else { Value::Null }
}

/// An IBAN that nobody has: made up, with its check digits (ISO 13616).
pub fn iban(account: u64) -> String {
    let bban = format!("37040044{account:010}");
    let rest = format!("{bban}131400").bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{bban}", 98 - rest)
}

/// A sensor of the loopback interface; it is stopped when this is dropped.
pub struct Sensor {
    pub child: Child,
    /// Where it runs, and where its files are.
    pub folder: TempDir,
    pub metrics: SocketAddr,
}

impl Sensor {
    /// Starts it as `node`, with the rights of its service account, by a kubeconfig for this URL.
    pub fn start(plane: &ControlPlane, node: &str, url: &str, more: &[&str]) -> Sensor {
        let folder = tempfile::tempdir().unwrap();
        // It gives up its user, and must find its files nevertheless.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let account = "system:serviceaccount:cloister:cloister-sensor";
        let kubeconfig = plane.kubeconfig_as(account, &["system:serviceaccounts"]).unwrap();
        let text = fs::read_to_string(kubeconfig).unwrap().replace(plane.url(), url);
        fs::write(folder.path().join("kubeconfig"), text).unwrap();
        let metrics = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let mut command = Command::new(program("cloister-sensor"));
        command.args(["--interface", "lo", "--filter", "net 127.77.0.0/16", "--watch", "--node", node, "--every", "1"]);
        command.args(["--kubeconfig", "kubeconfig", "--findings", "findings", "--flows", "flows"]);
        command.arg("--metrics").arg(metrics.to_string()).args(more).current_dir(folder.path());
        let errors = File::create(folder.path().join("errors")).unwrap();
        let out = File::create(folder.path().join("output")).unwrap();
        command.stdin(Stdio::null()).stdout(out).stderr(errors);
        Sensor { child: command.spawn().unwrap(), folder, metrics }
    }

    /// What stands in one of its files: `findings`, `flows`, `errors`.
    pub fn told(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap_or_default()
    }

    /// Its findings.
    pub fn findings(&self) -> Vec<Value> {
        self.told("findings").lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Its numbers.
    pub fn numbers(&self) -> String {
        get(self.metrics, "/metrics").unwrap_or_default()
    }

    /// Waits; where it is in vain, what the sensor says is told, too.
    pub fn wait<T>(&self, what: &str, ready: impl FnMut() -> Option<T>) -> T {
        wait_for(what, PATIENCE, ready).unwrap_or_else(|error| panic!("{error:#}; the sensor: {}", self.told("errors")))
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Sensor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a policy's generation is in force on so many nodes, and everybody says so.
pub fn in_force(plane: &ControlPlane, sensor: &Sensor, name: &str, generation: i64, sensors: i64) -> Value {
    sensor.wait(&format!("generation {generation} of {name} on {sensors} nodes"), || {
        let status = status(plane, name);
        (status["observedGeneration"] == generation && status["sensors"] == sensors).then_some(status)
    })
}

/// Who asks for a patient's account, and who answers.
pub struct Talk {
    listener: TcpListener,
    /// The number of the last account that was told.
    pub number: u64,
}

impl Talk {
    pub fn new() -> Talk {
        Talk { listener: TcpListener::bind((SERVER, 0)).unwrap(), number: 1_000 }
    }

    /// Where the answers come from.
    pub fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// One more account is asked for, and told.
    pub fn talk(&mut self) {
        self.number += 1;
        let body = format!("{{\"iban\": \"{}\", \"password\": \"hunter2hunter2\"}}", iban(self.number));
        let length = body.len();
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
        let request = b"GET /v1/accounts HTTP/1.1\r\nHost: api.clinic.svc\r\n\r\n";
        let (mut client, mut server) = connect(&self.listener);
        client.write_all(request).unwrap();
        let _ = server.read(&mut [0; 4096]).unwrap();
        server.write_all(answer.as_bytes()).unwrap();
        drop(server);
        let _ = client.read_to_end(&mut Vec::new());
    }

    /// Talks until a finding is told.
    pub fn until(&mut self, sensor: &Sensor, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        sensor.wait(what, || {
            self.talk();
            sensor.findings().into_iter().find(&is)
        })
    }
}

/// A connection from the client's address.
pub fn connect(listener: &TcpListener) -> (TcpStream, TcpStream) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((CLIENT, 0)).into()).unwrap();
    socket.connect(&listener.local_addr().unwrap().into()).unwrap();
    let client = TcpStream::from(socket);
    let (server, _) = listener.accept().unwrap();
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
    }
    (client, server)
}

/// What is answered to a GET.
pub fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// What a process may do, from its `/proc/ID/status`.
pub fn proc_status(id: u32, key: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix(&format!("{key}:"))).unwrap().trim().to_owned()
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
