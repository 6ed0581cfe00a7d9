//! What is written for a mesh: the engine sees every member STRICT but for what is excepted, and nobody is lost.
#![allow(clippy::unwrap_used, reason = "a test")]

use cloister_harden::mesh_mtls::{Kind, Written, found, mesh_mtls};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

fn inventory(text: &str) -> Inventory {
    let parsed = parse(text, &Origin::File("k8s.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}\n{text}", parsed.diagnostics);
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

fn write(kind: Kind, text: &str) -> Written {
    let inventory = inventory(text);
    assert!(found(&inventory).contains(&kind), "{:?}", found(&inventory));
    let written = mesh_mtls(kind, &inventory, &|_| Vec::new());
    assert!(written.proof.holds(), "{:?}", written.proof.failures);
    for step in &written.steps {
        let parsed = parse(&step.annotated(), &Origin::File("w.yaml".into()), 1, &mut Interner::default());
        assert!(parsed.diagnostics.is_empty(), "{:?}\n{}", parsed.diagnostics, step.annotated());
    }
    written
}

fn text(written: &Written, step: usize) -> &str {
    written.steps.get(step).map_or("", |step| step.text.as_str())
}

fn shown(written: &Written) -> String {
    written.proof.shown.join("\n")
}

const SHOP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web, pod-template-hash: a1}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080, name: http}, {containerPort: 9443, name: hook}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: postgres}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: hook, port: 443, targetPort: hook}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: batch, namespace: old}
spec: {template: {metadata: {labels: {app: batch}}, spec: {containers: [{name: c, image: i, env: [{name: SHOP_URL, value: 'http://web.shop.svc'}]}]}}}
";

#[test]
fn who_calls_in_the_clear_is_excepted_and_all_else_is_strict() {
    let written = write(Kind::Istio, SHOP);
    let namespaces = text(&written, 1);
    assert!(namespaces.contains("name: \"plaintext-to-web\"\n  namespace: \"shop\""), "{namespaces}");
    assert!(namespaces.contains("old/batch[Deployment]: variable SHOP_URL"), "{namespaces}");
    assert!(namespaces.contains("    8080:\n      mode: PERMISSIVE\n"), "{namespaces}");
    assert!(!namespaces.contains("pod-template-hash") && !namespaces.contains("5432"), "{namespaces}");
    let (exception, whole) = (namespaces.find("plaintext-to-web").unwrap(), namespaces.find("\"default\"").unwrap());
    assert!(exception < whole, "the exception comes before what makes it needed");
    assert!(text(&written, 2).contains("namespace: \"istio-system\"") && text(&written, 2).contains("STRICT"));
    assert!(
        shown(&written).contains("pairs of workloads that can speak plaintext to a member: 2 before, 1 after"),
        "{}",
        shown(&written)
    );
}

#[test]
fn the_api_server_and_probes_that_come_to_the_program_are_excepted() {
    let hook = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: rules}\nwebhooks: [{name: a.b.c, clientConfig: {service: {namespace: shop, name: web}}}]\n";
    let probe = SHOP
        .replace(
            "labels: {app: db}",
            "annotations: {sidecar.istio.io/rewriteAppHTTPProbers: 'false'}, labels: {app: db}",
        )
        .replace(
            "image: postgres",
            "image: postgres, livenessProbe: {httpGet: {port: 8008}}, readinessProbe: {tcpSocket: {port: 5432}}",
        );
    let written = write(Kind::Istio, &format!("{probe}{hook}"));
    let namespaces = text(&written, 1);
    assert!(namespaces.contains("# the API server: ValidatingWebhookConfiguration rules\n    9443:"), "{namespaces}");
    assert!(namespaces.contains("plaintext-to-db") && namespaces.contains("    8008:"), "{namespaces}");
    assert!(!namespaces.contains("5432"), "the proxy answers a TCP probe\n{namespaces}");
}

#[test]
fn what_is_weak_today_is_softened_first_and_named_for_deletion() {
    let policy = |namespace: &str, name: &str, spec: &str| {
        format!(
            "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {spec}\n"
        )
    };
    let rule = "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: plain, namespace: shop}\nspec: {host: db, trafficPolicy: {portLevelSettings: [{port: {number: 1}}, {port: {number: 5432}, tls: {mode: DISABLE}}]}, subsets: [{name: a, trafficPolicy: {tls: {mode: SIMPLE}}}]}\n";
    let all = [
        SHOP.to_owned(),
        policy("istio-system", "default", "{mtls: {mode: PERMISSIVE}}"),
        policy("shop", "none-here", "{mtls: {mode: DISABLE}}"),
        policy("shop", "db", "{selector: {matchLabels: {app: db}}, portLevelMtls: {9000: {mode: DISABLE}}}"),
        rule.to_owned(),
    ];
    let written = write(Kind::Istio, &all.concat());
    let (soft, namespaces) = (text(&written, 0), text(&written, 1));
    assert!(!soft.contains("DISABLE") && soft.matches("PERMISSIVE").count() == 2, "{soft}");
    let says = written.steps.iter().flat_map(|it| it.says.clone()).collect::<Vec<_>>().join("\n");
    for line in [
        "kubectl -n shop delete peerauthentication none-here",
        "kubectl -n shop delete peerauthentication db",
        "\"path\":\"/spec/trafficPolicy/portLevelSettings/1/tls\"",
        "\"path\":\"/spec/subsets/0/trafficPolicy/tls\"",
    ] {
        assert!(says.contains(line), "{line}\n{says}");
    }
    assert!(!says.contains("delete peerauthentication default"), "it is replaced\n{says}");
    assert!(namespaces.contains("9000:") && namespaces.contains("open by \"db\" today"), "{namespaces}");
}

#[test]
fn who_is_refused_today_gets_no_exception() {
    let strict = "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: m, namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: n, namespace: shop}\nspec: {mtls: {mode: STRICT}}\n";
    let written = write(Kind::Istio, &format!("{SHOP}{strict}"));
    assert!(written.steps.is_empty(), "{:?}", written.steps);
}

#[test]
fn selectors_of_which_one_holds_the_other_become_one() {
    let more = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-canary, namespace: shop}\nspec: {template: {metadata: {labels: {app: web, track: canary}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080, name: http}]}]}}}\n";
    let written = write(Kind::Istio, &format!("{SHOP}{more}"));
    assert_eq!(text(&written, 1).matches("plaintext-to").count(), 1, "{}", text(&written, 1));
    assert!(written.notes.iter().any(|it| it.contains("shop/web-canary[Deployment]")), "{:?}", written.notes);
}

#[test]
fn without_labels_a_namespace_stays_open() {
    let bare = SHOP
        .replace("labels: {app: web, pod-template-hash: a1}", "annotations: {a: b}")
        .replace("selector: {app: web}, ", "");
    let slice = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: node, namespace: shop}\nspec: {template: {metadata: {}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080, hostPort: 80}]}]}}}\n";
    let written = write(Kind::Istio, &format!("{bare}{slice}"));
    assert!(text(&written, 1).contains("mode: PERMISSIVE"), "{}", text(&written, 1));
    assert!(written.notes.iter().any(|it| it.contains("no label to select it by")), "{:?}", written.notes);
}

#[test]
fn linkerd_asks_for_authenticated_callers_but_where_one_has_no_proxy() {
    let shop = SHOP.replace("labels: {istio-injection: enabled}", "annotations: {linkerd.io/inject: enabled}");
    let written = write(Kind::Linkerd, &shop);
    assert!(
        text(&written, 1).contains("kind: Server") && text(&written, 1).contains("  port: 8080\n"),
        "{}",
        text(&written, 1)
    );
    assert!(text(&written, 2).contains("config.linkerd.io/default-inbound-policy: all-authenticated"));
    let done = shop.replace(
        "{linkerd.io/inject: enabled}",
        "{linkerd.io/inject: enabled, config.linkerd.io/default-inbound-policy: deny}",
    );
    assert!(write(Kind::Linkerd, &done).steps.is_empty());
}

#[test]
fn cilium_encrypts_between_nodes_where_it_does_not_yet() {
    let store = "---\napiVersion: cloister.dev/v1alpha1\nkind: PersonalDataStore\nmetadata: {name: customers}\nspec: {selector: {names: [db]}}\n";
    let config = |key: &str| {
        format!("{SHOP}{store}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: cilium-config, namespace: kube-system}}\ndata: {{{key}}}\n").replace("labels: {istio-injection: enabled}", "")
    };
    let written = write(Kind::Cilium, &config("enable-ipv4: \"true\""));
    assert!(text(&written, 0).contains("type: wireguard"));
    assert!(
        shown(&written).contains("0 encrypted before; 0 plaintext, 0 unknown, 2 encrypted after"),
        "{}",
        shown(&written)
    );
    let written = write(Kind::Cilium, &config("enable-ipsec: \"true\""));
    assert!(written.steps.is_empty() && shown(&written).contains("IPsec"), "{}", shown(&written));
}

#[test]
fn without_a_mesh_none_is_found() {
    assert!(found(&inventory(&SHOP.replace("labels: {istio-injection: enabled}", ""))).is_empty());
}
