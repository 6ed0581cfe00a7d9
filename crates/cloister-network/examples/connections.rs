//! How long each part takes on large input: `cargo xtask bench network` runs it on what it generated.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, reason = "a program that measures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::generate::{GenerateOptions, generate, without_policies};
use cloister_network::needs::{End, Need, Needs, Why};
use cloister_network::{Mesh, Network, Options, PortSet, Protocol};

/// Questions, of which the middle one counts.
const QUESTIONS: usize = 1001;

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// With more ends than these, neither a mesh nor a proof is asked for.
const MOST: usize = 100_000;

fn read(texts: &[String]) -> Inventory {
    let mut interner = Interner::default();
    let parsed = texts.iter().map(|text| parse(text, &Origin::File("k8s.yaml".into()), 1, &mut interner).resources);
    let resources = parsed.flatten().collect();
    Inventory::new(resources, Inputs { files: true, ..Inputs::default() })
}

/// The same clusters in a mesh: every second namespace takes mutual TLS only, and every store only its own namespace.
fn meshed(texts: &[String], inventory: &Inventory) -> Vec<String> {
    let spaces: String = inventory
        .namespaces()
        .enumerate()
        .map(|(number, (name, _))| {
            let mode = if number % 2 == 0 { "STRICT" } else { "PERMISSIVE" };
            let head = "---\napiVersion: security.istio.io/v1\n";
            format!(
                "{head}kind: PeerAuthentication\nmetadata: {{name: m, namespace: {name}}}\nspec: {{mtls: {{mode: {mode}}}}}\n\
                 {head}kind: AuthorizationPolicy\nmetadata: {{name: a, namespace: {name}}}\nspec: {{selector: {{matchLabels: \
                 {{role: store}}}}, rules: [{{from: [{{source: {{namespaces: [{name}]}}}}]}}]}}\n"
            )
        })
        .collect();
    let injected = texts.iter().map(|text| text.replace("labels: {team", "labels: {istio-injection: enabled, team"));
    injected.chain([spaces]).collect()
}

/// In each namespace the first workload needs the second, the third the seventh, and so on.
fn needs(network: &Network<'_>) -> Needs {
    let mut needs = Needs::default();
    let workloads: Vec<_> = network.endpoints().iter().filter_map(|it| it.workload()).collect();
    for from in 0..workloads.len().saturating_sub(4) {
        if workloads[from].namespace == workloads[from + 4].namespace {
            let (from, to) = (End::Workload(from), End::Workload(from + 4));
            let ports = PortSet::one(Protocol::Tcp, 8000);
            needs.all.push(Need { from, to, ports, why: Why { words: "it is".into(), location: None } });
        }
    }
    needs
}

fn proven(inventory: &Inventory) -> Option<Duration> {
    let bare = without_policies(inventory);
    let network = Network::new(&bare, &Options::default());
    (network.endpoints().len() <= MOST).then(|| {
        let needs = needs(&network);
        let (generated, time) = timed(|| generate(&network, &bare, inventory, needs, &GenerateOptions::default()));
        assert!(generated.proof.holds(), "{:?}", generated.proof.failures);
        time
    })
}

/// Building and listing where everybody is in a mesh.
fn narrowed(texts: &[String], inventory: &Inventory) -> Option<Duration> {
    let whole = read(&meshed(texts, inventory));
    let (found, time) = timed(|| {
        let network = Network::new(&whole, &Options { mesh: true, ..Options::default() });
        let few = network.endpoints().len() <= MOST;
        few.then(|| Mesh::of(&network, &whole).map_or(0, |mesh| mesh.connections().groups.len()))
    });
    found.map(|groups| {
        assert!(groups > 0, "nobody is in the mesh");
        time
    })
}

fn main() {
    let texts: Vec<String> = std::env::args().skip(1).map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let (inventory, loading) = timed(|| read(&texts));
    let (network, building) = timed(|| Network::new(&inventory, &Options::default()));
    let count = network.endpoints().len();
    let mut asking: Vec<Duration> = (0..QUESTIONS)
        .map(|at| timed(|| black_box(network.between(at * 7919 % count, at * 104_729 % count))).1)
        .collect();
    asking.sort_unstable();
    let (connections, listing) = timed(|| network.connections());
    let ms = |time: Duration| format!("{:.3}", time.as_secs_f64() * 1e3);
    println!(
        "{} {} {} {} {} {} {} {} {}",
        ms(loading),
        ms(building),
        ms(asking.get(QUESTIONS / 2).copied().unwrap_or_default()),
        ms(listing),
        network.class_count(),
        connections.groups.len(),
        connections.count(&network),
        narrowed(&texts, &inventory).map_or_else(|| "-".to_owned(), ms),
        proven(&inventory).map_or_else(|| "-".to_owned(), ms),
    );
}
