//! What a running server shows, each beside the checks that speak of it.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::scenarios::{ENCRYPTION, Scenario};
use super::server::Running;
use crate::api::Api;
use crate::service::wait_for;

/// Something seen.
pub struct Seen {
    pub what: &'static str,
    /// One of these has a finding exactly when it is bad.
    pub checks: &'static [&'static str],
    pub bad: bool,
}

const LIMIT: Duration = Duration::from_secs(30);
/// What is planted, and looked for in etcd.
const PLANTED: &str = "planted-value-of-the-judge";

/// Everything that this server shows.
pub fn all(running: &Running, scenario: &Scenario) -> Result<Vec<Seen>> {
    let mut seen = Vec::new();
    let mut see = |what, checks, bad| seen.push(Seen { what, checks, bad });
    let knows_certificates = running.admin.get("/api")?.status == 200;
    see("a client certificate is taken", &["api-server-without-client-ca"][..], !knows_certificates);
    see(
        "an anonymous request passes",
        &["api-server-anonymous-requests", "anonymous-requests-beyond-health"],
        anonymous(running)?,
    );
    see("a weak suite or an old protocol is taken", &["api-server-weak-ciphers"], weak(running)?);
    super::etcd::observe(running, &mut see)?;
    see("the server's certificate is nobody's", &["api-server-without-certificate"], !is_known(running)?);
    if !knows_certificates {
        return Ok(seen);
    }
    wait_for("the namespace default", LIMIT, || {
        (running.admin.get("/api/v1/namespaces/default").ok()?.status == 200).then_some(())
    })?;
    see("a token of the file is taken", &["api-server-static-tokens"], static_token(running)?);
    see("profiles are served", &["api-server-profiling"], running.admin.get("/debug/pprof/")?.status == 200);
    authorisation(running, &mut see)?;
    super::kubelet::observe(running, &mut see)?;
    if scenario.about_accounts() {
        accounts(running, &mut see)?;
    }
    if !running.manager_flags.is_empty() {
        super::manager::observe(running, &running.manager_flags, &mut see)?;
    }
    if let Some(issuer) = &running.issuer {
        super::people::people(running, issuer, &mut see)?;
    }
    admission(running, &mut see)?;
    audit(running, &mut see)?;
    if scenario.is_audited() {
        super::log::observe(running, scenario, &mut see)?;
    }
    at_rest(running, scenario, &mut see)?;
    if scenario.has_flag("request-timeout") {
        super::slow::observe(running, &mut see)?;
    }
    Ok(seen)
}

/// What takes down something seen.
pub type See<'s> = dyn FnMut(&'static str, &'static [&'static str], bool) + 's;

/// Whether somebody unknown reaches the authoriser beyond the paths of health.
fn anonymous(running: &Running) -> Result<bool> {
    let stranger = Api::unchecked(&running.url, &running.authority, None)?;
    for path in ["/version", "/api", "/apis", "/metrics", "/openapi/v3", "/api/v1/secrets"] {
        if stranger.get(path)?.status != 401 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Offers what no server should take, by a client that still can.
fn weak(running: &Running) -> Result<bool> {
    const SUITES: &str = "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA256:\
        ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-DES-CBC3-SHA:AES128-SHA:AES256-SHA:AES128-GCM-SHA256:@SECLEVEL=0";
    let address = running.url.trim_start_matches("https://");
    for protocol in ["-tls1", "-tls1_1", "-tls1_2"] {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", address, protocol, "-cipher", SUITES]);
        let output = command.stdin(Stdio::null()).output().context("openssl cannot be run")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(text.contains("CONNECTED"), "openssl did not reach the server: {text}");
        if text.contains("Cipher is ") && !text.contains("Cipher is (NONE)") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the certificate that is served is one of the cluster's authority.
fn is_known(running: &Running) -> Result<bool> {
    Ok(Api::anonymous(&running.url, &running.authority)?.get("/version").is_ok())
}

/// The value under a key of etcd.
pub fn range(etcd: &Api, key: &str) -> Result<Option<Vec<u8>>> {
    let answer = etcd.post("/v3/kv/range", &json!({"key": STANDARD.encode(key)}).to_string())?.success()?.json()?;
    let value = answer.pointer("/kvs/0/value").and_then(Value::as_str);
    value.map(|value| STANDARD.decode(value).context("not base64")).transpose()
}

pub fn with_token(running: &Running, token: &str) -> Result<Api> {
    let stranger = Api::unchecked(&running.url, &running.authority, None)?;
    Ok(stranger.with_header("Authorization", &format!("Bearer {token}")))
}

fn static_token(running: &Running) -> Result<bool> {
    Ok(with_token(running, super::TOKEN)?.get("/api")?.status != 401)
}

/// As a user, who is nobody, and as a node, who is one.
fn authorisation(running: &Running, see: &mut See<'_>) -> Result<()> {
    let user = |name: &str, group: &str| -> Result<Api> {
        let identity = running.authority.identity(&name.replace(':', "-"), name, &[group], &[])?;
        Api::unchecked(&running.url, &running.authority, Some(&identity))
    };
    let nobody = user("nobody", "people")?;
    let allows_everything = nobody.get("/api/v1/secrets")?.status == 200;
    see("everything is allowed", &["api-server-allows-everything"], allows_everything);
    if allows_everything {
        return Ok(());
    }
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "judge"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "nobody"}]});
    running.admin.post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &role.to_string())?.success()?;
    // The roles that a server brings along come a moment after it is ready, and bindings are seen a moment later. Those
    // that are aggregated have no rules without a controller manager.
    let rights = |api: &Api, path: &str| -> bool {
        wait_for("a right", Duration::from_secs(8), || (api.get(path).ok()?.status != 403).then_some(())).is_ok()
    };
    see("a binding gives rights", &["api-server-without-rbac"], !rights(&nobody, "/api/v1/pods"));
    let node = user("system:node:one", "system:nodes")?;
    let own = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}).to_string();
    running.admin.post("/api/v1/nodes", &own)?.success()?;
    let is_one = rights(&node, "/api/v1/nodes/one");
    see("a node may read its own object", &["api-server-without-node-authorizer"], !is_one);
    if is_one {
        see("a node changes another", &["api-server-without-node-restriction"], changes_another(running, &node)?);
    }
    Ok(())
}

/// Whether a node gives another one a label.
fn changes_another(running: &Running, node: &Api) -> Result<bool> {
    let other = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "two"}}).to_string();
    running.admin.post("/api/v1/nodes", &other)?.success()?;
    let label = json!({"metadata": {"labels": {"judge": "was-here"}}}).to_string();
    Ok(node.send("PATCH", "/api/v1/nodes/two", "application/merge-patch+json", &label)?.status == 200)
}

/// Tokens of service accounts.
fn accounts(running: &Running, see: &mut See<'_>) -> Result<()> {
    let admin = &running.admin;
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "judge"}}).to_string();
    admin.post("/api/v1/namespaces/default/serviceaccounts", &account)?.success()?;
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bound"},
        "spec": {"serviceAccountName": "judge", "containers": [{"name": "a", "image": "a"}]}});
    let pod = admin.post("/api/v1/namespaces/default/pods", &pod.to_string())?.success()?.json()?;
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
        "spec": {"expirationSeconds": 3607, "boundObjectRef":
            {"kind": "Pod", "apiVersion": "v1", "name": "bound", "uid": pod.pointer("/metadata/uid")}}});
    let path = "/api/v1/namespaces/default/serviceaccounts/judge/token";
    let answer = admin.post(path, &request.to_string())?.success()?.json()?;
    let token = answer.pointer("/status/token").and_then(Value::as_str).context("no token")?.to_owned();
    let claims = token.split('.').nth(1).context("no token")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    let time = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
    let life = time("exp") - time("iat");
    see("a token lives longer than asked for", &["api-server-extends-tokens"], life > 24 * 3600);
    let refused = with_token(running, &token)?.get("/version")?.status == 401;
    see("the server refuses its own tokens", &["api-server-without-account-key"], refused);
    Ok(())
}

/// Objects that plug-ins change or refuse.
fn admission(running: &Running, see: &mut See<'_>) -> Result<()> {
    let admin = &running.admin;
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "judged"}, "spec": {"containers":
        [{"name": "a", "image": "a:1", "imagePullPolicy": "IfNotPresent"}]}});
    let post = |path: &str, body: &Value| admin.post(&format!("{path}?dryRun=All"), &body.to_string());
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}).to_string();
    admin.post("/api/v1/namespaces/default/serviceaccounts", &account)?;
    let answer = post("/api/v1/namespaces/default/pods", &pod)?.success()?.json()?;
    let text = |pointer| answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let pulls = text("/spec/containers/0/imagePullPolicy") == "Always";
    see("images are pulled anew", &["api-server-without-always-pull"], !pulls);
    see(
        "pods are given an account",
        &["api-server-without-account-admission"],
        text("/spec/serviceAccountName").is_empty(),
    );
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "judged"},
        "spec": {"externalIPs": ["192.0.2.7"], "ports": [{"port": 80}]}});
    let allowed = post("/api/v1/namespaces/default/services", &service)?.status == 201;
    see("a Service may take any address", &["api-server-external-ips-allowed"], allowed);
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "judged"}});
    let made = post("/api/v1/namespaces/not-there/configmaps", &map)?.status == 201;
    see("objects are made in namespaces that are missing", &["api-server-without-namespace-lifecycle"], made);
    see("events are taken without a limit", &["api-server-without-event-rate-limit"], !events_are_limited(admin)?);
    Ok(())
}

/// Whether one of more events than the scenarios allow at once is refused. Dry runs are not counted.
fn events_are_limited(admin: &Api) -> Result<bool> {
    for number in 0..12 {
        let event = json!({"apiVersion": "v1", "kind": "Event",
            "metadata": {"name": format!("judged.{number}"), "namespace": "default"}, "reason": "Judged",
            "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": "judged", "namespace": "default"}});
        if admin.post("/api/v1/namespaces/default/events", &event.to_string())?.status == 429 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn audit(running: &Running, see: &mut See<'_>) -> Result<()> {
    running.admin.get("/api/v1/namespaces/audited-by-the-judge")?;
    let log = running.folder.path().join("audit.log");
    let written = wait_for("a line of the audit log", Duration::from_secs(3), || {
        fs::read_to_string(&log).ok()?.contains("audited-by-the-judge").then_some(())
    });
    see("a request is logged", &["api-server-without-audit-log", "api-server-without-audit-policy"], written.is_err());
    Ok(())
}

/// What really lies in etcd.
fn at_rest(running: &Running, scenario: &Scenario, see: &mut See<'_>) -> Result<()> {
    let admin = &running.admin;
    let data = json!({"planted": STANDARD.encode(PLANTED)});
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "planted"}, "data": data});
    admin.post("/api/v1/namespaces/default/secrets", &secret.to_string())?.success()?;
    let stored = range(&running.etcd, "/registry/secrets/default/planted")?.context("the Secret is not in etcd")?;
    let text = String::from_utf8_lossy(&stored).into_owned();
    let clear = text.contains(PLANTED);
    ensure!(clear || text.starts_with("k8s:enc:"), "neither clear nor encrypted");
    see("Secrets lie in the clear", &["api-server-without-encryption", "secrets-written-in-clear"], clear);
    if !scenario.files.iter().any(|(name, _)| *name == ENCRYPTION) {
        return Ok(());
    }
    see("Secrets are written by aescbc", &["encryption-by-aescbc"], text.starts_with("k8s:enc:aescbc:"));
    see("Secrets are written by aesgcm", &["encryption-by-aesgcm"], text.starts_with("k8s:enc:aesgcm:"));
    let by_plug_in = text.starts_with("k8s:enc:kms:v2:");
    let on_node = text.starts_with("k8s:enc:") && !by_plug_in;
    see("Secrets are written by a key in the file", &["encryption-key-on-node"], on_node);
    let map: Value = serde_json::from_str(super::CONFIG_MAP)?;
    admin.post("/api/v1/namespaces/default/configmaps", &map.to_string())?.success()?;
    let stored =
        range(&running.etcd, "/registry/configmaps/default/personal")?.context("the ConfigMap is not in etcd")?;
    let clear = !String::from_utf8_lossy(&stored).starts_with("k8s:enc:");
    see("personal data in ConfigMaps lie in the clear", &["personal-data-not-encrypted-at-rest"], clear);
    if text.starts_with("k8s:enc:") {
        let before =
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "before", "namespace": "default"}});
        let put = json!({"key": STANDARD.encode("/registry/secrets/default/before"), "value": STANDARD.encode(before.to_string())});
        running.etcd.post("/v3/kv/put", &put.to_string())?.success()?;
        let read = admin.get("/api/v1/namespaces/default/secrets/before")?.status == 200;
        see("a Secret that lies there in the clear is read", &["encryption-clear-still-accepted"], read);
    }
    Ok(())
}
