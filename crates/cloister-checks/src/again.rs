//! What was judged before, and is taken again: a judgement is a check's verdict on one subject. It holds as long as its
//! subject is the very same tree, and nothing changed that it asked for beside it ([`Asked`]).

use std::sync::Arc;

use cloister_detect::profile::Said;
use cloister_model::Resource;
use foldhash::{HashMap, HashSet};
use jiff::civil::Date;

use crate::asked::Asked;
use crate::told::{Texts, Told};
use crate::{Check, Context, NotEvaluated};

/// What checks came to in the last run, to be handed to the next one. It speaks of what that run looked at, and of nothing
/// else.
#[derive(Debug, Default)]
pub struct Judged {
    terms: Option<Terms>,
    /// All that there was: as long as it is held, no other tree can lie where one of these does.
    resources: Vec<Resource>,
    kept: HashMap<Key, Kept>,
    texts: Texts,
}

/// A subject: where its tree lies, and as what it was looked at (a kind, or pods).
pub(crate) type Key = (usize, &'static str);

/// Pods, where others name a kind.
pub(crate) const PODS: &str = "";

/// What judgements depend on besides resources.
#[derive(Debug)]
struct Terms {
    checks: Vec<&'static Check>,
    today: Date,
    profile: Option<Said>,
}

/// The judgements about one subject, in the order of the checks that look at such.
#[derive(Debug)]
pub(crate) struct Kept {
    judgements: Arc<[Judgement]>,
    told: Box<[Told]>,
}

/// A check's verdict on one subject, without its findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Judgement {
    pub asked: Asked,
    pub examined: u32,
    pub failed: u32,
    /// How many of what was told.
    pub told: u32,
    pub not_evaluated: Option<Box<NotEvaluated>>,
}

impl Kept {
    pub(crate) fn new(judgements: Vec<Judgement>, told: Vec<Told>) -> Kept {
        Kept { judgements: judgements.into(), told: told.into() }
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
    /// Trees that are where they were.
    same: HashSet<usize>,
    stale: Asked,
}

impl<'j> Again<'j> {
    /// What holds of the last run.
    pub(crate) fn new(judged: &'j Judged, checks: &[&'static Check], context: &Context<'_>) -> Again<'j> {
        let mut again = Again { judged, same: HashSet::default(), stale: Asked::EVERYTHING };
        // Which checks run changes with the kinds of input that there are: then all of it is another matter.
        let Some(terms) = judged.terms.as_ref().filter(|terms| same_checks(&terms.checks, checks)) else {
            return again;
        };
        if terms.today != context.today {
            again.stale = again.stale.and(Asked::TODAY);
        }
        if terms.profile != context.profile.map(cloister_detect::profile::Profile::said) {
            again.stale = again.stale.and(Asked::PROFILE);
        }
        let before: HashMap<usize, &Resource> = judged.resources.iter().map(|one| (address(one), one)).collect();
        let is_same = |one: &&Resource| before.get(&address(one)).is_some_and(|before| is_as(before, one));
        again.same = context.inventory.resources().iter().filter(is_same).map(address).collect();
        again
    }

    /// What is known of a subject.
    pub(crate) fn of(&self, subject: &Resource, group: &'static str) -> Option<&'j Kept> {
        let address = address(subject);
        self.same.contains(&address).then(|| self.judged.kept.get(&(address, group))).flatten()
    }

    /// Whether a judgement about an unchanged subject holds.
    pub(crate) fn holds(&self, judgement: &Judgement) -> bool {
        !judgement.asked.meets(self.stale)
    }

    /// Where texts are held once.
    pub(crate) fn texts(&self) -> &'j Texts {
        &self.judged.texts
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
    /// Memory of all that, in bytes, without the resources themselves.
    pub bytes: usize,
}

impl std::fmt::Display for Size {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Size { subjects, judgements, findings, bytes } = self;
        write!(to, "{judgements} judgements and {findings} findings of {subjects} subjects are held in {bytes} bytes")
    }
}

impl Judged {
    /// How much is held.
    pub fn size(&self) -> Size {
        let mut size = Size { bytes: self.resources.capacity() * size_of::<Resource>(), ..Size::default() };
        size.bytes += self.texts.bytes() + self.kept.capacity() * (size_of::<(Key, Kept)>() + 1);
        for kept in self.kept.values() {
            size.subjects += 1;
            size.judgements += kept.judgements.iter().filter(|one| !one.asked.meets(Asked::EVERYTHING)).count();
            size.findings += kept.told.len();
            size.bytes += size_of_val(&*kept.told) + size_of_val(&*kept.judgements);
        }
        size
    }

    /// Takes what a run came to: of each subject what is new, or nothing where it stands as it was.
    pub(crate) fn keep(
        &mut self,
        parts: impl Iterator<Item = (Key, Option<Kept>)>,
        checks: &[&'static Check],
        context: &Context<'_>,
    ) {
        let mut before = std::mem::take(&mut self.kept);
        for (key, new) in parts {
            if let Some(kept) = new.or_else(|| before.remove(&key)) {
                self.kept.insert(key, kept);
            }
        }
        drop(before);
        self.resources = context.inventory.resources().to_vec();
        let profile = context.profile.map(cloister_detect::profile::Profile::said);
        self.terms = Some(Terms { checks: checks.to_vec(), today: context.today, profile });
        self.texts.sweep();
    }
}

fn same_checks(one: &[&'static Check], other: &[&'static Check]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| std::ptr::eq(*one, *other))
}

/// Where its tree lies.
pub(crate) fn address(resource: &Resource) -> usize {
    Arc::as_ptr(&resource.root).addr()
}

/// Whether it is the very same: the tree itself, called and placed as it was.
fn is_as(before: &Resource, now: &Resource) -> bool {
    Arc::ptr_eq(&before.root, &now.root)
        && before.api_version == now.api_version
        && before.kind == now.kind
        && before.namespace == now.namespace
        && before.name == now.name
        && before.origin == now.origin
}
