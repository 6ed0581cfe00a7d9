//! The hub of `deploy/hub` in a pod on a real node, by its service account, behind a proxy that speaks TLS: what its account may
//! is what it asks for; it follows the cluster, is told by the API server who enters the patients' database, lets people of the
//! cluster in, and goes on where it was when its pod is gone.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cloister_e2e::clinic::{Clinic, examples};
use cloister_e2e::{Cluster, Options, wait_for};
use serde_json::{Value, json};
use support::audit::AUDIT_POLICY;
use support::deployed::{ACCOUNT, Deployed, NAMESPACE, granted, resource, volume};
use support::entered::{ENTERED, Person, webhook};
use support::hub::Hub;
use support::{PATIENCE, program};
use tempfile::TempDir;

/// What extensions bring that the ClusterRole names, as they call their kinds.
const EXTENSIONS: [(&str, &[&str]); 6] = [
    (
        "gateway.networking.k8s.io",
        &[
            "GatewayClass",
            "Gateway",
            "GRPCRoute",
            "HTTPRoute",
            "ListenerSet",
            "ReferenceGrant",
            "TCPRoute",
            "TLSRoute",
            "UDPRoute",
        ],
    ),
    ("policy.networking.k8s.io", &["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"]),
    ("cilium.io", &["CiliumClusterwideNetworkPolicy", "CiliumNetworkPolicy"]),
    ("security.istio.io", &["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"]),
    ("networking.istio.io", &["DestinationRule", "Gateway", "ServiceEntry", "VirtualService"]),
    ("snapshot.storage.k8s.io", &["VolumeSnapshotClass", "VolumeSnapshot"]),
];

/// Nothing that starts a pod, and an account that signs in.
const SHOP: &str = r"
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: mila, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: stranger, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: hub-viewer}
rules: [{apiGroups: [hub.cloister.dev], resources: [hubs], verbs: [view]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: mila-in-the-hub}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: hub-viewer}
subjects: [{kind: ServiceAccount, name: mila, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: mila-sees, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: mila, namespace: shop}]
";

const ORDERS: &str = r"
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: orders, image: 'orders:1', securityContext: {privileged: true}}]}
";

#[test]
fn the_hub_in_a_pod_follows_tells_lets_in_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let mut trial = Trial::start(folder.path());
    trial.rights_that_lack_are_named_and_taken_up();
    let _clinic = Clinic::start(&trial.cluster).unwrap();
    trial.step("the clinic runs");
    trial.what_kubectl_applies_is_found();
    trial.audit_events_come_by_tls();
    trial.people_of_the_cluster_see_their_namespaces();
    trial.a_pod_that_is_gone_is_gone_on_from();
    trial.what_it_may_it_asks_for();
}

/// The cluster, and the hub in it: what leads to the hub ends before its pod does.
struct Trial {
    deployed: Deployed,
    cluster: Cluster,
    hub: Hub,
    token: std::path::PathBuf,
    begun: Instant,
}

impl Trial {
    /// Installs everything but the binding of the ClusterRole.
    fn start(folder: &Path) -> Trial {
        let begun = Instant::now();
        let options = Options { audit_policy: Some(AUDIT_POLICY.to_owned()), ..Options::default() };
        let cluster = Cluster::start_with(&options).unwrap();
        let mut deployed = Deployed::prepare(&cluster, folder);
        deployed.apply(&cluster, &extensions());
        let is_binding = |text: &&str| text.contains("kind: ClusterRoleBinding\nmetadata:\n  name: cloister-hub\n");
        let manifest = deployed.manifest();
        let (bindings, rest): (Vec<&str>, Vec<&str>) = manifest.split("\n---\n").partition(is_binding);
        assert_eq!(bindings.len(), 1);
        deployed.apply(&cluster, &rest.join("\n---\n"));
        let register = format!("--from-file={}", examples().join("clinic/register.yaml").display());
        let kubectl = cluster.kubectl().unwrap();
        kubectl.run(&["create", "configmap", "cloister-register", NAMESPACE, &register]).unwrap();
        deployed.wait_until_ready(&cluster);
        let (hub, token) = deployed.tokens(&cluster);
        let trial = Trial { cluster, deployed, hub, token, begun };
        trial.step("the hub's pod is ready, at the restricted level");
        trial
    }

    fn step(&self, what: &str) {
        println!("{:4} s: {what}", self.begun.elapsed().as_secs());
    }

    fn wait<T>(&self, what: &str, ready: impl FnMut() -> Option<T>) -> T {
        wait_for(what, PATIENCE, ready).unwrap_or_else(|error| {
            panic!("{error:#}\n{}\n{}", self.deployed.logs(&self.cluster), self.cluster.log_tail())
        })
    }

    /// Which rights the hub says that it lacks.
    fn lacking(&self) -> BTreeSet<String> {
        let page = self.hub.get("/sources/cluster/input").1;
        let section = page.split("id=\"rights\"").nth(1).unwrap_or_default();
        section.split("<code>").skip(1).map(|it| it.split("</code>").next().unwrap().to_owned()).collect()
    }

    /// Nothing is granted. Whoever grants what is named, until nothing is but Secrets, has granted what the ClusterRole does.
    fn rights_that_lack_are_named_and_taken_up(&self) {
        let (manifest, begun) = (self.deployed.manifest(), Instant::now());
        let namespace = "/api/v1/sources/cluster/resources?namespace=cloister-hub";
        let (mut named, mut rounds) = (BTreeSet::new(), 0);
        loop {
            let lacking = self.settled(&named);
            if lacking.iter().all(|name| name == "secrets") {
                break;
            }
            assert!(rounds > 0 || self.hub.items(namespace).is_empty(), "nothing may be listed");
            rounds += 1;
            named.extend(lacking.into_iter().filter(|name| name != "secrets"));
            self.deployed.apply(&self.cluster, &role("as-told", &named));
        }
        assert!(!self.hub.items(namespace).is_empty(), "what may be listed is there");
        let mut all: BTreeSet<String> = granted(&manifest).into_iter().map(|(_, what)| what).collect();
        // Without it a new kind is followed after `--every` and not at once; no check waits for it.
        assert!(all.remove("customresourcedefinitions.apiextensions.k8s.io"));
        let apart: Vec<_> = all.symmetric_difference(&named).collect();
        assert!(apart.is_empty(), "needless, or not named: {apart:#?}");
        let kubectl = self.cluster.kubectl().unwrap();
        self.deployed.apply(&self.cluster, &manifest);
        kubectl.run(&["delete", "clusterrole,clusterrolebinding", "as-told"]).unwrap();
        let took = begun.elapsed();
        self.step(&format!("{} rights were named in {rounds} rounds and taken up, in {took:?}", named.len()));
    }

    /// Which rights lack when those that are granted have come to count.
    fn settled(&self, granted: &BTreeSet<String>) -> BTreeSet<String> {
        let mut before = BTreeSet::new();
        self.wait("the rights to count", || {
            let now = self.lacking();
            let is_settled = now == before && !now.is_empty() && now.is_disjoint(granted);
            before = now;
            std::thread::sleep(Duration::from_millis(500));
            is_settled.then(|| before.clone())
        })
    }

    /// By watches: within seconds, whatever `--every` says.
    fn what_kubectl_applies_is_found(&self) {
        self.deployed.apply(&self.cluster, SHOP);
        let check = ("cluster", "privileged-container");
        let file = self.cluster.folder().join("orders.yaml");
        fs::write(&file, ORDERS).unwrap();
        let kubectl = self.cluster.kubectl().unwrap();
        kubectl.apply(&file).unwrap();
        let came = self.hub.wait_for_finding(check, "shop/orders", true);
        kubectl.run(&["delete", "--filename", &file.to_string_lossy()]).unwrap();
        let went = self.hub.wait_for_finding(check, "shop/orders", false);
        kubectl.apply(&file).unwrap();
        self.hub.wait_for_finding(check, "shop/orders", true);
        self.step(&format!("a Deployment was found after {came:?}, and gone after {went:?}"));
    }

    fn detection(&self, who: &str) -> Option<Value> {
        let all = self.hub.items("/api/v1/sources/cluster/detections?limit=1000&rule=pod-entered");
        let one = all.into_iter().find(|it| it["who"] == who)?;
        let path = format!("/api/v1/sources/cluster/detections/{}", one["id"].as_str()?);
        Some(self.hub.json(&path))
    }

    /// Enters, and says who and how long it took until it was told.
    fn enters(&self, name: &str) -> (Value, Duration) {
        let person = Person::new(&self.cluster, name, "doctors");
        let (wall, begun) = (jiff::Timestamp::now(), Instant::now());
        let mut shell = person.enter();
        let found = self.wait("the detection", || self.detection(name));
        let took = begun.elapsed();
        assert!(shell.wait().unwrap().success());
        let at: jiff::Timestamp = found["at"].as_str().unwrap().parse().unwrap();
        assert!(at.duration_since(wall).as_secs().abs() < 60, "when: {found}");
        (found, took)
    }

    /// The API server is told the webhook as an administrator would: the token of the volume, and a start.
    fn audit_events_come_by_tls(&mut self) {
        let files = (self.deployed.certificate.as_path(), self.token.as_path());
        let arguments = webhook(self.cluster.folder(), &self.deployed.host, files);
        self.cluster.restart_api_server(arguments).unwrap();
        let doctors = ["create", "clusterrolebinding", "doctors", "--clusterrole=cluster-admin", "--group=doctors"];
        self.cluster.kubectl().unwrap().run(&doctors).unwrap();
        let (found, took) = self.enters("ann");
        let what = |key: &str| found["what"][key].as_str().unwrap();
        let what = format!(
            "{} {}/{} {}/{}",
            what("verb"),
            what("resource"),
            what("subresource"),
            what("namespace"),
            what("name")
        );
        assert_eq!(what, ENTERED, "{found}");
        assert_eq!((&found["severity"], &found["who"]["user"]), (&json!("high"), &json!("ann")), "{found}");
        assert!(found["personalData"].as_str().unwrap().contains("patients-db"), "{found}");
        self.step(&format!("who entered the patients' database was told after {took:?}"));
    }

    fn people_of_the_cluster_see_their_namespaces(&self) {
        let kubectl = self.cluster.kubectl().unwrap();
        let token = |name: &str, more: &[&str]| {
            let made = kubectl.run(&[&["create", "token", name, "--namespace=shop"][..], more].concat()).unwrap();
            made.trim().to_owned()
        };
        let for_hub = ["--audience=cloister-hub"];
        let mila = self.hub.by(&token("mila", &for_hub));
        let me = mila.json("/api/v1/me");
        let namespaces = kubectl.run(&["get", "namespaces", "--output=jsonpath={.items[*].metadata.name}"]).unwrap();
        let may = |namespace: &&str| {
            let who = ["--as=system:serviceaccount:shop:mila", "--as-group=system:serviceaccounts", "--namespace"];
            kubectl.run(&[&["auth", "can-i", "list", "pods"], &who[..], &[namespace]].concat()).is_ok()
        };
        let (own, others): (Vec<&str>, Vec<&str>) = namespaces.split_whitespace().partition(may);
        assert!(own.contains(&"shop") && others.contains(&"clinic-data"), "{own:?} {others:?}");
        let seen: Vec<&str> = me["namespaces"].as_str().unwrap().split(',').collect();
        let expected: Vec<String> = own.iter().map(|namespace| format!("cluster/{namespace}")).collect();
        assert_eq!((&me["role"], seen), (&json!("viewer"), expected.iter().map(String::as_str).collect()), "{me}");
        let findings = mila.all("/api/v1/sources/cluster/findings?limit=1000");
        let told: String = findings.iter().map(Value::to_string).collect();
        assert!(told.contains("shop/orders"));
        for elsewhere in others {
            assert!(!told.contains(&format!("{elsewhere}/")), "{elsewhere}: {told}");
        }
        assert_eq!(mila.get("/api/v1/sources/cluster/detections").0, 403);
        assert_eq!(self.hub.by(&token("mila", &[])).get("/api/v1/me").0, 401, "a token for the API server");
        assert_eq!(self.hub.by(&token("stranger", &for_hub)).get("/api/v1/me").0, 403);
        self.step("who signs in by the cluster sees the own namespace alone");
    }

    /// What the hub has acknowledged: a decision, detections, and its record, checked by whoever has the export and the key.
    fn a_pod_that_is_gone_is_gone_on_from(&mut self) {
        let finding = self.hub.items("/api/v1/sources/cluster/findings?check=privileged-container&limit=1000");
        let orders = finding.iter().find(|it| it.to_string().contains("shop/orders")).unwrap();
        let accepted = json!({"finding": orders["id"], "reason": "nothing but a test", "expires": "2028-12-31"});
        self.hub.post("/api/v1/sources/cluster/exceptions", &accepted);
        let known = self.hub.items("/api/v1/sources/cluster/detections?limit=1000");
        let log = volume(&self.cluster, "data").join("hub/evidence");
        let head = self.cluster.folder().join("head");
        fs::copy(log.join("checkpoint"), &head).unwrap();

        let begun = Instant::now();
        self.deployed.delete_pod(&self.cluster, &[]);
        let ended = begun.elapsed();
        assert!(ended < Duration::from_secs(20), "asked to end, it goes on: {ended:?}");
        self.deployed.wait_until_ready(&self.cluster);
        self.is_known(&known);
        self.step(&format!("the pod ended in {ended:?}, and the next one goes on"));

        // Longer than a webhook that is in a hurry tries.
        self.deployed.scale(&self.cluster, 0);
        let away = Instant::now();
        let bob = Person::new(&self.cluster, "bob", "doctors");
        assert!(bob.enter().wait().unwrap().success());
        self.export_is_green(&log, &head);
        std::thread::sleep(Duration::from_secs(14).saturating_sub(away.elapsed()));
        self.deployed.scale(&self.cluster, 1);
        self.deployed.wait_until_ready(&self.cluster);
        self.wait("what happened while the hub was away", || self.detection("bob"));
        self.step(&format!("who entered while it was away was told after {:?}", away.elapsed()));

        let (_, took) = self.enters("carol");
        let known = self.hub.items("/api/v1/sources/cluster/detections?limit=1000");
        self.deployed.delete_pod(&self.cluster, &["--grace-period=0", "--force"]);
        self.deployed.wait_until_ready(&self.cluster);
        self.is_known(&known);
        let checked = self.deployed.exec(
            &self.cluster,
            &["cloister", "evidence", "verify", "/data/hub/evidence", "--key", "/data/hub/evidence/key.pub"],
        );
        println!("{checked}");
        self.step(&format!("a pod that was killed right after it told ({took:?}) has forgotten nothing"));
    }

    /// Everything that was told before is told still, once.
    fn is_known(&self, before: &[Value]) {
        let ids = |all: &[Value]| all.iter().map(|it| it["id"].to_string()).collect::<Vec<String>>();
        self.wait("the hub's answer", || (self.hub.get("/api/v1/sources/cluster").0 == 200).then_some(()));
        let now = ids(&self.hub.items("/api/v1/sources/cluster/detections?limit=1000"));
        let unique: BTreeSet<&String> = now.iter().collect();
        assert_eq!(unique.len(), now.len(), "{now:?}");
        let lost: Vec<String> = ids(before).into_iter().filter(|id| !unique.contains(id)).collect();
        assert!(lost.is_empty() && !before.is_empty(), "{lost:?}");
        let decisions = self.hub.items("/api/v1/sources/cluster/decisions?limit=1000");
        assert_eq!(decisions.len(), 1, "{decisions:?}");
        let accepted = || {
            let all = self.hub.items("/api/v1/sources/cluster/findings?check=privileged-container&limit=1000");
            let one = all.into_iter().find(|it| it.to_string().contains("shop/orders"))?;
            (one["state"] == "accepted").then_some(())
        };
        self.wait("the decision to be in force", accepted);
        assert_eq!(self.hub.json("/api/v1/evidence/verification")["faults"], json!([]));
    }

    /// As an auditor does it, who has kept a head of the log.
    fn export_is_green(&self, log: &Path, head: &Path) {
        let bundle = self.cluster.folder().join("bundle");
        let run = |arguments: &[&str], paths: &[(&str, &Path)]| {
            let mut command = Command::new(program("cloister"));
            command.arg("evidence").args(arguments);
            paths.iter().for_each(|(option, path)| {
                command.arg(option).arg(path);
            });
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
        };
        let (log_text, bundle_text) = (log.to_string_lossy(), bundle.to_string_lossy());
        let key = volume(&self.cluster, "keys").join("record.key");
        let days = ["--from=2026-01-01", "--to=2099-12-31"];
        let export = ["export", &log_text, days[0], days[1]];
        run(&export, &[("--output", &bundle), ("--private-key", &key), ("--since", head)]);
        run(&["verify", &bundle_text], &[("--key", &log.join("key.pub")), ("--since", head)]);
    }

    /// The API server's own record of what the account asked: all that it may, and of what it may not nothing but lists and
    /// watches.
    fn what_it_may_it_asks_for(&self) {
        let mut may: BTreeSet<(String, String)> = granted(&self.deployed.manifest()).into_iter().collect();
        for review in ["tokenreviews.authentication.k8s.io", "subjectaccessreviews.authorization.k8s.io"] {
            may.insert(("create".to_owned(), review.to_owned()));
        }
        let log = fs::read_to_string(self.cluster.audit_log()).unwrap();
        let (mut used, mut refused) = (BTreeSet::new(), BTreeSet::new());
        for event in log.lines().filter(|line| line.contains(ACCOUNT)).map(serde_json::from_str::<Value>) {
            let event = event.unwrap();
            let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            if text("/user/username") != ACCOUNT || text("/objectRef/resource").is_empty() {
                continue;
            }
            let what = resource(text("/objectRef/resource"), text("/objectRef/apiGroup"));
            let asked = (text("/verb").to_owned(), what);
            let allowed = event["annotations"]["authorization.k8s.io/decision"] == "allow";
            // What every service account may is not the manifest's.
            let reason = event["annotations"]["authorization.k8s.io/reason"].as_str().unwrap_or_default();
            let is_ours = reason.contains("to ServiceAccount \"cloister-hub/cloister-hub\"");
            match (allowed, is_ours) {
                (true, true) => drop(used.insert(asked)),
                (true, false) => {}
                (false, _) => drop(refused.insert(asked)),
            }
        }
        assert!(may == used, "not used, or more: {:#?}", may.symmetric_difference(&used).collect::<Vec<_>>());
        // An API server that starts anew knows no rights for a moment.
        refused.retain(|asked| !matches!(&*asked.0, "list" | "watch") && !may.contains(asked));
        assert!(refused.is_empty(), "{refused:#?}");
        self.step(&format!("the account used all of its {} rights", may.len()));
    }
}

/// A ClusterRole that gives the hub's account these, and its binding.
fn role(name: &str, resources: &BTreeSet<String>) -> String {
    let rule = |it: &String| {
        let (name, group) = it.split_once('.').unwrap_or((it, ""));
        json!({"apiGroups": [group], "resources": [name], "verbs": ["list", "watch"]})
    };
    let (group, version) = ("rbac.authorization.k8s.io", "rbac.authorization.k8s.io/v1");
    let role = json!({"apiVersion": version, "kind": "ClusterRole", "metadata": {"name": name},
        "rules": resources.iter().map(rule).collect::<Vec<Value>>()});
    let binding = json!({"apiVersion": version, "kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": "cloister-hub", "namespace": "cloister-hub"}]});
    format!("{role}\n---\n{binding}\n")
}

/// Definitions of what extensions would bring; what is in them is of no interest here.
fn extensions() -> String {
    let one = |group: &str, kind: &str| {
        let lower = kind.to_lowercase();
        let plural = match lower.strip_suffix('y') {
            Some(stem) if !lower.ends_with("ay") => format!("{stem}ies"),
            _ if lower.ends_with("ss") => format!("{lower}es"),
            _ => format!("{lower}s"),
        };
        let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
        let version = json!({"name": "v1", "served": true, "storage": true, "schema": schema});
        let metadata = json!({"name": format!("{plural}.{group}"),
            "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"}});
        json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": {
            "group": group, "scope": "Namespaced", "versions": [version],
            "names": {"kind": kind, "plural": plural, "singular": lower}}})
    };
    let all = EXTENSIONS.iter().flat_map(|(group, kinds)| kinds.iter().map(|kind| one(group, kind).to_string()));
    all.collect::<Vec<String>>().join("\n---\n")
}
