//! From every released schema to the newest: what was stored is read as before, and the schema is that of a new store.

use std::fs;
use std::path::Path;

use cloister_store::{Kind, Paging, Postgres, Retention, SCHEMA, Sqlite, Store};

use crate::made::{address, at, file, server, sqlite};

/// What a table of SQLite was made with, and each index.
fn sqlite_schema(path: &Path) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name";
    let mut statement = connection.prepare(sql).unwrap();
    let lines: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    lines.join("\n") + "\n"
}

/// The same of PostgreSQL, as statements that make it.
fn postgres_schema(url: &str) -> String {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    let sql = "SELECT 'CREATE TABLE ' || c.relname || ' (' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) \
               || CASE WHEN l.collname = 'C' THEN ' COLLATE \"C\"' ELSE '' END \
               || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY a.attnum) || ');' \
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
               LEFT JOIN pg_collation l ON l.oid = a.attcollation \
               WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace \
               GROUP BY c.relname ORDER BY c.relname COLLATE \"C\"";
    let constraints = "SELECT 'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || conname || ' ' \
                       || pg_get_constraintdef(oid) || ';' AS line FROM pg_constraint \
                       WHERE connamespace = current_schema()::regnamespace ORDER BY conname COLLATE \"C\"";
    let indexes = "SELECT indexdef || ';' FROM pg_indexes WHERE schemaname = current_schema() \
                   AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname COLLATE \"C\"";
    let mut lines = Vec::new();
    for sql in [sql, constraints, indexes] {
        lines.extend(client.query(sql, &[]).unwrap().iter().map(|row| row.get::<_, String>(0)));
    }
    lines.join("\n") + "\n"
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What `rows-N.sql` stored is there, and can be gone on with.
fn holds_what_was_stored(store: &dyn Store) {
    store.examine().unwrap();
    let sources = store.sources().unwrap();
    assert_eq!((sources[0].name.as_str(), sources[0].last.id.as_str()), ("prod", "run-2"));
    assert_eq!(sources[0].last.counts.open, [0, 0, 0, 1, 0]);
    assert_eq!(store.body("run-2").unwrap().unwrap(), b"second");
    let gone = store.finding("prod", "a").unwrap().unwrap();
    assert_eq!((gone.first_seen, gone.resolved, gone.last_seen), (at(1), Some(at(2)), at(1)));
    assert_eq!(store.finding("prod", "b").unwrap().unwrap().last_seen, at(2));
    assert_eq!(store.changes(&Default::default(), &Paging::first(9)).unwrap().items.len(), 3);
    assert_eq!(store.statuses("prod").unwrap().len(), 1);
    assert_eq!(store.detection("d1").unwrap().unwrap().detection.rule, "exec");
    assert_eq!(store.document(Kind::Breach, "b-1").unwrap().unwrap().draft.state, "open");
    assert_eq!(store.lease("alerts").unwrap().unwrap().fence, 4);
    assert_eq!(store.take("audit", 9, at(3), std::time::Duration::from_secs(1)).unwrap()[0].item.id, "e1");
    let next = store.record(&crate::made::run("run-3", "prod", 3, &["a", "b"])).unwrap();
    assert_eq!((next.number, &next.new[..], next.still), (3, &["a".to_owned()][..], 1));
}

#[test]
fn every_released_schema_of_sqlite_comes_forward() {
    let (_store, folder) = sqlite();
    let newest = sqlite_schema(&file(&folder));
    for version in 1..=SCHEMA {
        let folder = tempfile::tempdir().unwrap();
        let old = rusqlite::Connection::open(file(&folder)).unwrap();
        old.execute_batch("PRAGMA application_id = 1131179881").unwrap();
        old.execute_batch(&fixture(&format!("sqlite-{version}.sql"))).unwrap();
        let rows = fixture(&format!("rows-{version}.sql")).replace("decode('", "unhex('").replace(", 'hex')", ")");
        old.execute_batch(&rows).unwrap();
        drop(old);
        holds_what_was_stored(&Sqlite::open(&file(&folder)).unwrap());
        assert_eq!(sqlite_schema(&file(&folder)), newest, "from {version}");
    }
}

#[test]
fn every_released_schema_of_postgresql_comes_forward() {
    let url = server().database();
    drop(Postgres::open(address(&url)).unwrap());
    let newest = postgres_schema(&url);
    for version in 1..=SCHEMA {
        let url = server().database();
        let mut old = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        old.batch_execute(&fixture(&format!("postgres-{version}.sql"))).unwrap();
        old.batch_execute(&fixture(&format!("rows-{version}.sql"))).unwrap();
        holds_what_was_stored(&Postgres::open(address(&url)).unwrap());
        assert_eq!(postgres_schema(&url), newest, "from {version}");
    }
}

/// The newest schema stands in a fixture too: whoever changes a released one, instead of adding a step, is told.
#[test]
fn released_schemas_never_change() {
    let (_store, folder) = sqlite();
    let url = server().database();
    drop(Postgres::open(address(&url)).unwrap());
    let is = [("sqlite", sqlite_schema(&file(&folder))), ("postgres", postgres_schema(&url))];
    for (kind, schema) in is {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{kind}-{SCHEMA}.sql"));
        if !path.exists() {
            // A step that is new: what it makes is written down once, and from then on compared.
            fs::write(&path, &schema).unwrap();
            panic!("{} was not there and is written: look at it, and commit it", path.display());
        }
        assert_eq!(schema, fs::read_to_string(&path).unwrap(), "{}", path.display());
    }
}

#[test]
fn replicas_may_start_at_once() {
    let url = server().database();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| Postgres::open(address(&url)).unwrap().ready().unwrap());
        }
    });
}
