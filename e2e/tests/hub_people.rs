//! People of a real cluster sign in at the hub: TokenReview and SubjectAccessReview of a real API server, with the rights that
//! docs/hub.md names and no others.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "a test that runs programs")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use cloister_e2e::ControlPlane;
use serde_json::{Value, json};

/// In what of the other namespace nobody else may see.
const WORD: &str = "zzpatients";
const OWN: &str = "token-of-the-hubs-own-0123456789";

/// The `cloister` that was built beside this test.
fn cloister() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().skip(1).take(2).map(|folder| folder.join("cloister")).find(|path| path.is_file()).unwrap()
}

struct Hub {
    child: Child,
    _said: BufReader<ChildStdout>,
    address: String,
}

impl Hub {
    fn start(kubeconfig: &Path, folder: &Path) -> Hub {
        let tokens = folder.join("tokens");
        std::fs::write(&tokens, format!("own viewer {OWN}\n")).unwrap();
        let mut command = Command::new(cloister());
        command.args([
            "serve",
            "--name",
            "ward",
            "--listen",
            "127.0.0.1:0",
            "--sign-in",
            "kubernetes",
            "--every",
            "5s",
        ]);
        command.arg("--kubeconfig").arg(kubeconfig).arg("--tokens").arg(&tokens).arg("--data").arg(folder.join("data"));
        command.env("XDG_STATE_HOME", folder).env_remove("CLOISTER_HUB_TOKENS").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut said, mut told) = (BufReader::new(child.stdout.take().unwrap()), String::new());
        while said.read_line(&mut told).unwrap() > 0 {
            if let Some((address, _)) = told.split_whitespace().find_map(|word| word.split_once("/sign-in/")) {
                return Hub { child, _said: said, address: address.to_owned() };
            }
        }
        let _ = child.kill();
        panic!("the hub says no address, and ends with {}: {told}", child.wait().unwrap())
    }

    fn get(&self, path: &str, token: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let asked = agent.get(format!("{}{path}", self.address)).header("Authorization", format!("Bearer {token}"));
        let mut answer = asked.call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    fn json(&self, path: &str, token: &str) -> Value {
        let (status, body) = self.get(path, token);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn post(plane: &ControlPlane, path: &str, body: &Value) -> Value {
    plane.api().post(path, &body.to_string()).unwrap().success().unwrap().json().unwrap()
}

/// A service account of `shop`, with these roles of the cluster everywhere, and those in its namespace.
fn account(plane: &ControlPlane, name: &str, everywhere: &[&str], here: &[&str]) {
    post(plane, "/api/v1/namespaces/shop/serviceaccounts", &json!({"metadata": {"name": name}}));
    let bind = |kind: &str, path: &str, role: &str| {
        let binding = json!({
            "metadata": {"name": format!("{name}-{role}").replace(':', "-")},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "shop"}],
        });
        post(plane, &format!("/apis/rbac.authorization.k8s.io/v1/{path}{kind}"), &binding);
    };
    everywhere.iter().for_each(|role| bind("clusterrolebindings", "", role));
    here.iter().for_each(|role| bind("rolebindings", "namespaces/shop/", role));
}

fn token(plane: &ControlPlane, name: &str, audience: Option<&str>) -> String {
    let path = format!("/api/v1/namespaces/shop/serviceaccounts/{name}/token");
    let audiences: Vec<&str> = audience.into_iter().collect();
    let made = post(plane, &path, &json!({"spec": {"audiences": audiences, "expirationSeconds": 3600}}));
    made.pointer("/status/token").and_then(Value::as_str).unwrap().to_owned()
}

fn role(plane: &ControlPlane, name: &str, group: &str, resources: &[&str], verbs: &[&str]) {
    let rules = json!([{"apiGroups": [group], "resources": resources, "verbs": verbs}]);
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    post(plane, path, &json!({"metadata": {"name": name}, "rules": rules}));
}

/// Two namespaces with a workload each, roles of the hub, and the hub's own account, which may read and ask.
fn prepare(plane: &ControlPlane) -> PathBuf {
    for (namespace, name) in [("shop", "orders"), ("clinic", WORD)] {
        plane.create_namespace(namespace, &[]).unwrap();
        let labels = json!({"app": name});
        let deployment = json!({
            "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels},
                "spec": {"containers": [{"name": name, "image": format!("{name}:latest")}]}}},
        });
        post(plane, &format!("/apis/apps/v1/namespaces/{namespace}/deployments"), &deployment);
    }
    for verb in ["view", "accept", "attest", "administer"] {
        role(plane, &format!("hub-{verb}"), "hub.cloister.dev", &["hubs"], &[verb]);
    }
    // The roles that clusters come with are filled by a controller, which does not run here.
    role(plane, "sees-pods", "", &["pods"], &["get", "list"]);
    role(plane, "hub-reads", "*", &["*"], &["get", "list"]);
    for name in ["hub-reads", "system:auth-delegator"] {
        let binding = json!({
            "metadata": {"name": format!("the-hub-{name}").replace(':', "-")},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "User", "name": "the-hub", "apiGroup": "rbac.authorization.k8s.io"}],
        });
        post(plane, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding);
    }
    plane.kubeconfig_as("the-hub", &[]).unwrap()
}

#[test]
fn the_cluster_says_who_comes_in_and_what_they_see() {
    let mut plane = ControlPlane::start().unwrap();
    let kubeconfig = prepare(&plane);
    account(&plane, "buyer", &["hub-accept"], &["sees-pods"]);
    account(&plane, "officer", &["hub-attest", "sees-pods"], &[]);
    account(&plane, "stranger", &[], &["sees-pods"]);
    account(&plane, "blind", &["hub-view"], &[]);
    let hub = Hub::start(&kubeconfig, plane.folder());
    let of = |name: &str| token(&plane, name, Some("cloister-hub"));
    let (buyer, officer) = (of("buyer"), of("officer"));
    wait_for(&hub);

    // Who sees all of it; and who sees one namespace, at every list.
    let all = hub.json("/api/v1/me", &officer);
    assert_eq!((&all["role"], &all["namespaces"]), (&json!("dpo"), &Value::Null));
    assert_eq!(all["name"], "kubernetes:system:serviceaccount:shop:officer");
    let me = hub.json("/api/v1/me", &buyer);
    assert_eq!((&me["role"], &me["namespaces"]), (&json!("engineer"), &json!("ward/shop")));
    for path in
        ["", "/findings?limit=1000", "/resources?limit=1000", "/namespaces", "/checks", "/requirements", "/decisions"]
    {
        let path = format!("/api/v1/sources/ward{path}");
        let (status, body) = hub.get(&path, &buyer);
        assert!(status == 200 && !body.contains(WORD) && !body.contains("clinic"), "{path}: {status} {body}");
    }
    for path in [
        "/sources/ward",
        "/sources/ward/findings",
        "/sources/ward/resources",
        "/sources/ward/history",
        "/sources/ward/input",
    ] {
        let (status, body) = hub.get(path, &buyer);
        assert!(status == 200 && !body.contains(WORD) && !body.contains("clinic"), "{path}: {body}");
    }
    assert!(hub.get("/api/v1/sources/ward/resources?limit=1000", &officer).1.contains(WORD));
    assert!(hub.json("/api/v1/sources/ward/findings", &buyer)["total"].as_u64().unwrap() > 3);
    assert_eq!(hub.get("/evidence", &buyer).0, 403);
    assert_eq!(hub.get(&format!("/sources/ward/resources/Deployment/clinic/{WORD}"), &buyer).0, 404);

    // Who is known and has no right here, or would see nothing.
    for (name, cause) in [("stranger", "has no right in the hub"), ("blind", "no namespace")] {
        let (status, body) = hub.get("/api/v1/me", &of(name));
        assert!(status == 403 && body.contains(cause), "{status} {body}");
    }
    // Tokens that were made for something else, changed, or made by nobody: at a hub of their own, for after ten tries within
    // a minute there is another answer.
    let folder = plane.folder().join("second");
    std::fs::create_dir_all(&folder).unwrap();
    let second = Hub::start(&kubeconfig, &folder);
    wait_for(&second);
    let (begin, signature) = officer.rsplit_once('.').unwrap();
    let changed = format!("{begin}.AAAA{}", signature.split_at(4).1);
    for (what, other) in [
        ("for the API server", token(&plane, "officer", None)),
        ("for another hub", token(&plane, "officer", Some("another"))),
        ("with another signature", changed),
        ("without one", format!("{begin}.")),
        ("of nobody", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.".to_owned()),
    ] {
        assert_eq!(second.get("/api/v1/me", &other).0, 401, "{what}");
    }
    // A service account that is gone is nobody, whatever its token says.
    account(&plane, "leaver", &["hub-view", "sees-pods"], &[]);
    let leaver = of("leaver");
    plane.api().delete("/api/v1/namespaces/shop/serviceaccounts/leaver").unwrap().success().unwrap();
    assert_eq!(hub.get("/api/v1/me", &leaver).0, 401);

    // An API server that is away lets nobody new in; the hub's own tokens work.
    let late = of("officer");
    plane.stop_api_server();
    let (status, body) = hub.get("/api/v1/me", &late);
    assert!(status == 503 && body.contains("cannot be reached"), "{status} {body}");
    assert_eq!(hub.json("/api/v1/me", OWN)["role"], "viewer");
}

fn wait_for(hub: &Hub) {
    let begun = Instant::now();
    while hub.get("/api/v1/sources/ward", OWN).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing was assessed");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_hub_that_may_not_ask_says_what_it_lacks() {
    let plane = ControlPlane::start().unwrap();
    plane.create_namespace("shop", &[]).unwrap();
    account(&plane, "buyer", &[], &["sees-pods"]);
    let hub = Hub::start(&plane.kubeconfig_as("nobody-in-particular", &[]).unwrap(), plane.folder());
    let (status, body) = hub.get("/api/v1/me", &token(&plane, "buyer", Some("cloister-hub")));
    assert!(status == 503 && body.contains("system:auth-delegator"), "{status} {body}");
}
