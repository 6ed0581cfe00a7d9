//! Fields of the register that must be answered.

use cloister_model::Place;
use cloister_register::{PersonalDataStore, ProcessingActivity};

use crate::Findings;

/// What checks over activities rely on.
pub(crate) const ACTIVITIES: [&str; 1] = ["ProcessingActivity"];
/// What checks over stores rely on.
pub(crate) const STORES: [&str; 2] = ["PersonalDataStore", "ProcessingActivity"];

/// A field that is not answered.
pub(crate) struct Lack<'a> {
    /// Where it would have to be.
    pub place: Place<'a>,
    /// What the entry lacks, to follow its name.
    pub says: &'static str,
    /// The lines to write, under `spec`.
    pub fix: &'static str,
}

/// Judges each activity.
pub(crate) fn each_activity<'a>(
    findings: &mut Findings<'a>,
    judge: impl Fn(&ProcessingActivity<'a>) -> Option<Lack<'a>>,
) {
    for activity in findings.register().activities() {
        let lack = judge(activity);
        told(findings, "activity", activity.name(), lack);
    }
}

/// Judges each declared store.
pub(crate) fn each_store<'a>(findings: &mut Findings<'a>, judge: impl Fn(&PersonalDataStore<'a>) -> Option<Lack<'a>>) {
    for store in findings.register().stores() {
        let lack = judge(store);
        told(findings, "store", store.name(), lack);
    }
}

fn told(findings: &mut Findings<'_>, what: &str, name: &str, lack: Option<Lack<'_>>) {
    findings.examine(lack.is_some());
    if let Some(lack) = lack {
        findings
            .report(lack.place)
            .message(format!("{what} \"{name}\" {}", lack.says))
            .fix(format!("spec:\n{}", indent(lack.fix)));
    }
}

fn indent(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
