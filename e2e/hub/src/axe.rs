//! axe-core, by npm: what is wrong with a page for people who see, hear or move otherwise.

use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::browser::Browser;

const VERSION: &str = "4.14.1";

/// The rules of WCAG 2.2 AA and below it, and what is good practice.
const RUN: &str = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})\
     .then(found => found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target + ' ' + node.html + ' ' + node.failureSummary).slice(0, 3).join(' | ')))";

/// Its script, installed into the user's cache where it is not there yet.
///
/// # Errors
/// There is no npm, or it fails.
pub fn script() -> Result<String> {
    // Tests of one program ask at once.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let folder = cloister_tools::cache()?.join(format!("axe-core-{VERSION}"));
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(&folder)?;
        let mut install = Command::new("npm");
        install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&folder);
        let status = install.arg(format!("axe-core@{VERSION}")).status().context("failed to run npm")?;
        if !status.success() {
            bail!("npm could not install axe-core@{VERSION}");
        }
    }
    std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
}

/// What is wrong with the page that is open.
///
/// # Errors
/// The script does not run.
pub fn violations(browser: &mut Browser, script: &str) -> Result<Vec<String>> {
    browser.value(&format!("{script}; true"))?;
    let found = browser.value(RUN)?;
    Ok(found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}
