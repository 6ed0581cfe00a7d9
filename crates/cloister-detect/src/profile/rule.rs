//! Rules: some of several kinds of data within one record.

use super::sort::{Sort, sorts};
use super::{Faults, Rule, Within};
use crate::detection::{Category, Confidence, Detection};
use crate::profile::custom::{interned, is_name};

/// One rule.
#[derive(Debug)]
pub struct Combined {
    pub kind: &'static str,
    pub title: &'static str,
    pub of: Vec<Sort>,
    pub least: usize,
    pub within: Within,
    pub category: Option<Category>,
    pub from: Option<Confidence>,
}

impl Combined {
    /// Which of its sorts a detection is of; none where it is not sure enough.
    pub fn sort_of(&self, detection: &Detection) -> Option<usize> {
        let sure = self.from.is_some_and(|least| detection.confidence >= least);
        self.of.iter().position(|sort| sort.fits(detection)).filter(|_| sure)
    }
}

/// All rules.
pub fn all(rules: &[Rule], own: &[&str], faults: &mut Faults) -> Vec<Combined> {
    rules.iter().enumerate().map(|(index, rule)| one(rule, own, &format!("rules[{index}]"), faults)).collect()
}

fn one(rule: &Rule, own: &[&str], path: &str, faults: &mut Faults) -> Combined {
    if !is_name(&rule.name) {
        faults.add(format!("{path}.name"), "is no name", "use small letters, digits and \"-\", up to 64");
    }
    let of = sorts(&rule.of, own, &format!("{path}.of"), faults);
    let least = rule.at_least.unwrap_or(rule.of.len());
    if rule.of.len() < 2 || least < 2 || least > rule.of.len() {
        faults.add(
            path,
            "joins fewer than two kinds of data, or more than it names",
            "name two or more in `of`, and no more in `atLeast`",
        );
    }
    let category = rule.category.as_ref().and_then(|word| {
        let category = Category::named(word);
        if category.is_none() {
            faults.add(format!("{path}.category"), "no category is called so", "`cloister detect kinds` lists them");
        }
        category
    });
    let title = if rule.title.is_empty() { &rule.name } else { &rule.title };
    Combined {
        kind: interned(&rule.name),
        title: interned(title),
        of,
        least,
        within: rule.within,
        category,
        from: rule.from.confidence(),
    }
}
