//! What tests are made of.

use std::path::PathBuf;
use std::sync::OnceLock;

use cloister_model::Severity;
use cloister_store::{Address, Detection, Draft, Judged, Kind, OnlyIf, Postgres, Run, Seen, Sqlite, Status};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::server::Server;

/// Microseconds after a moment.
pub fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(1_790_000_000_000_000 + micros).unwrap()
}

/// A store in a new file, and its folder.
pub fn sqlite() -> (Sqlite, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Sqlite::open(&file(&folder)).unwrap(), folder)
}

pub fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("hub.db")
}

/// The server that all tests share, but for those that break theirs.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::with(&["fsync=off"], |_| {}))
}

/// A store in a new database.
pub fn postgres() -> Postgres {
    Postgres::open(address(&server().database())).unwrap()
}

pub fn address(text: &str) -> Address {
    Address::new(text).unwrap()
}

pub fn seen(id: &str, severity: Severity, rank: u32) -> Seen {
    Seen {
        id: id.to_owned(),
        check: "privileged-container".to_owned(),
        severity,
        namespace: Some("clinic".to_owned()),
        resource: "Deployment/patients".to_owned(),
        rank,
        accepted: false,
    }
}

pub fn judged(requirement: &str, status: Status) -> Judged {
    Judged { framework: "gdpr".to_owned(), requirement: requirement.to_owned(), status }
}

/// A run with findings of these ids.
pub fn run(id: &str, source: &str, micros: i64, findings: &[&str]) -> Run {
    let findings = findings.iter().map(|id| seen(id, Severity::High, 20)).collect();
    let (id, source) = (id.to_owned(), source.to_owned());
    Run {
        body: id.clone().into_bytes(),
        id,
        source,
        at: at(micros),
        findings,
        requirements: Vec::new(),
        since: None,
        only: OnlyIf::default(),
    }
}

pub fn detection(id: &str, micros: i64) -> Detection {
    Detection {
        id: id.to_owned(),
        source: "prod".to_owned(),
        rule: "secret-read-by-person".to_owned(),
        severity: Severity::High,
        at: at(micros),
        namespace: Some("clinic".to_owned()),
        suspects_breach: false,
        body: b"{\"who\":\"Erika Mustermann\"}".to_vec(),
    }
}

pub fn draft(kind: Kind, id: &str, state: &str) -> Draft {
    let body = format!("{{\"state\":\"{state}\"}}").into_bytes();
    Draft { kind, id: id.to_owned(), state: state.to_owned(), namespace: None, due: None, body }
}
