//! Exceptions: a finding accepted with reason, owner and expiry.

use std::collections::{BTreeSet, HashMap};

use cloister_inventory::Inventory;
use cloister_model::{Finding, Place, ResourceRef};
use cloister_register::{Exception, Register};
use jiff::civil::Date;

use crate::annotation::annotations;

/// Every exception of the input, and which of them were used.
#[derive(Debug)]
pub struct Exceptions<'a> {
    pub(crate) rules: Vec<Rule<'a>>,
    by_check: HashMap<&'a str, Vec<usize>>,
    today: Date,
}

/// One exception.
#[derive(Debug)]
pub(crate) struct Rule<'a> {
    pub check: &'a str,
    target: Target<'a>,
    container: Option<&'a str>,
    pub reason: &'a str,
    pub owner: &'a str,
    pub expires: Option<Date>,
    pub place: Place<'a>,
    pub uses: usize,
}

#[derive(Debug)]
enum Target<'a> {
    Named { api_version: Option<&'a str>, kind: Option<&'a str>, namespace: Option<&'a str>, name: &'a str },
    Any(BTreeSet<ResourceRef>),
    Nothing,
}

/// An acceptance, as the exception states it.
#[derive(Clone, Debug)]
pub struct Accepted<'a> {
    /// Why.
    pub reason: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where it is written.
    pub place: Place<'a>,
}

impl<'a> Exceptions<'a> {
    /// Reads documents and annotations. `today` decides which have expired.
    pub fn read(register: &Register<'a>, inventory: &'a Inventory, today: Date) -> Exceptions<'a> {
        let documents = register.exceptions().iter().map(|exception| rule(exception, register));
        let written = inventory.resources().iter().flat_map(annotations).map(|annotation| Rule {
            check: annotation.check,
            target: Target::Any(BTreeSet::from([annotation.place.resource.reference()])),
            container: None,
            reason: annotation.reason,
            owner: annotation.owner,
            expires: annotation.expires,
            place: annotation.place,
            uses: 0,
        });
        let rules: Vec<Rule<'a>> = documents.chain(written).collect();
        let mut by_check: HashMap<&'a str, Vec<usize>> = HashMap::new();
        for (index, rule) in rules.iter().enumerate() {
            by_check.entry(rule.check).or_default().push(index);
        }
        Exceptions { rules, by_check, today }
    }

    /// The exception that accepts this finding today. An expired one that
    /// would have is marked as used, since what it speaks of is still there.
    pub fn accept(&mut self, finding: &Finding) -> Option<Accepted<'a>> {
        let candidates = self.by_check.get(&*finding.check)?;
        let mut accepted = None;
        for &index in candidates {
            let Some(rule) = self.rules.get_mut(index).filter(|rule| rule.speaks_of(finding)) else { continue };
            rule.uses += 1;
            if accepted.is_none() {
                accepted = rule.holds(self.today);
            }
        }
        accepted
    }

    /// The day that decides about expiry.
    pub fn today(&self) -> Date {
        self.today
    }
}

fn rule<'a>(exception: &Exception<'a>, register: &Register<'a>) -> Rule<'a> {
    Rule {
        check: exception.check().value().unwrap_or(""),
        target: target(exception, register),
        container: exception.container().value(),
        reason: exception.reason().value().unwrap_or(""),
        owner: exception.owner().value().unwrap_or(""),
        expires: exception.expires().value(),
        place: Place::whole(exception.resource()),
        uses: 0,
    }
}

fn target<'a>(exception: &Exception<'a>, register: &Register<'a>) -> Target<'a> {
    if let Some(resource) = exception.resource_ref().value() {
        let Some(name) = resource.name().value() else { return Target::Nothing };
        return Target::Named {
            api_version: resource.api_version().value(),
            kind: resource.kind().value(),
            namespace: resource.namespace().value(),
            name,
        };
    }
    let selected = register.selected(exception.selector().value());
    Target::Any(selected.iter().map(|workload| workload.resource.reference()).collect())
}

impl<'a> Rule<'a> {
    fn speaks_of(&self, finding: &Finding) -> bool {
        let container = self.container.is_none_or(|name| finding.container.as_deref() == Some(name));
        let Some(resource) = &finding.resource else { return false };
        container
            && match &self.target {
                Target::Nothing => false,
                Target::Any(resources) => resources.contains(resource),
                Target::Named { api_version, kind, namespace, name } => {
                    &*resource.name == *name
                        && kind.is_none_or(|kind| kind == &*resource.kind)
                        && api_version.is_none_or(|version| version == &*resource.api_version)
                        && namespace
                            .is_none_or(|namespace| namespace == resource.namespace.as_deref().unwrap_or("default"))
                }
            }
    }

    fn holds(&self, today: Date) -> Option<Accepted<'a>> {
        let expires = self.expires.filter(|expires| *expires >= today)?;
        let complete = !self.reason.is_empty() && !self.owner.is_empty();
        complete.then_some(Accepted { reason: self.reason, owner: self.owner, expires, place: self.place })
    }
}
