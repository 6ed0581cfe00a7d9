//! Istio: who is in the mesh, and what it closes.
#![allow(clippy::unwrap_used, clippy::cloned_ref_to_slice_refs, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use cloister_network::{
    Caller, Membership, Mesh, Mode, Network, Options, PortSet, Protocol, Verdict, differences_within,
};
use support::{end, inventory, network};

fn deployment(namespace: &str, name: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{template: \
         {{metadata: {{labels: {{app: {name}}}}}, spec: {{serviceAccountName: {name}, containers: [{{name: c, image: i}}]}}}}}}\n"
    )
}

/// `shop` and `blog` are in the mesh, `out` is not.
fn base() -> String {
    let namespace = support::namespace;
    [
        namespace("shop", "istio-injection: enabled"),
        namespace("blog", "istio.io/rev: stable"),
        namespace("out", ""),
        deployment("shop", "web"),
        deployment("shop", "db"),
        deployment("blog", "web"),
        deployment("out", "web"),
    ]
    .concat()
}

fn security(kind: &str, namespace: &str, name: &str, made: &str, spec: &str) -> String {
    let made = if made.is_empty() { String::new() } else { format!(", creationTimestamp: '{made}'") };
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}{made}}}\nspec: {spec}\n"
    )
}

fn peers(namespace: &str, name: &str, spec: &str) -> String {
    security("PeerAuthentication", namespace, name, "", spec)
}

fn authorization(spec: &str) -> String {
    security("AuthorizationPolicy", "shop", "a", "", spec)
}

/// The mode of shop/db: of other ports, and of 5432.
fn modes(policies: &[String]) -> (Mode, Mode) {
    let read = inventory(&(base() + &policies.concat()));
    let network = network(&read);
    let mesh = Mesh::of(&network, &read).unwrap();
    let found = mesh.mutual_tls(end(&network, "shop/db")).unwrap();
    (found.mode, found.of_port(5432))
}

/// What is open, unknown and conditional from an end to shop/db.
fn open(policies: &[String], from: &str) -> String {
    let read = inventory(&(base() + &policies.concat()));
    let network = network(&read);
    let mesh = Mesh::of(&network, &read).unwrap();
    let caller = if from.is_empty() { Caller::Unknown } else { Caller::Endpoint(end(&network, from)) };
    let narrowing = mesh.between(caller, end(&network, "shop/db"));
    let verdict = narrowing.narrow(&Verdict::open());
    let conditions: Vec<&str> = narrowing.conditions.iter().map(|it| it.text.as_str()).collect();
    let tcp = |set: &cloister_network::PortSet| {
        set.of(cloister_network::Protocol::Tcp).iter().map(|(a, b)| format!("{a}-{b}")).collect::<Vec<_>>().join(",")
    };
    format!("open {} unknown {} if {}", tcp(&verdict.allowed()), tcp(&verdict.unknown()), conditions.join("|"))
}

const OPEN: &str = "open 1-65535 unknown  if ";
const CLOSED: &str = "open  unknown  if ";

#[test]
fn without_policies_every_mode_is_permissive() {
    assert_eq!(modes(&[]), (Mode::Permissive, Mode::Permissive));
}

#[test]
fn the_narrower_level_wins_and_unset_inherits() {
    let mesh = peers("istio-system", "m", "{mtls: {mode: STRICT}}");
    let namespace = peers("shop", "n", "{mtls: {mode: DISABLE}}");
    let unset = peers("shop", "n", "{mtls: {mode: UNSET}}");
    let workload = peers("shop", "w", "{selector: {matchLabels: {app: db}}, portLevelMtls: {5432: {mode: DISABLE}}}");
    assert_eq!(modes(&[mesh.clone()]), (Mode::Strict, Mode::Strict));
    assert_eq!(modes(&[mesh.clone(), namespace.clone()]), (Mode::Disable, Mode::Disable));
    assert_eq!(modes(&[mesh.clone(), unset]), (Mode::Strict, Mode::Strict));
    assert_eq!(modes(&[mesh.clone(), workload]), (Mode::Strict, Mode::Disable));
    let port_unset = peers(
        "shop",
        "w",
        "{selector: {matchLabels: {app: db}}, mtls: {mode: DISABLE}, portLevelMtls: {5432: {mode: UNSET}}}",
    );
    assert_eq!(modes(&[mesh, port_unset]), (Mode::Disable, Mode::Disable));
}

#[test]
fn selectors_in_the_meshs_namespace_and_other_namespaces_do_not_count() {
    assert_eq!(
        modes(&[peers("istio-system", "m", "{selector: {matchLabels: {app: db}}, mtls: {mode: STRICT}}")]).0,
        Mode::Permissive
    );
    assert_eq!(modes(&[peers("blog", "b", "{mtls: {mode: STRICT}}")]).0, Mode::Permissive);
    let config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: i}\ndata: {mesh: \"rootNamespace: blog\\n\"}\n";
    assert_eq!(modes(&[config.to_owned(), peers("blog", "b", "{mtls: {mode: STRICT}}")]).0, Mode::Strict);
}

#[test]
fn the_oldest_of_several_wins() {
    let of = |name, made, mode: &str| {
        security("PeerAuthentication", "shop", name, made, &format!("{{mtls: {{mode: {mode}}}}}"))
    };
    let (old, new) = (of("z", "2024-01-01T00:00:00Z", "STRICT"), of("a", "2025-01-01T00:00:00Z", "DISABLE"));
    assert_eq!(modes(&[new, old]).0, Mode::Strict);
}

#[test]
fn strict_ports_are_closed_to_those_outside_of_the_mesh() {
    let strict = [peers("shop", "n", "{mtls: {mode: STRICT}}")];
    assert_eq!(open(&strict, "blog/web"), OPEN);
    assert_eq!(open(&strict, "out/web"), CLOSED);
    assert_eq!(open(&strict, ""), "open  unknown 1-65535 if ");
    let but = peers("shop", "w", "{selector: {matchLabels: {app: db}}, portLevelMtls: {5432: {mode: PERMISSIVE}}}");
    assert_eq!(open(&[strict[0].clone(), but], "out/web"), "open 5432-5432 unknown  if ");
}

#[test]
fn a_destination_rule_may_switch_mutual_tls_off() {
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n";
    let rule = |mode: &str, host: &str| {
        format!(
            "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: shop}}\nspec: {{host: {host}, trafficPolicy: {{tls: {{mode: {mode}}}}}}}\n"
        )
    };
    let strict = peers("shop", "n", "{mtls: {mode: STRICT}}");
    let all = |rule: String| open(&[service.to_owned(), strict.clone(), rule], "blog/web");
    assert_eq!(all(rule("DISABLE", "db")), CLOSED);
    assert_eq!(all(rule("DISABLE", "db.shop.svc.cluster.local")), CLOSED);
    assert_eq!(all(rule("ISTIO_MUTUAL", "db")), OPEN);
    assert_eq!(all(rule("DISABLE", "web")), OPEN);
}

#[test]
fn a_port_of_a_destination_rule_inherits_nothing() {
    let text = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 1, targetPort: 5432}, {port: 2, targetPort: 9000}]}\n---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r, namespace: shop}\nspec: {host: db, trafficPolicy: POLICY}\n";
    let strict = peers("shop", "n", "{mtls: {mode: STRICT}}");
    let all = |policy: &str| open(&[text.replace("POLICY", policy), strict.clone()], "blog/web");
    assert_eq!(
        all("{portLevelSettings: [{port: {number: 1}, tls: {mode: DISABLE}}]}"),
        "open 1-5431,5433-65535 unknown  if "
    );
    let but = "{tls: {mode: SIMPLE}, portLevelSettings: [{port: {number: 2}}]}";
    assert_eq!(all(but), "open 9000-9000 unknown  if ", "its own settings are the mesh's");
}

#[test]
fn a_subset_counts_where_a_route_leads_to_it() {
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n";
    let rule = |whole: &str, labels: &str, own: &str| {
        format!(
            "{service}---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: shop}}\nspec: \
             {{host: db, trafficPolicy: {{{whole}}}, subsets: [{{name: old, labels: {{{labels}}}, trafficPolicy: {{{own}}}}}]}}\n"
        )
    };
    let route = "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v, namespace: shop}\nspec: {hosts: [db], tcp: \
                 [{route: [{destination: {host: db.shop.svc.cluster.local, subset: old}}]}]}\n";
    let (off, on) = ("tls: {mode: DISABLE}", "tls: {mode: ISTIO_MUTUAL}");
    let strict = peers("shop", "n", "{mtls: {mode: STRICT}}");
    let ask = |rule: String, route: &str| {
        let read = inventory(&(base() + &strict + &rule + route));
        let network = network(&read);
        let mesh = Mesh::of(&network, &read).unwrap();
        let narrowing = mesh.between(Caller::Endpoint(end(&network, "blog/web")), end(&network, "shop/db"));
        let verdict = narrowing.narrow(&Verdict::open());
        let port = PortSet::one(Protocol::Tcp, 5432);
        let is = |set: &PortSet| !set.intersection(&port).is_empty();
        (is(&verdict.allowed()), is(&verdict.unknown()), narrowing.encrypts(&port))
    };
    let (encrypted, unknown, closed) = ((true, false, Some(true)), (false, true, None), (false, false, Some(false)));
    assert_eq!(ask(rule("", "app: db", off), ""), encrypted, "nothing leads to the subset");
    assert_eq!(ask(rule("", "app: db", off), route), unknown);
    assert_eq!(ask(rule("", "app: other", off), route), encrypted, "the workload is not in the subset");
    assert_eq!(ask(rule("", "app: db", "loadBalancer: {simple: RANDOM}"), route), encrypted);
    assert_eq!(ask(rule(off, "app: db", ""), route), closed);
    assert_eq!(ask(rule(off, "app: db", on), route), unknown);
    assert_eq!(ask(rule(off, "app: db", off), route), closed);
    let port = "portLevelSettings: [{port: {number: 5432}, tls: {mode: DISABLE}}]";
    assert_eq!(ask(rule(on, "app: db", port), route), unknown);
}

#[test]
fn what_a_workload_takes_in_the_clear_only_comes_so() {
    let read = |policies: &[String], from: &str| {
        let read = inventory(&(base() + &policies.concat()));
        let network = network(&read);
        let mesh = Mesh::of(&network, &read).unwrap();
        let narrowing = mesh.between(Caller::Endpoint(end(&network, from)), end(&network, "shop/db"));
        let on = |port| narrowing.encrypts(&PortSet::one(Protocol::Tcp, port));
        (on(5432), on(9000), narrowing.narrow(&Verdict::open()).allowed().to_string())
    };
    let none = peers("shop", "n", "{mtls: {mode: DISABLE}}");
    let all = || "all ports".to_owned();
    assert_eq!(read(&[none.clone()], "blog/web"), (Some(false), Some(false), all()));
    let one = peers("shop", "w", "{selector: {matchLabels: {app: db}}, portLevelMtls: {5432: {mode: DISABLE}}}");
    assert_eq!(read(&[one.clone()], "blog/web"), (Some(false), Some(true), all()));
    // Without mutual TLS nobody has an identity.
    let allow = authorization("{rules: [{from: [{source: {namespaces: [blog]}}]}]}");
    let (_, _, left) = read(&[one, allow.clone()], "blog/web");
    assert_eq!(left, "TCP 1-5431,5433-65535, UDP, SCTP");
    assert_eq!(read(&[none, allow], "blog/web").2, "UDP, SCTP");
}

#[test]
fn peer_authentications_mean_no_gateways() {
    let gateway = deployment("shop", "gate")
        .replace("metadata: {labels", "metadata: {annotations: {inject.istio.io/templates: gateway}, labels");
    let read = inventory(&(base() + &gateway + &peers("istio-system", "m", "{mtls: {mode: STRICT}}")));
    let network = network(&read);
    let mesh = Mesh::of(&network, &read).unwrap();
    let left = |to| mesh.between(Caller::Outside, end(&network, to)).narrow(&Verdict::open()).allowed().to_string();
    assert_eq!((left("shop/gate"), left("shop/db")), ("all ports".into(), "UDP, SCTP".into()));
    assert!(mesh.mutual_tls(end(&network, "shop/gate")).is_none());
}

#[test]
fn an_allowing_policy_closes_all_that_it_does_not_name() {
    assert_eq!(open(&[authorization("{}")], "blog/web"), CLOSED, "it allows nothing");
    assert_eq!(open(&[authorization("{rules: [{}]}")], "out/web"), OPEN, "an empty rule allows everything");
    let from = |source: &str| authorization(&format!("{{rules: [{{from: [{{source: {{{source}}}}}]}}]}}"));
    assert_eq!(open(&[from("principals: [cluster.local/ns/blog/sa/web]")], "blog/web"), OPEN);
    assert_eq!(open(&[from("principals: [cluster.local/ns/blog/sa/web]")], "shop/web"), CLOSED);
    assert_eq!(open(&[from("principals: ['*']")], "out/web"), CLOSED, "without a certificate there is no identity");
    assert_eq!(open(&[from("namespaces: [shop]")], "shop/web"), OPEN);
    assert_eq!(open(&[from("namespaces: [shop]")], "blog/web"), CLOSED);
    assert_eq!(open(&[from("serviceAccounts: [web]")], "shop/web"), OPEN);
    assert_eq!(open(&[from("serviceAccounts: [web]")], "blog/web"), CLOSED);
    assert_eq!(open(&[from("serviceAccounts: [blog/web]")], "blog/web"), OPEN);
    assert_eq!(open(&[from("notNamespaces: [blog]")], "blog/web"), CLOSED);
    assert_eq!(open(&[from("notNamespaces: [blog]")], "shop/web"), OPEN);
    assert_eq!(open(&[from("ipBlocks: [10.0.0.0/8]")], "blog/web"), "open  unknown 1-65535 if ");
}

#[test]
fn ports_are_cut_and_requests_are_told_as_conditions() {
    let to = |operation: &str| authorization(&format!("{{rules: [{{to: [{{operation: {{{operation}}}}}]}}]}}"));
    assert_eq!(open(&[to("ports: ['5432']")], "blog/web"), "open 5432-5432 unknown  if ");
    assert_eq!(open(&[to("notPorts: ['5432']")], "blog/web"), "open 1-5431,5433-65535 unknown  if ");
    assert_eq!(
        open(&[to("methods: [GET], paths: [/a]")], "blog/web"),
        "open 1-65535 unknown  if only methods GET and paths /a"
    );
    let when = authorization("{rules: [{when: [{key: 'request.headers[x]', values: [z]}]}]}");
    assert_eq!(open(&[when], "blog/web"), "open 1-65535 unknown  if only request.headers[x] z");
}

#[test]
fn denying_stands_before_allowing_and_audit_and_dry_runs_refuse_nothing() {
    let deny = authorization("{action: DENY, rules: [{from: [{source: {notNamespaces: [shop]}}]}]}");
    assert_eq!(open(&[deny.clone()], "blog/web"), CLOSED);
    assert_eq!(open(&[deny.clone()], "out/web"), CLOSED, "who has no identity is of no namespace");
    assert_eq!(open(&[deny.clone()], "shop/web"), OPEN);
    assert_eq!(open(&[deny.replace("DENY", "AUDIT")], "blog/web"), OPEN);
    assert_eq!(
        open(&[deny.replace("name: a,", "name: a, annotations: {istio.io/dry-run: 'true'},")], "blog/web"),
        OPEN
    );
    let custom = authorization("{action: CUSTOM, provider: {name: opa}, rules: [{}]}");
    assert_eq!(open(&[custom], "blog/web"), "open 1-65535 unknown  if only as \"opa\" decides");
    let other = authorization("{selector: {matchLabels: {app: web}}}");
    assert_eq!(open(&[other], "blog/web"), OPEN, "it selects somebody else");
}

#[test]
fn a_token_is_a_must_only_by_authorization() {
    let asked = |policies: &[String]| {
        let read = inventory(&(base() + &policies.concat()));
        let network = network(&read);
        Mesh::of(&network, &read).unwrap().asks_for_token(end(&network, "shop/db"))
    };
    let check = security("RequestAuthentication", "shop", "j", "", "{jwtRules: [{issuer: i}]}");
    let must = authorization("{action: DENY, rules: [{from: [{source: {notRequestPrincipals: ['*']}}]}]}");
    let part = authorization(
        "{action: DENY, rules: [{from: [{source: {notRequestPrincipals: ['*']}}], to: [{operation: {paths: [/a]}}]}]}",
    );
    let allow = authorization("{rules: [{from: [{source: {requestPrincipals: ['*']}}]}]}");
    assert!(!asked(&[check.clone()]));
    assert!(!asked(&[must.clone()]), "nobody checks tokens");
    assert!(asked(&[check.clone(), must]));
    assert!(!asked(&[check.clone(), part]));
    assert!(asked(&[check, allow]));
}

#[test]
fn ambient_mode_is_a_label_of_the_namespace_or_the_pod() {
    let text = support::namespace("amb", "istio.io/dataplane-mode: ambient")
        + &deployment("amb", "in")
        + &deployment("amb", "not").replace("labels: {app: not}", "labels: {app: not, istio.io/dataplane-mode: none}");
    let read = inventory(&text);
    let network = network(&read);
    let mesh = Mesh::of(&network, &read).unwrap();
    assert_eq!(mesh.membership(end(&network, "amb/in")), Membership::Ambient);
    assert_eq!(mesh.membership(end(&network, "amb/not")), Membership::None);
}

fn meshed(inventory: &cloister_inventory::Inventory) -> Network<'_> {
    Network::new(inventory, &Options { mesh: true, ..Options::default() })
}

/// What is open, and what is unknown, from an end to shop/db by policies and the mesh.
fn left(policies: &[String], from: &str) -> String {
    let read = inventory(&(base() + &policies.concat()));
    let network = meshed(&read);
    let verdict = Mesh::of(&network, &read).unwrap().verdict(end(&network, from), end(&network, "shop/db"));
    format!("{} | {}", verdict.allowed(), verdict.unknown())
}

#[test]
fn a_verdict_is_what_policies_and_the_mesh_leave() {
    let strict = peers("shop", "n", "{mtls: {mode: STRICT}}");
    assert_eq!(left(&[strict.clone()], "out/web"), "UDP, SCTP | nothing", "proxies see TCP only");
    assert_eq!(left(&[strict], "blog/web"), "all ports | nothing");
    let path = authorization("{rules: [{to: [{operation: {paths: [/a], ports: ['80']}}]}]}");
    assert_eq!(left(&[path], "blog/web"), "UDP, SCTP | TCP 80", "a path is no matter of ports");
    let custom = authorization("{action: CUSTOM, provider: {name: opa}, rules: [{}]}");
    assert_eq!(left(&[custom], "blog/web"), "UDP, SCTP | TCP");
    let wall = support::policy("shop", "wall", "{podSelector: {matchLabels: {app: db}}}");
    assert_eq!(left(&[authorization("{rules: [{}]}"), wall], "blog/web"), "nothing | nothing", "it never widens");
}

/// Policies of the mesh that tell apart namespaces, accounts, addresses, selectors, ports and requests.
fn various() -> Vec<String> {
    let of = |name: &str, spec: &str| security("AuthorizationPolicy", "shop", name, "", spec);
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n";
    let rule = "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r, namespace: blog}\nspec: {host: db.shop.svc.cluster.local, trafficPolicy: {tls: {mode: DISABLE}}}\n";
    vec![
        of("a", "{selector: {matchLabels: {app: db}}, rules: [{from: [{source: {serviceAccounts: [web]}}]}]}"),
        of(
            "b",
            "{selector: {matchLabels: {app: web}}, rules: [{from: [{source: {ipBlocks: [192.0.2.0/24]}}], to: [{operation: {ports: ['80']}}]}]}",
        ),
        of(
            "c",
            "{action: DENY, rules: [{from: [{source: {namespaces: [blog]}}], to: [{operation: {methods: [PUT]}}]}]}",
        ),
        peers(
            "shop",
            "p",
            "{selector: {matchLabels: {app: db}}, mtls: {mode: STRICT}, portLevelMtls: {9000: {mode: DISABLE}}}",
        ),
        service.to_owned() + rule,
        support::policy(
            "shop",
            "n",
            "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {}}]}, {from: [{ipBlock: {cidr: 192.0.0.0/16}}]}]}",
        ),
    ]
}

#[test]
fn a_list_is_narrowed_as_each_single_question_is() {
    let all = various();
    for leave_out in 0..=all.len() {
        let kept = all.iter().enumerate().filter(|(at, _)| *at != leave_out).map(|(_, text)| text.as_str());
        let read = inventory(&(base() + &kept.collect::<String>()));
        let network = meshed(&read);
        let mesh = Mesh::of(&network, &read).unwrap();
        let connections = mesh.connections();
        let mut listed: BTreeMap<(usize, usize), Verdict> = BTreeMap::new();
        for group in &connections.groups {
            listed.extend(network.each(group).map(|pair| (pair, (*group.verdict).clone())));
        }
        let ends = 0..network.endpoints().len();
        let is_pod = |end: usize| network.endpoint(end).is_some_and(|it| it.workload().is_some());
        for (from, to) in ends.clone().flat_map(|from| ends.clone().map(move |to| (from, to))) {
            if from == to || !is_pod(from) && !is_pod(to) {
                continue;
            }
            let asked = mesh.verdict(from, to);
            let expected = (!asked.is_closed()).then_some(&asked);
            assert_eq!(listed.get(&(from, to)), expected, "{leave_out}: {from} → {to}");
        }
    }
}

#[test]
fn a_change_of_the_mesh_is_a_difference() {
    let (older, newer) = (
        inventory(&base()),
        inventory(&(base() + &authorization("{rules: [{from: [{source: {namespaces: [shop]}}]}]}"))),
    );
    let (before, after) = (meshed(&older), meshed(&newer));
    let meshes = [Mesh::of(&before, &older), Mesh::of(&after, &newer)];
    let changes = differences_within(&before, &after, meshes.each_ref().map(Option::as_ref));
    let from_out = changes.all.iter().find(|it| it.sources.iter().any(|name| name.starts_with("out/web"))).unwrap();
    assert_eq!(from_out.after.denied().to_string(), "TCP");
    assert!(differences_within(&before, &after, [None, None]).all.is_empty(), "policies of the network are the same");
}

/// Where many are reached, sources of which the same is said stand together, whoever they are themselves, and what a store
/// says of its own namespace stands apart: the list grows with the namespaces, and not with their square.
#[test]
fn a_long_list_is_as_narrow_as_each_question_and_grows_with_its_namespaces() {
    let text = |count: usize| {
        let namespace = |number: usize| {
            let name = format!("n{number:02}");
            let workloads: String = (0..9).map(|it| deployment(&name, &format!("w{it}"))).collect();
            let rule = format!(
                "{{selector: {{matchLabels: {{app: w0}}}}, rules: [{{from: [{{source: {{namespaces: [{name}]}}}}]}}]}}"
            );
            let policy = security("AuthorizationPolicy", &name, "a", "", &rule);
            support::namespace(&name, "istio-injection: enabled") + &workloads + &policy
        };
        (0..count).map(namespace).collect::<String>()
    };
    let mut groups = Vec::new();
    for count in [16, 32] {
        let read = inventory(&text(count));
        let network = meshed(&read);
        let mesh = Mesh::of(&network, &read).unwrap();
        let listed = mesh.connections();
        let mut found: BTreeMap<(usize, usize), Verdict> = BTreeMap::new();
        for group in &listed.groups {
            for pair in network.each(group) {
                assert!(found.insert(pair, (*group.verdict).clone()).is_none(), "{pair:?} is listed twice");
            }
        }
        let workloads: Vec<usize> =
            (0..network.endpoints().len()).filter(|it| network.endpoint(*it).unwrap().workload().is_some()).collect();
        for source in &workloads {
            for destination in workloads.iter().filter(|it| *it != source) {
                let asked = mesh.verdict(*source, *destination);
                let told = found.get(&(*source, *destination)).cloned().unwrap_or_else(Verdict::closed);
                assert_eq!(told.allowed(), asked.allowed(), "{source} {destination}");
            }
        }
        groups.push(listed.groups.iter().map(|it| it.sources.len() + it.destinations.len()).sum::<usize>());
    }
    let [few, many] = groups[..] else { panic!("{groups:?}") };
    assert!(many < few * 3, "{few} names for 16 namespaces, {many} for 32");
}
