//! What the documentation of the APIs says, sentence by sentence.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use cloister_network::Options;
use support::{cluster_policy, end, inventory, namespace, network, open, pod, policy, problems, says};

/// Two namespaces with a client and a server each.
fn base() -> String {
    [
        namespace("red", "team: a"),
        namespace("blue", "team: b"),
        pod("red", "server", "app: server", "", &["10.0.0.1"]),
        pod("red", "client", "app: client", "", &["10.0.0.2"]),
        pod("blue", "client", "app: client", "", &["10.0.1.2"]),
    ]
    .concat()
}

fn with(policies: &[String]) -> String {
    base() + &policies.concat()
}

#[test]
fn without_policies_everything_is_open() {
    let inventory = inventory(&base());
    let network = network(&inventory);
    assert_eq!(open(&network, "red/client", "red/server"), "all ports");
    assert_eq!(open(&network, "192.0.2.1", "red/server"), "all ports");
    assert_eq!(open(&network, "red/server", "192.0.2.1"), "all ports");
}

#[test]
fn a_policy_isolates_what_it_selects_in_its_types_only() {
    let inventory = inventory(&with(&[policy("red", "deny", "{podSelector: {matchLabels: {app: server}}}")]));
    let network = network(&inventory);
    assert_eq!(open(&network, "red/client", "red/server"), "nothing");
    assert_eq!(open(&network, "red/server", "red/client"), "all ports", "it says nothing of egress");
    assert_eq!(open(&network, "blue/client", "red/client"), "all ports", "it does not select this pod");
}

#[test]
fn types_are_those_that_the_rules_imply() {
    let egress = "{podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {app: server}}}]}]}";
    let read = inventory(&with(&[policy("red", "p", egress)]));
    let both = network(&read);
    assert_eq!(open(&both, "blue/client", "red/server"), "nothing", "every policy without types is about ingress");
    assert_eq!(open(&both, "red/client", "192.0.2.1"), "nothing", "and about egress where it has such rules");
    let read = inventory(&with(&[policy("red", "p", "{podSelector: {}, egress: []}")]));
    assert_eq!(open(&network(&read), "red/client", "192.0.2.1"), "all ports", "an empty list is no rule");
    let read = inventory(&with(&[policy("red", "p", "{policyTypes: [Egress]}")]));
    let only = network(&read);
    assert_eq!(open(&only, "red/client", "blue/client"), "nothing");
    assert_eq!(open(&only, "blue/client", "red/client"), "all ports");
}

#[test]
fn empty_from_and_ports_are_everybody_and_everything() {
    for rule in ["{}", "{from: []}", "{ports: []}", "{from: [], ports: []}"] {
        let read = inventory(&with(&[policy("red", "p", &format!("{{ingress: [{rule}]}}"))]));
        let network = network(&read);
        assert_eq!(open(&network, "blue/client", "red/server"), "all ports", "{rule}");
        assert_eq!(open(&network, "192.0.2.1", "red/server"), "all ports", "{rule}");
    }
    let read = inventory(&with(&[policy("red", "p", "{ingress: []}")]));
    assert_eq!(open(&network(&read), "blue/client", "red/server"), "nothing");
}

#[test]
fn pods_and_namespaces_in_one_peer_are_both_wanted_and_two_peers_are_alternatives() {
    let one = "{ingress: [{from: [{podSelector: {matchLabels: {app: client}}, namespaceSelector: {matchLabels: {team: b}}}]}]}";
    let read = inventory(&with(&[policy("red", "p", one)]));
    let and = network(&read);
    assert_eq!(open(&and, "blue/client", "red/server"), "all ports");
    assert_eq!(open(&and, "red/client", "red/server"), "nothing");
    let two = "{ingress: [{from: [{podSelector: {matchLabels: {app: client}}}, {namespaceSelector: {matchLabels: {team: b}}}]}]}";
    let read = inventory(&with(&[policy("red", "p", two)]));
    let or = network(&read);
    assert_eq!(open(&or, "blue/client", "red/server"), "all ports");
    assert_eq!(open(&or, "red/client", "red/server"), "all ports");
    let pods = "{ingress: [{from: [{podSelector: {}}]}]}";
    let read = inventory(&with(&[policy("red", "p", pods)]));
    let own = network(&read);
    assert_eq!(open(&own, "blue/client", "red/server"), "nothing", "pods alone are of the policy's namespace");
    assert_eq!(open(&own, "192.0.2.1", "red/server"), "nothing", "and no address outside is a pod");
}

#[test]
fn ports_are_by_protocol_name_and_range() {
    let show = |ports: &str| {
        let read = inventory(&with(&[policy("red", "p", &format!("{{ingress: [{{ports: [{ports}]}}]}}"))]));
        open(&network(&read), "red/client", "red/server")
    };
    assert_eq!(show("{port: 80}"), "TCP 80");
    assert_eq!(show("{protocol: SCTP}"), "SCTP", "and TCP and UDP are isolated all the same");
    assert_eq!(show("{port: 80, endPort: 82}, {port: 83}"), "TCP 80-83");
    assert_eq!(show("{port: web}"), "TCP 80");
    assert_eq!(show("{port: web, protocol: UDP}"), "nothing", "the name is one of TCP");
    assert_eq!(show("{port: dns, protocol: UDP}"), "UDP 53");
    assert_eq!(show("{port: other}"), "nothing");
}

#[test]
fn names_of_ports_are_the_destinations() {
    let egress = "{policyTypes: [Egress], egress: [{ports: [{port: web}]}]}";
    let read = inventory(&with(&[policy("red", "p", egress)]));
    let network = network(&read);
    assert_eq!(open(&network, "red/client", "red/server"), "TCP 80");
    assert_eq!(open(&network, "red/client", "192.0.2.1"), "nothing", "nobody outside has names");
}

#[test]
fn blocks_match_pods_where_their_addresses_are_known() {
    let spec = "{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.1.0/24]}}]}]}";
    let unplaced = pod("red", "unplaced", "app: other", "", &[]);
    let read = inventory(&(with(&[policy("red", "p", spec)]) + &unplaced));
    let network = network(&read);
    assert_eq!(open(&network, "red/client", "red/server"), "all ports");
    assert_eq!(open(&network, "blue/client", "red/server"), "nothing", "it is excepted");
    assert_eq!(open(&network, "10.0.7.7", "red/server"), "all ports");
    assert_eq!(open(&network, "10.0.1.7", "red/server"), "nothing");
    assert_eq!(says(&network, "red/unplaced", "red/server"), ("nothing".to_owned(), "all ports".to_owned()));
}

#[test]
fn what_the_user_says_of_pods_addresses_decides() {
    let spec = "{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}";
    let unplaced = pod("red", "unplaced", "app: other", "", &[]);
    let read = inventory(&(with(&[policy("red", "p", spec)]) + &unplaced));
    let told = |cidr| {
        let pod_addresses = cloister_network::AddressSet::parse_cidr(cidr).ok();
        let network = cloister_network::Network::new(&read, &Options { pod_addresses, ..Options::default() });
        says(&network, "red/unplaced", "red/server")
    };
    assert_eq!(told("10.244.0.0/16"), ("all ports".to_owned(), "nothing".to_owned()));
    assert_eq!(told("192.168.0.0/16"), ("nothing".to_owned(), "nothing".to_owned()));
    assert_eq!(told("0.0.0.0/0"), ("nothing".to_owned(), "all ports".to_owned()));
}

#[test]
fn a_connection_by_either_family_is_one() {
    let spec = "{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{ipBlock: {cidr: 'fd00::/16'}}]}]}";
    let pods = [
        pod("red", "server", "app: server", "", &["10.0.0.1", "fd00::1"]),
        pod("red", "both", "app: c", "", &["10.0.0.2", "fd00::2"]),
        pod("red", "four", "app: c", "", &["10.0.0.3"]),
        policy("red", "p", spec),
    ];
    let read = inventory(&pods.concat());
    let network = network(&read);
    assert_eq!(open(&network, "red/both", "red/server"), "all ports");
    assert_eq!(open(&network, "red/four", "red/server"), "nothing");
}

#[test]
fn pods_on_their_nodes_network_are_for_the_plugin_to_decide() {
    let spec =
        "{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]}";
    let host = pod("red", "host", "app: other", ", hostNetwork: true", &["192.0.2.9"]);
    let read = inventory(&(with(&[policy("red", "p", spec)]) + &host));
    let network = network(&read);
    assert_eq!(says(&network, "red/host", "red/server"), ("nothing".to_owned(), "all ports".to_owned()));
    assert_eq!(open(&network, "red/client", "red/server"), "all ports");
    let deny = policy("red", "deny", "{podSelector: {matchLabels: {app: other}}}");
    let read = inventory(&(with(&[deny]) + &host));
    let network = support::network(&read);
    assert_eq!(says(&network, "red/client", "red/host"), ("nothing".to_owned(), "all ports".to_owned()));
}

#[test]
fn tiers_are_asked_in_their_order() {
    let deny = cluster_policy(
        "deny",
        "{tier: Admin, priority: 10, subject: {namespaces: {matchLabels: {team: a}}}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: b}}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]}",
    );
    let pass = cluster_policy(
        "pass",
        "{tier: Admin, priority: 5, subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {matchLabels: {team: b}}}], protocols: [{tcp: {destinationPort: {range: {start: 70, end: 90}}}}]}]}",
    );
    let baseline = cluster_policy(
        "base",
        "{tier: Baseline, priority: 0, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}",
    );
    let allow = policy("red", "allow", "{podSelector: {matchLabels: {app: server}}, ingress: [{}]}");
    let read = inventory(&with(&[deny.clone(), baseline.clone(), allow.clone()]));
    let network = network(&read);
    assert_eq!(open(&network, "blue/client", "red/server"), "TCP 1-79,81-65535, UDP, SCTP");
    assert_eq!(open(&network, "red/client", "red/server"), "all ports", "a NetworkPolicy comes before the baseline");
    assert_eq!(open(&network, "red/server", "red/client"), "nothing", "which decides where none selects");
    let read = inventory(&with(&[deny, pass, baseline, allow]));
    assert_eq!(open(&support::network(&read), "blue/client", "red/server"), "all ports", "passed before it is denied");
}

#[test]
fn peers_of_the_future_fail_closed() {
    let spec = |action: &str| {
        format!(
            "{{tier: Admin, priority: 1, subject: {{namespaces: {{}}}}, ingress: [{{action: {action}, from: [{{stars: {{}}}}], protocols: [{{udp: {{}}}}]}}]}}"
        )
    };
    for (action, expected) in [("Accept", "all ports"), ("Deny", "nothing"), ("Pass", "nothing")] {
        let read = inventory(&with(&[cluster_policy("p", &spec(action))]));
        let network = network(&read);
        assert_eq!(open(&network, "blue/client", "red/server"), expected, "{action}");
        assert!(problems(&network)[0].contains("of no kind"), "{:?}", problems(&network));
    }
    let beside_known = "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Accept, from: [{namespaces: \
         {}}, {stars: {}}]}, {action: Deny, from: [{namespaces: {}}]}]}";
    let read = inventory(&with(&[cluster_policy("p", beside_known)]));
    assert_eq!(open(&network(&read), "blue/client", "red/server"), "nothing", "the whole rule matches nothing");
}

#[test]
fn policies_of_one_priority_leave_open_what_they_say_differently() {
    let spec = |action: &str| {
        format!(
            "{{tier: Admin, priority: 1, subject: {{namespaces: {{}}}}, ingress: [{{action: {action}, from: [{{namespaces: {{}}}}]}}]}}"
        )
    };
    let read = inventory(&with(&[cluster_policy("a", &spec("Accept")), cluster_policy("b", &spec("Deny"))]));
    let network = network(&read);
    assert_eq!(says(&network, "blue/client", "red/server"), ("nothing".to_owned(), "all ports".to_owned()));
    assert!(problems(&network)[0].contains("tier and priority"), "{:?}", problems(&network));
}

#[test]
fn equal_priorities_are_told_only_where_the_order_matters() {
    let told = |one: &str, other: &str| {
        let write = |name: &str, spec: &str| cluster_policy(name, &format!("{{tier: Admin, priority: 1, {spec}}}"));
        let pods = pod("a", "p", "app: x", "", &[]) + &pod("b", "q", "app: y", "", &[]);
        let spaces = namespace("a", "team: a") + &namespace("b", "team: b");
        let read = inventory(&(spaces + &pods + &write("one", one) + &write("other", other)));
        problems(&network(&read)).len()
    };
    let all = "subject: {namespaces: {}}, ";
    let rule = |action: &str, team: &str, port: u16| {
        format!(
            "ingress: [{{action: {action}, from: [{{namespaces: {{matchLabels: {{team: {team}}}}}}}], protocols: [{{tcp: \
             {{destinationPort: {{number: {port}}}}}}}]}}]"
        )
    };
    let deny = all.to_owned() + &rule("Deny", "a", 80);
    assert_eq!(told(&deny, &(all.to_owned() + &rule("Accept", "a", 80))), 1);
    assert_eq!(told(&deny, &deny), 0, "both deny");
    assert_eq!(told(&deny, &(all.to_owned() + &rule("Accept", "b", 80))), 0, "other peers");
    assert_eq!(told(&deny, &(all.to_owned() + &rule("Accept", "a", 81))), 0, "other ports");
    let of = |team: &str, action: &str| {
        format!("subject: {{namespaces: {{matchLabels: {{team: {team}}}}}}}, {}", rule(action, "a", 80))
    };
    assert_eq!(told(&of("a", "Deny"), &of("b", "Accept")), 0, "other subjects");
    assert_eq!(told(&of("a", "Deny"), &of("a", "Accept")), 1);
}

#[test]
fn bad_input_is_named_and_the_rest_is_computed() {
    let spec = "
  podSelector: {matchLabels: {app: server}}
  ingress:
    - from:
        - ipBlock: {cidr: 10.0.0.0/33}
        - ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}
        - podSelector: {matchExpressions: [{key: app, operator: Equals, values: [x]}]}
        - {}
        - podSelector: {matchLabels: {app: client}}
      ports:
        - {port: 70000}
        - {port: 90, endPort: 80}
        - {port: 80, protocol: tcp}
        - {endPort: 9}
        - {port: 443}
";
    let read = inventory(&with(&[policy("red", "bad", spec), policy("nowhere", "p", "{}")]));
    let network = network(&read);
    assert_eq!(open(&network, "red/client", "red/server"), "TCP 443");
    let expected = [
        "\"10.0.0.0/33\" has a prefix length",
        "strictly within",
        "\"Equals\" is no operator",
        "names neither pods nor namespaces",
        "\"70000\" is no port",
        "ends at 80, below its start 90",
        "\"tcp\" is no protocol",
        "endPort stands without a port",
        "namespace \"nowhere\" is not in the input",
    ];
    let found = problems(&network);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for words in expected {
        assert!(found.iter().any(|it| it.contains(words) && !it.contains(":-:")), "{words}: {found:#?}");
    }
}

#[test]
fn a_rule_of_which_nothing_can_be_read_allows_nothing() {
    let rules = ["{ports: [{port: 0}]}", "{from: [{}]}", "{from: [{ipBlock: {cidr: x}}]}"];
    for rule in rules {
        let read = inventory(&with(&[policy("red", "p", &format!("{{ingress: [{rule}]}}"))]));
        assert_eq!(open(&network(&read), "red/client", "red/server"), "nothing", "{rule}");
    }
}

#[test]
fn pods_of_one_owner_are_one_workload() {
    let owned = |name: &str, labels: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: red, labels: {{{labels}}}, ownerReferences: \
             [{{kind: ReplicaSet, name: web-5d, controller: true, apiVersion: apps/v1}}]}}\nspec: {{containers: [{{name: c}}]}}\n"
        )
    };
    let pods = owned("web-1", "app: web, hash: x") + &owned("web-2", "app: web, hash: y");
    let names = |text: &str| {
        let read = inventory(text);
        let network = network(&read);
        network.endpoints().iter().filter_map(|it| it.workload()).map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&pods), ["red/web-5d[ReplicaSet]"], "nobody asks for the other label");
    let asks = policy("red", "p", "{podSelector: {matchLabels: {hash: x}}}");
    assert_eq!(names(&(pods + &asks)), ["red/web-5d[ReplicaSet]", "red/web-5d[ReplicaSet]#2"]);
}

#[test]
fn an_explanation_names_the_rules_that_decide() {
    let deny = policy("red", "deny", "{podSelector: {}}");
    let allow = policy("red", "allow", "{podSelector: {matchLabels: {app: server}}, ingress: [{ports: [{port: 80}]}]}");
    let read = inventory(&with(&[deny, allow]));
    let network = network(&read);
    let (from, to) = (end(&network, "red/client"), end(&network, "red/server"));
    let explained = network.explain(from, to, &support::all()).unwrap();
    let steps: Vec<String> = explained
        .ingress
        .steps
        .iter()
        .map(|step| {
            let names: Vec<&str> = step.policies.iter().map(|it| &*network.policies()[*it].resource.name).collect();
            format!("{:?} {} {:?} {}", step.applied, names.join("+"), step.rule, step.ports)
        })
        .collect();
    assert_eq!(steps, ["Accepts allow Some(0) TCP 80", "Isolates allow+deny None TCP 1-79,81-65535, UDP, SCTP"]);
    assert_eq!(explained.egress.steps.len(), 1, "no policy is about what leaves");
}

#[test]
fn an_explanation_tells_families_apart_where_they_differ() {
    let spec = "{podSelector: {matchLabels: {app: both}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}";
    let unplaced = pod("red", "unplaced", "app: other", "", &[]);
    let both = pod("red", "both", "app: both", "", &["10.0.0.9", "fd00::9"]);
    let read = inventory(&(base() + &policy("red", "by-family", spec) + &unplaced + &both));
    let network = network(&read);
    let families = |from: &str| {
        let explained = network.explain(end(&network, from), end(&network, "red/both"), &support::all()).unwrap();
        let steps = explained.ingress.steps.into_iter();
        steps.map(|step| (step.applied, step.family)).collect::<Vec<_>>()
    };
    use cloister_network::{Applied, Family};
    assert_eq!(families("red/client"), [(Applied::Accepts, None)], "it has an IPv4 address alone");
    let apart = [(Applied::Accepts, Some(Family::V4)), (Applied::Isolates, Some(Family::V6))];
    assert_eq!(families("red/unplaced"), apart);
}
