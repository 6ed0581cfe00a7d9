//! Scenarios that the API server alone decides: tokens, bindings, roles, impersonation, certificates.

use std::time::Duration;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::{Value, json};

use super::scene::{Halt, Scene, Step, judged, rule};
use crate::wait_for;

const SOON: Duration = Duration::from_secs(30);
const RBAC: &str = "rbac.authorization.k8s.io";
const REQUESTS: &str = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/// The prize by a token that was asked for.
pub fn token(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["serviceaccounts"], &["get", "list"])]))?;
    scene.right(json!([rule("", &["serviceaccounts/token"], &["create"])]))?;
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let answer = scene.post(&scene.path("serviceaccounts/owner/token"), &request)?;
    scene.take_with(text(&answer, "/status/token"))
}

/// The prize by a Secret that the control plane fills with a token.
pub fn filled_secret(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["secrets"], &["get"])]))?;
    scene.right(json!([rule("", &["secrets"], &["create"])]))?;
    let metadata = json!({"name": "filled", "annotations": {"kubernetes.io/service-account.name": "owner"}});
    let secret = json!({"metadata": metadata, "type": "kubernetes.io/service-account-token"});
    scene.post(&scene.path("secrets"), &secret)?;
    scene.take_with(&read_token(scene, "filled")?)
}

/// The prize by a Secret that holds a token already.
pub fn read_secret(scene: &Scene<'_>) -> Step<()> {
    let metadata = json!({"name": "kept", "annotations": {"kubernetes.io/service-account.name": "owner"}});
    scene.admin_post(
        "/api/v1",
        "secrets",
        &json!({"metadata": metadata, "type": "kubernetes.io/service-account-token"}),
    )?;
    scene.may(json!([rule("", &["configmaps"], &["list"])]))?;
    scene.right(json!([rule("", &["secrets"], &["get"])]))?;
    scene.take_with(&read_token(scene, "kept")?)
}

fn read_token(scene: &Scene<'_>, name: &str) -> Step<String> {
    let path = scene.path(&format!("secrets/{name}"));
    wait_for("a token in the Secret", SOON, || {
        let secret = scene.admin().get(&path).ok()?.json().ok()?;
        secret.pointer("/data/token").is_some().then_some(())
    })?;
    let secret = scene.get(&path)?;
    let token = STANDARD.decode(text(&secret, "/data/token"))?;
    Ok(String::from_utf8(token)?)
}

/// The prize by a role that the climber binds to themselves.
pub fn bind(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule(RBAC, &["rolebindings"], &["create"])]))?;
    let mut bind = rule(RBAC, &["clusterroles"], &["bind"]);
    bind["resourceNames"] = json!(["edit"]);
    scene.right(json!([bind]))?;
    let reference = json!({"apiGroup": RBAC, "kind": "ClusterRole", "name": "edit"});
    let binding = json!({
        "metadata": {"name": "climb"}, "roleRef": reference,
        "subjects": [{"kind": "User", "apiGroup": RBAC, "name": scene.user}],
    });
    scene.post(&format!("/apis/{RBAC}/v1/namespaces/{}/rolebindings", scene.namespace), &binding)?;
    scene.take(&scene.api)
}

/// The prize by a role of the climber's that they widen.
pub fn escalate(scene: &Scene<'_>) -> Step<()> {
    let roles = format!("/apis/{RBAC}/v1/namespaces/{}/roles", scene.namespace);
    let group = format!("/apis/{RBAC}/v1");
    scene.admin_post(&group, "roles", &json!({"metadata": {"name": "own"}, "rules": []}))?;
    let binding = json!({
        "metadata": {"name": "own"}, "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "own"},
        "subjects": [{"kind": "User", "apiGroup": RBAC, "name": scene.user}],
    });
    scene.admin_post(&group, "rolebindings", &binding)?;
    scene.may(json!([rule(RBAC, &["roles"], &["patch"])]))?;
    scene.right(json!([rule(RBAC, &["roles"], &["escalate"])]))?;
    scene.patch(&format!("{roles}/own"), &json!({"rules": [rule("", &["configmaps"], &["get"])]}))?;
    scene.take(&scene.api)
}

/// The prize by a new role that an aggregated role of the climber's collects.
pub fn aggregate(scene: &Scene<'_>) -> Step<()> {
    let label = format!("climb.example/to-{}", scene.namespace);
    let selector = json!({"clusterRoleSelectors": [{"matchLabels": {label.clone(): "true"}}]});
    let (collecting, fed) = (format!("{}-all", scene.namespace), format!("{}-fed", scene.namespace));
    let roles = format!("/apis/{RBAC}/v1/clusterroles");
    let role = json!({"metadata": {"name": collecting}, "aggregationRule": selector, "rules": []});
    scene.admin_make(&roles, &role)?;
    let binding = json!({
        "metadata": {"name": "all"}, "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": collecting},
        "subjects": [{"kind": "User", "apiGroup": RBAC, "name": scene.user}],
    });
    scene.admin_post(&format!("/apis/{RBAC}/v1"), "rolebindings", &binding)?;
    scene.may_everywhere(json!([rule(RBAC, &["clusterroles"], &["create"])]))?;
    scene.right_everywhere(json!([rule(RBAC, &["clusterroles"], &["escalate"])]))?;
    let role = json!({
        "metadata": {"name": fed, "labels": {label: "true"}}, "rules": [rule("", &["configmaps"], &["get"])],
    });
    scene.post(&roles, &role)?;
    scene.take(&scene.api)
}

/// The prize in the name of the service account, by the old verb.
pub fn impersonate_account(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["serviceaccounts"], &["get"])]))?;
    scene.right(json!([rule("", &["serviceaccounts"], &["impersonate"])]))?;
    scene.take(&scene.api.impersonating(&owner(scene), &[]))
}

/// The prize in the name of another user.
pub fn impersonate_user(scene: &Scene<'_>) -> Step<()> {
    let name = format!("owner-{}", scene.namespace);
    scene.owner_reads(&json!({"kind": "User", "apiGroup": RBAC, "name": name}))?;
    let mut right = rule("", &["users"], &["impersonate"]);
    right["resourceNames"] = json!([name]);
    scene.right_everywhere(json!([right]))?;
    scene.take(&scene.api.impersonating(&name, &[]))
}

/// The prize as a member of `system:masters`: users alone are not enough.
pub fn impersonate_masters(scene: &Scene<'_>) -> Step<()> {
    scene.may_everywhere(json!([rule("", &["users"], &["impersonate"])]))?;
    scene.right_everywhere(json!([rule("", &["groups"], &["impersonate"])]))?;
    scene.take(&scene.api.impersonating("anybody", &["system:masters".to_owned()]))
}

/// The prize in the name of the service account, for reading it only.
pub fn impersonate_constrained(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("authentication.k8s.io", &["serviceaccounts"], &["impersonate:serviceaccount"])]))?;
    scene.right(json!([rule("", &["configmaps"], &["impersonate-on:serviceaccount:get"])]))?;
    scene.take(&scene.api.impersonating(&owner(scene), &[]))
}

/// `system:masters` by constrained impersonation, which never gives it; both playings are refused.
pub fn constrained_masters(scene: &Scene<'_>) -> Step<()> {
    scene.may_everywhere(json!([
        rule("authentication.k8s.io", &["users", "groups"], &["impersonate:user-info"]),
        rule("*", &["*"], &["impersonate-on:user-info:get"]),
    ]))?;
    scene.take(&scene.api.impersonating("anybody", &["system:masters".to_owned()]))
}

/// The rights of a node, by constrained impersonation of one.
pub fn impersonate_node(scene: &Scene<'_>) -> Step<()> {
    let node = scene.stage.cluster.node();
    scene.may_everywhere(json!([rule("authentication.k8s.io", &["nodes"], &["impersonate:arbitrary-node"])]))?;
    scene.right_everywhere(json!([rule("*", &["*"], &["impersonate-on:arbitrary-node:get"])]))?;
    as_node(scene, &scene.api.impersonating(&format!("system:node:{node}"), &[]))
}

/// Reads its own Node, which nobody else here may.
pub fn as_node(scene: &Scene<'_>, client: &crate::Api) -> Step<()> {
    let node = scene.stage.cluster.node();
    let answer = judged(client.get(&format!("/api/v1/nodes/{node}"))?)?;
    if text(&answer, "/metadata/name") == node { Ok(()) } else { Err(Halt::Broken(anyhow::anyhow!("not the node"))) }
}

fn owner(scene: &Scene<'_>) -> String {
    format!("system:serviceaccount:{}:owner", scene.namespace)
}

/// The prize by a certificate that the climber asks for, approves, and gets signed.
pub fn certificate(scene: &Scene<'_>) -> Step<()> {
    let name = format!("certified-{}", scene.namespace);
    scene.owner_reads(&json!({"kind": "User", "apiGroup": RBAC, "name": name}))?;
    let signer = "kubernetes.io/kube-apiserver-client";
    may_certify(scene, signer, scene.with_right)?;
    scene.take(&certified(scene, signer, &name, "climbers")?)
}

/// A certificate for `system:masters`, which admission refuses; both playings are refused.
pub fn certificate_of_masters(scene: &Scene<'_>) -> Step<()> {
    let signer = "kubernetes.io/kube-apiserver-client";
    may_certify(scene, signer, true)?;
    scene.take(&certified(scene, signer, "anybody", "system:masters")?)
}

/// A node's own certificate.
pub fn certificate_of_node(scene: &Scene<'_>) -> Step<()> {
    let signer = "kubernetes.io/kube-apiserver-client-kubelet";
    may_certify(scene, signer, scene.with_right)?;
    let user = format!("system:node:{}", scene.stage.cluster.node());
    as_node(scene, &certified(scene, signer, &user, "system:nodes")?)
}

fn may_certify(scene: &Scene<'_>, signer: &str, with_signer: bool) -> Step<()> {
    let group = "certificates.k8s.io";
    let mut rules = vec![
        rule(group, &["certificatesigningrequests"], &["create", "get"]),
        rule(group, &["certificatesigningrequests/approval"], &["update"]),
    ];
    if with_signer {
        let mut approve = rule(group, &["signers"], &["approve"]);
        approve["resourceNames"] = json!([signer]);
        rules.push(approve);
    }
    Ok(scene.may_everywhere(json!(rules))?)
}

/// A client by a certificate of this user in this group.
fn certified(scene: &Scene<'_>, signer: &str, user: &str, group: &str) -> Step<crate::Api> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, user);
    params.distinguished_name.push(DnType::OrganizationName, group);
    let request = STANDARD.encode(params.serialize_request(&key)?.pem()?);
    let spec = json!({"request": request, "signerName": signer, "usages": ["digital signature", "client auth"]});
    let mut object = json!({
        "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
        "metadata": {"name": scene.namespace}, "spec": spec,
    });
    scene.post(REQUESTS, &object)?;
    let path = format!("{REQUESTS}/{}", scene.namespace);
    object["status"] =
        json!({"conditions": [{"type": "Approved", "status": "True", "reason": "Climb", "message": "climb"}]});
    judged(scene.api.put(&format!("{path}/approval"), &object.to_string())?)?;
    let certificate = wait_for("a signed certificate", SOON, || {
        let answer = scene.api.get(&path).ok()?.json().ok()?;
        Some(answer.pointer("/status/certificate")?.as_str()?.to_owned())
    })?;
    let certificate = String::from_utf8(STANDARD.decode(certificate)?).context("the certificate is not PEM")?;
    Ok(scene.stage.cluster.api_with_certificate(&certificate, &key.serialize_pem())?)
}

/// A text of JSON; empty where there is none.
pub fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
