//! The section of the results page.

use std::fmt::Write as _;

use anyhow::Result;

use super::documents::{Case, classes};
use super::kubernetes::Reading;
use super::reasons::REASONS;
use super::report;

/// Writes the section. `explained` holds each difference that has a reason, with its index.
pub(super) fn write(
    seed: u64,
    cases: &[Case],
    readings: &[Reading],
    explained: &[(&Case, usize)],
    wrong: usize,
) -> Result<()> {
    let mut text = format!(
        "## The reader\n\n{} generated YAML streams (seed {seed}, {}) were read by Cloister and by sigs.k8s.io/yaml, by which \
         kubectl and the API server read. Both must refuse the same ones, make the same JSON of the others, and say of \
         the same ones that a key stands twice. {} do; {} differ for one of the reasons below, {wrong} without one.\n\n\
         | what the streams try | streams | refused by Kubernetes | read otherwise |\n| --- | ---: | ---: | ---: |\n",
        cases.len(),
        report::today(),
        cases.len() - explained.len() - wrong,
        explained.len(),
    );
    for class in classes() {
        let of = cases.iter().zip(readings).filter(|(case, _)| case.class == class);
        let (mut streams, mut refused) = (0, 0);
        for (_, reading) in of {
            streams += 1;
            refused += usize::from(matches!(reading, Reading::Refused(_)));
        }
        let differing = explained.iter().filter(|(case, _)| case.class == class).count();
        writeln!(text, "| {class} | {streams} | {refused} | {differing} |")?;
    }
    text.push_str("\n| read otherwise | streams | why |\n| --- | ---: | --- |\n");
    for (index, reason) in REASONS.iter().enumerate() {
        let streams = explained.iter().filter(|(_, other)| *other == index).count();
        writeln!(text, "| {} | {streams} | {} |", reason.what, reason.why)?;
    }
    report::write_section(&report::project().join("docs/conformance.md"), report::TITLE, "yaml", &text)
}
