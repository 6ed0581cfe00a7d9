//! kube-controller-manager, and what it shows.

use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::observe::{See, with_token};
use super::server::{Running, World};
use crate::api::{Api, Request};
use crate::control_plane::write_kubeconfig;
use crate::service::{Service, free_ports, wait_for};

/// How long controllers may take to have done what they do.
const DONE: Duration = Duration::from_secs(20);

/// One more than may be kept.
const ENDED: usize = 1001;

/// Flags of a hardened one, but for those that the scenario has otherwise.
pub fn flags(world: &World, deviations: &[(&str, Option<&str>)]) -> Result<Vec<String>> {
    let kubeconfig = world.path("manager.kubeconfig");
    let identity = world.authority().identity("manager", "system:kube-controller-manager", &["system:masters"], &[])?;
    write_kubeconfig(kubeconfig.as_ref(), &world.url(), world.authority(), &identity)?;
    let [port] = free_ports()?;
    let mut flags: Vec<(String, String)> = Vec::new();
    let mut set = |name: &str, value: String| flags.push((name.to_owned(), value));
    for name in ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"] {
        set(name, kubeconfig.clone());
    }
    set("secure-port", port.to_string());
    set("cert-dir", world.path("manager"));
    set("leader-elect", "false".to_owned());
    set("bind-address", "127.0.0.1".to_owned());
    set("profiling", "false".to_owned());
    set("use-service-account-credentials", "true".to_owned());
    set("service-account-private-key-file", world.path("pki/service-accounts.key"));
    set("root-ca-file", world.path("pki/ca.crt"));
    for (name, value) in deviations {
        flags.retain(|(own, _)| own != name);
        flags.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    Ok(flags.into_iter().map(|(name, value)| format!("--{name}={value}")).collect())
}

/// Starts it beside a running server.
pub fn start(world: &World, flags: &[String]) -> Result<Service> {
    let program = cloister_tools::path("kube-controller-manager")?;
    Service::start("kube-controller-manager", Command::new(program).args(flags), world.folder())
}

/// What it does, and what it serves.
pub fn observe(running: &Running, flags: &[String], see: &mut See<'_>) -> Result<()> {
    let admin = &running.admin;
    let port = flags.iter().find_map(|flag| flag.strip_prefix("--secure-port=")).context("no port")?;
    wait_for("the controller manager", DONE, || TcpStream::connect(format!("127.0.0.1:{port}")).ok())?;
    // Addresses of loopback beside the first: only who listens on all of them answers.
    let widely = TcpStream::connect(format!("127.0.0.2:{port}")).is_ok();
    see("the controller manager listens on every address", &["controller-manager-listens-widely"], widely);
    // Its certificate is its own, so that its word is not checked here.
    let identity = running.authority.identity("admin", "cloister-admin", &["system:masters"], &[])?;
    let client = Api::unchecked(&format!("https://127.0.0.1:{port}"), &running.authority, Some(&identity))?;
    // Who asks is known only after the authority has been fetched from the API server.
    let answer = || client.get("/debug/pprof/").ok().filter(|it| matches!(it.status, 200 | 404));
    let served = wait_for("an answer", DONE, answer)?.status == 200;
    see("the controller manager serves profiles", &["controller-manager-profiling"], served);
    let there = |path: &str, limit: Duration| {
        wait_for("an object", limit, || (admin.get(path).ok()?.status == 200).then_some(())).is_ok()
    };
    let own = there("/api/v1/namespaces/kube-system/serviceaccounts/namespace-controller", Duration::from_secs(8));
    see("each controller has an account of its own", &["controller-manager-shared-credentials"], !own);
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "signed"}}).to_string();
    admin.post("/api/v1/namespaces/default/serviceaccounts", &account)?.success()?;
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "signed", "annotations": {"kubernetes.io/service-account.name": "signed"}}});
    admin.post("/api/v1/namespaces/default/secrets", &secret.to_string())?.success()?;
    let path = "/api/v1/namespaces/default/secrets/signed";
    let signed = wait_for("a token", Duration::from_secs(8), || {
        let secret: Value = admin.get(path).ok()?.json().ok()?;
        secret.pointer("/data/token").is_some().then_some(secret)
    });
    see("tokens of accounts are signed", &["controller-manager-without-account-key"], signed.is_err());
    if let Ok(secret) = signed {
        let authority = secret.pointer("/data/ca.crt").is_some();
        see("a token comes with the authority of the server", &["controller-manager-without-root-ca"], !authority);
        outlives(running, &secret, see)?;
    }
    finished(running, flags, see)
}

/// Whether some of more pods than should be kept are cleared once they have ended; in the scenarios that set how many.
fn finished(running: &Running, flags: &[String], see: &mut See<'_>) -> Result<()> {
    if !flags.iter().any(|flag| flag.starts_with("--terminated-pod-gc-threshold=")) {
        return Ok(());
    }
    const PODS: &str = "/api/v1/namespaces/default/pods";
    let pod = |number: usize| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("ended-{number}"), "namespace": "default"},
            "spec": {"containers": [{"name": "a", "image": "a:1"}]}, "status": {"phase": "Succeeded"}})
        .to_string()
    };
    let made = (0..ENDED).map(|number| Request::Post { path: PODS.to_owned(), body: pod(number) });
    let ended =
        (0..ENDED).map(|number| Request::Put { path: format!("{PODS}/ended-{number}/status"), body: pod(number) });
    for requests in [made.collect::<Vec<_>>(), ended.collect()] {
        for answer in running.admin.send_all(&requests)? {
            answer.success()?;
        }
    }
    // It looks every twenty seconds.
    let cleared = wait_for("pods to be cleared", Duration::from_secs(50), || {
        let pods = running.admin.get(PODS).ok()?.json().ok()?;
        (pods.get("items")?.as_array()?.len() < ENDED).then_some(())
    });
    see("of 1,001 pods that have ended all are kept", &["controller-manager-keeps-finished-pods"], cleared.is_err());
    Ok(())
}

/// A token of the old kind, which is in a Secret and has no end: tokens of pods are looked up whatever the flag says.
fn outlives(running: &Running, secret: &Value, see: &mut See<'_>) -> Result<()> {
    let token = secret.pointer("/data/token").and_then(Value::as_str).context("no token")?;
    let token = String::from_utf8(STANDARD.decode(token)?).context("no token")?;
    let user = with_token(running, &token)?;
    wait_for("the token to be taken", DONE, || (user.get("/version").ok()?.status != 401).then_some(()))?;
    running.admin.delete("/api/v1/namespaces/default/serviceaccounts/signed")?.success()?;
    // Answers about tokens are kept for ten seconds.
    let refused = wait_for("the end of a token", Duration::from_secs(14), || {
        (user.get("/version").ok()?.status == 401).then_some(())
    });
    see("a token outlives its account", &["api-server-accepts-deleted-tokens"], refused.is_err());
    Ok(())
}
