//! `cloister detect key`: the keys of keyed hashes. A key itself is never shown.

use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use cloister_source::keys::{KeyError, KeyFile, usual_place};
use jiff::Zoned;
use jiff::civil::Date;

use super::args::{self, Key, KeyCommand};
use crate::output::print;
use crate::way_out::failure;

/// Makes, changes, lists, uses.
pub fn run(key: &Key) -> anyhow::Result<ExitCode> {
    let today = Zoned::now().date();
    let text = match &key.command {
        KeyCommand::Create(made) => {
            let file = place(&made.file)?;
            let keys = KeyFile::create(&file, today, made.retain).map_err(wrong)?;
            format!("{}\n{}", file.display(), listed(&keys, today))
        }
        KeyCommand::Rotate(made) => {
            let file = place(&made.file)?;
            let mut keys = KeyFile::read(&file).map_err(wrong)?;
            let over = keys.rotate(&file, today, made.retain).map_err(wrong)?;
            let destroyed: String = over.iter().map(|id| format!("{id}  destroyed: its day is over\n")).collect();
            format!("{}{destroyed}", listed(&keys, today))
        }
        KeyCommand::List(file) => listed(&KeyFile::read(&place(file)?).map_err(wrong)?, today),
        KeyCommand::Hash(file) => hashes(&place(file)?, today)?,
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn place(file: &args::KeyFile) -> anyhow::Result<PathBuf> {
    let none = || failure("there is no home for the file of keys", "name it: --file FILE");
    file.file.clone().or_else(usual_place).ok_or_else(none)
}

fn wrong(error: KeyError) -> anyhow::Error {
    failure(error.cause, error.help)
}

fn listed(keys: &KeyFile, today: Date) -> String {
    let state = |index: usize, until: Date| match (until < today, index) {
        (true, _) => "over: cloister detect key rotate destroys it",
        (false, 0) => "for new hashes",
        (false, _) => "for comparing",
    };
    let lines = keys.keys.iter().enumerate().map(|(index, key)| {
        format!(
            "{}  made {}, kept until {}, {}\n",
            key.id,
            key.created,
            key.retain_until,
            state(index, key.retain_until)
        )
    });
    lines.collect()
}

/// Values come by standard input: what stands in a command line, others see.
fn hashes(file: &std::path::Path, today: Date) -> anyhow::Result<String> {
    let keys = KeyFile::read(file).and_then(|keys| keys.keys(file, today)).map_err(wrong)?;
    let mut text = String::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.context("standard input")?;
        if let Some(hash) =
            Some(line.trim()).filter(|value| !value.is_empty()).and_then(|value| keys.hash(value.as_bytes()))
        {
            text += &format!("{hash}\n");
        }
    }
    if text.is_empty() {
        return Err(failure("standard input holds no value", "cloister detect key hash, then a value a line"));
    }
    Ok(text)
}
