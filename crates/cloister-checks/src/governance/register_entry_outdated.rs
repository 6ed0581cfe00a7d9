//! # What it does
//! Finds entries of the register that nobody looked at for a year, or never.
//!
//! # Why it matters
//! A record that was true last year proves little; the controller must keep it up to
//! date, and review its measures.
//!
//! # What to do
//! Read the entry, correct it, and set `reviewed` to the day.
//!
//! # References
//! GDPR Art. 5(2), 24(1), 30(1).

use cloister_model::Severity;

use jiff::ToSpan;
use jiff::civil::Date;

use super::register_fields::STORES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "register-entry-outdated",
    title: "entry of the register was not reviewed within a year",
    severity: Severity::Low,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        let (register, today) = (findings.register(), findings.today());
        let activities = register.activities().iter().map(|it| ("activity", it.name(), it.reviewed()));
        let stores = register.stores().iter().map(|it| ("store", it.name(), it.reviewed()));
        let processors = register.processors().iter().map(|it| ("processor", it.name(), it.reviewed()));
        for (what, name, reviewed) in activities.chain(stores).chain(processors) {
            let says = judge(reviewed.value(), today);
            findings.examine(says.is_some());
            if let Some(says) = says {
                findings
                    .report(reviewed.place())
                    .message(format!("{what} \"{name}\" {says}"))
                    .fix(format!("spec:\n  reviewed: {today}"));
            }
        }
    }),
};

fn judge(reviewed: Option<Date>, today: Date) -> Option<String> {
    let Some(day) = reviewed else { return Some("was never reviewed".to_owned()) };
    if day > today {
        return Some(format!("was reviewed in the future, on {day}"));
    }
    let due = day.checked_add(1.year()).unwrap_or(Date::MAX);
    (due < today).then(|| format!("was last reviewed on {day}"))
}
