//! What is judged again after a change, because it depends on it, comes to what everything judged anew comes to.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that reads fixtures"
)]

mod world;

use std::path::{Path, PathBuf};

use cloister_checks::Size;
use cloister_detect::profile::{Profile, Spec};
use cloister_inventory::{Inputs, Unread};
use cloister_model::Resource;
use proptest::prelude::*;
use world::{World, changed, files, mutate, read};

fn fixtures() -> Vec<(PathBuf, Vec<Resource>)> {
    files(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cloister-checks/fixtures"))
}

fn clinic() -> Vec<Resource> {
    let all = files(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic"));
    all.into_iter().flat_map(|(_, resources)| resources).collect()
}

/// Another label, and it is another tree; who selects by labels sees another pod.
fn relabelled(value: &mut serde_json::Value) {
    for path in ["/metadata", "/spec/template/metadata"] {
        let Some(serde_json::Value::Object(metadata)) = value.pointer_mut(path) else { continue };
        metadata.insert(
            "labels".into(),
            serde_json::json!({"changed": "yes", "pod-security.kubernetes.io/enforce": "restricted"}),
        );
    }
}

/// Takes each resource out in turn, puts it back with other labels, and then as it was.
fn each_in_turn(world: &mut World, what: &str, agrees: impl Fn(&mut World, &str)) {
    agrees(world, what);
    for at in 0..world.resources.len() {
        let own = world.resources.remove(at);
        let told = format!("{what} without {} {}", own.kind, own.name);
        agrees(world, &told);
        if let Some(other) = changed(&own, relabelled) {
            world.resources.insert(at, other);
            agrees(world, &format!("{told}, and back with other labels"));
            world.resources.remove(at);
        }
        world.resources.insert(at, own);
        agrees(world, &format!("{told}, and back"));
    }
}

#[test]
fn each_resource_of_the_clinic_changed_in_turn() {
    each_in_turn(&mut World::new(clinic()), "the clinic", World::checks_agree);
}

/// Most is taken again; what is kept is of what is there, and goes with it.
#[test]
fn what_is_kept_is_taken_again_and_goes_with_its_resource() {
    let mut world = World::new(clinic());
    world.checks_agree("the clinic");
    assert_eq!(world.size().taken, 0);
    let first = world.size();
    world.checks_agree("nothing changed");
    assert_eq!(world.size(), Size { taken: first.judgements, ..first }, "all that may be taken again is");
    let pod = world.resources.iter().position(|one| &*one.kind == "Deployment").unwrap();
    world.resources[pod] = changed(&world.resources[pod], relabelled).unwrap();
    world.checks_agree("one changed");
    assert!(world.size().taken * 10 > first.judgements * 8, "{} of {}", world.size(), first);
    world.resources.truncate(1);
    world.checks_agree("one is left");
    assert!(world.size().bytes * 10 < first.bytes, "{} after {first}", world.size());
    world.resources.clear();
    world.checks_agree("none is left");
    assert_eq!(world.size().findings, 0, "{}", world.size());
}

/// The fixtures of each check hold what it asks for besides its subject.
#[test]
fn each_resource_of_each_fixture_changed_in_turn() {
    for (path, resources) in fixtures() {
        if resources.len() < 2 {
            continue;
        }
        let mut world = World::new(resources);
        world.inputs.cluster = path.to_string_lossy().len().is_multiple_of(2);
        each_in_turn(&mut world, &path.to_string_lossy(), World::checks_agree);
    }
}

/// Certificates end and keys grow old while nothing changes but the day.
#[test]
fn each_fixture_on_other_days() {
    let mut differs = 0;
    for (path, resources) in fixtures() {
        let mut world = World::new(resources);
        let mut before = None;
        for year in [2026, 2030, 2024, 2049] {
            world.today = jiff::civil::date(year, 6, 1);
            world.checks_agree(&format!("{} on {}", path.display(), world.today));
            let found = world.size().findings;
            differs += usize::from(before.replace(found).is_some_and(|before| before != found));
        }
    }
    assert!(differs > 5, "the day decides in {differs}");
}

/// One change, by numbers.
type Change = (u8, usize, usize, usize);

fn apply(world: &mut World, pool: &[(PathBuf, Vec<Resource>)], (kind, which, place, what): Change) {
    let at = which % world.resources.len().max(1);
    let is_there = !world.resources.is_empty();
    match kind % 12 {
        0 | 1 => world.resources.extend(pool[which % pool.len()].1.iter().cloned()),
        2 if is_there => _ = world.resources.remove(at),
        3..=6 if is_there => match changed(&world.resources[at], |value| mutate(value, place, what)) {
            Some(other) => world.resources[at] = other,
            None => _ = world.resources.remove(at),
        },
        // The same, written anew.
        7 if is_there => changed(&world.resources[at], |_| {}).into_iter().for_each(|same| world.resources[at] = same),
        8 => {
            let name = world.resources.get(at).map_or("shop", |one| one.namespace_or_default()).to_owned();
            world.resources.retain(|one| &*one.kind != "Namespace" || *one.name != *name);
            let labels = ["enforce: baseline", "enforce: privileged", "warn: restricted"][what % 3];
            let text = format!(
                "{{apiVersion: v1, kind: Namespace, metadata: {{name: {name:?}, labels: {{pod-security.kubernetes.io/{labels}}}}}}}"
            );
            world.resources.extend(read(&text, "namespaces.yaml"));
        }
        9 => world.today = jiff::civil::date(2026, 1, 1) + jiff::Span::new().days(i64::try_from(what % 2000).unwrap()),
        10 => {
            let specs = [
                "{}",
                r#"{"allow": [{"category": "email", "reason": "r", "values": ["ann@example.org"]}]}"#,
                r#"{"thresholds": {"default": "possible"}}"#,
                r#"{"thresholds": {"default": "never"}}"#,
            ];
            let spec = specs.get(what % 5).map(|spec| serde_json::from_str::<Spec>(spec).unwrap_or_default());
            world.profile = spec.and_then(|spec| Profile::new(&spec).ok());
        }
        _ => {
            let kinds = ["Secret", "NetworkPolicy", "Deployment", "Role", "ServiceAccount"];
            let unread = kinds.get(what % 10).map(|kind| Unread::forbidden(kind, "any")).into_iter().collect();
            let server_version = place.is_multiple_of(2).then(|| "v1.34.1".to_owned());
            world.inputs = Inputs { files: what % 3 > 0, cluster: place % 3 > 0, server_version, unread };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Whatever changes, and however often.
    #[test]
    fn any_changes(
        first in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        bursts in prop::collection::vec(prop::collection::vec(any::<Change>(), 0..4), 1..10),
    ) {
        let pool = fixtures();
        let mut world = World::new(first.iter().flat_map(|one| one.get(&pool).1.clone()).collect());
        world.agrees("at first");
        for burst in bursts {
            burst.iter().for_each(|change| apply(&mut world, &pool, *change));
            world.agrees(&format!("after {burst:?}"));
        }
    }
}
