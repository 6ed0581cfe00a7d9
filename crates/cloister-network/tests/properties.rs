//! Sets of ports keep to the laws of sets.
#![allow(clippy::indexing_slicing, reason = "tests")]

use cloister_network::{PortSet, Protocol};
use proptest::prelude::*;

fn ports() -> impl Strategy<Value = PortSet> {
    let near_edges = prop_oneof![1u16..6, 65530u16..=65535, 100u16..110];
    let range = (0usize..3, near_edges.clone(), near_edges)
        .prop_map(|(protocol, one, other)| PortSet::range(Protocol::ALL[protocol], one.min(other), one.max(other)));
    prop::collection::vec(range, 0..5)
        .prop_map(|ranges| ranges.iter().fold(PortSet::default(), |set, range| set.union(range)))
}

proptest! {
    #[test]
    fn ports_are_in_a_set_as_its_parts_say(one in ports(), other in ports(), port in prop_oneof![1u16..8, 65528u16..=65535]) {
        for protocol in Protocol::ALL {
            let (a, b) = (one.contains(protocol, port), other.contains(protocol, port));
            prop_assert_eq!(one.union(&other).contains(protocol, port), a || b);
            prop_assert_eq!(one.intersection(&other).contains(protocol, port), a && b);
            prop_assert_eq!(one.difference(&other).contains(protocol, port), a && !b);
            prop_assert_eq!(one.complement().contains(protocol, port), !a);
        }
    }

    #[test]
    fn equal_sets_look_equal(one in ports(), other in ports()) {
        prop_assert_eq!(one.complement().complement(), one.clone());
        prop_assert_eq!(one.union(&other), other.union(&one));
        prop_assert_eq!(one.is_subset(&other), one.difference(&other).is_empty());
        prop_assert_eq!(one.difference(&other), one.intersection(&other.complement()));
    }
}
