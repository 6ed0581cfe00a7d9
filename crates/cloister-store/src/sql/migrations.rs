//! From any released schema to the newest, one file a step. Steps that were released never change.

use super::filter::one;
use super::{Tx, Value};
use crate::{Error, Result};

/// The steps: the first makes schema 1 of an empty database.
const STEPS: &[&str] = &[include_str!("../../migrations/0001.sql")];

/// The newest schema that this program knows.
pub const SCHEMA: i64 = STEPS.len() as i64;

/// What a database needs so that migrations can run on it.
pub(crate) trait Migrate {
    /// Runs in one transaction, alone.
    fn alone(&mut self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;
    /// Whether the table of schemas is there; an error if other tables are.
    fn begun(tx: &mut dyn Tx) -> Result<bool>;
    /// Marks an empty database as ours, beside what the steps do.
    fn begin(_: &mut dyn Tx) -> Result<()> {
        Ok(())
    }
    /// A statement as this database writes it.
    fn spelt(statement: &str) -> String;
    /// For errors.
    fn place(&self) -> String;
}

/// Brings the schema to the newest version. All steps happen, or none.
pub(crate) fn migrate<M: Migrate>(database: &mut M) -> Result<()> {
    migrate_by(database, STEPS)
}

fn migrate_by<M: Migrate>(database: &mut M, steps: &[&str]) -> Result<()> {
    let place = database.place();
    database.alone(&mut |tx| {
        if !M::begun(tx).map_err(|error| at(error, &place))? {
            M::begin(tx)?;
            tx.run("CREATE TABLE cloister_schema (version BIGINT NOT NULL)", &[])?;
            tx.run("INSERT INTO cloister_schema (version) VALUES (0)", &[])?;
        }
        let version = version(tx)?;
        let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
        if version > known {
            return Err(Error::Newer { place: place.clone(), found: version, known });
        }
        let done = usize::try_from(version).unwrap_or(0);
        for step in steps.iter().skip(done) {
            for statement in statements(step) {
                tx.run(&M::spelt(&statement), &[])?;
            }
        }
        if version < known {
            tx.run("UPDATE cloister_schema SET version = $1", &[Value::Int(known)])?;
        }
        Ok(())
    })
}

/// Names the place where another program's data is.
pub(crate) fn at(error: Error, place: &str) -> Error {
    match error {
        Error::NotAStore { cause, .. } => Error::NotAStore { place: place.to_owned(), cause },
        other => other,
    }
}

/// The version of a schema.
pub(crate) fn version(tx: &mut dyn Tx) -> Result<i64> {
    Ok(one(tx, "SELECT version FROM cloister_schema", &[], |row| row.int(0))?.unwrap_or(0))
}

/// The statements of a file: no string in them holds a semicolon, and comments stand on lines of their own.
fn statements(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::Writing;
    use super::*;

    #[test]
    fn a_step_that_fails_leaves_everything_as_it_was() {
        let mut database = Writing::in_memory();
        migrate_by(&mut database, &["CREATE TABLE one (a BIGINT)"]).unwrap();
        let broken = ["CREATE TABLE one (a BIGINT)", "CREATE TABLE two (a BIGINT); CREATE TABLE one (a BIGINT)"];
        assert!(migrate_by(&mut database, &broken).is_err());
        let mut seen = (0, 0);
        database
            .alone(&mut |tx| {
                let tables = "SELECT count(*) FROM sqlite_master WHERE name = 'two'";
                seen = (version(tx)?, one(tx, tables, &[], |row| row.int(0))?.unwrap());
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, (1, 0));
        let mended = ["CREATE TABLE one (a BIGINT)", "CREATE TABLE two (a BIGINT)", "CREATE TABLE three (a BIGINT)"];
        migrate_by(&mut database, &mended).unwrap();
        let newer = migrate_by(&mut database, &mended[..2]).unwrap_err();
        assert!(matches!(newer, Error::Newer { found: 3, known: 2, .. }), "{newer}");
    }

    #[test]
    fn statements_are_cut_where_they_end() {
        assert_eq!(statements("-- one; two\nA\n  -- c\n(b);\n\n;C;\n"), ["A\n(b)", "C"]);
    }
}
