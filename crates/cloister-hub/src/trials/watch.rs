//! What is watched, from a changed file to the page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Trial, report};
use crate::{Assessed, Supplement, Watch};

fn wait(what: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_changed_file_is_assessed_and_a_fault_leaves_what_was_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, "good").unwrap();
    let (trial, runs) = (Trial::new(), Arc::new(AtomicUsize::new(0)));
    let (counted, read) = (runs.clone(), file.clone());
    let assess = move |_: &str, _: Option<&crate::Snapshot>| {
        counted.fetch_add(1, Ordering::Relaxed);
        match std::fs::read_to_string(&read).unwrap().as_str() {
            "panic" => panic!("a planted fault"),
            "bad" => Err("the folder cannot be read".to_owned()),
            text => {
                let mut value = report::value();
                value["findings"][0]["message"] = text.into();
                Ok(Assessed { report: report::read(&value.to_string()), more: Supplement::default() })
            }
        }
    };
    let every = Duration::from_secs(3600);
    let paths = vec![folder.path().to_owned()];
    let watch = Watch { source: "own".into(), paths, followed: None, every, assess: Box::new(assess) };
    watch.start(&trial.hub).unwrap();
    let says =
        |text: &str| trial.hub.snapshot("own").is_some_and(|known| &*known.finding("aaaa").unwrap().message == text);
    assert!(wait(|| says("good")));
    std::fs::write(&file, "better by far").unwrap();
    assert!(wait(|| says("better by far")));
    assert_eq!(trial.hub.runs("own").len(), 2);
    let numbers = crate::numbers::text(&trial.hub);
    for name in ["cloister_hub_change_to_finding_seconds", "cloister_hub_assessment_duration_seconds"] {
        assert!(numbers.contains(&format!("{name}_count 1\n")), "the first is no change: {numbers}");
    }
    for (text, told) in [("bad", "cannot be read"), ("panic", "fault of Cloister")] {
        std::fs::write(&file, text).unwrap();
        let trouble = || trial.hub.state("own").and_then(|(trouble, _)| trouble).is_some_and(|why| why.contains(told));
        assert!(wait(trouble), "{text}");
        assert!(says("better by far"));
        let page = trial.as_role("viewer", "GET", "/sources/own", "");
        assert!(page.status == 200 && page.body.contains(told), "the page says so");
    }
    std::fs::write(&file, "good again").unwrap();
    assert!(wait(|| says("good again")) && trial.hub.state("own").unwrap().0.is_none());
    let before = runs.load(Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(900));
    assert_eq!(runs.load(Ordering::Relaxed), before, "what does not change is not assessed");
    trial.as_role("admin", "POST", "/api/v1/sources/own/assessments", &report::json()).problem(409);
}

#[test]
fn a_decision_has_what_is_watched_assessed_at_once() {
    let (trial, seen) = (Trial::new(), Arc::new(std::sync::Mutex::new(String::new())));
    let told = seen.clone();
    let assess = move |documents: &str, _: Option<&crate::Snapshot>| {
        documents.clone_into(&mut told.lock().unwrap());
        Ok(Assessed { report: report::read(&report::json()), more: Supplement::default() })
    };
    let every = Duration::from_secs(3600);
    let watch = Watch { source: "own".into(), paths: Vec::new(), followed: None, every, assess: Box::new(assess) };
    watch.start(&trial.hub).unwrap();
    assert!(wait(|| trial.hub.snapshot("own").is_some()));
    let said = r#"{"finding":"aaaa","reason":"long enough a reason","expires":"2027-01-01"}"#;
    assert_eq!(trial.as_role("engineer", "POST", "/api/v1/sources/own/exceptions", said).status, 201);
    assert!(wait(|| seen.lock().unwrap().contains("long enough a reason")));
}
