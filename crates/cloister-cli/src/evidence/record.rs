//! `cloister scan --record`: the assessment, and what people have decided, into a log.

use std::path::Path;

use cloister_assessment::{Acceptance, Assessment, AttestedBy};
use cloister_evidence::Kind;
use serde_json::json;

use super::count;
pub use super::open::Open;

/// Opens the log before the work begins: what is wrong with it is told at once.
pub fn open(folder: &Path, key: Option<&Path>) -> anyhow::Result<Open> {
    let open = Open::or_new(folder, key)?;
    if open.new {
        eprint!("{}", begun(&open));
    }
    Ok(open)
}

/// What one must know of a log that was begun.
fn begun(open: &Open) -> String {
    let (name, folder) = (open.keys.signer.verifier().name(), open.path.display());
    format!(
        "A new log, {name}, in {folder}\n\
         \x20 private key  {}\n\
         \x20              Readable by you alone, and never in the log's folder: who\n\
         \x20              gets the log must not get the key. Keep a copy: without it\n\
         \x20              nothing can be added, and what names people cannot be read.\n\
         \x20 public key   {folder}/key.pub\n\
         \x20              Hand it to whoever checks, by another way than the log.\n",
        open.key.display()
    )
}

/// Records it, and says so.
pub fn record(open: &mut Open, assessment: &Assessment) -> anyhow::Result<()> {
    let entries = entries(assessment)?;
    let first = open.append(&entries)?;
    let more = entries.len() as u64 - 1;
    let more = if more == 0 { String::new() } else { format!(" and {}", count(more, "decision", "decisions")) };
    let size = count(open.folder.size(), "entry", "entries");
    eprintln!("Recorded as entry {first}{more} in {}: {size}, signed", open.path.display());
    Ok(())
}

/// The assessment, and each decision that holds in it.
fn entries(assessment: &Assessment) -> anyhow::Result<Vec<(Kind, Vec<u8>)>> {
    let mut entries = vec![(Kind::Assessment, serde_json::to_vec(assessment)?)];
    for (acceptance, findings) in accepted(assessment) {
        entries.push((Kind::Exception, serde_json::to_vec(&json!({ "accepted": acceptance, "findings": findings }))?));
    }
    for (attested, requirements) in attested(assessment) {
        let said = json!({ "attested": attested, "requirements": requirements });
        entries.push((Kind::Attestation, serde_json::to_vec(&said)?));
    }
    Ok(entries)
}

/// Exceptions, with the findings that each accepts.
fn accepted(assessment: &Assessment) -> Vec<(&Acceptance, Vec<&str>)> {
    let mut all: Vec<(&Acceptance, Vec<&str>)> = Vec::new();
    for finding in &assessment.findings {
        let Some(acceptance) = &finding.accepted else { continue };
        match all.iter_mut().find(|(known, _)| *known == &**acceptance) {
            Some((_, findings)) => findings.push(&finding.id),
            None => all.push((acceptance, vec![&finding.id])),
        }
    }
    all
}

/// Attestations, with the requirements that each answers.
fn attested(assessment: &Assessment) -> Vec<(&AttestedBy, Vec<String>)> {
    let mut all: Vec<(&AttestedBy, Vec<String>)> = Vec::new();
    for requirement in &assessment.requirements {
        let Some(attested) = &requirement.attested else { continue };
        let name = format!("{} {}", requirement.framework, requirement.id);
        match all.iter_mut().find(|(known, _)| *known == attested) {
            Some((_, requirements)) => requirements.push(name),
            None => all.push((attested, vec![name])),
        }
    }
    all
}
