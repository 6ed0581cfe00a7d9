//! Settings of the kernel, held against what they should be.

use cloister_node::Facts;

use crate::Findings;

/// Reports each of these settings that is another; `says` has its name, its value and the one that is expected. Where the
/// facts tell none of them, there is nothing to judge.
pub(super) fn judge<'a>(
    findings: &mut Findings<'a>,
    facts: &Facts<'a>,
    expected: &[(&str, &str)],
    says: impl Fn(&str, &str, &str) -> String,
) {
    let told: Vec<_> = expected.iter().filter_map(|(name, value)| Some((name, *value, facts.kernel(name)?))).collect();
    if told.is_empty() {
        return findings.not_applicable();
    }
    for (name, expected, (value, place)) in told.into_iter().filter(|(_, expected, (value, _))| value != expected) {
        let finding = findings.report(place);
        finding.message(says(name, value, expected));
        finding.fix(format!("{name} = {expected}"));
    }
}
