//! The record's head, stamped by openssl's authority for time.

#[path = "../../../cloister-evidence/tests/support/tsa.rs"]
mod tsa;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cloister_evidence::folder::{Reader, stamps};
use cloister_evidence::timestamp::Authorities;
use cloister_evidence::timestamp::ask::Authority;
use cloister_evidence::verify::{Outcome, Stamping, timestamps};
use jiff::Timestamp;
use tsa::Tsa;

use super::alarm::log;
use super::{Trial, report};
use crate::timestamps::Timestamping;
use crate::{Config, Limits, Supplement};

#[test]
fn the_head_is_stamped_when_it_grew_and_what_goes_wrong_is_told_and_stops_nothing() {
    let (folder, tsa) = (tempfile::tempdir().unwrap(), Arc::new(Tsa::new("ec -pkeyopt ec_paramgen_curve:P-256")));
    let trusted = Authorities::read(&std::fs::read(tsa.ca()).unwrap()).unwrap();
    let lies = Arc::new(AtomicBool::new(false));
    let lying = lies.clone();
    let url = tsa.serve(move |answer| if lying.load(Ordering::Relaxed) { b"no".to_vec() } else { answer });
    let authority = Authority::new(&url, trusted.clone(), None).unwrap();
    let timestamps_of = Timestamping::new(authority, Duration::from_secs(3600));
    let config = Config { log: Some(log(folder.path())), timestamps: Some(timestamps_of), ..Config::default() };
    // It has recorded an assessment.
    let trial = Trial::begun(Limits::default(), config, None);
    let root = folder.path().join("evidence");
    let all = || stamps::all(&root).unwrap().len();
    assert!(trial.hub.stamp() && trial.hub.stamp());
    assert_eq!(all(), 1, "the same head is stamped once");
    lies.store(true, Ordering::Relaxed);
    let mut value = report::value();
    value["findings"][0]["message"] = "another".into();
    let take = || trial.hub.take(&"shop".into(), report::read(&value.to_string()), Supplement::default());
    take().unwrap();
    assert!(!trial.hub.stamp());
    let page = trial.as_role("viewer", "GET", "/evidence", "").body;
    assert!(page.contains("existed by") && page.contains("Not stamped at"), "{page}");
    assert!(page.contains("the answer is no TimeStampResp"), "{page}");
    lies.store(false, Ordering::Relaxed);
    assert!(trial.hub.stamp());
    assert_eq!(all(), 2);
    let page = trial.as_role("viewer", "GET", "/evidence", "").body;
    assert!(page.contains("says CN=tsa,O=Clinic") && !page.contains("Not stamped at"), "{page}");
    let log = trial.hub.config.log.as_ref().unwrap();
    let (head, mut outcome) = (log.head().unwrap(), Outcome::default());
    let with = Stamping { key: log.verifier(), authorities: &trusted, now: Timestamp::now() };
    timestamps(&Reader::new(&root), with, &head, &mut outcome);
    assert!(outcome.holds() && outcome.timestamps.len() == 2, "{outcome:?}");
}
