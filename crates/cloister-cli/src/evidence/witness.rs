//! `cloister evidence witness`: signs what was seen, and refuses what does not go on from it.

use std::fs;
use std::process::ExitCode;

use cloister_evidence::Note;
use cloister_evidence::folder::{Keys, Reader, read_verifier};
use cloister_evidence::verify::{With, verify};
use jiff::Timestamp;

use super::args::Witness;
use super::open::{head, wrong};
use super::{count, place};
use crate::output::print;
use crate::way_out::failure;

/// Checks the log from its beginning, and signs its head.
pub fn run(asked: &Witness) -> anyhow::Result<ExitCode> {
    let key = read_verifier(&asked.key).map_err(|fault| wrong(&fault))?;
    let (keys, new) = keys(asked)?;
    if !keys.signer.verifier().is_witness() {
        let cause = format!("{} is the key of a log", asked.private_key.display());
        return Err(failure(cause, "a witness has a key of its own: name a file that is not there yet"));
    }
    let (text, _) = head(&asked.log)?;
    let seen = asked.private_key.with_extension(format!("{}.key", file_name(key.name())));
    let older: Vec<_> =
        place::last_head(&seen).map(|text| ("what this witness has seen".to_owned(), text)).into_iter().collect();
    let outcome = verify(&Reader::new(&asked.log), With { key: &key, witnesses: &[], older: &older }, |_, _, _| {});
    let Some(head) = outcome.head.as_ref().filter(|_| outcome.holds()) else {
        let mut lines = String::from("Not signed:\n");
        outcome.faults.iter().for_each(|fault| lines += &format!("  {}: {}\n", fault.place, fault.what));
        print(&lines.lines().map(|line| cloister_report::clean(line).into_owned() + "\n").collect::<String>())?;
        return Ok(ExitCode::from(1));
    };
    let mut note = Note::read(&text)?;
    if note.text() != head.to_string() {
        return Err(failure("the log was added to while it was checked", "run it again"));
    }
    note.sign(&keys.signer, Timestamp::now());
    // It is remembered first: a witness that has signed and forgotten could sign a fork.
    place::remember(&seen, &text)?;
    let name = keys.signer.verifier().name();
    let file = asked.log.join("witness").join(file_name(name));
    fs::create_dir_all(asked.log.join("witness"))?;
    fs::write(&file, note.to_string())?;
    if new {
        eprintln!("A new witness, {name}: its public key, for whoever checks, is\n  {}", keys.signer.verifier());
    }
    print(&format!(
        "{name} has signed {} of {}\n  {}\n",
        count(head.size, "entry", "entries"),
        head.origin,
        file.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn keys(asked: &Witness) -> anyhow::Result<(Keys, bool)> {
    place::apart(&asked.private_key, &asked.log)?;
    let public = asked.private_key.with_extension("pub");
    if asked.private_key.is_file() {
        return Ok((Keys::read(&asked.private_key).map_err(|fault| wrong(&fault))?, false));
    }
    let Some(name) = &asked.name else {
        let cause = format!("{} is not there", asked.private_key.display());
        return Err(failure(cause, "--name NAME makes it, for a witness of this name"));
    };
    let keys = Keys::create_witness(&asked.private_key, name).map_err(|fault| wrong(&fault))?;
    fs::write(public, format!("{}\n", keys.signer.verifier()))?;
    Ok((keys, true))
}

fn file_name(name: &str) -> String {
    name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect()
}
