//! What `cloister harden mesh-mtls` writes is taken by a real API server with Istio's definitions, commands included; what
//! the server then holds makes every member STRICT.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads and writes files")]

use std::time::Duration;

use cloister_e2e::{ControlPlane, Kubectl, wait_for};
use cloister_harden::mesh_mtls::{Kind, Written, mesh_mtls};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

const KINDS: [&str; 2] = ["peerauthentications.security.istio.io", "destinationrules.networking.istio.io"];
const WORKLOADS: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web, tier: 'no'}}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: batch, namespace: default}
spec:
  selector: {matchLabels: {app: batch}}
  template: {metadata: {labels: {app: batch}}, spec: {containers: [{name: c, image: i, env: [{name: WEB_URL, value: 'http://web.shop'}]}]}}
";
const WEAK: &str = "
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: none-here, namespace: shop}
spec: {mtls: {mode: DISABLE}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: some, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, portLevelMtls: {9000: {mode: DISABLE}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: plain, namespace: shop}
spec:
  host: web
  trafficPolicy: {tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}
  subsets: [{name: a, labels: {v: a}, trafficPolicy: {tls: {mode: DISABLE}}}]
";

fn written(text: &str) -> Written {
    let parsed = parse(text, &Origin::File("all.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let written = mesh_mtls(Kind::Istio, &inventory, &|_| Vec::new());
    assert!(written.proof.holds(), "{:?}", written.proof.failures);
    written
}

/// The definitions of Istio's kinds, out of the one file that holds them all.
fn definitions() -> String {
    let module = cloister_tools::definitions("istio.io/api").unwrap();
    let text = std::fs::read_to_string(module.join("kubernetes/customresourcedefinitions.gen.yaml")).unwrap();
    let wanted = |it: &&str| KINDS.iter().any(|kind| it.contains(&format!("name: {kind}\n")));
    let found: Vec<&str> = text.split("\n---\n").filter(wanted).collect();
    assert_eq!(found.len(), KINDS.len());
    found.join("\n---\n")
}

fn apply(plane: &ControlPlane, kubectl: &Kubectl, text: &str) {
    let file = plane.folder().join("applied.yaml");
    std::fs::write(&file, text).unwrap();
    kubectl.run(&["apply", "--validate=strict", "--filename", file.to_str().unwrap()]).unwrap();
}

/// A command as it stands in the steps; the last word may stand in quotes.
fn follow(kubectl: &Kubectl, command: &str) {
    let (words, quoted) = command.split_once('\'').map_or((command, None), |(words, rest)| (words, Some(rest)));
    let mut words: Vec<&str> = words.split_whitespace().skip(1).collect();
    words.extend(quoted.and_then(|rest| rest.strip_suffix('\'')));
    kubectl.run(&words).unwrap();
}

#[test]
fn the_steps_are_taken_and_end_in_strict() {
    let plane = ControlPlane::start().unwrap();
    let kubectl = plane.kubectl().unwrap();
    apply(&plane, &kubectl, &definitions());
    let served = || KINDS.iter().all(|kind| kubectl.run(&["get", kind, "--all-namespaces"]).is_ok()).then_some(());
    wait_for("Istio's kinds", Duration::from_secs(60), served).unwrap();
    apply(&plane, &kubectl, &format!("{WORKLOADS}---{WEAK}"));
    let steps = written(&format!("{WORKLOADS}---{WEAK}")).steps;
    assert_eq!(steps.len(), 3);
    let mut followed = 0;
    for step in &steps {
        if !step.text.is_empty() {
            apply(&plane, &kubectl, &step.annotated());
        }
        for command in step.says.iter().filter(|line| line.starts_with("  kubectl -n ")) {
            follow(&kubectl, command);
            followed += 1;
        }
    }
    assert_eq!(followed, 5, "three settings of a rule, two policies");
    let held: Vec<String> =
        KINDS.iter().map(|kind| kubectl.run(&["get", kind, "--all-namespaces", "--output=yaml"]).unwrap()).collect();
    let off = |text: &String| text.lines().any(|line| line.trim() == "mode: DISABLE" || line.trim() == "mode: SIMPLE");
    assert!(!held.iter().any(off), "{}", held.concat());
    let again = written(&format!("{WORKLOADS}---\n{}", held.join("\n---\n")));
    assert!(again.steps.is_empty(), "nothing is left to write: {:?}", again.steps);
}
