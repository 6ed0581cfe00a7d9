//! `cloister evidence show`: what an entry says.

use std::process::ExitCode;

use cloister_evidence::folder::bundle::Bundle;
use cloister_evidence::folder::{Kept, Keys, Reader};
use cloister_evidence::seal;
use serde_json::Value;

use super::args::Show;
use super::open::{head, told, wrong};
use super::place;
use crate::output::print;
use crate::way_out::failure;

/// Shows it, as JSON.
pub fn run(asked: &Show) -> anyhow::Result<ExitCode> {
    let content = if Bundle::is_one(&asked.path) { of_bundle(asked)? } else { of_log(asked)? };
    let text = match serde_json::from_slice::<Value>(&content) {
        Ok(value) => cloister_report::json::value(&value),
        Err(_) => cloister_report::clean(&String::from_utf8_lossy(&content)).into_owned() + "\n",
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn of_bundle(asked: &Show) -> anyhow::Result<Vec<u8>> {
    let bundle = Bundle::open(&asked.path)?;
    if bundle.is_erased(asked.entry) {
        return Err(erased(asked.entry));
    }
    let none = || {
        failure(
            format!("what entry {} says is not in this bundle", asked.entry),
            "cloister evidence list shows what is",
        )
    };
    bundle.content(asked.entry).ok_or_else(none)
}

fn of_log(asked: &Show) -> anyhow::Result<Vec<u8>> {
    let (_, head) = head(&asked.path)?;
    if asked.entry >= head.size {
        let cause = format!("the log has {}", super::count(head.size, "entry", "entries"));
        return Err(failure(cause, "they are counted from 0: cloister evidence list shows them"));
    }
    let reader = Reader::new(&asked.path);
    let is_sealed = matches!(reader.kept(asked.entry), Ok(Kept::Whole { payload, .. }) if seal::is_sealed(&payload));
    let keys = if is_sealed {
        let key = place::private_key(&head.origin, asked.keys.private_key.as_deref())?;
        Some(Keys::read(&key).map_err(|fault| wrong(&fault))?)
    } else {
        None
    };
    let sealer = keys.as_ref().and_then(|keys| keys.sealer.as_ref());
    let content = reader.content(asked.entry, sealer).map_err(|fault| told(&fault))?;
    content.ok_or_else(|| erased(asked.entry))
}

fn erased(entry: u64) -> anyhow::Error {
    failure(
        format!("what entry {entry} said is erased"),
        "cloister evidence list LOG --kind erasure shows when, and show why",
    )
}
