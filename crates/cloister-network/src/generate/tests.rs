use std::collections::BTreeMap;
use std::fmt::Write as _;

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use proptest::prelude::*;

use super::{GenerateOptions, Generated, generate, without_policies};
use crate::needs::{Block, End, Need, Needs, Unseen, Why};
use crate::network::{Network, Options};
use crate::ports::{PortSet, Protocol};

fn inventory(text: &str) -> Inventory {
    let parsed = parse(text, &Origin::File("c.yaml".into()), 1, &mut Interner::default());
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

fn pod(name: &str, namespace: &str, labels: &[(String, String)], host: bool) -> String {
    let labels = labels.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ");
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{{labels}}}}}\n\
         spec: {{hostNetwork: {host}, containers: [{{name: c, image: i}}]}}\n"
    )
}

/// Which pods a need is about, by number; beyond them: somebody unseen, an address, the internet.
type Wish = (usize, usize, u16, bool);

/// Namespace, labels, and whether it shares its node's network.
type Pod = (usize, Vec<(String, String)>, bool);

#[derive(Clone, Debug)]
struct Case {
    pods: Vec<Pod>,
    wishes: Vec<Wish>,
    admin: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let label =
        (0..3usize, 0..3usize).prop_map(|(key, value)| (["app", "role", "tier"][key].to_owned(), format!("v{value}")));
    let labels = prop::collection::vec(label, 0..4)
        .prop_map(|labels| labels.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect::<Vec<_>>());
    let pods = prop::collection::vec((0..3usize, labels, prop::bool::weighted(0.1)), 1..9);
    let wishes = prop::collection::vec((0..12usize, 0..12usize, 1..5u16, any::<bool>()), 0..20);
    (pods, wishes, any::<bool>()).prop_map(|(pods, wishes, admin)| Case { pods, wishes, admin })
}

fn end(number: usize, network: &Network<'_>, pods: usize) -> End {
    if number < pods {
        let name = format!("p{number}");
        let found = network.endpoints().iter().position(|it| it.workload().is_some_and(|it| it.name == name));
        return End::Workload(found.unwrap());
    }
    match number % 3 {
        0 => End::Unseen(Unseen { namespace: "ingress".into(), labels: BTreeMap::new() }),
        1 => End::Outside(Block::one("203.0.113.7".parse().unwrap())),
        _ => End::Outside(Block::public()[0].clone()),
    }
}

struct Made {
    generated: Generated,
    text: String,
    wanted: BTreeMap<(End, End), PortSet>,
}

fn make(case: &Case) -> (Made, String) {
    let mut text = String::new();
    for (number, (space, labels, host)) in case.pods.iter().enumerate() {
        let _ = write!(text, "{}", pod(&format!("p{number}"), &format!("n{space}"), labels, *host));
    }
    let inventory = inventory(&text);
    let bare = without_policies(&inventory);
    let network = Network::new(&bare, &Options::default());
    let mut needs = Needs::default();
    let mut wanted: BTreeMap<(End, End), PortSet> = BTreeMap::new();
    for (from, to, port, udp) in &case.wishes {
        let (from, to) = (end(*from, &network, case.pods.len()), end(*to, &network, case.pods.len()));
        if !matches!(from, End::Workload(_)) && !matches!(to, End::Workload(_)) {
            continue;
        }
        let ports = PortSet::one(if *udp { Protocol::Udp } else { Protocol::Tcp }, *port);
        let all = wanted.entry((from.clone(), to.clone())).or_default();
        *all = all.union(&ports);
        needs.all.push(Need { from, to, ports, why: Why { words: "wish".into(), location: None } });
    }
    let options =
        GenerateOptions { admin: case.admin, pod_cidrs: vec!["10.244.0.0/16".into()], ..GenerateOptions::default() };
    let generated = generate(&network, &bare, &inventory, needs, &options);
    let all: String = generated.files.iter().map(|file| file.text.as_str()).collect();
    (Made { generated, text: all, wanted }, text)
}

/// Likewise judged outside of the proof: the cluster with what was written, asked pair by pair.
fn judge(case: &Case, made: &Made, cluster: &str) -> Result<(), TestCaseError> {
    let unseen = pod("unseen", "ingress", &[], false);
    let whole = inventory(&format!("{cluster}{unseen}{}", made.text));
    let options = Options {
        pod_addresses: crate::AddressSet::parse_cidr("10.244.0.0/16").ok(),
        cut: vec![Block::one("203.0.113.7".parse().unwrap()).addresses(), Block::public()[0].addresses()],
        mesh: false,
    };
    let network = Network::new(&whole, &options);
    prop_assert!(network.diagnostics().iter().all(|it| it.level != cloister_model::DiagnosticLevel::Error));
    let alike = |one: usize, other: usize| {
        let ((space, labels, host), (others, theirs, net)) = (&case.pods[one], &case.pods[other]);
        space == others && labels == theirs && host == net
    };
    let number = |name: &str| network.endpoints().iter().position(|it| it.workload().is_some_and(|it| it.name == name));
    let bare_inventory = inventory(cluster);
    let bare = Network::new(&bare_inventory, &Options::default());
    for from in 0..case.pods.len() {
        for to in 0..case.pods.len() {
            if case.pods[from].2 || case.pods[to].2 {
                continue;
            }
            // Pods that no label tells apart share what any of them needs.
            let mut wanted = PortSet::default();
            for one in (0..case.pods.len()).filter(|one| alike(*one, from)) {
                for other in (0..case.pods.len()).filter(|other| alike(*other, to)) {
                    let key = (end(one, &bare, case.pods.len()), end(other, &bare, case.pods.len()));
                    wanted = wanted.union(made.wanted.get(&key).unwrap_or(&PortSet::default()));
                }
            }
            let ends = (number(&format!("p{from}")).unwrap(), number(&format!("p{to}")).unwrap());
            let verdict = network.between(ends.0, ends.1);
            prop_assert_eq!(&verdict.allowed(), &wanted, "p{} to p{}\n{}", from, to, made.text);
            prop_assert!(
                verdict.unknown().is_empty(),
                "p{} to p{} unknown {}\n{}",
                from,
                to,
                verdict.unknown(),
                made.text
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_sees_exactly_what_is_wanted(case in cases()) {
        let (made, cluster) = make(&case);
        prop_assert!(made.generated.proof.holds(), "{:?}\n{}", made.generated.proof.failures, made.text);
        judge(&case, &made, &cluster)?;
    }
}

#[test]
fn seeded_bugs_are_seen() {
    let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let pods = vec![
        (0, vec![label("app", "v1")], false),
        (0, vec![label("app", "v1"), label("role", "v1")], false),
        (1, vec![label("app", "v1")], false),
    ];
    let wishes = vec![(0, 2, 1, false), (2, 1, 2, true)];
    for (admin, bugs) in [
        (false, [("port: 1", "port: 3"), ("{key: role, operator: DoesNotExist}", "{key: app, operator: Exists}")]),
        (true, [("number: 1", "number: 3"), ("action: Accept", "action: Deny")]),
    ] {
        let case = Case { pods: pods.clone(), wishes: wishes.clone(), admin };
        let (made, cluster) = make(&case);
        judge(&case, &made, &cluster).unwrap();
        for (right, wrong) in bugs {
            let text = made.text.replace(right, wrong);
            assert_ne!(text, made.text, "{right}");
            let made = Made { text, wanted: made.wanted.clone(), ..make(&case).0 };
            assert!(judge(&case, &made, &cluster).is_err(), "{wrong} is not seen");
        }
    }
}

const SHOP: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web, pod-template-hash: x}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: old, namespace: shop}
spec: {podSelector: {}, ingress: [{}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {podSelector: {}, ingress: [{}]}
";

fn shop(admin: bool) -> Generated {
    let inventory = inventory(SHOP);
    let bare = without_policies(&inventory);
    let network = Network::new(&bare, &Options::default());
    let number =
        |name: &str| network.endpoints().iter().position(|it| it.workload().is_some_and(|it| it.name == name)).unwrap();
    let need = |from, to, port| Need {
        from,
        to,
        ports: PortSet::one(Protocol::Tcp, port),
        why: Why { words: "variable \u{1b}[1mDB\nkind: Pod".into(), location: None },
    };
    let (web, db) = (End::Workload(number("web")), End::Workload(number("db")));
    let all = vec![need(web.clone(), db, 5432), need(web, End::Outside(Block::public()[0].clone()), 443)];
    let needs = Needs { all, ..Needs::default() };
    generate(&network, &bare, &inventory, needs, &GenerateOptions { admin, ..GenerateOptions::default() })
}

#[test]
fn policies_are_readable_and_what_is_in_the_way_is_named() {
    let made = shop(false);
    assert!(made.proof.holds(), "{:?}", made.proof.failures);
    assert_eq!((made.policies, made.proof.working), (3, 2));
    let text = &made.files[0].text;
    assert!(text.contains("matchLabels:\n      app: web") && !text.contains("pod-template-hash"), "{text}");
    assert!(text.contains("# shop/db[Deployment]: variable \\u{1b}[1mDB"), "{text}");
    // The policy of the same name is replaced.
    let obsolete: Vec<&str> = made.obsolete.iter().map(|it| &*it.name).collect();
    assert_eq!(obsolete, ["old"]);
    assert_eq!(made.proof.unknown.len(), 1, "addresses of pods are not known");
}

#[test]
fn policies_of_the_cluster_leave_nothing_unknown() {
    let made = shop(true);
    assert!(made.proof.holds(), "{:?}\n{}", made.proof.failures, made.files[0].text);
    assert!(made.proof.unknown.is_empty(), "{:?}\n{}", made.proof.unknown, made.files[0].text);
    assert!(made.files[0].text.contains("kind: ClusterNetworkPolicy"));
}
