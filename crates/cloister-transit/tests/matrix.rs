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
    if found.connections.is_empty() {
        return (Transit::Unknown, "refused".to_owned());
    }
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

/// What becomes of web's connection where both, or the store alone, have Linkerd's proxy.
fn linkerd(member: bool, policies: &str) -> String {
    let text = match member {
        true => SHOP.replace("NAMESPACE", "annotations: {linkerd.io/inject: enabled}"),
        false => SHOP.replace("DB", "linkerd.io/inject: enabled"),
    };
    said(&format!("{text}{policies}"), nothing).1
}

const SERVER: &str = "---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: {name: db, namespace: shop, labels: {for: db}}
spec: {podSelector: {matchLabels: {app: db}}, port: 5432}
";
const ENCRYPTED: &str = "mutual TLS of Linkerd";
const OPEN: &str = "no mesh and no setting shows that it is encrypted";
const REFUSED: &str = "refused";

#[test]
fn a_server_refuses_whom_nothing_authorizes() {
    for (policies, member, stranger) in [
        ("", ENCRYPTED, OPEN),
        (SERVER, REFUSED, REFUSED),
        (&SERVER.replace("app: db", "app: other"), ENCRYPTED, OPEN),
        (&SERVER.replace("5432", "9000"), ENCRYPTED, OPEN),
        (&SERVER.replace("port: 5432", "port: 5432, accessPolicy: all-unauthenticated"), ENCRYPTED, OPEN),
        (&SERVER.replace("port: 5432", "port: 5432, accessPolicy: audit"), ENCRYPTED, OPEN),
        (&SERVER.replace("port: 5432", "port: 5432, accessPolicy: cluster-authenticated"), ENCRYPTED, REFUSED),
        // Two are about one port, and one of them lets everybody in: which one counts is not told.
        (
            &format!("{SERVER}{}", SERVER.replace("name: db", "name: b").replace("5432", "5432, accessPolicy: audit")),
            ENCRYPTED,
            OPEN,
        ),
    ] {
        assert_eq!((&*linkerd(true, policies), &*linkerd(false, policies)), (member, stranger), "{policies}");
    }
}

#[test]
fn the_default_policy_counts_where_no_server_does() {
    let by = |policy: &str, text: &str| {
        let annotation = format!("linkerd.io/inject: enabled, config.linkerd.io/default-inbound-policy: {policy}");
        said(&text.replace("DB", &annotation), nothing).1
    };
    let both = SHOP.replace("WEB", "linkerd.io/inject: enabled");
    for (policy, member, stranger) in [
        ("all-unauthenticated", ENCRYPTED, OPEN),
        ("all-authenticated", ENCRYPTED, REFUSED),
        ("cluster-authenticated", ENCRYPTED, REFUSED),
        ("deny", REFUSED, REFUSED),
        ("audit", ENCRYPTED, OPEN),
    ] {
        assert_eq!((&*by(policy, &both), &*by(policy, SHOP)), (member, stranger), "{policy}");
        let config = format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: linkerd-config, namespace: linkerd}}\ndata:\n  values: |\n    \
             proxy:\n      defaultInboundPolicy: {policy}\n"
        );
        assert_eq!(
            (&*linkerd(true, &config), &*linkerd(false, &config)),
            (member, stranger),
            "{policy} of the cluster"
        );
    }
    let known = "linkerd.io/inject: enabled, config.linkerd.io/proxy-require-identity-inbound-ports: \"5432\"";
    assert_eq!(said(&SHOP.replace("DB", known), nothing).1, REFUSED);
    // What its proxy does not see it does not refuse.
    let skipped = SHOP.replace(
        "DB",
        "linkerd.io/inject: enabled, config.linkerd.io/default-inbound-policy: deny, \
        config.linkerd.io/skip-inbound-ports: \"5432\"",
    );
    assert_eq!(said(&skipped, nothing).1, OPEN);
    // Nor does a proxy speak for its workload on ports that it leaves alone.
    let around = both.replace("inject: enabled", "inject: enabled, config.linkerd.io/skip-outbound-ports: \"5432\"");
    assert_eq!(by("all-authenticated", &around), REFUSED);
}

#[test]
fn authorizations_add_up() {
    let policy = |target: &str, wanted: &str| {
        format!(
            "{SERVER}---\napiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\nmetadata: {{name: p, namespace: shop}}\n\
             spec: {{targetRef: {{group: policy.linkerd.io, {target}}}, requiredAuthenticationRefs: [{wanted}]}}\n"
        )
    };
    let tls = |identities: &str| {
        format!(
            "{}---\napiVersion: policy.linkerd.io/v1alpha1\nkind: MeshTLSAuthentication\nmetadata: {{name: m, namespace: shop}}\nspec: {{{identities}}}\n",
            policy("kind: Server, name: db", "{kind: MeshTLSAuthentication, name: m}")
        )
    };
    let networks = |cidr: &str| {
        format!(
            "{}---\napiVersion: policy.linkerd.io/v1alpha1\nkind: NetworkAuthentication\nmetadata: {{name: n, namespace: shop}}\nspec: {{networks: [{cidr}]}}\n",
            policy("kind: Server, name: db", "{kind: NetworkAuthentication, name: n}")
        )
    };
    let old = |client: &str, server: &str| {
        format!(
            "{SERVER}---\napiVersion: policy.linkerd.io/v1beta1\nkind: ServerAuthorization\nmetadata: {{name: s, namespace: shop}}\nspec: {{server: {{{server}}}, client: {{{client}}}}}\n"
        )
    };
    for (policies, member, stranger) in [
        (policy("kind: Server, name: db", ""), ENCRYPTED, OPEN),
        (policy("kind: Server, name: other", ""), REFUSED, REFUSED),
        (policy("kind: Namespace, name: shop", ""), ENCRYPTED, OPEN),
        (policy("kind: HTTPRoute, name: db", ""), REFUSED, REFUSED),
        (policy("kind: Server, name: db", "{kind: ServiceAccount, name: default}"), ENCRYPTED, REFUSED),
        (policy("kind: Server, name: db", "{kind: ServiceAccount, name: other}"), REFUSED, REFUSED),
        // What it names is not in the input.
        (policy("kind: Server, name: db", "{kind: MeshTLSAuthentication, name: m}"), ENCRYPTED, OPEN),
        (tls("identities: ['*']"), ENCRYPTED, REFUSED),
        (tls("identities: ['*.shop.serviceaccount.identity.linkerd.cluster.local']"), ENCRYPTED, REFUSED),
        (tls("identities: ['*.other.serviceaccount.identity.linkerd.cluster.local']"), REFUSED, REFUSED),
        (tls("identities: [default.shop.serviceaccount.identity.linkerd.cluster.local]"), ENCRYPTED, REFUSED),
        (tls("identityRefs: [{kind: Namespace, name: shop}]"), ENCRYPTED, REFUSED),
        (tls("identityRefs: [{kind: ServiceAccount, name: web}]"), REFUSED, REFUSED),
        (networks("{cidr: 0.0.0.0/0}, {cidr: '::/0'}"), ENCRYPTED, OPEN),
        // Where the caller is, files do not tell.
        (networks("{cidr: 10.0.0.0/8}"), ENCRYPTED, OPEN),
        (old("unauthenticated: true", "name: db"), ENCRYPTED, OPEN),
        (old("unauthenticated: true", "selector: {matchLabels: {for: db}}"), ENCRYPTED, OPEN),
        (old("unauthenticated: true", "selector: {matchLabels: {for: web}}"), REFUSED, REFUSED),
        (old("meshTLS: {unauthenticatedTLS: true}", "name: db"), ENCRYPTED, REFUSED),
        (old("meshTLS: {serviceAccounts: [{name: default}]}", "name: db"), ENCRYPTED, REFUSED),
        (old("meshTLS: {identities: ['*']}", "name: db"), ENCRYPTED, REFUSED),
        (old("networks: [{cidr: 0.0.0.0/0}]", "name: db"), REFUSED, REFUSED),
    ] {
        assert_eq!((&*linkerd(true, &policies), &*linkerd(false, &policies)), (member, stranger), "{policies}");
    }
    // A route of the Server may let single requests in.
    let route = "---\napiVersion: policy.linkerd.io/v1beta3\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\n\
                 spec: {parentRefs: [{group: policy.linkerd.io, kind: Server, name: db}]}\n";
    assert_eq!(linkerd(false, &format!("{SERVER}{route}")), OPEN);
}

#[test]
fn the_control_planes_name_is_part_of_an_identity_where_it_is_known() {
    let config = |domain: &str| {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: linkerd-config, namespace: linkerd}}\ndata:\n  values: |\n    \
             identityTrustDomain: {domain}\n{SERVER}---\napiVersion: policy.linkerd.io/v1alpha1\nkind: MeshTLSAuthentication\n\
             metadata: {{name: m, namespace: shop}}\nspec: {{identities: ['*.shop.serviceaccount.identity.linkerd.one.example']}}\n---\n\
             apiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {{targetRef: \
             {{kind: Server, name: db}}, requiredAuthenticationRefs: [{{kind: MeshTLSAuthentication, name: m}}]}}\n"
        )
    };
    assert_eq!(linkerd(true, &config("one.example")), ENCRYPTED);
    assert_eq!(linkerd(true, &config("two.example")), REFUSED);
}

#[test]
fn the_proxy_of_a_caller_may_speak_tls_of_its_own() {
    let rule = |port: &str, spec: &str| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: db, namespace: shop}}\nspec: {{selector: {{app: db}}, ports: [{{port: 5432, name: {port}}}]}}\n\
             ---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: shop}}\nspec: {{host: db, {spec}}}\n"
        )
    };
    let caller = SHOP
        .replace("WEB", "sidecar.istio.io/status: x")
        .replace("app: web}", "app: web, sidecar.istio.io/inject: 'true'}");
    let meshed = SHOP.replace("NAMESPACE", "labels: {istio-injection: enabled}");
    let of = |text: &str, port: &str, spec: &str| said(&format!("{text}{}", rule(port, spec)), nothing);
    let own = "TLS of the caller's proxy (DestinationRule shop/r)";
    for text in [&caller, &meshed] {
        for mode in ["SIMPLE", "MUTUAL"] {
            let (transit, why) = of(text, "tcp", &format!("trafficPolicy: {{tls: {{mode: {mode}}}}}"));
            assert_eq!((transit, &*why), (Transit::Encrypted, own), "{mode}");
        }
        assert_eq!(of(text, "tcp", "trafficPolicy: {tls: {mode: DISABLE}}").0, Transit::Unknown);
    }
    assert_eq!(of(SHOP, "tcp", "trafficPolicy: {tls: {mode: SIMPLE}}").1, OPEN, "nobody is in the mesh");
    let off_here =
        "trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: [{port: {number: 5432}, tls: {mode: DISABLE}}]}";
    assert_eq!(of(&meshed, "tcp", off_here).0, Transit::Unknown);
    // A second Service, of which no rule speaks, leads to the same port.
    let second = "---\napiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n";
    assert_eq!(of(&format!("{caller}{second}"), "tcp", "trafficPolicy: {tls: {mode: SIMPLE}}").1, OPEN);
}

#[test]
fn a_route_to_subsets_decides_how_their_pods_are_spoken_to() {
    let text = |port: &str, routes: &str| {
        format!(
            "{}---\napiVersion: v1\nkind: Service\nmetadata: {{name: db, namespace: shop}}\nspec: {{selector: {{app: db}}, ports: [{{port: 5432, name: {port}}}]}}\n\
             ---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: shop}}\nspec: {{host: db, subsets: [\
             {{name: one, labels: {{app: db}}, trafficPolicy: {{tls: {{mode: SIMPLE}}}}}}, {{name: two, labels: {{app: db}}}}]}}\n\
             ---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: v, namespace: shop}}\nspec: {{hosts: [db], {routes}}}\n",
            SHOP.replace("NAMESPACE", "labels: {istio-injection: enabled}")
        )
    };
    let to = |names: &[&str]| {
        let ways: Vec<String> = names.iter().map(|name| format!("{{destination: {{host: db, {name}}}}}")).collect();
        ways.join(", ")
    };
    let tcp = |ways: &[&str]| format!("tcp: [{{route: [{}]}}]", to(ways));
    let said_of = |port: &str, routes: &str| said(&text(port, routes), nothing).1;
    let (by_mesh, own) = ("mutual TLS of Istio's mesh", "TLS of the caller's proxy (DestinationRule shop/r)");
    assert_eq!(said_of("tcp-sql", &tcp(&["subset: one"])), own);
    assert_eq!(said_of("tcp-sql", &tcp(&["subset: two"])), by_mesh);
    // Either encrypts, and which of them does hangs on the route.
    assert!(said_of("tcp-sql", &tcp(&["subset: one", "subset: two"])).contains("hangs on the route"));
    assert!(said_of("tcp-sql", &tcp(&["subset: one", "weight: 1"])).contains("hangs on the route"));
    assert!(said_of("sql", &tcp(&["subset: one"])).contains("hangs on the route"), "the port's protocol is not told");
    let some = format!("tcp: [{{match: [{{sourceLabels: {{a: b}}}}], route: [{}]}}]", to(&["subset: one"]));
    assert!(said_of("tcp-sql", &some).contains("hangs on the route"), "no route is for all connections");
    let port = format!("tcp: [{{match: [{{port: 5432}}], route: [{}]}}]", to(&["subset: one"]));
    assert_eq!(said_of("tcp-sql", &port), own);
    let gateway = format!("gateways: [shop/entry], {}", tcp(&["subset: one"]));
    assert!(said_of("tcp-sql", &gateway).contains("hangs on the route"));
    let http = format!("http: [{{match: [{{uri: {{prefix: /}}}}], route: [{}]}}]", to(&["subset: one"]));
    assert_eq!(said_of("http", &http), own);
}
