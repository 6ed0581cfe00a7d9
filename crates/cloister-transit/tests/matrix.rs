//! Who talks plaintext to whom, as the input shows it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_network::{Network, Options};
use cloister_register::Register;
use cloister_transit::{Does, Setting, Transit, matrix};

const SHOP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, NAMESPACE}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}, annotations: {WEB}}, spec: {containers: [{name: c, image: web}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}, annotations: {DB}}, spec: {containers: [{name: c, image: postgres, ports: [{containerPort: 5432}]}]}}}
---
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: customers}
spec: {selector: {names: [db]}}
";

/// What is said of web's connection to the store.
fn said(text: &str, plain: impl Fn(&Resource) -> Vec<Setting>) -> (Transit, String) {
    let text = ["NAMESPACE", "WEB", "DB"].iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
    let parsed = parse(&text, &Origin::File("k8s.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let network = Network::new(&inventory, &Options::default());
    let found = matrix(&network, &inventory, &register, plain);
    let [only] = found.connections.as_slice() else { panic!("{:?}", found.connections) };
    (only.transit, only.why.clone())
}

fn nothing(_: &Resource) -> Vec<Setting> {
    Vec::new()
}

fn off(check: &str) -> Vec<Setting> {
    vec![Setting { check: check.to_owned(), said: "sslmode=disable".to_owned(), does: Does::LeavesClear }]
}

fn on(does: Does) -> Vec<Setting> {
    vec![Setting { check: "postgres-tls-off".to_owned(), said: "sslmode=verify-full".to_owned(), does }]
}

#[test]
fn what_nothing_shows_is_unknown() {
    assert_eq!(said(SHOP, nothing).0, Transit::Unknown);
}

#[test]
fn a_setting_shows_plaintext_at_either_end() {
    for (end, start) in [("web", "sslmode"), ("db", "the store: ")] {
        let (transit, why) = said(SHOP, |it| if &*it.name == end { off("postgres-tls-off") } else { Vec::new() });
        assert_eq!(transit, Transit::Plaintext);
        assert!(why.starts_with(start), "{why}");
    }
}

#[test]
fn a_setting_that_takes_nothing_else_encrypts() {
    let of = |end: &'static str, does: Does| {
        said(SHOP, move |it| if &*it.name == end { on(does.clone()) } else { Vec::new() })
    };
    let (transit, why) = of("web", Does::AsksFor(Vec::new()));
    assert_eq!((transit, &*why), (Transit::Encrypted, "the caller takes nothing else: sslmode=verify-full"));
    assert_eq!(of("db", Does::TakesAlone).0, Transit::Encrypted);
    let (transit, why) = of("db", Does::Offers);
    assert_eq!(transit, Transit::Unknown);
    assert!(why.starts_with("the store offers TLS"), "{why}");
}

#[test]
fn a_setting_of_another_host_says_nothing_of_this_one() {
    for (host, transit) in [
        ("db", Transit::Encrypted),
        ("db.shop.svc.cluster.local", Transit::Encrypted),
        ("db.other.svc.cluster.local", Transit::Unknown),
        ("db-0.db.shop.svc", Transit::Encrypted),
        ("bank.example.com", Transit::Unknown),
        ("$(host)", Transit::Unknown),
    ] {
        let asks = on(Does::AsksFor(vec![host.to_owned()]));
        let found = said(SHOP, |it| if &*it.name == "web" { asks.clone() } else { Vec::new() });
        assert_eq!(found.0, transit, "{host}");
    }
}

#[test]
fn what_one_connection_leaves_in_the_clear_counts_before_what_another_encrypts() {
    let both = |it: &Resource| match &*it.name {
        "web" => [on(Does::AsksFor(Vec::new())), off("postgres-tls-off")].concat(),
        _ => Vec::new(),
    };
    assert_eq!(said(SHOP, both).0, Transit::Plaintext);
}

#[test]
fn settings_of_other_software_say_nothing_of_it() {
    assert_eq!(said(SHOP, |_| off("mongodb-tls-off")).0, Transit::Unknown);
}

#[test]
fn istio_encrypts_between_its_members() {
    let meshed = SHOP.replace("NAMESPACE", "labels: {istio-injection: enabled}");
    let (transit, why) = said(&meshed, |_| off("postgres-tls-off"));
    assert_eq!((transit, why.as_str()), (Transit::Encrypted, "mutual TLS of Istio's mesh"));
}

#[test]
fn what_the_mesh_switches_off_is_not_encrypted() {
    let meshed = SHOP.replace("NAMESPACE", "labels: {istio-injection: enabled}");
    let off = |spec: &str| {
        let policy =
            "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: shop}\n";
        said(&format!("{meshed}{policy}spec: {spec}\n"), nothing)
    };
    let (transit, why) = off("{mtls: {mode: DISABLE}}");
    assert_eq!(transit, Transit::Unknown);
    assert!(why.contains("mutual TLS is off"), "{why}");
    let of_port = |port: u16| {
        off(&format!("{{selector: {{matchLabels: {{app: db}}}}, portLevelMtls: {{{port}: {{mode: DISABLE}}}}}}")).0
    };
    assert_eq!((of_port(5432), of_port(9000)), (Transit::Unknown, Transit::Encrypted));
}

#[test]
fn linkerd_encrypts_where_both_ends_have_its_proxy_and_the_port_is_not_left_out() {
    let both = SHOP.replace("NAMESPACE", "annotations: {linkerd.io/inject: enabled}");
    assert_eq!(said(&both, nothing).0, Transit::Encrypted);
    for (at, annotation) in [
        ("DB", "linkerd.io/inject: disabled"),
        ("DB", "config.linkerd.io/skip-inbound-ports: \"25,5000-6000\""),
        ("WEB", "config.linkerd.io/skip-outbound-ports: \"5432\""),
    ] {
        assert_eq!(said(&both.replace(at, annotation), nothing).0, Transit::Unknown, "{annotation}");
    }
    assert_eq!(
        said(&both.replace("DB", "config.linkerd.io/skip-inbound-ports: \"80\""), nothing).0,
        Transit::Encrypted
    );
    let one = SHOP.replace("WEB", "linkerd.io/inject: enabled");
    assert_eq!(said(&one, nothing).0, Transit::Unknown);
}

#[test]
fn cilium_encrypts_between_nodes() {
    let with = |key: &str| {
        let map = format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: cilium-config, namespace: kube-system}}\ndata: {{{key}}}\n"
        );
        said(&format!("{SHOP}{map}"), nothing)
    };
    assert!(with("enable-wireguard: \"true\"").1.contains("WireGuard; not within one"));
    assert_eq!(with("enable-ipsec: \"true\"").0, Transit::Encrypted);
    assert_eq!(with("enable-wireguard: \"false\"").0, Transit::Unknown);
}
