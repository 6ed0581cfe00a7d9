//! A hub that ends and begins again on the same folder.

use std::path::Path;
use std::sync::Arc;

use super::report;
use crate::{Config, Hub, Supplement};

fn hub(folder: &Path) -> Arc<Hub> {
    Hub::new(Config { folder: Some(folder.to_owned()), ..Config::default() }).unwrap()
}

fn take(hub: &Hub, findings: &[usize]) -> bool {
    let mut value = report::value();
    let all = value["findings"].as_array().unwrap().clone();
    value["findings"] = findings.iter().map(|at| all[*at].clone()).collect();
    hub.take(&"shop".into(), report::read(&value.to_string()), Supplement::default()).unwrap()
}

#[test]
fn the_history_of_findings_goes_on_and_an_outcome_may_come_again() {
    let folder = tempfile::tempdir().unwrap();
    for (findings, new) in [(&[0, 1][..], true), (&[0, 1], false), (&[1], true), (&[0, 1], true), (&[0, 1], false)] {
        assert_eq!(take(&hub(folder.path()), findings), new);
    }
    let hub = hub(folder.path());
    assert!(hub.snapshot("shop").is_some_and(|known| known.report.findings.len() == 2), "it is shown after a start");
    let runs = hub.runs("shop");
    assert_eq!(runs.iter().map(|run| (run.new, run.resolved)).collect::<Vec<_>>(), [(2, 0), (0, 1), (1, 0)]);
    assert!(runs[0].digest == runs[2].digest && runs[0].frameworks["gdpr"] == [1, 1, 0, 0]);
    let finding = hub.store.finding("shop", "aaaa").unwrap().unwrap();
    assert_eq!((finding.returns, finding.seen.resource.as_str()), (1, "Deployment shop/orders"));
    assert_eq!(hub.store.statuses("shop").unwrap().len(), 2);
}
