//! Every connection that the tests of Kubernetes and of ClusterNetworkPolicy expect something of.
#![allow(clippy::print_stdout, reason = "says out loud what was compared")]

use conformance::truth_tables::{Report, cluster_policies, network_policies};

fn all_equal(name: &str, report: &Report, tests: usize, connections: usize) {
    println!("{name}: {} tests, {} connections, {} possible", report.tests, report.connections, report.possible);
    assert!(report.differing.is_empty(), "{name}: {:#?}", report.differing);
    assert_eq!((report.tests, report.connections), (tests, connections));
}

#[test]
fn network_policies_are_as_kubernetes_tests_them() {
    all_equal("NetworkPolicy", &network_policies().unwrap(), 49, 508);
}

#[test]
fn cluster_policies_are_as_their_conformance_tests_say() {
    all_equal("ClusterNetworkPolicy", &cluster_policies().unwrap(), 30, 397);
}
