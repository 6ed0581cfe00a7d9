//! One hub, whose database is away for a while.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::events;
use super::site::Site;

#[test]
fn a_hub_goes_on_by_itself_when_its_database_was_away() {
    let site = Site::new();
    let mut hub = site.hub("one");
    site.until("the clinic is assessed", || !site.clinic(&hub, "").is_null());
    let before = site.clinic(&hub, "")["digest"].clone();
    let finding = site.clinic(&hub, "/findings?limit=1")["items"][0]["id"].as_str().unwrap().to_owned();
    let said = format!(
        r#"{{"finding":"{finding}","reason":"it is moved to a host of its own in May","expires":"2028-05-31"}}"#
    );
    let decided = site.ask(&hub, "engineer", ("POST", "/api/v1/sources/clinic/exceptions"), Some(&said));
    assert_eq!(decided.status, 201, "{decided:?}");
    site.until("what was decided is in force", || site.clinic(&hub, "")["digest"] != before);

    let (next, end, answers) = (AtomicU32::new(0), AtomicBool::new(false), Mutex::new(BTreeSet::new()));
    let refused = |status| _ = answers.lock().unwrap().insert(status);
    let known = site.clinic(&hub, "")["digest"].clone();
    std::thread::scope(|scope| {
        let (site, hub) = (&site, &hub);
        for _ in 0..2 {
            scope.spawn(|| events::send(site, &[hub], &next, &end, &refused));
        }
        site.until("events come in", || next.load(Ordering::Relaxed) > 20);
        site.database.lock().unwrap().down();
        std::fs::write(site.file("sessions.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n").unwrap();
        site.until("senders are told to come again", || !answers.lock().unwrap().is_empty());
        site.database.lock().unwrap().up().unwrap();
        let since = next.load(Ordering::Relaxed);
        site.until("events come in again", || next.load(Ordering::Relaxed) > since + 20);
        end.store(true, Ordering::Relaxed);
    });
    assert_eq!(answers.into_inner().unwrap(), BTreeSet::from([503]), "and nothing else than to come again later");
    site.until("what changed meanwhile is assessed", || site.clinic(&hub, "")["digest"] != known);
    events::judged(&site, &hub, next.load(Ordering::Relaxed));
    site.all_told(&hub);
    site.told_once(0);

    hub.kill();
    let again = site.hub("one");
    events::judged(&site, &again, next.load(Ordering::Relaxed));
    assert_eq!(site.clinic(&again, "/decisions")["items"].as_array().unwrap().len(), 1);
    drop(again);
    hub.verified();
}
