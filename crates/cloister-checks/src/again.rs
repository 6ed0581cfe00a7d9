//! What was judged before, and is taken again: a judgement is a check's verdict on one subject. It holds as long as its
//! subject is the very same tree, and nothing changed that it asked for beside it ([`Asked`]).

use std::sync::Arc;

use cloister_detect::profile::{Profile, Said};
use cloister_inventory::Inputs;
use cloister_model::Resource;
use foldhash::HashMap;
use jiff::civil::Date;

use crate::asked::Asked;
use crate::changes::{Changes, address};
use crate::once::Once;
use crate::sheet::Came;
use crate::told::Told;
use crate::{Check, Context, NotEvaluated};

/// What checks came to in the last run, to be handed to the next one. It speaks of what that run looked at, and of nothing
/// else.
#[derive(Debug, Default)]
pub struct Judged {
    terms: Option<Terms>,
    /// All that there was: as long as it is held, no other tree can lie where one of these does.
    resources: Vec<Resource>,
    kept: HashMap<Key, Kept>,
    once: Once,
    /// In the last run.
    taken: usize,
}

/// A subject: where its tree lies, and as what it was looked at (a kind, or pods).
pub(crate) type Key = (usize, &'static str);

/// Pods, where others name a kind.
pub(crate) const PODS: &str = "";
/// Where no tree lies: checks over everything have their verdicts there, by their names.
pub(crate) const NOWHERE: usize = 0;

/// What judgements depend on besides resources.
#[derive(Debug)]
struct Terms {
    checks: Vec<&'static Check>,
    today: Date,
    profile: Option<Said>,
    inputs: Inputs,
}

/// The judgements about one subject, in the order of the checks that look at such.
#[derive(Debug)]
pub(crate) struct Kept {
    judgements: Arc<[Judgement]>,
    told: Box<[Told]>,
}

/// A check's verdict on one subject, without its findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Judgement {
    pub asked: Asked,
    pub examined: u32,
    pub failed: u32,
    /// How many of what was told.
    pub told: u32,
    pub not_evaluated: Option<Box<NotEvaluated>>,
}

impl Kept {
    pub(crate) fn new(judgements: &[Judgement], told: Vec<Told>, once: &Once) -> Kept {
        Kept { judgements: once.judgements(judgements), told: told.into() }
    }

    /// Each with what it told.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&Judgement, &[Told])> {
        let mut rest = &*self.told;
        self.judgements.iter().map(move |one| {
            let (own, after) = rest.split_at_checked(one.told as usize).unwrap_or_default();
            rest = after;
            (one, own)
        })
    }
}

/// What was judged before, beside what changed since.
#[derive(Debug)]
pub(crate) struct Again<'j> {
    judged: &'j Judged,
    changes: Option<Changes>,
}

impl<'j> Again<'j> {
    /// What holds of the last run.
    pub(crate) fn new(judged: &'j Judged, checks: &[&'static Check], context: &Context<'_>) -> Again<'j> {
        // Which checks run changes with the kinds of input that there are: then all of it is another matter.
        let terms = judged.terms.as_ref().filter(|terms| same_checks(&terms.checks, checks));
        let changes = terms.and_then(|terms| {
            let mut changes = Changes::between(&judged.resources, context.inventory.resources())?;
            changes.add(terms.today != context.today, Asked::TODAY);
            changes.add(terms.profile != context.profile.map(Profile::said), Asked::PROFILE);
            changes.add(terms.inputs != *context.inventory.inputs(), Asked::INPUTS);
            Some(changes)
        });
        Again { judged, changes }
    }

    /// What is known of a subject, with what of it does not hold any more.
    pub(crate) fn of(&self, subject: &Resource, group: &'static str) -> Option<(&'j Kept, Asked)> {
        let (changes, address) = (self.changes.as_ref()?, address(subject));
        let kept = changes.is_same(address).then(|| self.judged.kept.get(&(address, group)))??;
        Some((kept, changes.around(subject)))
    }

    /// The same of a check over everything.
    pub(crate) fn of_everything(&self, check: &'static str) -> Option<(&'j Kept, Asked)> {
        Some((self.judged.kept.get(&(NOWHERE, check))?, self.changes.as_ref()?.everywhere()))
    }

    /// Where what is the same is held once.
    pub(crate) fn once(&self) -> &'j Once {
        &self.judged.once
    }
}

/// How much is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Resources, each counted for every way in which it is looked at.
    pub subjects: usize,
    /// Verdicts that may be taken again.
    pub judgements: usize,
    /// Findings of these.
    pub findings: usize,
    /// Verdicts that were taken again in the last run.
    pub taken: usize,
    /// Memory of all that, in bytes, without the resources themselves.
    pub bytes: usize,
}

impl std::fmt::Display for Size {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Size { subjects, judgements, findings, bytes, taken } = self;
        write!(
            to,
            "{judgements} judgements and {findings} findings of {subjects} subjects are held in {bytes} bytes; {taken} were taken again"
        )
    }
}

impl Judged {
    /// How much is held.
    pub fn size(&self) -> Size {
        let mut size =
            Size { bytes: self.resources.capacity() * size_of::<Resource>(), taken: self.taken, ..Size::default() };
        size.bytes += self.once.bytes() + self.kept.capacity() * (size_of::<(Key, Kept)>() + 1);
        for kept in self.kept.values() {
            size.subjects += 1;
            size.judgements += kept.judgements.iter().filter(|one| !one.asked.meets(Asked::EVERYTHING)).count();
            size.findings += kept.told.len();
            size.bytes += size_of_val(&*kept.told);
        }
        size
    }

    /// Takes what a run came to: of each subject what is new, or nothing where it stands as it was.
    pub(crate) fn keep(&mut self, parts: impl Iterator<Item = Came>, checks: &[&'static Check], context: &Context<'_>) {
        let mut before = std::mem::take(&mut self.kept);
        self.taken = 0;
        for Came { key, new, taken } in parts {
            self.taken += taken;
            if let Some(kept) = new.or_else(|| before.remove(&key)) {
                self.kept.insert(key, kept);
            }
        }
        drop(before);
        self.resources = context.inventory.resources().to_vec();
        let (profile, inputs) = (context.profile.map(Profile::said), context.inventory.inputs().clone());
        self.terms = Some(Terms { checks: checks.to_vec(), today: context.today, profile, inputs });
        self.once.sweep();
    }
}

fn same_checks(one: &[&'static Check], other: &[&'static Check]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| std::ptr::eq(*one, *other))
}
