//! Real deeds on a real API server, and what `cloister audit detect` tells of them: exactly the rules that are meant, and
//! nothing of what the cluster does by itself.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeSet;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use cloister_e2e::{Api, ControlPlane, Options, wait_for};
use serde_json::{Value, json};
use support::audit::{AUDIT_POLICY, Told, told};
use support::{PATIENCE, POLICIES, policy, serve_policies};

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const ADMISSION: &str = "/apis/admissionregistration.k8s.io/v1";
const DATA: &str = "/api/v1/namespaces/clinic-data";

fn made(answer: anyhow::Result<cloister_e2e::Response>) -> Value {
    answer.unwrap().success().unwrap().json().unwrap()
}

fn rule(verbs: &[&str], resources: &[&str]) -> Value {
    json!({"apiGroups": ["*"], "resources": resources, "verbs": verbs})
}

fn role(name: &str, rules: &[Value]) -> String {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
        .to_string()
}

fn binding(kind: &str, name: &str, role: &str, subject: &Value) -> String {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}})
    .to_string()
}

fn pod(name: &str, spec: &Value) -> String {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}).to_string()
}

fn webhook() -> String {
    json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "guard"}, "webhooks": [{"name": "guard.example.org", "failurePolicy": "Ignore",
        "clientConfig": {"url": "https://127.0.0.1:9/"}, "sideEffects": "None", "admissionReviewVersions": ["v1"],
        "rules": [{"apiGroups": ["none.example.org"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["none"]}]}]})
    .to_string()
}

/// A request for a certificate, as PEM.
fn signing_request() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let request = rcgen::CertificateParams::new(Vec::new()).unwrap().serialize_request(&key).unwrap();
    let spec = json!({"request": BASE64_STANDARD.encode(request.pem().unwrap()), "usages": ["client auth"],
        "signerName": "example.org/people"});
    json!({"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
        "metadata": {"name": "mallory"}, "spec": spec})
    .to_string()
}

/// Deeds on an API server, and what must be told of whoever does them.
struct Deeds<'p> {
    plane: &'p ControlPlane,
    wanted: Told,
}

impl Deeds<'_> {
    /// By somebody of this name, who may do everything.
    fn by(&mut self, name: &str, rules: &[&str], deed: impl FnOnce(&Api)) {
        deed(&self.plane.api_as(name, &["doers"]).unwrap());
        self.expect(name, rules);
    }

    fn expect(&mut self, name: &str, rules: &[&str]) {
        self.wanted.entry(name.to_owned()).or_default().extend(rules.iter().map(ToString::to_string));
    }

    /// By a service account of this name, from outside of the cluster.
    fn by_account(&mut self, name: &str, rules: &[&str], deed: impl FnOnce(&Api)) {
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}).to_string();
        let accounts = "/api/v1/namespaces/shop/serviceaccounts";
        made(self.plane.api().post(accounts, &account));
        let ask = r#"{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}"#;
        let asker = self.plane.api_as("asker", &["doers"]).unwrap();
        let token = made(asker.post(&format!("{accounts}/{name}/token"), ask));
        deed(&self.plane.api_with_token(token["status"]["token"].as_str().unwrap()).unwrap());
        self.expect("asker", &["token-requested"]);
        self.expect(&format!("system:serviceaccount:shop:{name}"), &["service-account-from-outside"]);
        self.expect(&format!("system:serviceaccount:shop:{name}"), rules);
    }
}

/// What the deeds are done to.
fn prepare(plane: &ControlPlane) {
    for name in ["clinic-data", "shop"] {
        plane.create_namespace(name, &[("pod-security.kubernetes.io/enforce", "privileged")]).unwrap();
    }
    serve_policies(plane);
    let api = plane.api();
    let doers = json!({"kind": "Group", "name": "doers", "apiGroup": "rbac.authorization.k8s.io"});
    made(api.post(
        &format!("{RBAC}/clusterrolebindings"),
        &binding("ClusterRoleBinding", "doers", "cluster-admin", &doers),
    ));
    made(api.post(&format!("{DATA}/pods"), &pod("db-0", &json!({"containers": [{"name": "db", "image": "db"}]}))));
    for (path, object) in [
        (
            "/api/v1/namespaces/clinic-data/secrets",
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}}),
        ),
        (
            "/api/v1/namespaces/clinic-data/resourcequotas",
            json!({"apiVersion": "v1", "kind": "ResourceQuota",
            "metadata": {"name": "all"}, "spec": {"hard": {"pods": "50"}}}),
        ),
        (
            "/api/v1/namespaces/clinic-data/persistentvolumeclaims",
            json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}}}),
        ),
        (
            "/apis/networking.k8s.io/v1/namespaces/clinic-data/networkpolicies",
            json!({"apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy", "metadata": {"name": "deny"}, "spec": {"podSelector": {}}}),
        ),
    ] {
        made(api.post(path, &object.to_string()));
    }
    let spec = json!({"rules": [{"detectors": ["iban"], "action": "alert"}]});
    let answer = api.post(POLICIES, &policy("patients", &spec)).unwrap();
    assert!(matches!(answer.status, 201), "{}", answer.body);
    // Roles that gather others are empty without controllers: one of its own.
    made(api.post(&format!("{RBAC}/clusterroles"), &role("pod-lister", &[rule(&["list"], &["pods"])])));
    // The authoriser learns of a binding a moment later.
    let doer = plane.api_as("nobody", &["doers"]).unwrap();
    let bound = || (doer.get("/api/v1/nodes").unwrap().status == 200).then_some(());
    wait_for("the right of doers", PATIENCE, bound).unwrap();
}

fn read_and_enter(deeds: &mut Deeds<'_>) {
    let enter = |below: &str| format!("{DATA}/pods/db-0/{below}");
    deeds.by("reader", &["secret-read-by-person"], |api| drop(made(api.get(&format!("{DATA}/secrets/db")))));
    deeds.by("collector", &["secrets-read-in-bulk"], |api| {
        (0..25).for_each(|at| drop(api.get(&format!("/api/v1/namespaces/shop/secrets/s-{at}")).unwrap()));
    });
    deeds.by("lister", &["secrets-listed-everywhere"], |api| drop(made(api.get("/api/v1/secrets"))));
    deeds.by("mapper", &["mass-listing"], |api| {
        (0..31).for_each(|at| drop(made(api.get(&format!("/api/v1/namespaces/n-{at}/pods")))));
    });
    // No node runs it, so that these are let through and then fail.
    deeds.by("enterer", &["pod-entered"], |api| drop(api.post(&enter("exec?command=id&stdout=true"), "").unwrap()));
    deeds.by("attacher", &["pod-entered"], |api| drop(api.post(&enter("attach?stdout=true"), "").unwrap()));
    deeds.by("tunneller", &["pod-port-forwarded"], |api| drop(api.post(&enter("portforward?ports=5432"), "").unwrap()));
    deeds.by("proxier", &["service-proxied"], |api| drop(api.get(&enter("proxy/")).unwrap()));
    deeds.by("log-reader", &["pod-logs-read"], |api| drop(api.get(&enter("log")).unwrap()));
    deeds.by("debugger", &["ephemeral-container-added"], |api| {
        let more = json!({"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox"}]}}).to_string();
        made(api.send("PATCH", &enter("ephemeralcontainers"), "application/strategic-merge-patch+json", &more));
    });
    deeds.by("node-asker", &["node-proxy-used"], |api| drop(api.get("/api/v1/nodes/none/proxy/pods").unwrap()));
    deeds.by("node-debugger", &["node-debugged"], |api| {
        let spec = json!({"hostPID": true, "containers": [{"name": "a", "image": "a"}]});
        made(api.post("/api/v1/namespaces/shop/pods", &pod("node-debugger-a", &spec)));
    });
    deeds.by("patient-person", &[], |api| {
        drop(made(api.get(&format!("{DATA}/pods/db-0"))));
        drop(made(api.post(&format!("{DATA}/configmaps"), &config_map("settings", "DB_HOST"))));
        drop(api.post(&format!("{DATA}/resourcequotas?dryRun=All"), "{}").unwrap());
        drop(api.send("DELETE", &format!("{DATA}/resourcequotas/all?dryRun=All"), "", "").unwrap());
    });
}

fn config_map(name: &str, key: &str) -> String {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {key: "x"}}).to_string()
}

fn make_and_widen(deeds: &mut Deeds<'_>) {
    let one = json!([{"name": "a", "image": "a"}]);
    deeds.by("pod-maker", &["host-access-near-personal-data"], |api| {
        made(api.post(&format!("{DATA}/pods"), &pod("tool", &json!({"hostNetwork": true, "containers": one}))));
    });
    deeds.by("exposer", &["service-exposed"], |api| {
        let spec = json!({"type": "NodePort", "ports": [{"port": 5432}], "selector": {"app": "db"}});
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": spec});
        made(api.post(&format!("{DATA}/services"), &service.to_string()));
    });
    let user = |name: &str| json!({"kind": "User", "name": name, "apiGroup": "rbac.authorization.k8s.io"});
    let bindings = format!("{RBAC}/clusterrolebindings");
    deeds.by("king", &["cluster-admin-bound", "cluster-rights-changed"], |api| {
        made(api.post(&bindings, &binding("ClusterRoleBinding", "king", "cluster-admin", &user("king"))));
    });
    deeds.by("opener", &["everybody-bound", "cluster-rights-changed"], |api| {
        let all = json!({"kind": "Group", "name": "system:unauthenticated", "apiGroup": "rbac.authorization.k8s.io"});
        made(api.post(&bindings, &binding("ClusterRoleBinding", "all", "pod-lister", &all)));
    });
    deeds.by("role-writer", &["powerful-role-written", "cluster-rights-changed"], |api| {
        made(api.post(&format!("{RBAC}/clusterroles"), &role("climber", &[rule(&["bind"], &["clusterroles"])])));
    });
    deeds.by("plain-role-writer", &["cluster-rights-changed"], |api| {
        made(api.post(&format!("{RBAC}/clusterroles"), &role("plain", &[rule(&["get"], &["pods"])])));
    });
    deeds.by("local-binder", &["rights-near-personal-data-changed"], |api| {
        let path = format!("{RBAC}/namespaces/clinic-data/rolebindings");
        made(api.post(&path, &binding("RoleBinding", "dev", "view", &user("dev"))));
    });
    deeds.by("actor", &["impersonation-used"], |api| {
        made(api.impersonating("somebody", &["doers".to_owned()]).get("/api/v1/namespaces/shop/pods"));
    });
    let both = ["impersonation-used", "privileged-identity-impersonated"];
    deeds.by("pretender", &both, |api| {
        made(api.impersonating("somebody", &["system:masters".to_owned()]).get("/api/v1/namespaces/shop/pods"));
    });
    deeds.by("approver", &["certificate-approved"], |api| {
        let path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
        let mut request = made(api.post(path, &signing_request()));
        request["status"]["conditions"] =
            json!([{"type": "Approved", "status": "True", "reason": "a", "message": "a"}]);
        made(api.put(&format!("{path}/mallory/approval"), &request.to_string()));
    });
}

fn weaken(deeds: &mut Deeds<'_>) {
    let merge = "application/merge-patch+json";
    deeds.by("policy-remover", &["network-policy-removed"], |api| {
        made(api.delete("/apis/networking.k8s.io/v1/namespaces/clinic-data/networkpolicies/deny"));
    });
    deeds.by("quota-remover", &["quota-removed"], |api| drop(made(api.delete(&format!("{DATA}/resourcequotas/all")))));
    deeds.by("label-remover", &["pod-security-weakened"], |api| {
        let patch = r#"{"metadata": {"labels": {"pod-security.kubernetes.io/enforce": null}}}"#;
        made(api.send("PATCH", "/api/v1/namespaces/shop", merge, patch));
    });
    let webhooks = format!("{ADMISSION}/validatingwebhookconfigurations");
    deeds.by("webhook-adder", &["admission-webhook-added"], |api| drop(made(api.post(&webhooks, &webhook()))));
    deeds.by("webhook-changer", &["admission-changed"], |api| {
        made(api.send("PATCH", &format!("{webhooks}/guard"), merge, r#"{"metadata": {"labels": {"a": "b"}}}"#));
    });
    deeds.by("webhook-remover", &["admission-removed"], |api| drop(made(api.delete(&format!("{webhooks}/guard")))));
    deeds.by("event-remover", &["events-deleted"], |api| drop(made(api.delete("/api/v1/namespaces/shop/events"))));
    deeds.by("register-remover", &["record-of-processing-changed"], |api| {
        made(api.delete(&format!("{POLICIES}/patients")));
    });
    deeds.by("data-remover", &["personal-data-deleted"], |api| {
        made(api.delete(&format!("{DATA}/persistentvolumeclaims/data")));
    });
}

fn come_as_somebody_else(deeds: &mut Deeds<'_>) {
    let plane = deeds.plane;
    let anonymous = plane.api_anonymous().unwrap();
    let open = || (anonymous.get("/api/v1/namespaces/shop/pods").unwrap().status == 200).then_some(());
    wait_for("what the binding for everybody lets in", PATIENCE, open).unwrap();
    deeds.expect("system:anonymous", &["anonymous-access"]);
    let stranger = plane.api_with_token("a.token.of-nobody").unwrap();
    (0..12).for_each(|_| assert_eq!(stranger.get("/api/v1/pods").unwrap().status, 401));
    deeds.expect("", &["sign-in-refused"]);
    let guesser = plane.api_as("guesser", &["guests"]).unwrap();
    for at in 0..22 {
        assert_eq!(guesser.get(&format!("{DATA}/secrets/s-{at}")).unwrap().status, 403);
    }
    deeds.expect("guesser", &["denied-burst"]);
    drop(plane.api_as("rescue", &["guests"]).unwrap().get("/version").unwrap());
    deeds.expect("rescue", &["break-glass-used"]);
    drop(plane.api_as("system:node:gone", &["system:nodes"]).unwrap().get("/api/v1/nodes/gone").unwrap());
    deeds.expect("system:node:gone", &["node-identity-misused"]);
    deeds.by_account("program", &[], |api| drop(api.get("/version").unwrap()));
    deeds.by_account("asks", &["service-account-asks-its-rights"], |api| {
        let ask = r#"{"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": "shop"}}"#;
        made(api.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", ask));
    });
    deeds.by_account("hand", &["service-account-by-hand"], |api| {
        drop(api.with_header("User-Agent", "curl/8.5.0").get("/version").unwrap());
    });
    deeds.by_account("stolen", &["token-from-new-address"], |api| {
        drop(api.get("/version").unwrap());
        drop(api.with_header("X-Forwarded-For", "203.0.113.9").get("/version").unwrap());
    });
    let admin = plane.api();
    let account = json!({"kind": "ServiceAccount", "name": "mover", "namespace": "shop"});
    made(admin.post(
        &format!("{RBAC}/clusterrolebindings"),
        &binding("ClusterRoleBinding", "mover", "cluster-admin", &account),
    ));
    deeds.by_account("mover", &["pod-entered-by-workload"], |api| {
        let exec = format!("{DATA}/pods/db-0/exec?command=id&stdout=true");
        let entered = || (api.post(&exec, "").unwrap().status != 403).then_some(());
        wait_for("the account's right", PATIENCE, entered).unwrap();
    });
}

/// What cannot be done here, and why.
const NOT_DONE: [(&str, &str); 4] = [
    ("audit-log-off", "a kubelet shows the API server as a static pod: here it is a process"),
    ("volume-copied", "snapshots are a custom resource with a driver behind it"),
    ("person-from-new-address", "a person is learnt for a week"),
    ("person-in-new-namespace", "a person is learnt for a week"),
];

#[test]
fn each_deed_is_told_by_its_rules_and_by_no_other() {
    let options = Options { audit_policy: Some(AUDIT_POLICY.to_owned()), ..Options::default() };
    let plane = ControlPlane::start_with(&options).unwrap();
    prepare(&plane);
    let mut deeds = Deeds { plane: &plane, wanted: Told::new() };
    read_and_enter(&mut deeds);
    make_and_widen(&mut deeds);
    weaken(&mut deeds);
    come_as_somebody_else(&mut deeds);
    let mut wanted = deeds.wanted;
    // Who prepares it all is in system:masters.
    let admin = ["break-glass-used", "cluster-admin-bound", "cluster-rights-changed"];
    wanted.insert("cloister-admin".to_owned(), admin.map(str::to_owned).into());
    let every: BTreeSet<&str> = wanted.values().flatten().map(String::as_str).collect();
    let known: BTreeSet<String> = cloister_rules::Rules::builtin().all().iter().map(|rule| rule.name.clone()).collect();
    let missing: Vec<&str> = known.iter().map(String::as_str).filter(|rule| !every.contains(rule)).collect();
    let excused: BTreeSet<&str> = NOT_DONE.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(missing.into_iter().collect::<BTreeSet<_>>(), excused, "each rule has a deed, or a reason");
    wanted.retain(|_, rules| !rules.is_empty());
    let (found, judged) = told(&plane.audit_log(), &["10.0.0.0/8"]);
    assert_eq!(found, wanted);
    assert!(judged > 200, "{judged}");
}
