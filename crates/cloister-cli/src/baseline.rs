//! An earlier report, for comparison.

use std::path::Path;

use anyhow::Context;
use cloister_assessment::Baseline;
use serde_json::Value;

use crate::way_out::failure;

/// Reads the ids of a JSON report's findings.
pub fn read(file: &Path) -> anyhow::Result<Baseline> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("the baseline {} cannot be read", file.display()))?;
    let no_report = |cause: &str| {
        failure(
            format!("the baseline {} is no report of Cloister: {cause}", file.display()),
            "write one: cloister scan PATH --output json=FILE",
        )
    };
    let report: Value = serde_json::from_str(&text).map_err(|error| no_report(&format!("it is no JSON: {error}")))?;
    let Some(findings) = report.get("findings").and_then(Value::as_array) else {
        return Err(no_report("it has no \"findings\""));
    };
    let id = |finding: &Value| finding.get("id").and_then(Value::as_str).map(str::to_owned);
    let ids = findings.iter().map(id).collect::<Option<_>>();
    let ids = ids.with_context(|| {
        format!("the baseline {} has a finding without \"id\"; write one by --output json={0}", file.display())
    })?;
    Ok(Baseline { ids })
}
