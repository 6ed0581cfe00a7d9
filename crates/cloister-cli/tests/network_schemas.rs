//! What `cloister network` answers as JSON keeps to the published schemas.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::path::Path;

use cloister_network::answers::{EntriesDocument, ExitsDocument, MeshDocument};
use cloister_purpose::document::Document as Purposes;
use cloister_transit::Document as Plaintext;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::schema::{keeps_to, plain, published};
use support::{cloister, folder};

/// A workload in the mesh behind an Ingress and on a port of its node; a store; two activities.
const CLUSTER: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080, hostPort: 80}]}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 5432}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail, namespace: shop}
spec: {template: {metadata: {labels: {app: mail}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: bank, namespace: shop}
spec: {type: ExternalName, externalName: bank.example.com}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: www.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /old, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: orders}
spec: {purposes: [selling], stores: [customers], selector: {names: [web]}}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: letters}
spec: {purposes: [advertising], selector: {names: [mail]}}
---
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: customers}
spec: {selector: {names: [db]}}
";

fn schema<T: JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("title".into(), title.into());
    plain(schema.to_value())
}

/// The question, its schema, and the lists that this cluster fills.
fn questions() -> [(&'static str, Value, &'static [&'static str]); 5] {
    [
        ("entries", schema::<EntriesDocument>("Ways in to a cluster"), &["entries", "deadEnds"]),
        ("exits", schema::<ExitsDocument>("Ways out of a cluster"), &["exits", "names"]),
        ("mesh", schema::<MeshDocument>("Istio's mesh, workload by workload"), &["workloads"]),
        ("purposes", schema::<Purposes>("Purposes that meet in the network"), &["crossed"]),
        ("plaintext", schema::<Plaintext>("Who talks plaintext to whom"), &["stores"]),
    ]
}

fn answer(question: &str, path: &Path) -> Value {
    let output = cloister().args(["network", question, "-o", "json", "--from"]).arg(path).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_published_schemas_are_those_of_the_types() {
    for (question, schema, _) in questions() {
        let name = format!("network-{question}.json");
        published(&name, &schema, std::env::var_os("CLOISTER_GENERATE").is_some());
    }
}

#[test]
fn answers_keep_to_them() {
    let dir = folder(&[("k8s.yaml", CLUSTER)]);
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    for (question, schema, lists) in questions() {
        let found = answer(question, dir.path());
        for list in lists {
            assert!(!found[*list].as_array().unwrap().is_empty(), "{question} has no {list}: {found:#}");
        }
        keeps_to(&found, &schema);
        keeps_to(&answer(question, &clinic), &schema);
    }
}
