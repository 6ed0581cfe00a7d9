//! Where the hub keeps what it must remember.

use std::path::PathBuf;

use cloister_hub::Log;
use cloister_source::keys::usual_place;

use super::args::Serve;
use crate::evidence::open::Open;
use crate::evidence::place;
use crate::way_out::failure;

/// What is kept, opened.
pub struct Kept {
    /// The record.
    pub log: Log,
    /// The folder.
    pub folder: PathBuf,
    /// What whoever started the hub must know of it.
    pub told: String,
}

/// Opens it, or begins it.
pub fn open(asked: &Serve, source: &str) -> anyhow::Result<Kept> {
    let data = folder(asked, source)?;
    std::fs::create_dir_all(&data).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(format!("{}: {why}", data.display()), "name a folder that can be written: --data FOLDER")
    })?;
    let open = Open::or_new(&data.join("evidence"), asked.record_key.as_deref())?;
    let (path, key) = (open.path.clone(), open.key.clone());
    let told =
        format!("  data     {}\n  keys     {} (never in the data: keep a copy)\n", data.display(), key.display());
    let verifier = open.keys.signer.verifier().clone();
    let remember = Box::new(move || {
        let (text, _) = crate::evidence::open::head(&path).map_err(|error| format!("{error:#}"))?;
        place::remember(&key, &text).map_err(|error| error.to_string())
    });
    let log = Log::start(open.folder, (verifier, open.keys.sealer), open.path, remember)?.signing(open.keys.signer);
    Ok(Kept { log, folder: data, told })
}

fn folder(asked: &Serve, source: &str) -> anyhow::Result<PathBuf> {
    let none = || failure("there is no home for the hub's data", "name a folder for it: --data FOLDER");
    let usual = || Some(usual_place()?.with_file_name("hub").join(source));
    asked.data.clone().or_else(usual).ok_or_else(none)
}
