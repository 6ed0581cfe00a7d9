//! What `cloister network` answers as JSON keeps to the published schemas.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs the program"
)]

mod support;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use cloister_network::answers::{
    CanDocument, DiffDocument, EntriesDocument, ExitsDocument, ExplainDocument, ExposureDocument, MeshDocument,
};
use cloister_purpose::document::Document as Purposes;
use cloister_transit::Document as Plaintext;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::network::{AMBIENT, API, DB, IN_MESH, POLICY, WAY_IN, cluster};
use support::schema::{keeps_to, plain, published};
use support::{cloister, folder};

/// Another purpose, a way out, the mesh's policies, and two activities with the store of one.
const MORE: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: mail, namespace: clinic}
spec: {template: {metadata: {labels: {app: mail}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: bank, namespace: clinic}
spec: {type: ExternalName, externalName: bank.example.com}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: clinic}
spec: {selector: {matchLabels: {app: api}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: clinic}
spec: {selector: {matchLabels: {app: api}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: appointments}
spec: {purposes: [treating], stores: [patients], selector: {names: [api]}}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: letters}
spec: {purposes: [advertising], selector: {names: [mail]}}
---
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: patients}
spec: {selector: {names: [db]}}
";

/// The API is on a port of its node, too.
fn clinic() -> String {
    cluster(&[IN_MESH, API, DB, WAY_IN, MORE, AMBIENT])
        .replace("containerPort: 8080", "containerPort: 8080, hostPort: 80")
}

fn schema<T: JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("title".into(), title.into());
    plain(schema.to_value())
}

/// The question, its schema, and the lists that this cluster fills.
fn questions() -> [(&'static str, Value, &'static [&'static str]); 9] {
    [
        ("can", schema::<CanDocument>("Whether something reaches something else"), &["answers"]),
        ("explain", schema::<ExplainDocument>("Why something reaches something else"), &["explanations"]),
        ("exposure", schema::<ExposureDocument>("What those who are not there yet could reach"), &["exposures"]),
        ("diff", schema::<DiffDocument>("Connections gained and lost by a change"), &["gone", "new", "changes"]),
        ("entries", schema::<EntriesDocument>("Ways in to a cluster"), &["entries", "deadEnds"]),
        ("exits", schema::<ExitsDocument>("Ways out of a cluster"), &["exits", "names"]),
        ("mesh", schema::<MeshDocument>("Istio's mesh, workload by workload"), &["workloads"]),
        ("purposes", schema::<Purposes>("Purposes that meet in the network"), &["crossed"]),
        ("plaintext", schema::<Plaintext>("Who talks plaintext to whom"), &["stores"]),
    ]
}

/// What is asked beside the question, of a cluster with an API and a store: the change is the other cluster.
fn arguments(question: &str, path: &Path, other: &Path, store: &str) -> Vec<OsString> {
    let ends: &[&str] = match question {
        "can" | "explain" => &["clinic/api", store, "all"],
        _ => &[],
    };
    let paths: &[&OsStr] = match question {
        "diff" => &[path.as_os_str(), other.as_os_str()],
        _ => &[OsStr::new("--from"), path.as_os_str()],
    };
    ends.iter().map(OsString::from).chain(paths.iter().map(OsString::from)).collect()
}

fn answer(question: &str, arguments: &[OsString]) -> Value {
    let output = cloister().args(["network", question, "-o", "json"]).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{question}: {output:?}"))
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
    let dir = folder(&[("k8s.yaml", &clinic())]);
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    for (question, schema, lists) in questions() {
        let found = answer(question, &arguments(question, dir.path(), &clinic, "clinic/db"));
        for list in lists {
            assert!(!found[*list].as_array().unwrap().is_empty(), "{question} has no {list}: {found:#}");
        }
        keeps_to(&found, &schema);
        let other = arguments(question, &clinic, dir.path(), "clinic-data/patients-db");
        keeps_to(&answer(question, &other), &schema);
    }
}

/// Each step of an explanation, and each kind of those who may come, is there to be held against its schema.
#[test]
fn steps_places_and_callers_are_told() {
    let dir = folder(&[("k8s.yaml", &cluster(&[&clinic(), POLICY]))]);
    let explained = answer("explain", &arguments("explain", dir.path(), dir.path(), "clinic/db"));
    let told = &explained["explanations"][0];
    assert_eq!(told["answer"], "partly", "{explained:#}");
    let applied: Vec<&str> =
        told["ingress"].as_array().unwrap().iter().filter_map(|step| step["applied"].as_str()).collect();
    assert_eq!(applied, ["accepts", "isolates"]);
    assert!(told["ingress"][0]["policies"][0]["location"]["line"].is_u64(), "{told:#}");
    assert!(told["mesh"].is_array(), "{told:#}");
    let exposed = answer("exposure", &arguments("exposure", dir.path(), dir.path(), "")).to_string();
    for who in ["\"anyPod\":true", "\"pods\":", "\"addresses\":"] {
        assert!(exposed.contains(who), "{who} in {exposed}");
    }
}
