//! The pods whose verdict the standard itself fixes: test data of `k8s.io/pod-security-admission`, read from the Go
//! module cache.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use cloister_checks::Entry;

use super::controls::Level;
use super::verdict::verdict;

/// The version of the standard that is judged.
const VERSION: &str = "v1.37";
/// How many pods that version has.
pub const COUNT: usize = 148;

/// One of the standard's pods.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Its level.
    pub level: Level,
    /// Its folder and file name, such as `fail/hostports0.yaml`.
    pub name: String,
    /// Whether the level admits it.
    pub admitted: bool,
    /// Our checks that have a finding on it.
    pub found: BTreeSet<&'static str>,
}

impl Fixture {
    /// Whether we say the same, with one check made blind.
    pub fn agrees(&self, blind: Option<&str>) -> bool {
        let of_level = self.level.checks();
        let refused = self.found.iter().any(|check| Some(*check) != blind && of_level.contains(check));
        refused != self.admitted
    }
}

/// Reads every pod and judges it.
///
/// # Errors
/// The module is not in the cache or does not hold what it should.
pub fn fixtures(checks: &[&'static Entry]) -> Result<Vec<Fixture>> {
    let module = cloister_tools::module_folder("k8s.io/pod-security-admission")?;
    let mut fixtures = Vec::new();
    for level in Level::ALL {
        for folder in ["pass", "fail"] {
            let path = module.join("test/testdata").join(level.name()).join(VERSION).join(folder);
            let entries = fs::read_dir(&path).with_context(|| format!("failed to read {}", path.display()))?;
            for entry in entries {
                let path = entry.context("failed to read a folder")?.path();
                let manifest =
                    fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                fixtures.push(Fixture {
                    level,
                    name: format!("{folder}/{file}"),
                    admitted: folder == "pass",
                    found: verdict(&manifest, checks)?,
                });
            }
        }
    }
    ensure!(fixtures.len() == COUNT, "{VERSION} of the standard has {COUNT} pods, {} were found", fixtures.len());
    Ok(fixtures)
}
