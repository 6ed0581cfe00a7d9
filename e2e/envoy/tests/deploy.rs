//! The examples of deploy/extproc, as they are, in a real Envoy: only ports and the socket's folder are others.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloister_dlp::Knowledge;
use cloister_e2e_envoy::{Backend, Proxy, send, serve_at};
use cloister_extproc::{ExternalProcessor, Office, Undone};
use cloister_inventory::{Inputs, Inventory};
use cloister_source::{Request, read};
use cloister_tools::service::free_ports;
use serde_json::{Value, json};

/// Invented.
const BODY: &str = r#"{"patients": [{"email": "jana.novotna@klinika-brno.cz"}, {"iban": "DE67200411330739214587"}]}"#;
const SOCKET: &str = "/run/cloister/extproc.sock";

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/extproc");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The plain example.
fn plain(listen: SocketAddr, backend: SocketAddr, socket: &Path) -> String {
    let text = example("envoy.yaml");
    assert!(text.contains(SOCKET));
    text.replace("port_value: 8080", &format!("port_value: {}", listen.port()))
        .replace("port_value: 8081", &format!("port_value: {}", backend.port()))
        .replace(SOCKET, socket.to_str().unwrap())
}

/// What Istio makes of its example: the filter before the router, and the cluster beside the others.
fn istio(listen: SocketAddr, backend: SocketAddr, socket: &Path) -> String {
    let filter: Value =
        serde_saphyr::from_str(&example("istio.yaml").replace(SOCKET, socket.to_str().unwrap())).unwrap();
    let patches = filter["spec"]["configPatches"].as_array().unwrap();
    let value = |kind: &str| {
        let patch = patches.iter().find(|patch| patch["applyTo"] == kind).unwrap();
        patch["patch"]["value"].clone()
    };
    let mut whole: Value = serde_saphyr::from_str(&plain(listen, backend, socket)).unwrap();
    let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0";
    *whole.pointer_mut(manager).unwrap() = value("HTTP_FILTER");
    *whole.pointer_mut("/static_resources/clusters/1").unwrap() = value("CLUSTER");
    whole.to_string()
}

fn knowledge(folder: &Path, policy: &str) -> Knowledge {
    let text =
        format!("apiVersion: cloister.dev/v1alpha1\nkind: DlpPolicy\nmetadata: {{name: gate}}\nspec:\n{policy}\n");
    std::fs::write(folder.join("policy.yaml"), text).unwrap();
    let targets: Vec<PathBuf> = vec![folder.join("policy.yaml")];
    let read = read(&Request { targets, ..Request::default() }, &|_| ());
    let inventory = Inventory::new(read.resources, Inputs { files: true, ..Inputs::default() });
    let (knowledge, diagnostics) = Knowledge::of(&inventory);
    assert_eq!(diagnostics, []);
    knowledge
}

fn post(path: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: collector.example.com\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn picture() -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[9; 4000]].concat()
}

const REDACT: &str = "  action: redact\n  categories: [{category: email-address}, {category: bank-details}]\n";

fn works(configuration: fn(SocketAddr, SocketAddr, &Path) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("extproc.sock");
    let backend =
        Backend::start(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok".to_vec()).unwrap();
    let [port] = free_ports().unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], port));
    let proxy = Proxy::run(listen, &configuration(listen, backend.address, &socket)).unwrap();

    // Nobody answers: nothing passes.
    let refused = send(proxy.address, &[&post("/visits", "application/json", BODY.as_bytes())]).unwrap();
    assert!(refused.status >= 500, "{}", refused.status);
    assert_eq!(backend.take(), []);

    let office = Arc::new(Office::new(knowledge(folder.path(), REDACT), || 1_764_000_000_000_000, false));
    let guards = Arc::clone(&office);
    let runtime = serve_at(ExternalProcessor::new(move || guards.guard()), &socket).unwrap();
    assert_eq!(send(proxy.address, &[&post("/visits", "application/json", BODY.as_bytes())]).unwrap().status, 200);
    let heard = String::from_utf8(backend.take()[0].body.clone()).unwrap();
    assert!(heard.len() == BODY.len() && !heard.contains("jana") && !heard.contains("DE6720"), "{heard}");
    let told = office.changed();
    let places: Vec<&str> = told.iter().flat_map(|it| &it.places).map(|it| it.name.as_str()).collect();
    assert!(places.contains(&"/patients/*/email") && places.contains(&"/patients/*/iban"), "{places:?}");

    // What cannot be searched does not pass, and is named.
    assert_eq!(send(proxy.address, &[&post("/pictures", "image/png", &picture())]).unwrap().status, 403);
    assert_eq!(backend.take(), []);
    let told = office.changed();
    assert_eq!(told.iter().map(|it| (it.finding, it.action)).collect::<Vec<_>>(), [("unsearched-content", "block")]);
    assert_eq!((told[0].places[0].name.as_str(), told[0].targets[0].as_str()), ("media", "/pictures"));
    assert!(office.undone().any(|(why, count)| why == Undone::Media && count == 1));
    // The ways out: an exception, or another choice.
    for way in [
        format!("{REDACT}  exceptions: [{{reason: pictures of rooms, target: /pictures}}]\n"),
        format!("{REDACT}  unsearchable: allow\n"),
    ] {
        office.learn(knowledge(folder.path(), &way));
        assert_eq!(send(proxy.address, &[&post("/pictures", "image/png", &picture())]).unwrap().status, 200);
        assert_eq!(backend.take()[0].body, picture());
    }

    // The processor ends: nothing passes again.
    drop(runtime);
    let refused = send(proxy.address, &[&post("/visits", "application/json", BODY.as_bytes())]).unwrap();
    assert!(refused.status >= 500, "{}", refused.status);
    assert_eq!(backend.take(), []);
}

#[test]
fn the_plain_example_works_as_it_is() {
    works(plain);
}

#[test]
fn the_example_for_istio_works_as_it_is() {
    works(istio);
}

#[test]
fn the_patch_for_istio_shares_the_socket_of_the_filter() {
    let patch: Value = serde_saphyr::from_str(&example("istio-patch.yaml")).unwrap();
    let pod = &patch["spec"]["template"];
    let filter: Value = serde_saphyr::from_str(&example("istio.yaml")).unwrap();
    assert_eq!(filter["spec"]["workloadSelector"]["labels"], pod["metadata"]["labels"]);
    let container = &pod["spec"]["containers"][0];
    assert!(container["command"].as_array().unwrap().contains(&json!(format!("--listen=unix:{SOCKET}"))));
    assert_eq!(container["volumeMounts"][0], json!({ "name": "cloister-socket", "mountPath": "/run/cloister" }));
    let mounts = pod["metadata"]["annotations"]["sidecar.istio.io/userVolumeMount"].as_str().unwrap();
    let mounts: Value = serde_json::from_str(mounts).unwrap();
    assert_eq!(mounts[0], container["volumeMounts"][0]);
}
