//! Collects what one check finds, and counts what it looked at.

use std::sync::Arc;

use cloister_inventory::{Container, Inventory};
use cloister_model::{Finding, Subject};
use cloister_register::Register;

use crate::{Check, Context};

/// What a check writes into.
#[derive(Debug)]
pub struct Findings<'a> {
    context: &'a Context<'a>,
    check: &'static Check,
    name: Arc<str>,
    container: Option<Arc<str>>,
    applies: bool,
    reported_before: usize,
    pub(crate) examined: usize,
    pub(crate) failed: usize,
    pub(crate) found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(check: &'static Check, context: &'a Context<'a>) -> Findings<'a> {
        Findings {
            context,
            check,
            name: Arc::from(check.name),
            container: None,
            applies: true,
            reported_before: 0,
            examined: 0,
            failed: 0,
            found: Vec::new(),
        }
    }

    /// Reports a place, a resource, or an absence. The message is the check's
    /// title until [`Finding::message`] says it better.
    pub fn report<'p>(&mut self, subject: impl Into<Subject<'p>>) -> &mut Finding {
        let message = self.check.title.to_owned();
        let mut finding = Finding::new(self.name.clone(), self.check.severity, &subject.into(), message);
        finding.container.clone_from(&self.container);
        self.found.push_mut(finding)
    }

    /// This subject is none that the check speaks of: it counts neither as held nor as open.
    pub fn not_applicable(&mut self) {
        self.applies = false;
    }

    /// For checks over the whole inventory: one more subject was looked at, and is it bad?
    /// Returns `bad`, so that it reads `if findings.examine(bad) { findings.report(…) }`.
    pub fn examine(&mut self, bad: bool) -> bool {
        self.examined += 1;
        self.failed += usize::from(bad);
        bad
    }

    /// Everything the check may look at.
    pub fn context(&self) -> &'a Context<'a> {
        self.context
    }

    /// The snapshot.
    pub fn inventory(&self) -> &'a Inventory {
        self.context.inventory
    }

    /// The record of processing.
    pub fn register(&self) -> &'a Register<'a> {
        self.context.register
    }

    pub(crate) fn within(&mut self, container: Option<&Container<'_>>) {
        self.container = container.map(|container| Arc::from(container.name()));
        self.applies = true;
        self.reported_before = self.found.len();
    }

    pub(crate) fn count(&mut self) {
        let reported = self.found.len() > self.reported_before;
        if self.applies || reported {
            self.examined += 1;
            self.failed += usize::from(reported);
        }
    }
}
