//! Where a check writes what it finds on one subject after the other; and what of it is worth keeping.

use std::rc::Rc;

use cloister_inventory::Container;
use cloister_model::{Finding, Resource};

use crate::again::{self, Again, Judgement, Kept, Key};
use crate::asked::Asked;
use crate::changes::address;
use crate::schedule::Tally;
use crate::shared::Shared;
use crate::told::Told;
use crate::{Findings, NotEvaluated};

/// One check's.
pub(crate) struct Sheet<'a> {
    /// The check's place among those that run.
    index: usize,
    findings: Findings<'a>,
    /// The verdict on the subject at hand was taken again.
    rests: bool,
    /// What that verdict depends on.
    asked: Asked,
    before: Before,
}

/// How the tally stood before the subject at hand.
#[derive(Default)]
struct Before {
    examined: usize,
    failed: usize,
    findings: usize,
    not_evaluated: Option<NotEvaluated>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(index: usize, findings: Findings<'a>) -> Sheet<'a> {
        Sheet { index, findings, rests: false, asked: Asked::NOTHING, before: Before::default() }
    }

    /// Where the check writes, unless its verdict was taken again.
    pub(crate) fn open(
        &mut self,
        container: Option<Container<'a>>,
        shared: &Rc<Shared<'a>>,
    ) -> Option<&mut Findings<'a>> {
        if self.rests {
            return None;
        }
        self.findings.within(container, shared);
        Some(&mut self.findings)
    }

    /// Where a check over everything writes, unless its verdict was taken again.
    pub(crate) fn whole(&mut self) -> Option<&mut Findings<'a>> {
        (!self.rests).then_some(&mut self.findings)
    }

    /// The check's place and all that it came to.
    pub(crate) fn tally(self) -> (usize, Tally) {
        (self.index, self.findings.tally)
    }

    fn begin(&mut self, of: Of<'a>) {
        self.rests = false;
        self.findings.sight.turn_to(of.resource(), matches!(of, Of::One(_, again::PODS)));
        let tally = &mut self.findings.tally;
        self.before = Before {
            examined: tally.examined,
            failed: tally.failed,
            findings: tally.findings.len(),
            not_evaluated: tally.not_evaluated.take(),
        };
    }

    /// Writes what was judged of the subject before.
    fn take(&mut self, judgement: &Judgement, told: &[Told], subject: Option<&Resource>) {
        (self.rests, self.asked) = (true, judgement.asked);
        let (check, name) = (self.findings.check, self.findings.name.clone());
        let tally = &mut self.findings.tally;
        tally.examined += judgement.examined as usize;
        tally.failed += judgement.failed as usize;
        tally.findings.extend(told.iter().map(|one| one.finding(check, &name, subject)));
        tally.not_evaluated = judgement.not_evaluated.as_deref().cloned();
    }

    /// The verdict on the subject at hand. What will be judged again in any case needs no findings kept.
    fn judgement(&self) -> Judgement {
        let (tally, before) = (&self.findings.tally, &self.before);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Judgement {
            asked: self.asked,
            examined: count(tally.examined - before.examined),
            failed: count(tally.failed - before.failed),
            told: count(self.own().len()),
            not_evaluated: tally.not_evaluated.clone().map(Box::new),
        }
    }

    /// The findings on the subject at hand that are worth keeping.
    fn own(&self) -> &[Finding] {
        let own = self.findings.tally.findings.get(self.before.findings..).unwrap_or_default();
        if self.asked.meets(Asked::EVERYTHING) { &[] } else { own }
    }

    /// Judged anew at each run, before and now: nothing is kept of it.
    fn is_again(&self, before: &Judgement) -> bool {
        self.asked.meets(Asked::EVERYTHING) && before.asked.meets(Asked::EVERYTHING)
    }

    fn end(&mut self) {
        if !self.rests {
            self.asked = self.findings.sight.asked();
        }
    }

    /// The last word of several subjects counts.
    fn close(&mut self) {
        let before = self.before.not_evaluated.take();
        let tally = &mut self.findings.tally;
        tally.not_evaluated = tally.not_evaluated.take().or(before);
    }
}

/// Who is judged.
#[derive(Clone, Copy)]
pub(crate) enum Of<'a> {
    /// A resource, looked at as one of a kind, or for its pods.
    One(&'a Resource, &'static str),
    /// Everything, by the check of this name.
    Everything(&'static str),
}

impl<'a> Of<'a> {
    fn resource(self) -> Option<&'a Resource> {
        if let Of::One(resource, _) = self { Some(resource) } else { None }
    }

    fn key(self) -> Key {
        match self {
            Of::One(resource, group) => (address(resource), group),
            Of::Everything(check) => (again::NOWHERE, check),
        }
    }

    /// What was kept of it, and what changed since.
    fn kept<'j>(self, again: &Again<'j>) -> Option<(&'j Kept, Asked)> {
        match self {
            Of::One(resource, group) => again.of(resource, group),
            Of::Everything(check) => again.of_everything(check),
        }
    }
}

/// What one subject came to.
pub(crate) struct Came {
    pub key: Key,
    /// What is to be kept; nothing where it stands as it was.
    pub new: Option<Kept>,
    /// How many verdicts were taken again.
    pub taken: usize,
}

/// Judges one subject, as far as what was judged of it before does not hold.
pub(crate) fn judge<'a>(
    sheets: &mut [Sheet<'a>],
    again: Option<&Again<'_>>,
    of: Of<'a>,
    judge: impl FnOnce(&mut [Sheet<'a>]),
) -> Option<Came> {
    sheets.iter_mut().for_each(|sheet| sheet.begin(of));
    let before = again.and_then(|again| of.kept(again));
    if let Some((kept, changed)) = before {
        for (sheet, (judgement, told)) in sheets.iter_mut().zip(kept.each()) {
            if !judgement.asked.meets(changed) {
                sheet.take(judgement, told, of.resource());
            }
        }
    }
    if sheets.iter().any(|sheet| !sheet.rests) {
        judge(sheets);
    }
    sheets.iter_mut().for_each(Sheet::end);
    let stands = |(kept, _): (&Kept, Asked)| {
        sheets.iter().zip(kept.each()).all(|(sheet, (before, _))| sheet.rests || sheet.is_again(before))
    };
    let taken = sheets.iter().filter(|sheet| sheet.rests).count();
    let came = again.map(|again| {
        let new = (!before.is_some_and(stands)).then(|| kept(sheets, again, of.resource()));
        Came { key: of.key(), new, taken }
    });
    sheets.iter_mut().for_each(Sheet::close);
    came
}

fn kept(sheets: &[Sheet<'_>], again: &Again<'_>, subject: Option<&Resource>) -> Kept {
    let name = subject.map(Resource::reference);
    let told = sheets.iter().flat_map(|sheet| {
        let check = sheet.findings.check;
        sheet.own().iter().map(|finding| Told::of(finding, check, name.as_ref(), again.once())).collect::<Vec<_>>()
    });
    let told = told.collect();
    Kept::new(&sheets.iter().map(Sheet::judgement).collect::<Vec<_>>(), told, again.once())
}
