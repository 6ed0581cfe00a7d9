//! Why a policy minds something, and why not: for whoever tries it.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_model::numbers::thousands;
use cloister_register::DataCategory;
use cloister_register::documents::Leak;
use jiff::civil::Date;

use crate::aggregate::Tally;
use crate::baseline::Bound;
use crate::judge::{Decision, Passage, Verdict, is_subject};
use crate::knowledge::Knowledge;
use crate::party::Party;
use crate::policy::Policy;
use crate::tallies::Allowed;

/// Values that a policy lets through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    /// The policy.
    pub policy: Arc<str>,
    /// Which data.
    pub category: &'static str,
    /// Why.
    pub why: String,
    /// How many values.
    pub values: u64,
}

/// What was let through, by policy, category and reason.
#[derive(Debug, Default)]
pub(crate) struct Reasons(BTreeMap<(Arc<str>, &'static str, String), u64>);

impl Reasons {
    pub fn note(&mut self, knowledge: &Knowledge, passage: &Passage<'_>, (all, at): (&[Tally], usize), today: Date) {
        let Some(tally) = all.get(at).filter(|tally| !tally.is_rule) else { return };
        let Some(category) = DataCategory::from_word(tally.category.as_str()) else { return };
        let seen = tally.seen(all);
        let decided = knowledge.decide(passage, &seen, today);
        for policy in knowledge.policies.iter() {
            let why = match knowledge.verdict(policy, passage, &seen, category, today) {
                Verdict::NotItsOwn => continue,
                Verdict::Counts if decided.iter().any(|one| one.policy.name == policy.name) => continue,
                Verdict::Counts if decided.is_empty() => "it may go there, so".to_owned(),
                Verdict::Counts => "another policy does as much, or it does not ask for these findings".to_owned(),
                Verdict::Elsewhere => "it does not look at such messages".to_owned(),
                Verdict::NotNamed => "it names other data".to_owned(),
                Verdict::Unsure => "it asks for more confidence".to_owned(),
                Verdict::TooFew => "it asks for more values in one message".to_owned(),
                Verdict::Excepted(number) => {
                    let reason = policy.exceptions.get(number).map_or("", |it| &it.reason);
                    format!("by its exception: {reason}")
                }
            };
            self.count(policy, tally.category.as_str(), why, tally.count);
        }
    }

    pub fn allow(&mut self, knowledge: &Knowledge, allowed: &Allowed) {
        for policy in knowledge.policies.iter().filter(|policy| policy.owner == allowed.owner) {
            self.count(policy, allowed.category.as_str(), format!("known to it: {}", allowed.reason), allowed.count);
        }
    }

    fn count(&mut self, policy: &Policy, category: &'static str, why: String, values: u64) {
        *self.0.entry((policy.name.clone(), category, why)).or_default() += values;
    }

    pub fn all(&self) -> Vec<Passed> {
        let one = |((policy, category, why), values): (&(Arc<str>, &'static str, String), &u64)| Passed {
            policy: policy.clone(),
            category,
            why: why.clone(),
            values: *values,
        };
        self.0.iter().map(one).collect()
    }
}

/// Why a policy minds this: whose message it is, what makes the data count, and what is wrong.
pub(crate) fn because(
    knowledge: &Knowledge,
    passage: &Passage<'_>,
    decision: &Decision<'_>,
    tally: Option<&Tally>,
) -> String {
    let policy = decision.policy;
    let mut parts = vec![subject(knowledge, passage, policy)];
    parts.extend(tally.map(|tally| counts(knowledge, policy, tally)));
    parts.push(wrong(knowledge, passage, decision));
    parts.join("; ")
}

fn subject(knowledge: &Knowledge, passage: &Passage<'_>, policy: &Policy) -> String {
    let name = |party: &Party| knowledge.directory.name(party);
    let alone = |egress, ingress| is_subject(&Policy { egress, ingress, ..policy.clone() }, passage);
    match policy.subjects {
        None => "every message is looked at".to_owned(),
        Some(_) if policy.egress && alone(true, false) => format!("{} is selected, and sends it", name(passage.sender)),
        Some(_) => format!("{} is selected, and gets it", name(passage.recipient)),
    }
}

fn counts(knowledge: &Knowledge, policy: &Policy, tally: &Tally) -> String {
    if tally.is_rule {
        return format!("the rule {} is met within one record", tally.kind);
    }
    let category = DataCategory::from_word(tally.category.as_str());
    let named = policy.thresholds.iter().find(|it| category.is_some_and(|one| it.category.covers(one)));
    match named {
        Some(it) if it.count > 1 => {
            let (word, sure) = (it.category.as_str(), it.confidence.as_str());
            format!("{word} counts from {sure} on, where a message holds {} values", it.count)
        }
        Some(it) => format!("{} counts from {} on", it.category.as_str(), it.confidence.as_str()),
        None if knowledge.lens.profile(policy.owner).is_some() => "its profile counts it".to_owned(),
        None => "everything counts from likely on".to_owned(),
    }
}

fn wrong(knowledge: &Knowledge, passage: &Passage<'_>, decision: &Decision<'_>) -> String {
    let policy = decision.policy;
    let said = match decision.leak {
        Leak::InTheClear | Leak::CredentialsInTheClear => "it was not encrypted on its way",
        Leak::PurposeCrossed if policy.purposes.is_some() => "the recipient serves none of its allowedPurposes",
        Leak::PurposeCrossed => "no activity of the sender is compatible with one of the recipient",
        Leak::WithoutPurpose => "no activity selects the recipient",
        Leak::UndeclaredRecipient if policy.recipients.is_some() => "the host is none of its allowedRecipients",
        Leak::UndeclaredRecipient => "no activity of the sender names a Processor with this host",
        Leak::UndeclaredThirdCountry => return country(knowledge, passage, policy),
        Leak::InUrl => "it stands in a path or a query",
        Leak::InLogs => "the recipient collects or keeps logs, by its image or by the path",
        Leak::UndeclaredCategory => "the register declares other data there",
        Leak::BulkRead => "more records were handed out than it allows",
        Leak::Unsearched => "what cannot be searched is not to pass (unsearchable: block)",
    };
    said.to_owned()
}

fn country(knowledge: &Knowledge, passage: &Passage<'_>, policy: &Policy) -> String {
    let country = match passage.recipient {
        Party::Outside(outside) => knowledge.directory.organisation(outside).and_then(|it| it.country.clone()),
        _ => None,
    };
    let country = country.as_deref().unwrap_or("its country").to_owned();
    match policy.countries {
        Some(_) => format!("{country} is none of its allowedThirdCountries"),
        None => format!("{country} is outside the EEA, and no transfer with a safeguard is declared"),
    }
}

/// `42,000 records in 10 min; usual: at most 300`.
pub(crate) fn bulk(records: u64, seconds: u64, bound: Bound) -> String {
    let (records, within) = (thousands(records), duration(seconds));
    match bound.usual {
        Some(usual) => format!("{records} records in {within}; usual: at most {}", thousands(usual)),
        None => format!("{records} records in {within}; the policy allows {}", thousands(bound.records)),
    }
}

fn duration(seconds: u64) -> String {
    match seconds {
        _ if seconds > 0 && seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        _ if seconds > 0 && seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds > 0 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let said = |records, usual| bulk(42_000, 600, Bound { records, usual });
        assert_eq!(said(900, Some(300)), "42,000 records in 10 min; usual: at most 300");
        assert_eq!(said(1_000, None), "42,000 records in 10 min; the policy allows 1,000");
        assert_eq!([thousands(0), thousands(999), thousands(1_000_000)], ["0", "999", "1,000,000"]);
        assert_eq!([duration(90), duration(86_400), duration(7_200)], ["90 s", "1 d", "2 h"]);
    }
}
