//! An auditor's bundle from a hub that runs.

use std::io::{Read, Write};
use std::net::TcpStream;

use cloister_evidence::folder::bundle::Contents;
use cloister_evidence::verify::With;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::alarm::log;
use super::{Trial, report, token};
use crate::{Config, Limits, Supplement};

/// The status, and the body as bytes.
fn get(trial: &Trial, role: &str, path: &str) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(trial.address).unwrap();
    let (host, token) = (trial.address, token(role));
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer.split_off(end + 4))
}

fn take(trial: &Trial, says: usize) {
    let mut value = report::value();
    value["findings"][0]["message"] = format!("number {says}").into();
    trial.hub.take(&"shop".into(), report::read(&value.to_string()), Supplement::default()).unwrap();
}

#[test]
fn a_bundle_is_taken_while_the_hub_records_and_holds_with_the_public_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { log: Some(log(folder.path())), ..Config::default() };
    let trial = Trial::begun(Limits::default(), config, None);
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let period = format!("from={}&to={}", today.saturating_sub(1.day()), today.saturating_add(1.day()));
    let key = trial.hub.config.log.as_ref().unwrap().verifier().clone();
    let with = With { key: &key, witnesses: &[], older: &[] };
    let mut before = 0;
    std::thread::scope(|scope| {
        let recording = scope.spawn(|| (0..60).for_each(|number| take(&trial, number)));
        while !recording.is_finished() || before == 0 {
            let (status, body) = get(&trial, "dpo", &format!("/api/v1/evidence/export?{period}"));
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
            let bundle = Contents::unpack(&body, 1 << 30).unwrap();
            let outcome = bundle.bundle().check(with, |_, _, _| {}).outcome;
            assert!(outcome.holds() && outcome.entries > 0, "{:?}", outcome.faults);
            assert!(outcome.entries >= before, "{} after {before}", outcome.entries);
            before = outcome.entries;
        }
    });
    let (_, body) = get(&trial, "admin", &format!("/evidence/export?framework=soc2&{period}"));
    let bundle = Contents::unpack(&body, 1 << 30).unwrap();
    assert_eq!(bundle.manifest().unwrap().framework, "soc2");
    let all = trial.hub.config.log.as_ref().unwrap().head().unwrap().size;
    assert_eq!(bundle.bundle().check(with, |_, _, _| {}).outcome.whole, all);
}

#[test]
fn who_may_not_read_of_people_gets_no_bundle_and_a_period_is_two_days() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { log: Some(log(folder.path())), ..Config::default() };
    let trial = Trial::begun(Limits::default(), config, None);
    let whole = "/api/v1/evidence/export?from=2020-01-01&to=2199-12-31";
    for role in ["viewer", "engineer", "agent", "collector", "limited"] {
        trial.as_role(role, "GET", whole, "").problem(403);
    }
    for (wrong, status, says) in [
        ("", 400, "from: a day"),
        ("?from=2020-01-01", 400, "to: a day"),
        ("?from=2020-01-01&to=x", 400, "to: a day"),
        ("?from=2020-01-02&to=2020-01-01", 422, "2020-01-01 is before 2020-01-02"),
        ("?from=2020-01-01&to=2020-01-01&framework=none", 400, "no framework is called so"),
    ] {
        let told = trial.as_role("dpo", "GET", &format!("/api/v1/evidence/export{wrong}"), "").problem(status);
        assert!(told["detail"].as_str().unwrap().contains(says), "{told}");
    }
    // As far as days go, all of it.
    assert_eq!(get(&trial, "dpo", "/api/v1/evidence/export?from=0001-01-01&to=9999-12-31").0, 200);
    for (role, shown) in [("dpo", true), ("admin", true), ("viewer", false)] {
        let page = trial.as_role(role, "GET", "/evidence", "").body;
        assert_eq!(page.contains("Take the bundle"), shown, "{role}");
    }
}
