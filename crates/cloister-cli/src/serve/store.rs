//! A database that remembers instead of a file. Its address may hold a password, and is never repeated.

use std::sync::Arc;

use cloister_hub::Store;

use super::args::Serve;
use crate::way_out::failure;

/// The variable that may hold the address.
const VARIABLE: &str = "CLOISTER_HUB_STORE";

/// The database that is asked for; `None` where it is a file in the hub's own folder.
pub fn open(asked: &Serve) -> anyhow::Result<Option<Arc<dyn Store>>> {
    match address(asked)? {
        Some(address) => connect(address.trim()).map(Some),
        None => Ok(None),
    }
}

fn address(asked: &Serve) -> anyhow::Result<Option<String>> {
    let Some(path) = &asked.store else {
        return Ok(std::env::var_os(VARIABLE).map(|address| address.to_string_lossy().into_owned()));
    };
    let read = std::fs::read_to_string(path).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(format!("{}: {why}", path.display()), "name a file with the database's address: --store FILE")
    })?;
    Ok(Some(read))
}

/// So long a call waits for a database that is away: whoever sends something hears within their own patience that it is not kept.
#[cfg(feature = "postgres")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[cfg(feature = "postgres")]
fn connect(address: &str) -> anyhow::Result<Arc<dyn Store>> {
    let address = cloister_store::Address::new(address).map(|address| address.patience(PATIENCE));
    let opened = address.and_then(cloister_store::Postgres::open);
    let help = format!(
        "correct the address in --store FILE or {VARIABLE}, or leave it out: a file in --data does for one hub"
    );
    opened.map(|store| Arc::new(store) as Arc<dyn Store>).map_err(|why| failure(why.to_string(), help))
}

#[cfg(not(feature = "postgres"))]
fn connect(_: &str) -> anyhow::Result<Arc<dyn Store>> {
    Err(failure(
        "this program speaks with no PostgreSQL",
        "build it with the feature: cargo build --release --features postgres; or leave the address out",
    ))
}
