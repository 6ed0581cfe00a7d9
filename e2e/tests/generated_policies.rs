//! Policies that `cloister network generate` writes are what a real API server takes, with strict validation of fields.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that reads files and asks a server"
)]

use std::path::Path;

use cloister_e2e::{ControlPlane, Request, json};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse, parse_trees};
use cloister_model::{Node, Origin};
use cloister_network::generate::{GenerateOptions, generate, without_policies};
use cloister_network::needs::{Block, End, Need, NeedOptions, Needs, Why, declared};
use cloister_network::{Network, Options, PortSet, Protocol};

fn read(texts: &[String]) -> Inventory {
    let mut interner = Interner::default();
    let parsed = texts.iter().map(|text| parse(text, &Origin::File("k8s.yaml".into()), 1, &mut interner));
    Inventory::new(parsed.flat_map(|it| it.resources).collect(), Inputs { files: true, ..Inputs::default() })
}

/// What is written for an inventory and these needs beside what it declares.
fn written(texts: &[String], more: impl Fn(&Network<'_>) -> Needs) -> String {
    let inventory = read(texts);
    let bare = without_policies(&inventory);
    let network = Network::new(&bare, &Options::default());
    let mut needs = declared(&network, &bare, &NeedOptions::default());
    needs.extend(more(&network));
    let generated = generate(&network, &bare, &inventory, needs, &GenerateOptions::default());
    assert!(generated.proof.holds(), "{:?}", generated.proof.failures);
    generated.files.into_iter().map(|file| file.text).collect()
}

fn clinic() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/clinic/k8s");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Workloads with odd labels, each of which needs the next one, an address and another family.
fn odd() -> Vec<String> {
    let pod = |number: usize| {
        let value = ["'1'", "'true'", "'null'", "a.b_c", "''", "'0x1'"][number % 6];
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: odd{}, labels: {{example.org/{number}: {value}, \
             'n': {value}}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n",
            number % 2
        )
    };
    (0..12).map(pod).collect()
}

fn odd_needs(network: &Network<'_>) -> Needs {
    let mut needs = Needs::default();
    let pods = network.endpoints().iter().filter(|it| it.workload().is_some()).count();
    for number in 0..pods {
        let block = |text: &str| End::Outside(Block::one(text.parse().unwrap()));
        let protocol = Protocol::ALL[number % 3];
        for (from, to) in [
            (End::Workload(number), End::Workload((number + 1) % pods)),
            (End::Workload(number), block("203.0.113.7")),
            (block("2001:db8::7"), End::Workload(number)),
        ] {
            let ports = PortSet::range(protocol, 1000, 1000 + u16::try_from(number).unwrap());
            needs.all.push(Need { from, to, ports, why: Why { words: "it was asked for".into(), location: None } });
        }
    }
    needs
}

#[test]
fn a_real_api_server_takes_what_is_generated() {
    let plane = ControlPlane::start().unwrap();
    let texts = [written(&clinic(), |_| Needs::default()), written(&odd(), odd_needs)];
    for text in texts {
        let (trees, faults) = parse_trees(&text, "generated.yaml", &mut Interner::default());
        assert!(faults.is_empty() && !trees.is_empty());
        let request = |node: &Node| Request::Post {
            path: format!(
                "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies?dryRun=All&fieldValidation=Strict",
                node.str_at("metadata/namespace").unwrap()
            ),
            body: json(node).to_string(),
        };
        let mut namespaces: Vec<&str> = trees.iter().filter_map(|node| node.str_at("metadata/namespace")).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        for namespace in namespaces.iter().filter(|name| **name != "default") {
            plane.create_namespace(namespace, &[]).unwrap();
        }
        let answers = plane.api().send_all(&trees.iter().map(request).collect::<Vec<_>>()).unwrap();
        for (node, answer) in trees.iter().zip(&answers) {
            let said = answer.json().unwrap_or_default();
            assert!(matches!(answer.status, 200..300), "{}: {}", json(node), said["message"]);
        }
    }
}
