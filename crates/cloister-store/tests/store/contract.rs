//! What the contract promises, said one by one over every store.

use std::time::Duration;

use cloister_model::Severity;
use cloister_store::{
    Changed, Error, Fence, FindingFilter, Item, Keep, Kind, Limits, OnlyIf, Paging, Pushed, Put, Run, RunFilter, Since,
    Sqlite, State, Status, Store,
};

use crate::made::{at, detection, draft, judged, postgres, run, sqlite};
use crate::model::Model;

const MANY: Limits = Limits { items: 100, bytes: 1 << 20 };

/// Over each store, new.
fn everywhere(test: impl Fn(&dyn Store)) {
    let (sqlite, _folder) = sqlite();
    test(&Model::default());
    test(&sqlite);
    test(&Sqlite::in_memory().unwrap());
    test(&postgres());
}

fn item(id: &str) -> Item {
    Item { id: id.to_owned(), body: id.as_bytes().to_vec() }
}

#[test]
fn a_run_says_what_is_new_what_is_still_there_and_what_is_gone() {
    everywhere(|store| {
        let first = store.record(&run("r1", "prod", 10, &["a", "b"])).unwrap();
        assert_eq!((first.new.len(), first.still, first.resolved.len()), (2, 0, 0));
        let second = store.record(&run("r2", "prod", 20, &["b", "c"])).unwrap();
        assert_eq!((&second.new[..], second.still, &second.resolved[..]), (&["c".into()][..], 1, &["a".into()][..]));
        let back = store.record(&run("r3", "prod", 30, &["a", "b", "c"])).unwrap();
        assert_eq!((&back.new[..], back.still), (&["a".into()][..], 2));
        let a = store.finding("prod", "a").unwrap().unwrap();
        assert_eq!((a.first_seen, a.since, a.last_seen, a.returns), (at(10), at(30), at(30), 1));
        let b = store.finding("prod", "b").unwrap().unwrap();
        assert_eq!((b.first_seen, b.last_seen, b.resolved), (at(10), at(30), None));
        let changes = store.changes(&Default::default(), &Paging::first(2)).unwrap();
        assert_eq!(changes.items[0].changed, Changed::Returned);
        assert!(changes.next.is_some());
    });
}

#[test]
fn a_run_is_recorded_over_the_one_that_is_known_and_under_a_lease_that_is_still_held() {
    everywhere(|store| {
        let only = |run: Run, last, held: Option<u64>| {
            let held = held.map(|fence| Fence { name: "watch".to_owned(), fence });
            Run { only: OnlyIf { last, held }, ..run }
        };
        let minute = Duration::from_secs(60);
        let one = store.acquire("watch", "one", at(0), minute).unwrap().unwrap().fence;
        let first = store.record(&only(run("r1", "prod", 10, &["a"]), Some(0), Some(one))).unwrap().number;
        let late = store.record(&only(run("r2", "prod", 20, &["b"]), Some(0), Some(one)));
        assert!(matches!(late, Err(Error::NotSince { .. })), "r1 came between: {late:?}");
        let again = store.record(&only(run("r1", "prod", 10, &["a"]), Some(0), Some(one))).unwrap();
        assert!(again.repeated, "an answer that was lost");
        let two = store.acquire("watch", "two", at(70_000_000), minute).unwrap().unwrap().fence;
        let lost = store.record(&only(run("r3", "prod", 30, &["c"]), Some(first), Some(one)));
        assert!(matches!(lost, Err(Error::Lost { .. })), "another one has it: {lost:?}");
        assert!(store.run("r3").unwrap().is_none() && store.finding("prod", "c").unwrap().is_none());
        store.record(&only(run("r3", "prod", 30, &["c"]), Some(first), Some(two))).unwrap();
        store.release("watch", "two").unwrap();
        let given_up = store.record(&only(run("r4", "prod", 40, &["c"]), None, Some(two)));
        assert!(matches!(given_up, Err(Error::Lost { .. })), "{given_up:?}");
    });
}

#[test]
fn the_newest_version_of_a_kind_tells_whether_something_was_put() {
    everywhere(|store| {
        assert_eq!(store.newest(Kind::Breach).unwrap(), 0);
        let Put::Kept(first) = store.put(&draft(Kind::Breach, "1", "open"), 0, at(0)).unwrap() else { panic!() };
        store.put(&draft(Kind::Alert, "1", "open"), 0, at(0)).unwrap();
        assert_eq!(store.newest(Kind::Breach).unwrap(), first);
        let Put::Kept(second) = store.put(&draft(Kind::Breach, "1", "closed"), first, at(0)).unwrap() else { panic!() };
        assert!(second > first && store.newest(Kind::Breach).unwrap() == second);
    });
}

/// A run that says what changed since another one.
fn since(run: Run, before: &str, gone: &[&str], total: u64) -> Run {
    let gone = gone.iter().map(|id| (*id).to_owned()).collect();
    Run { since: Some(Since { run: before.to_owned(), gone, open: [0, 0, 0, total, 0], accepted: 0 }), ..run }
}

#[test]
fn what_changed_is_enough_where_it_is_of_the_run_before() {
    let ((sqlite, _folder), postgres) = (sqlite(), postgres());
    for store in [&sqlite as &dyn Store, &postgres] {
        store.record(&run("r1", "prod", 10, &["a", "b", "c"])).unwrap();
        let second = store.record(&since(run("r2", "prod", 20, &["d"]), "r1", &["a"], 3)).unwrap();
        assert_eq!((second.new, second.resolved, second.still), (vec!["d".to_owned()], vec!["a".to_owned()], 2));
        let counts = store.run("r2").unwrap().unwrap().counts;
        assert_eq!((counts.open, counts.new, counts.resolved), ([0, 0, 0, 3, 0], 1, 1));
        let other = since(run("r3", "prod", 30, &["a"]), "r1", &[], 4);
        assert!(matches!(store.record(&other), Err(Error::NotSince { .. })), "r2 came between");
        assert!(matches!(
            store.record(&since(run("r4", "new", 30, &["a"]), "r1", &[], 1)),
            Err(Error::NotSince { .. })
        ));
        assert_eq!(store.record(&run("r5", "prod", 40, &["a", "b", "c", "d"])).unwrap().new, ["a"]);
        let again = store.record(&since(run("r2", "prod", 20, &["d"]), "r1", &["a"], 3)).unwrap();
        assert!(again.repeated, "it was recorded, whatever came since");
    }
}

#[test]
fn recording_again_is_no_change() {
    everywhere(|store| {
        store.record(&run("r1", "prod", 10, &["a"])).unwrap();
        let second = store.record(&run("r2", "prod", 20, &["b"])).unwrap();
        let again = store.record(&run("r2", "prod", 20, &["b"])).unwrap();
        assert_eq!((again.number, again.repeated, &again.new), (second.number, true, &second.new));
        assert_eq!(again.resolved, ["a"]);
        assert_eq!(store.runs(&RunFilter::default(), &Paging::first(9)).unwrap().items.len(), 2);
        let other = store.record(&run("r2", "test", 20, &["b"])).unwrap_err();
        assert!(matches!(other, Error::Taken { .. }), "{other}");
        assert_eq!(store.body("r2").unwrap().unwrap(), b"r2");
    });
}

#[test]
fn a_clock_that_jumps_back_disorders_nothing() {
    everywhere(|store| {
        store.record(&run("r1", "prod", 1000, &["a"])).unwrap();
        store.record(&run("r2", "prod", 10, &["b"])).unwrap();
        let a = store.finding("prod", "a").unwrap().unwrap();
        assert_eq!((a.last_seen, a.resolved), (at(1000), Some(at(1000))));
        assert_eq!(store.sources().unwrap()[0].last.id, "r2");
        let runs = store.runs(&RunFilter::default(), &Paging::first(9)).unwrap().items;
        assert_eq!(runs.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), ["r2", "r1"]);
        assert_eq!(runs[0].at, at(10));

        store.push("audit", &[item("one")], MANY, at(10_000_000), at(90_000_000)).unwrap();
        let long = Duration::from_secs(5);
        assert_eq!(store.take("audit", 9, at(10_000_000), long).unwrap().len(), 1);
        assert_eq!(store.take("audit", 9, at(9_000_000), long).unwrap().len(), 0, "a little back: still taken");
        assert_eq!(store.take("audit", 9, at(1_000_000), long).unwrap().len(), 1, "far back: nobody waits for hours");
        assert!(store.acquire("alerts", "hub-0", at(10_000_000), long).unwrap().is_some());
        assert!(store.acquire("alerts", "hub-1", at(9_000_000), long).unwrap().is_none());
        assert_eq!(store.acquire("alerts", "hub-1", at(1_000_000), long).unwrap().unwrap().fence, 2);
    });
}

#[test]
fn statuses_have_a_history() {
    everywhere(|store| {
        let with = |id: &str, micros, status| {
            let mut run = run(id, "prod", micros, &[]);
            run.requirements = vec![judged("32(1)(a)", status), judged("5", Status::Attested)];
            store.record(&run).unwrap()
        };
        assert_eq!(with("r1", 10, Status::NotSatisfied).changed_requirements, 0);
        assert_eq!(with("r2", 20, Status::NotSatisfied).changed_requirements, 0);
        assert_eq!(with("r3", 30, Status::Satisfied).changed_requirements, 1);
        let now = store.statuses("prod").unwrap();
        assert_eq!((now[0].status, now[0].since, now[1].since), (Status::Satisfied, at(30), at(10)));
        let changes = store.status_changes(&Default::default(), &Paging::first(9)).unwrap().items;
        assert_eq!(changes.len(), 3);
        assert_eq!((changes[0].from, changes[0].to), (Some(Status::NotSatisfied), Some(Status::Satisfied)));
        let counts = store.run("r3").unwrap().unwrap().counts;
        assert_eq!(counts.frameworks[0].statuses, [0, 0, 1, 1]);
    });
}

#[test]
fn queues_are_bounded_and_hand_out_until_done() {
    everywhere(|store| {
        let limits = Limits { items: 3, bytes: 100 };
        let (now, until, long) = (at(0), at(60_000_000), Duration::from_secs(10));
        let push = |ids: &[&str]| {
            store.push("audit", &ids.iter().map(|id| item(id)).collect::<Vec<_>>(), limits, now, until).unwrap()
        };
        assert_eq!(push(&["a", "b", "a"]), Pushed::Kept { new: 2, repeated: 1 });
        assert!(matches!(push(&["c", "d"]), Pushed::Full(size) if size.items == 2), "all of them or none");
        assert_eq!(push(&["a", "c"]), Pushed::Kept { new: 1, repeated: 1 });
        let taken = store.take("audit", 2, now, long).unwrap();
        assert_eq!(taken.iter().map(|one| one.item.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(store.take("audit", 9, now, long).unwrap()[0].item.id, "c");
        assert!(store.take("audit", 9, now, long).unwrap().is_empty());
        let again = store.take("audit", 1, at(10_000_000), long).unwrap();
        assert_eq!((again[0].receipt.number, again[0].receipt.tries), (taken[0].receipt.number, 2));
        assert_eq!(store.done("audit", &[taken[0].receipt]).unwrap(), 0, "it was handed out again since");
        assert_eq!(store.done("audit", &[again[0].receipt, taken[1].receipt]).unwrap(), 2);
        assert_eq!(store.done("audit", &[taken[1].receipt]).unwrap(), 0);
        assert_eq!(push(&["a"]), Pushed::Kept { new: 0, repeated: 1 }, "done, and remembered");
        assert_eq!(store.queue_size("audit").unwrap().items, 1);
    });
}

#[test]
fn what_nobody_can_deal_with_is_set_aside() {
    everywhere(|store| {
        store.push("audit", &[item("a"), item("b")], MANY, at(0), at(9)).unwrap();
        let taken = store.take("audit", 1, at(0), Duration::from_secs(1)).unwrap();
        assert!(store.set_aside("audit", taken[0].receipt, "no JSON").unwrap());
        assert!(!store.set_aside("audit", taken[0].receipt, "no JSON").unwrap());
        let size = store.queue_size("audit").unwrap();
        assert_eq!((size.items, size.aside), (2, 1));
        let aside = store.aside("audit", &Paging::first(9)).unwrap().items;
        assert_eq!((aside[0].reason.as_str(), aside[0].item.id.as_str()), ("no JSON", "a"));
        assert_eq!(store.take("audit", 9, at(0), Duration::from_secs(1)).unwrap()[0].item.id, "b");
        assert!(store.settle("audit", aside[0].number, true).unwrap());
        assert_eq!(store.take("audit", 9, at(0), Duration::from_secs(1)).unwrap()[0].receipt.tries, 2);
        assert_eq!(store.queue_size("audit").unwrap().aside, 0);
    });
}

#[test]
fn of_two_who_change_a_document_the_second_is_told() {
    everywhere(|store| {
        let open = draft(Kind::Breach, "b-1", "open");
        let Put::Kept(one) = store.put(&open, 0, at(1)).unwrap() else { panic!("it was not there") };
        assert_eq!(store.put(&open, 0, at(2)).unwrap(), Put::Kept(one), "the answer was lost, and it is asked again");
        let closed = draft(Kind::Breach, "b-1", "closed");
        let Put::Kept(two) = store.put(&closed, one, at(3)).unwrap() else { panic!("nobody else was there") };
        let Put::Conflict(Some(there)) = store.put(&draft(Kind::Breach, "b-1", "late"), one, at(4)).unwrap() else {
            panic!("somebody else was first")
        };
        assert_eq!((there.version, &there.draft), (two, &closed));
        assert!(!store.remove(Kind::Breach, "b-1", one).unwrap());
        assert!(store.remove(Kind::Breach, "b-1", two).unwrap());
        let Put::Kept(three) = store.put(&open, 0, at(5)).unwrap() else { panic!("it is gone") };
        assert!(three > two, "no version is used twice");
        assert_eq!(store.document(Kind::Alert, "b-1").unwrap(), None);
    });
}

#[test]
fn what_is_kept_long_enough_goes_but_for_the_last_run() {
    everywhere(|store| {
        for number in 1..=5 {
            store.record(&run(&format!("r{number}"), "prod", number, &[&format!("f{number}")])).unwrap();
        }
        store.keep_detections(&[detection("d1", 1), detection("d2", 100)]).unwrap();
        let keep = Keep { bodies: Some(at(50)), resolved: Some(at(50)), detections: Some(at(50)), ..Keep::default() };
        let swept = store.sweep(&keep, 3).unwrap();
        assert_eq!((swept.bodies, swept.findings, swept.detections, swept.more), (3, 3, 1, true));
        let swept = store.sweep(&keep, 3).unwrap();
        assert_eq!((swept.bodies, swept.findings, swept.more), (1, 1, false));
        assert_eq!(store.body("r4").unwrap(), None);
        assert_eq!(store.run("r4").unwrap().unwrap().body, None);
        assert_eq!(store.body("r5").unwrap().unwrap(), b"r5");
        let keep = Keep { runs: Some(at(50)), ..Keep::default() };
        assert_eq!(store.sweep(&keep, 9).unwrap().runs, 4);
        assert_eq!(store.findings(&FindingFilter::default(), &Paging::first(9)).unwrap().items.len(), 1);
        store.examine().unwrap();
        store.ready().unwrap();
    });
}

#[test]
fn an_erased_detection_leaves_that_it_was() {
    everywhere(|store| {
        assert_eq!(store.keep_detections(&[detection("d1", 1), detection("d1", 1)]).unwrap(), [true, false]);
        assert!(store.erase_detection("d1").unwrap());
        assert!(!store.erase_detection("d1").unwrap());
        let kept = store.detection("d1").unwrap().unwrap().detection;
        assert_eq!((kept.rule.as_str(), kept.body.len()), ("secret-read-by-person", 0));
    });
}

#[test]
fn what_cannot_be_kept_is_refused_alike() {
    let (sqlite, _folder) = sqlite();
    let postgres = postgres();
    for store in [&sqlite as &dyn Store, &postgres] {
        let long = "x".repeat(513);
        for id in ["a\0b", &long] {
            let error = store.record(&run(id, "prod", 1, &["a"])).unwrap_err();
            assert!(matches!(error, Error::Unfit { .. }), "{error}");
            let error = store.push("audit", &[item("fine"), item(id)], MANY, at(1), at(2)).unwrap_err();
            assert!(matches!(error, Error::Unfit { .. }), "{error}");
        }
        let mut late = run("r1", "prod", 1, &["a", "b"]);
        late.findings[1].resource = "Pod/\0".to_owned();
        store.record(&late).unwrap_err();
        assert!(store.run("r1").unwrap().is_none() && store.body("r1").unwrap().is_none());
        assert_eq!(store.queue_size("audit").unwrap().items, 0, "nothing of a call that fails happens");
        assert!(store.sources().unwrap().is_empty());
        store.record(&run(&"x".repeat(512), &"y".repeat(512), 1, &[&"z".repeat(512)])).unwrap();
    }
}

#[test]
fn many_findings_are_paged_whole_and_in_order() {
    everywhere(|store| {
        let mut large = run("r1", "prod", 1, &[]);
        large.findings =
            (0..2500).map(|number| crate::made::seen(&format!("f{number}"), Severity::Low, number % 7)).collect();
        assert_eq!(store.record(&large).unwrap().new.len(), 2500);
        large.id = "r2".to_owned();
        large.findings.truncate(1200);
        assert_eq!(store.record(&large).unwrap().resolved.len(), 1300);
        let (mut page, mut ranks, mut ids) = (Paging::first(333), Vec::new(), std::collections::BTreeSet::new());
        loop {
            let found =
                store.findings(&FindingFilter { state: State::Any, ..FindingFilter::default() }, &page).unwrap();
            ranks.extend(found.items.iter().map(|one| one.seen.rank));
            ids.extend(found.items.into_iter().map(|one| one.seen.id));
            let Some(next) = found.next else { break };
            page = page.next(next);
        }
        assert_eq!((ranks.len(), ids.len()), (2500, 2500));
        assert!(ranks.is_sorted_by(|one, next| one >= next));
    });
}

#[test]
fn many_threads_at_once_lose_and_double_nothing() {
    let (sqlite, _folder) = sqlite();
    let postgres = postgres();
    for store in [&sqlite as &dyn Store, &postgres] {
        let limits = Limits { items: 10_000, bytes: 1 << 20 };
        std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for number in 0..20 {
                        let items = [item(&format!("{thread}-{number}")), item(&format!("shared-{number}"))];
                        store.push("audit", &items, limits, at(0), at(9)).unwrap();
                        // What fails in between takes nothing with it.
                        store.push("audit", &[item("n\0")], limits, at(0), at(9)).unwrap_err();
                    }
                });
            }
        });
        assert_eq!(store.queue_size("audit").unwrap().items, 8 * 20 + 20);
        let taken = store.take("audit", 999, at(0), Duration::from_secs(1)).unwrap();
        let numbers: Vec<u64> = taken.iter().map(|one| one.receipt.number).collect();
        assert_eq!(numbers, (1..=180).collect::<Vec<_>>(), "numbers have no gaps");
        store.examine().unwrap();
    }
}

#[test]
fn what_somebody_took_who_is_gone_is_handed_out_again_and_their_receipts_count_no_more() {
    everywhere(|store| {
        store.push("events", &[item("a"), item("b"), item("c")], MANY, at(1), at(900)).unwrap();
        let taken = store.take("events", 2, at(2), Duration::from_secs(600)).unwrap();
        store.set_aside("events", taken[1].receipt, "broken").unwrap();
        assert_eq!(store.give_back_all("events").unwrap(), 1);
        assert_eq!(store.give_back_all("other").unwrap(), 0);
        let again = store.take("events", 9, at(2), Duration::from_secs(600)).unwrap();
        assert_eq!(again.iter().map(|one| one.item.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(store.done("events", &[taken[0].receipt]).unwrap(), 0);
        assert_eq!(store.done("events", &[again[0].receipt, again[1].receipt]).unwrap(), 2);
    });
}

#[test]
fn a_detection_says_more_until_it_is_erased() {
    everywhere(|store| {
        store.keep_detections(&[detection("d1", 1)]).unwrap();
        assert!(store.amend_detection("d1", b"more").unwrap());
        assert!(!store.amend_detection("d2", b"more").unwrap());
        assert_eq!(store.detection("d1").unwrap().unwrap().detection.body, b"more");
        store.erase_detection("d1").unwrap();
        assert!(!store.amend_detection("d1", b"more").unwrap());
        assert!(store.detection("d1").unwrap().unwrap().detection.body.is_empty());
    });
}
