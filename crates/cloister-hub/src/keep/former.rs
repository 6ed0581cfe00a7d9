//! What versions before 0.2 kept in files of lines, taken over once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use cloister_store::{Draft, Error, Kind, Store};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{Run, decisions};
use crate::decisions::Decision;

const RUNS: &str = "runs.jsonl";
const DECISIONS: &str = "decisions.jsonl";
/// What is appended to a file's name when it was taken over.
const TAKEN: &str = ".taken-over";
/// The document with the numbers of runs: of what was found then nothing was kept.
const DOCUMENT: &str = "former-runs";

/// Takes over what is in a folder. If it ends in the middle, it begins again: each step is one that may be repeated.
pub fn take_over(store: &dyn Store, folder: &Path) -> Result<(), Error> {
    let decided = folder.join(DECISIONS);
    if let Some(lines) = read::<Decision>(&decided)? {
        // Of several lines about one decision the last says how it stands.
        let last: BTreeMap<String, Decision> = lines.into_iter().map(|one| (one.id.clone(), one)).collect();
        last.values().try_for_each(|decision| decisions::put(store, decision))?;
        done(&decided)?;
    }
    let counted = folder.join(RUNS);
    if let Some(runs) = read::<Run>(&counted)? {
        let unfit = |error: serde_json::Error| Error::Unfit { what: "former runs", cause: error.to_string() };
        let body = serde_json::to_vec(&runs).map_err(unfit)?;
        let (kind, id, state) = (Kind::Setting, DOCUMENT.to_owned(), "taken-over".to_owned());
        store.put(&Draft { kind, id, state, namespace: None, due: None, body }, 0, Timestamp::now())?;
        done(&counted)?;
    }
    Ok(())
}

/// The numbers of runs of a former version, the oldest first.
pub fn runs(store: &dyn Store) -> Result<BTreeMap<String, Vec<Run>>, Error> {
    let document = store.document(Kind::Setting, DOCUMENT)?;
    let all: Vec<Run> =
        document.and_then(|document| serde_json::from_slice(&document.draft.body).ok()).unwrap_or_default();
    let mut by_source: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    for run in all {
        by_source.entry(run.source.clone()).or_default().push(run);
    }
    Ok(by_source)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    let place = path.display().to_string();
    move |error| Error::Open { place: place.clone(), cause: error.to_string() }
}

fn done(path: &Path) -> Result<(), Error> {
    let mut taken = path.as_os_str().to_owned();
    taken.push(TAKEN);
    fs::rename(path, taken).map_err(failed(path))
}

/// All whole lines of a file; none where there is no file. A line that was cut by the end of a process is no line.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<Vec<T>>, Error> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(failed(path))?,
    };
    Ok(Some(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::{Keep, store};

    const RUN: &str = r#"{"source":"shop","at":"2026-11-26T12:00:00Z","digest":"one","open":[1,1,1,1,1],"accepted":0,"new":0,"resolved":0,"frameworks":{"gdpr":[1,2,3,4]}}"#;
    const DECISION: &str = r#"{"id":"abc","source":"shop","kind":"attestation","framework":"gdpr","requirement":"39","evidence":null,"reason":"the officer advises","who":"mila","at":"2026-11-26T12:00:00Z","expires":"2027-01-01","withdrawn":null}"#;

    #[test]
    fn what_a_former_version_kept_is_taken_over_once_and_what_was_cut_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let back = DECISION.replace(
            r#""withdrawn":null"#,
            r#""withdrawn":{"who":"mila","at":"2026-11-26T13:00:00Z","reason":"no more"}"#,
        );
        fs::write(folder.path().join(RUNS), format!("{RUN}\n{}", RUN.get(..40).unwrap())).unwrap();
        let other = DECISION.replace("abc", "def");
        fs::write(folder.path().join(DECISIONS), format!("{DECISION}\n{other}\n{back}\n{{\"id\"")).unwrap();
        for _ in 0..2 {
            let keep = Keep::open(store(Some(folder.path())).unwrap(), Some(folder.path())).unwrap();
            assert_eq!(keep.runs("shop").iter().map(|run| &*run.digest).collect::<Vec<_>>(), ["one"]);
            assert!(keep.last("shop").is_none(), "what was found then is not known");
            let decisions = keep.decisions("shop").unwrap();
            assert_eq!(decisions.len(), 2);
            assert_eq!(decisions.iter().find(|one| one.id == "abc").unwrap().withdrawn.as_ref().unwrap().who, "mila");
            assert!(!folder.path().join(RUNS).exists() && folder.path().join("runs.jsonl.taken-over").exists());
        }
    }
}
