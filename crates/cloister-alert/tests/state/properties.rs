//! Whatever happens in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use cloister_alert::{Message, State};
use proptest::prelude::*;

use super::*;

fn act() -> impl Strategy<Value = Act> {
    let lasts = prop::option::weighted(0.2, 1..200_i64);
    prop_oneof![
        4 => (0..5_u8, 0..5_usize, 0..3_usize, lasts)
            .prop_map(|(which, severity, namespace, lasts)| Act::Fire { which, severity, namespace, lasts }),
        2 => (0..5_u8).prop_map(|which| Act::End { which }),
        1 => (0..5_u8).prop_map(|which| Act::Acknowledge { which }),
        1 => (0..3_usize, 1..500_i64).prop_map(|(namespace, lasts)| Act::Silence { namespace, lasts }),
        5 => (0..700_i64).prop_map(|seconds| Act::Pass { seconds }),
        1 => any::<bool>().prop_map(|broken| Act::Break { broken }),
        1 => Just(Act::Restart),
    ]
}

/// The messages of each group, in order.
fn groups(log: &[(i64, Message)]) -> BTreeMap<&str, Vec<(i64, &Message)>> {
    let mut groups: BTreeMap<&str, Vec<(i64, &Message)>> = BTreeMap::new();
    log.iter().for_each(|(time, message)| groups.entry(&message.group).or_default().push((*time, message)));
    groups
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_told_too_often_and_nothing_is_over_twice(acts in prop::collection::vec(act(), 1..40)) {
        let world = run(&acts, false);
        let mut ids = BTreeSet::new();
        for (_, message) in &world.log {
            prop_assert!(ids.insert(&message.id), "one name for two messages");
            prop_assert!(message.all().next().is_some());
        }
        for messages in groups(&world.log).values() {
            let mut over = BTreeSet::new();
            for (_, message) in messages {
                for name in names(&message.resolved) {
                    prop_assert!(over.insert(name), "{name:?} is over twice");
                }
            }
            for pair in messages.windows(2) {
                let ((first, before), (second, message)) = (pair[0], pair[1]);
                prop_assert!(second - first >= INTERVAL, "{first} and {second}");
                if message.repeated {
                    prop_assert!(second - first >= REPEAT);
                    let waits = message.firing.iter().any(|said| said.acknowledged.is_none());
                    prop_assert!(waits || message.receiver == "keeper", "acknowledged, and told again");
                } else {
                    let worse = |one: &cloister_alert::state::Said| before.firing.iter().all(|other| {
                        (&other.alert.fingerprint, other.occurrence) != (&one.alert.fingerprint, one.occurrence)
                            || other.alert.severity < one.alert.severity
                    });
                    prop_assert!(!message.resolved.is_empty() || message.firing.iter().any(worse), "nothing is new");
                }
            }
        }
    }

    #[test]
    fn silence_is_silence(acts in prop::collection::vec(act(), 1..40)) {
        let world = run(&acts, false);
        for (number, (time, message)) in world.log.iter().enumerate() {
            for said in message.all() {
                let covered = world.silences.iter().any(|(namespace, from, to, before)| {
                    from <= time && time < to && number >= *before && said.alert.namespace.as_deref() == Some(NAMESPACES[*namespace])
                });
                prop_assert!(!covered, "told at {time}: {said:?}");
            }
        }
    }

    #[test]
    fn a_restart_at_any_point_changes_no_message(acts in prop::collection::vec(act(), 1..40)) {
        let acts: Vec<Act> = acts.into_iter().filter(|act| !matches!(act, Act::Restart)).collect();
        let (plain, crashing) = (run(&acts, false), run(&acts, true));
        prop_assert_eq!(plain.log, crashing.log);
    }

    #[test]
    fn a_configuration_that_is_read_again_changes_no_message(acts in prop::collection::vec(act(), 1..40)) {
        // An alert whose route changed while it was open leaves its old group when the configuration is read again.
        let settled: Vec<Act> = acts.into_iter().map(|act| match act {
            Act::Fire { which, lasts, .. } => {
                Act::Fire { which, severity: 3 + usize::from(which % 2), namespace: usize::from(which % 3), lasts }
            }
            act => act,
        }).collect();
        let without: Vec<Act> = settled.iter().filter(|act| !matches!(act, Act::Restart)).cloned().collect();
        prop_assert_eq!(run(&settled, false).log, run(&without, false).log);
    }

    #[test]
    fn nothing_is_lost(acts in prop::collection::vec(act(), 1..40)) {
        let acts: Vec<Act> = acts.into_iter().filter(|act| !matches!(act, Act::Silence { .. } | Act::Restart)).collect();
        let mut world = run(&acts, false);
        world.broken = false;
        let expected: Vec<(String, String, u32)> = world.state.all().flat_map(|known| {
            let ways = world.config.tree.ways(&known.alert);
            ways.into_iter().map(|way| (way.receiver, known.alert.fingerprint.clone(), known.occurrence))
        }).collect();
        (0..5).for_each(|which| world.act(&Act::End { which }));
        world.pass(2 * REPEAT);
        for (receiver, fingerprint, occurrence) in &expected {
            let told = world.log.iter().filter(|(_, message)| message.receiver == *receiver);
            let over = told.filter(|(_, it)| names(&it.resolved).contains(&(fingerprint.as_str(), *occurrence))).count();
            prop_assert!(over >= 1, "{receiver} never heard the end of {fingerprint}, {occurrence}");
        }
        let before = world.log.len();
        world.pass(10 * REPEAT);
        prop_assert_eq!(world.log.len(), before, "something is said of what is over");
        world.pass(25 * 3_600);
        prop_assert_eq!(world.state.all().count(), 0, "what is over is forgotten");
        prop_assert_eq!(world.state, State::default());
    }
}
