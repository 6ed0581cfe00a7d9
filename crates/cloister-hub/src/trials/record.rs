//! What is recorded of assessments, and what is known of it after a start.

use std::sync::atomic::{AtomicBool, Ordering};

use cloister_evidence::Kind;
use serde_json::{Value, json};

use super::alarm::{NOBODY, hub, log_with, said};
use super::report;
use crate::{Config, Hub, Supplement};

/// Of many findings, one of which says this.
fn many(says: &str) -> String {
    let mut value = report::value();
    let one = value["findings"][0].clone();
    let all = (0..40).map(|number| {
        let mut one = one.clone();
        one["id"] = format!("id{number:02}").into();
        one["message"] = if number == 7 { says.into() } else { one["message"].clone() };
        one
    });
    value["findings"] = all.collect();
    value.to_string()
}

/// Two that put their file in the same place would take it away from each other, or put an older head over a newer one.
#[test]
fn the_head_is_kept_elsewhere_by_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let inside = AtomicBool::new(false);
    let log = log_with(folder.path(), move || {
        let alone = !inside.swap(true, Ordering::SeqCst);
        (0..100).for_each(|_| std::thread::yield_now());
        inside.store(false, Ordering::SeqCst);
        if alone { Ok(()) } else { Err("another one is at it".to_owned()) }
    });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..20 {
                    log.record(Kind::Login, &json!(number)).unwrap();
                }
            });
        }
    });
    assert_eq!(log.head().unwrap().size, 160);
}

#[test]
fn the_first_assessment_is_recorded_as_a_whole_and_then_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    let source = "shop".into();
    for says in ["one", "two", "two", "three"] {
        trial.hub.take(&source, report::read(&many(says)), Supplement::default()).unwrap();
    }
    let all = said(&trial.hub, Kind::Assessment);
    assert_eq!(all.len(), 3, "the same is recorded once");
    assert_eq!(all[0]["findings"].as_array().unwrap().len(), 40);
    for (at, says) in [(1, "two"), (2, "three")] {
        let came = json!([[7, &all[at]["findings"]["came"][0][1]]]);
        assert_eq!(all[at]["findings"], json!({"gone": ["id07"], "came": came}));
        assert_eq!(all[at]["findings"]["came"][0][1]["message"], says);
        assert!(all[at]["since"]["entry"].is_u64());
    }
    assert_eq!(all[1]["digest"], all[2]["since"]["digest"]);
    let known = trial.hub.snapshot("shop").unwrap();
    assert_eq!(all[2]["digest"], known.digest.as_str());
    // Another process knows it from what is kept, and records a whole one first.
    let store = trial.hub.store.clone();
    let again = Hub::new(Config { store: Some(store.clone()), ..Config::default() }).unwrap();
    assert_eq!(again.snapshot("shop").unwrap().digest, known.digest);
    again.take(&source, report::read(&many("four")), Supplement::default()).unwrap();
    let body = store.body(&store.sources().unwrap()[0].last.id).unwrap().unwrap();
    assert!(!crate::keep::body::is_changes(&body));
}

#[test]
fn after_a_recording_that_failed_the_next_one_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    let take = |says: &str| trial.hub.take(&"shop".into(), report::read(&many(says)), Supplement::default());
    take("one").unwrap();
    // As the hub does when the store fails behind the log.
    trial.hub.keep.begin_anew("shop");
    take("two").unwrap();
    let all = said(&trial.hub, Kind::Assessment);
    assert_eq!(all[1]["findings"].as_array().map(Vec::len), Some(40));
}

#[test]
fn what_agents_hand_in_is_recorded_as_they_said_it() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    for says in ["one", "two"] {
        let mut value: Value = serde_json::from_str(&many(says)).unwrap();
        value["more"] = "than we know of".into();
        trial.hub.hand_in("agent", value.to_string().as_bytes()).unwrap();
    }
    let all = said(&trial.hub, Kind::Assessment);
    assert_eq!(
        (all.len(), &all[1]["more"], all[1]["findings"].as_array().unwrap().len()),
        (2, &"than we know of".into(), 40)
    );
}
