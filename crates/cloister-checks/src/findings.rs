//! Collects what one check finds, and counts what it looked at.

use std::rc::Rc;
use std::sync::Arc;

use cloister_detect::profile::Profile;
use cloister_inventory::{Container, Inventory};
use cloister_model::{Finding, Pointers, Resource, Subject, container_name};
use cloister_register::{Recognised, Register};
use jiff::civil::Date;

use crate::schedule::Tally;
use crate::shared::Shared;
use crate::sight::{Seen, Sight};
use crate::{Check, Context, Lacking, Need, NotEvaluated};

/// What a check writes into.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(crate) sight: Sight<'a>,
    pub(crate) check: &'static Check,
    pub(crate) name: Arc<str>,
    container: Option<Container<'a>>,
    crowd: Crowd,
    pub(crate) shared: Rc<Shared<'a>>,
    applies: bool,
    reported_before: usize,
    pub(crate) tally: Tally,
}

impl<'a> Findings<'a> {
    /// `name` is the check's, shared by all of its findings.
    pub(crate) fn new(check: &'static Check, name: Arc<str>, sight: Sight<'a>) -> Findings<'a> {
        Findings {
            sight,
            check,
            name,
            container: None,
            crowd: Crowd::default(),
            shared: Rc::default(),
            applies: true,
            reported_before: 0,
            tally: Tally::default(),
        }
    }

    /// Reports a place, a resource, or an absence. The message is the check's
    /// title until [`Finding::message`] says it better.
    pub fn report<'p>(&mut self, subject: impl Into<Subject<'p>>) -> &mut Finding {
        let message = self.check.title.to_owned();
        let subject = subject.into();
        let pointer = self.crowd.pointer(&subject);
        let mut finding = Finding::with_pointer(self.name.clone(), self.check.severity, &subject, message, pointer);
        finding.container = self.container.map(|container| container_name(container.name()));
        self.tally.findings.push_mut(finding)
    }

    /// This subject is none that the check speaks of: it counts neither as held nor as open.
    pub fn not_applicable(&mut self) {
        self.applies = false;
    }

    /// It was not, or not wholly, looked at: why, and what would answer it.
    pub(crate) fn not_evaluated(&mut self, reason: impl Into<String>, answer: impl Into<String>) {
        self.lacks(Lacking::Size, reason, answer);
    }

    /// The same, of a subject for which something else was lacking.
    pub(crate) fn lacks(&mut self, lacking: Lacking, reason: impl Into<String>, answer: impl Into<String>) {
        self.tally.not_evaluated = Some(NotEvaluated { lacking, reason: reason.into(), answer: answer.into() });
    }

    /// What is there does not tell it.
    pub(crate) fn untold(&mut self, kind: &'static str, reason: impl Into<String>, answer: impl Into<String>) {
        let (reason, answer) = (reason.into(), answer.into());
        self.tally.not_evaluated = Some(NotEvaluated { lacking: Lacking::Input(Need::Kind(kind)), reason, answer });
    }

    /// For checks over the whole inventory: one more subject was looked at, and is it bad?
    /// Returns `bad`, so that it reads `if findings.examine(bad) { findings.report(…) }`.
    pub fn examine(&mut self, bad: bool) -> bool {
        self.tally.examined += 1;
        self.tally.failed += usize::from(bad);
        bad
    }

    /// Everything the check may look at. Who asks for it is judged anew at every change; so ask for less, where less is
    /// enough.
    pub fn context(&self) -> &'a Context<'a> {
        self.sight.context()
    }

    /// The snapshot: everything, too.
    pub fn inventory(&self) -> &'a Inventory {
        self.context().inventory
    }

    /// The snapshot, for who asks for resources of a few kinds alone: those are noted.
    pub(crate) fn seen(&self) -> Seen<'a> {
        self.sight.seen()
    }

    /// The store that a workload is recognised as, declared or not.
    pub(crate) fn store(&self, workload: &Resource) -> Option<&'a Recognised<'a>> {
        self.sight.store(workload)
    }

    /// The registries of images that the register names.
    pub(crate) fn registries(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.sight.registries()
    }

    /// The record of processing, which tells of every workload.
    pub fn register(&self) -> &'a Register<'a> {
        self.context().register
    }

    /// The day of the assessment.
    pub fn today(&self) -> Date {
        self.sight.today()
    }

    /// What the organisation says of detections, if it says something.
    pub fn profile(&self) -> Option<&'a Profile> {
        self.sight.profile()
    }

    /// The next subject: the container, if it is one, and what checks share about it.
    pub(crate) fn within(&mut self, container: Option<Container<'a>>, shared: &Rc<Shared<'a>>) {
        self.container = container;
        self.shared = shared.clone();
        self.applies = true;
        self.reported_before = self.tally.findings.len();
    }

    pub(crate) fn count(&mut self) {
        let reported = self.tally.findings.len() > self.reported_before;
        if self.applies || reported {
            self.tally.examined += 1;
            self.tally.failed += usize::from(reported);
        }
    }
}

/// Looking for one pointer walks a resource; for many, one walk finds all.
#[derive(Debug, Default)]
struct Crowd {
    resource: usize,
    reported: usize,
    pointers: Option<Pointers>,
}

/// From so many findings of a check on one resource on, all of its pointers are worth knowing.
const CROWD: usize = 64;

impl Crowd {
    fn pointer(&mut self, subject: &Subject<'_>) -> String {
        let Subject::Place(place) = subject else { return String::new() };
        let resource = std::ptr::from_ref(place.resource).addr();
        if self.resource != resource {
            *self = Crowd { resource, ..Crowd::default() };
        }
        self.reported += 1;
        if self.reported == CROWD {
            self.pointers = Some(Pointers::of(&place.resource.root));
        }
        self.pointers.as_ref().map_or_else(|| place.pointer(), |pointers| place.pointer_by(pointers))
    }
}
