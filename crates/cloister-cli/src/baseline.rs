//! An earlier report, for comparison.

use std::path::Path;

use anyhow::{Context, bail};
use cloister_assessment::Baseline;
use serde_json::Value;

/// Reads the ids of a JSON report's findings.
pub fn read(file: &Path) -> anyhow::Result<Baseline> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("the baseline {} cannot be read", file.display()))?;
    let report: Value = serde_json::from_str(&text).with_context(|| {
        format!("the baseline {} is no JSON report; write one by --output json={0}", file.display())
    })?;
    let Some(findings) = report.get("findings").and_then(Value::as_array) else {
        bail!("the baseline {} has no \"findings\"; write one by --output json={0}", file.display());
    };
    let id = |finding: &Value| finding.get("id").and_then(Value::as_str).map(str::to_owned);
    let ids = findings.iter().map(id).collect::<Option<_>>();
    let ids = ids.with_context(|| {
        format!("the baseline {} has a finding without \"id\"; write one by --output json={0}", file.display())
    })?;
    Ok(Baseline { ids })
}
