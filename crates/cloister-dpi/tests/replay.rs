//! From a recording to findings: the clinic's API talks, and one answer goes where it should not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "a test")]

#[path = "../../cloister-dlp/tests/support/mod.rs"]
mod clinic;
mod support;

use std::io::Cursor;
use std::sync::Arc;

use cloister_dpi::{Inspector, Recording, Replayed, Settings};
use support::{Says, connection, datagram, end, iban, json_response, pcap, pcapng};

const API: &str = "10.244.0.5";
const COLLECTOR: &str = "10.244.0.9";

fn inspect(file: Vec<u8>, policy: &str) -> (Inspector, Replayed) {
    let (knowledge, _) = clinic::clinic(policy);
    let mut inspector = Inspector::new(Arc::new(knowledge), &Settings::default());
    let replayed = Recording::open(Cursor::new(file)).unwrap().replay(&mut inspector).unwrap();
    (inspector, replayed)
}

/// Values that must be seen nowhere.
fn planted() -> Vec<String> {
    (0..40).map(|number| iban(1_234_500 + number * 7)).chain(["jana.nova@clinic.eu".to_owned()]).collect()
}

/// Statistics asks the API for patients, and gets their accounts.
fn leak() -> Vec<Vec<u8>> {
    let rows: Vec<String> = planted()
        .iter()
        .map(|value| format!("{{\"iban\": \"{value}\", \"email\": \"jana.nova@clinic.eu\"}}"))
        .collect();
    let answer = json_response(&format!("[{}]", rows.join(",\n")));
    let request =
        b"GET /v1/patients/jana-nova/accounts?email=jana.nova%40clinic.eu HTTP/1.1\r\nHost: api.clinic.svc\r\n\r\n";
    connection(end(COLLECTOR, 40_000), end(API, 8080), &[(Says::Client, &request[..]), (Says::Server, &answer)])
}

#[test]
fn a_leak_in_json_is_found_with_both_ends_and_without_its_values() {
    for file in [pcap(&leak()), pcapng(&leak())] {
        let (mut inspector, replayed) = inspect(file, "");
        assert!(!replayed.cut && !replayed.broken && replayed.skipped == 0 && replayed.packets > 10);
        let findings = inspector.findings().all();
        let json = serde_json::to_string(&findings).unwrap();
        let crossed: Vec<_> = findings.iter().filter(|it| it.finding == "purpose-crossed").collect();
        let accounts = crossed.iter().find(|it| it.category == "bank-details").unwrap_or_else(|| panic!("{json}"));
        assert_eq!(&*accounts.sender.name, "clinic/api[Deployment]");
        assert_eq!(&*accounts.recipient.name, "analytics/collector[Deployment]");
        assert_eq!((accounts.values, accounts.distinct, accounts.port), (40, 40, 8080));
        assert_eq!(accounts.targets, ["/v1/patients/•••/accounts"]);
        assert_eq!(accounts.first.get(..10), Some("2026-09-21"));
        let places: Vec<_> = accounts.places.iter().map(|it| (it.within, it.name.as_str(), it.count)).collect();
        assert_eq!(places, [("body", "/*/iban", 40)]);
        let in_url = findings.iter().find(|it| it.finding == "personal-data-in-url").unwrap();
        assert_eq!((in_url.category, in_url.places[0].name.as_str()), ("email-address", "email"));
        for value in planted() {
            assert!(!json.contains(&value), "{value} is in the findings");
        }
        assert!(!json.to_lowercase().contains("jana"), "{json}");
        let connections = serde_json::to_string(&inspector.connections()).unwrap();
        assert_eq!(
            connections,
            r#"[{"source":"analytics/collector[Deployment]","destination":"clinic/api[Deployment]","protocol":"TCP","port":8080,"count":1}]"#
        );
    }
}

#[test]
fn a_recording_cut_anywhere_is_read_so_far() {
    let file = pcap(&leak());
    let knowledge = Arc::new(clinic::clinic("").0);
    for length in (24..file.len()).step_by(7) {
        let mut inspector = Inspector::new(knowledge.clone(), &Settings::default());
        let cut = Cursor::new(file[..length].to_vec());
        let replayed = Recording::open(cut).unwrap().replay(&mut inspector).unwrap();
        assert!(!replayed.broken, "{length}");
        assert_eq!(inspector.statistics().open, 0);
    }
    assert!(Recording::open(Cursor::new(b"no recording".to_vec())).is_err());
    assert!(Recording::open(Cursor::new(Vec::new())).is_err());
}

#[test]
fn unknown_protocols_are_searched_and_credentials_are_their_own_class() {
    let said = format!("INSERT account {} password=correcthorse9battery\n", iban(77_123));
    let frames = connection(end(API, 40_001), end("10.244.0.8", 9999), &[(Says::Client, said.as_bytes())]);
    let (mut inspector, _) = inspect(pcap(&frames), "");
    let findings = inspector.findings().all();
    let names: Vec<_> = findings.iter().map(|it| (it.finding, it.category)).collect();
    assert!(names.contains(&("credentials-in-the-clear", "credentials")), "{names:?}");
    assert!(names.contains(&("personal-data-in-the-clear", "bank-details")), "{names:?}");
}

#[test]
fn who_calls_from_outside_has_no_address() {
    let body = format!("iban={}", iban(99_887));
    let request = format!(
        "POST /pay HTTP/1.1\r\nHost: www.clinic.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let frames = connection(
        end("203.0.113.77", 40_002),
        end(API, 8080),
        &[(Says::Client, request.as_bytes()), (Says::Server, b"HTTP/1.1 204 No Content\r\n\r\n")],
    );
    let (mut inspector, _) = inspect(pcap(&frames), "");
    let json = serde_json::to_string(&inspector.findings().all()).unwrap();
    assert!(json.contains("clients outside") && !json.contains("203.0.113.77"), "{json}");
    let connections = serde_json::to_string(&inspector.connections()).unwrap();
    assert!(connections.contains("203.0.113.0/24\""), "{connections}");
}

#[test]
fn a_list_of_objects_is_as_many_records() {
    let (mut inspector, _) = inspect(pcap(&leak()), &clinic::policy("bulk: {records: 40}\nfindings: [bulk-read]"));
    let findings = inspector.findings().all();
    assert_eq!(findings.iter().map(|it| it.bulk.unwrap().records).collect::<Vec<_>>(), [41]);
    let (mut inspector, _) = inspect(pcap(&leak()), &clinic::policy("bulk: {records: 41}\nfindings: [bulk-read]"));
    assert_eq!(inspector.findings().all(), []);
}

#[test]
fn what_cannot_be_searched_is_counted_and_found_where_a_policy_would_block() {
    let picture =
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 20\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\rIHDRabcd";
    let request = b"GET /rooms/plan HTTP/1.1\r\nHost: api\r\n\r\n";
    let said = [(Says::Client, &request[..]), (Says::Server, &picture[..])];
    let frames = connection(end(COLLECTOR, 40_000), end(API, 8080), &said);
    let found = |policy: &str| {
        let (mut inspector, _) = inspect(pcap(&frames), &clinic::policy(policy));
        assert_eq!(inspector.statistics().unsearched.values().sum::<u64>(), 1);
        let all = inspector.findings().all();
        all.iter().map(|it| (it.finding, it.category, it.places[0].name.clone())).collect::<Vec<_>>()
    };
    let block = "action: block\ncategories: [{category: health}]";
    assert_eq!(found(block), [("unsearched-content", "unknown", "media".to_owned())]);
    assert_eq!(found(&format!("{block}\nunsearchable: allow")), []);
    assert_eq!(found(&format!("{block}\nexceptions: [{{reason: plans, target: /rooms/}}]")), []);
    assert_eq!(found("action: alert"), []);
}

#[test]
fn datagrams_are_searched_too() {
    let said = format!("<14>1 app: paid by {}", iban(4_411));
    let frames = vec![datagram(end(API, 40_003), end(COLLECTOR, 514), said.as_bytes())];
    let (mut inspector, _) = inspect(pcap(&frames), "");
    assert!(inspector.findings().all().iter().any(|it| it.category == "bank-details"));
}

/// An answer of DNS: this name has this address.
fn resolved(name: &str, address: [u8; 4]) -> Vec<u8> {
    let labels: Vec<u8> =
        name.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).chain([0]).collect();
    let question = [&labels[..], &[0, 1, 0, 1]].concat();
    let answer = [&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4][..], &address].concat();
    [&[0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0][..], &question, &answer].concat()
}

#[test]
fn hosts_outside_are_called_by_the_name_that_was_looked_up() {
    let (server, resolver) = (end("198.51.100.7", 9999), end("10.96.0.10", 53));
    let mut frames = vec![datagram(resolver, end(API, 40_004), &resolved("tracker.example.net", server.0))];
    let said = format!("account {}\n", iban(31_337));
    frames.extend(connection(end(API, 40_005), server, &[(Says::Client, said.as_bytes())]));
    let (mut inspector, _) = inspect(pcap(&frames), "");
    let findings = inspector.findings().all();
    let leaving = findings.iter().find(|it| it.finding == "undeclared-recipient").unwrap();
    assert_eq!(&*leaving.recipient.name, "tracker.example.net");
}
