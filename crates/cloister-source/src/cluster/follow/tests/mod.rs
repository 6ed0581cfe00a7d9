//! Whatever happens to the cluster and to the connection, who follows ends with what a list tells.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod server;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cloister_manifest::Interner;
use cloister_model::Origin;
use proptest::prelude::*;
use tokio::time::timeout;

use super::events::{Change, Told, line};
use super::known::{Known, Place};
use super::task::{Task, scopes};
use crate::cluster::discover::ListedKind;
use crate::cluster::list::Failure;
use server::{Deed, How, Objects, Shared, Turn};

fn pods() -> ListedKind {
    ListedKind { api_version: "v1".into(), kind: "Pod".into(), plural: "pods".into(), namespaced: true }
}

/// What is known, by name and value.
fn held(known: &Known) -> Objects {
    let number = |text: &str| text.trim_start_matches('n').parse::<u8>().unwrap();
    let read = known.read().unwrap();
    let one = |it: &cloister_model::Resource| {
        (number(&it.name), number(it.root.str_at("metadata/labels/v").unwrap_or_default()))
    };
    let held: Objects = read.resources.iter().map(one).collect();
    assert_eq!(held.len(), read.resources.len(), "nothing is held twice");
    held
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (0..6u8, 0..4u8).prop_map(|(name, value)| Deed::Set(name, value)),
        3 => (0..6u8).prop_map(Deed::Delete),
        1 => Just(Deed::Compact),
    ]
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        4 => Just(How::Well),
        2 => Just(How::Marked),
        2 => prop::sample::select(vec![401, 403, 410, 429, 500, 503]).prop_map(How::Status),
        2 => (0..400usize).prop_map(How::Torn),
        1 => Just(How::Garbage),
        1 => prop::sample::select(vec![410, 500]).prop_map(How::Ends),
    ]
}

/// Follows a server until it has told everything, and gives what is known then, and what there is.
fn followed(script: Vec<Turn>) -> (Objects, Objects) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (server, known, kind) = (Shared::new(script), Arc::new(Known::default()), pods());
        let scope = scopes(&kind, &[]).remove(0);
        let place: Place = (kind.clone(), scope.path.clone());
        known.expect(&place);
        known.discovered();
        let every = Duration::from_millis(1);
        let (client, shared, opened) = (server.client(), known.clone(), AtomicBool::new(false));
        let task = Task { client, kind: Arc::new(kind), scope, place, known: shared, every, opened };
        let following = tokio::spawn(task.follow());
        timeout(Duration::from_secs(10), server.settled.notified()).await.unwrap();
        following.abort();
        assert!(!server.repeats(), "nothing is asked for again that was told");
        (held(&known), server.objects())
    })
}

/// One step of what the state is told.
#[derive(Clone, Debug)]
enum Step {
    Listed(Objects),
    Is(u8, u8),
    Gone(u8),
    Unread,
    Lost,
    Found,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop::collection::btree_map(0..4u8, 0..3u8, 0..4).prop_map(Step::Listed),
        5 => (0..4u8, 0..3u8).prop_map(|(name, value)| Step::Is(name, value)),
        3 => (0..4u8).prop_map(Step::Gone),
        1 => Just(Step::Unread),
        1 => Just(Step::Lost),
        1 => Just(Step::Found),
    ]
}

/// A change as a watch tells it; each time with another sign of life.
fn change(what: &str, name: u8, value: u8, beat: usize) -> Change {
    let text = format!(
        r#"{{"type":"{what}","object":{{"metadata":{{"name":"n{name}","labels":{{"v":"{value}"}},"resourceVersion":"{beat}"}},"status":{{"conditions":[{{"type":"Ready","lastProbeTime":"{beat}"}}]}}}}}}"#
    );
    match line(text.as_bytes(), &pods(), &Origin::Cluster("test".into()), &mut Interner::default()) {
        Ok(Told::Change(change, _)) => change,
        other => panic!("{other:?}"),
    }
}

fn listed(objects: &Objects, beat: usize) -> super::known::Objects {
    let one = |(name, value): (&u8, &u8)| match change("ADDED", *name, *value, beat) {
        Change::Is(name, resource) => (name, *resource),
        Change::Gone(_) => panic!("it is there"),
    };
    objects.iter().map(one).collect()
}

fn take(known: &Known, place: &Place, step: &Step, model: &mut Option<Objects>, beat: usize) {
    let lost = || Box::new(cloister_model::Diagnostic::of_cluster("test", "away".to_owned()));
    match (step, model.as_mut()) {
        (Step::Listed(objects), _) => {
            known.listed(place, listed(objects, beat));
            *model = Some(objects.clone());
        }
        (Step::Is(name, value), Some(objects)) => {
            known.change(place, change("MODIFIED", *name, *value, beat));
            objects.insert(*name, *value);
        }
        (Step::Gone(name), Some(objects)) => {
            known.change(place, change("DELETED", *name, 0, beat));
            objects.remove(name);
        }
        (Step::Unread, _) => {
            known.unread(place, Failure::LeftOut);
            *model = None;
        }
        (Step::Lost, _) => known.lost(place, lost()),
        (Step::Found, _) => known.found(place),
        // Only what was listed is watched.
        (Step::Is(..) | Step::Gone(_), None) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_follows_ends_with_what_a_list_tells(
        script in prop::collection::vec((prop::collection::vec(deed(), 0..5), how()), 0..16)
    ) {
        let (known, is) = followed(script);
        prop_assert_eq!(known, is);
    }

    #[test]
    fn what_is_known_is_what_was_told_and_each_difference_counts(steps in prop::collection::vec(step(), 1..40)) {
        let (known, place, mut model) = (Known::default(), (pods(), String::new()), Some(Objects::new()));
        known.expect(&place);
        known.discovered();
        known.listed(&place, super::known::Objects::new());
        for (beat, step) in steps.iter().enumerate() {
            let (before, number) = (model.clone(), known.changes());
            take(&known, &place, step, &mut model, beat);
            prop_assert_eq!(held(&known), model.clone().unwrap_or_default(), "after {:?}", step);
            prop_assert_eq!(known.changes() > number, before != model, "{:?} of {:?}", step, before);
        }
    }
}
