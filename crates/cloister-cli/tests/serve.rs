//! Who reaches the hub, as `cloister serve` is asked for it: real openssl and curl, and refusals with their way out.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "tests run programs")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn serve(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloister"));
    command.arg("serve").args(arguments).current_dir(folder).env("XDG_STATE_HOME", folder).env("USER", "mila");
    command.env_remove("CLOISTER_HUB_TOKENS").env_remove("KUBECONFIG").env("HOME", folder);
    command
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Nothing is left behind, whatever fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder to watch, with an authority, a pair for the hub and one for an agent.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: one, namespace: shop}\nspec: {containers: [{name: a, image: a}]}\n";
    std::fs::create_dir(at.join("k8s")).unwrap();
    std::fs::write(at.join("k8s/pod.yaml"), pod).unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(at, &format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=planted-authority"));
    for (name, san) in [("hub", "subjectAltName=IP:127.0.0.1"), ("agent", "subjectAltName=DNS:ward")] {
        std::fs::write(at.join("san"), san).unwrap();
        openssl(at, &format!("req {key} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        let sign = format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days 2 -extfile san"
        );
        openssl(at, &sign);
    }
    std::fs::write(at.join("tokens"), "mila viewer 0123456789abcdef0123456789 own/shop,ward/shop\n").unwrap();
    std::fs::write(at.join("roles"), "staff viewer shop\n").unwrap();
    std::fs::write(at.join("bosses"), "staff viewer\nbosses boss\n").unwrap();
    folder
}

fn issuer<'a>(address: &'a str, roles: &'a str) -> [&'a str; 8] {
    ["--watch", "k8s", "--oidc-issuer", address, "--oidc-client", "hub", "--oidc-roles", roles]
}

#[test]
fn what_cannot_be_served_is_refused_with_a_way_out() {
    let folder = folder();
    std::fs::write(folder.path().join("wrong"), "mila admin 0123456789abcdef0123456789 shop\n").unwrap();
    let open = ["--watch", "k8s", "--listen", "0.0.0.0:0"];
    for (arguments, cause, way_out) in [
        (&open[..], "nobody has a token", "--sign-in kubernetes"),
        (&[&open[..], &["--tokens", "tokens"]].concat(), "in the clear", "--tls-cert FILE"),
        (
            &[&open[..], &["--tokens", "tokens", "--tls-cert", "hub.pem", "--tls-key", "hub.key"]].concat(),
            "under which name",
            "--host",
        ),
        (&["--watch", "k8s", "--tls-cert", "hub.pem", "--tls-key", "agent.key"], "agent.key", "give the key"),
        (&["--watch", "k8s", "--tls-cert", "none.pem", "--tls-key", "hub.key"], "none.pem", "--tls-cert FILE"),
        (&["--watch", "k8s", "--tls-cert", "hub.pem"], "--tls-key", "--help"),
        (&["--watch", "k8s", "--agents-ca", "ca.pem"], "--tls-cert", "--help"),
        (&["--watch", "k8s", "--sign-in", "kubernetes"], "no cluster is named", "--cluster"),
        (&["--watch", "k8s", "--tokens", "wrong"], "line 1", "not limited"),
        (&["--watch", "k8s", "--oidc-issuer", "https://x.example"], "--oidc-client", "--help"),
        (&["--watch", "k8s", "--oidc-secret", "tokens"], "--oidc-issuer", "--help"),
        (&[&issuer("http://x.example", "roles")[..], &[]].concat(), "http://x.example is no issuer", "--oidc-issuer"),
        (&[&issuer("https://x.example", "bosses")[..], &[]].concat(), "bosses: line 2", "GROUP ROLE"),
        (&[&issuer("https://x.example", "none")[..], &[]].concat(), "none: ", "--oidc-roles FILE"),
        (
            &[&issuer("https://x.example", "roles")[..], &["--oidc-secret", "none"]].concat(),
            "secret cannot be read",
            "--oidc-secret",
        ),
        (
            &[&issuer("https://x.example", "roles")[..], &["--oidc-ca", "tokens"]].concat(),
            "no certificate can be read from tokens",
            "--oidc-ca",
        ),
    ] {
        let output = serve(folder.path(), arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(cause) && said.contains(way_out), "{arguments:?}: {said}");
        assert!(!said.contains("0123456789abcdef"), "{said}");
    }
}

#[test]
fn a_folder_of_alerts_may_be_empty_and_what_is_wrong_in_it_is_told() {
    let folder = folder();
    let at = folder.path();
    std::fs::create_dir(at.join("alerts")).unwrap();
    let arguments = ["--watch", "k8s", "--listen", "127.0.0.1:0", "--alerts", "alerts"];
    let mut hub = Running(serve(at, &arguments).stdout(Stdio::piped()).spawn().unwrap());
    let (mut said, mut told) = (BufReader::new(hub.0.stdout.take().unwrap()), String::new());
    while !told.contains("Ctrl-C") {
        assert!(said.read_line(&mut told).unwrap() > 0, "{told}");
    }
    assert!(told.contains("nobody is told: alerts/alerts.yaml is not there"), "{told}");
    drop(hub);
    std::fs::write(at.join("alerts/alerts.yaml"), "kind: None\n").unwrap();
    let output = serve(at, &arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("alerts/alerts.yaml"), "{said}");
}

#[test]
fn curl_comes_by_tls_a_person_to_their_namespace_and_an_agent_to_its_source() {
    let folder = folder();
    let at = folder.path();
    let files = ["--tls-cert", "hub.pem", "--tls-key", "hub.key", "--agents-ca", "ca.pem", "--tokens", "tokens"];
    let mut command =
        serve(at, &[&["--watch", "k8s", "--name", "own", "--listen", "127.0.0.1:0"], &files[..]].concat());
    let mut hub = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let (mut said, mut told) = (BufReader::new(hub.0.stdout.take().unwrap()), String::new());
    let address = loop {
        assert!(said.read_line(&mut told).unwrap() > 0, "{told}");
        if let Some((address, _)) = told.split_whitespace().find_map(|word| word.split_once("/sign-in/")) {
            break address.to_owned();
        }
    };
    assert!(address.starts_with("https://"), "{address}");
    let curl = |arguments: &[&str], path: &str| {
        let output = Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--cacert",
                "ca.pem",
                "--retry",
                "20",
                "--retry-delay",
                "1",
                "-w",
                "\n%{http_code}",
            ])
            .args(arguments)
            .arg(format!("{address}{path}"))
            .current_dir(at)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let bearer = ["-H", "Authorization: Bearer 0123456789abcdef0123456789"];
    // Until it was assessed for the first time it answers 503, which curl tries again.
    let seen = curl(&bearer, "/api/v1/sources/own");
    assert!(seen.ends_with("200") && seen.contains("\"namespaces\":[\"shop\"]"), "{seen}");
    let scan = Command::new(env!("CARGO_BIN_EXE_cloister"))
        .args(["scan", "k8s", "-o", "json"])
        .current_dir(at)
        .output()
        .unwrap();
    std::fs::write(at.join("scan.json"), scan.stdout).unwrap();
    let hand_in = [
        "--cert",
        "agent.pem",
        "--key",
        "agent.key",
        "-H",
        "Content-Type: application/json",
        "--data-binary",
        "@scan.json",
    ];
    let taken = curl(&hand_in, "/api/v1/sources/ward/assessments");
    let other = curl(&hand_in, "/api/v1/sources/other/assessments");
    let seen = curl(&bearer, "/api/v1/sources/ward/findings");
    assert!(taken.ends_with("201"), "{taken}");
    assert!(other.ends_with("403"), "{other}");
    assert!(seen.ends_with("200") && seen.contains("\"items\":[{"), "{seen}");
}
