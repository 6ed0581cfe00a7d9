//! Errors say what failed, why, and the way out; none shows a password.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use cloister_store::{Assessments, Error, FindingFilter, Findings, Paging, Postgres, Retention, Sqlite};

use crate::made::{address, file, run, server, sqlite};
use crate::server::PASSWORD;

fn sqlite_error(prepare: impl Fn(&std::path::Path)) -> Error {
    let folder = tempfile::tempdir().unwrap();
    prepare(&file(&folder));
    Sqlite::open(&file(&folder)).unwrap_err()
}

fn postgres_error(url: &str) -> Error {
    let error = Postgres::open(address(url).patience(Duration::ZERO)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error}");
    error
}

#[test]
fn other_files_are_left_alone() {
    let error = sqlite_error(|path| fs::write(path, "apiVersion: v1\nkind: Pod\n".repeat(99)).unwrap());
    assert!(matches!(error, Error::NotAStore { .. }), "{error}");
    let error = sqlite_error(|path| {
        rusqlite::Connection::open(path).unwrap().execute_batch("CREATE TABLE birds (name)").unwrap();
    });
    assert!(error.to_string().contains("birds") && error.to_string().contains("hub.db"), "{error}");
    let error = Sqlite::open("/nowhere/hub.db".as_ref()).unwrap_err();
    assert!(error.to_string().contains("folder is not there"), "{error}");
    let error = Sqlite::open("/proc/hub.db".as_ref()).unwrap_err();
    assert!(matches!(error, Error::Open { .. }), "{error}");
}

#[test]
fn a_file_is_its_owners() {
    let (_store, folder) = sqlite();
    for name in ["hub.db", "hub.db-wal"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_locked_file_is_waited_for_and_then_named() {
    let (store, folder) = sqlite();
    let other = rusqlite::Connection::open(file(&folder)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.record(&run("r1", "prod", 1, &["a"])).unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    store.record(&run("r1", "prod", 1, &["a"])).unwrap();
}

#[test]
fn damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let ids: Vec<String> = (0..3000).map(|number| format!("finding-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    Sqlite::open(&path).unwrap().record(&run("r1", "prod", 1, &ids)).unwrap();
    let whole = fs::read(&path).unwrap();
    let mut named = 0;
    for start in (4096..whole.len()).step_by(8 * 4096) {
        let mut damaged = whole.clone();
        let end = (start + 4096).min(damaged.len());
        damaged[start..end].fill(0xa5);
        fs::write(&path, &damaged).unwrap();
        let _ = fs::remove_file(path.with_extension("db-wal"));
        let _ = fs::remove_file(path.with_extension("db-shm"));
        let all = |store: Sqlite| {
            store.examine()?;
            store.findings(&FindingFilter::default(), &Paging::first(9999)).map(|page| page.items.len())
        };
        match Sqlite::open(&path).and_then(all) {
            Err(Error::Damaged { .. }) => named += 1,
            Err(other) => panic!("{other}"),
            Ok(found) => assert_eq!(found, 3000, "what is not whole is not told as whole"),
        }
    }
    assert!(named > 5, "{named}");
    fs::write(&path, &whole[..4096 * 3]).unwrap();
    let error = Sqlite::open(&path).and_then(|store| store.examine()).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
}

#[test]
fn a_newer_schema_is_refused() {
    let (store, folder) = sqlite();
    drop(store);
    let newer = "UPDATE cloister_schema SET version = 99";
    rusqlite::Connection::open(file(&folder)).unwrap().execute_batch(newer).unwrap();
    let error = Sqlite::open(&file(&folder)).unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }) && error.to_string().contains("newer Cloister"), "{error}");

    let url = server().database();
    drop(Postgres::open(address(&url)).unwrap());
    postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(newer).unwrap();
    assert!(matches!(postgres_error(&url), Error::Newer { found: 99, .. }));
}

#[test]
fn a_server_that_refuses_says_whom() {
    let url = server().database();
    let error = postgres_error(&url.replace(PASSWORD, "wrong-password"));
    assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("cloister"), "{error}");
    assert!(!format!("{error:?}").contains("wrong-password"));
    let error = postgres_error(&url.replace(&format!(":{PASSWORD}"), ""));
    assert!(error.to_string().contains("password"), "{error}");
    let error = postgres_error(&server().url("nothing"));
    assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("nothing"), "{error}");
    let error = postgres_error(&url.replace(&server().port.to_string(), "1"));
    assert!(matches!(error, Error::Unreachable { in_doubt: false, .. }), "{error}");
    let error = postgres_error("postgresql://cloister@no-such-host.invalid/x?sslmode=disable");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}

#[test]
fn databases_of_others_are_left_alone() {
    let url = server().database();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    client.batch_execute("CREATE TABLE birds (name TEXT)").unwrap();
    let error = postgres_error(&url);
    assert!(matches!(error, Error::NotAStore { .. }) && error.to_string().contains("birds"), "{error}");
    client.batch_execute("DROP TABLE birds; CREATE ROLE looker LOGIN PASSWORD 'planted-password'").unwrap();
    drop(Postgres::open(address(&url)).unwrap());
    let looker = Postgres::open(address(&url.replace("//cloister", "//looker")).patience(Duration::ZERO)).unwrap_err();
    assert!(matches!(looker, Error::Refused { .. }), "{looker}");
}
