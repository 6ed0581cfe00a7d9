//! Where a check writes what it finds on one subject after the other; and what of it is worth keeping.

use std::rc::Rc;

use cloister_inventory::Container;
use cloister_model::{Finding, Resource};

use crate::again::{Again, Judgement, Kept};
use crate::asked::Asked;
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

    /// The check's place and all that it came to.
    pub(crate) fn tally(self) -> (usize, Tally) {
        (self.index, self.findings.tally)
    }

    fn begin(&mut self) {
        self.rests = false;
        _ = self.findings.sight.asked();
        let tally = &mut self.findings.tally;
        self.before = Before {
            examined: tally.examined,
            failed: tally.failed,
            findings: tally.findings.len(),
            not_evaluated: tally.not_evaluated.take(),
        };
    }

    /// Writes what was judged of the subject before.
    fn take(&mut self, judgement: &Judgement, told: &[Told], subject: &Resource) {
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

/// A new subject: what holds of it is taken again. Whether anything is left to be judged.
pub(crate) fn begin(
    sheets: &mut [Sheet<'_>],
    again: Option<&Again<'_>>,
    subject: &Resource,
    group: &'static str,
) -> bool {
    sheets.iter_mut().for_each(Sheet::begin);
    let kept = again.and_then(|again| Some((again, again.of(subject, group)?)));
    if let Some((again, kept)) = kept {
        for (sheet, (judgement, told)) in sheets.iter_mut().zip(kept.each()) {
            if again.holds(judgement) {
                sheet.take(judgement, told, subject);
            }
        }
    }
    sheets.iter().any(|sheet| !sheet.rests)
}

/// Done with the subject: what is to be kept of it, where that is not what was kept before.
pub(crate) fn end(
    sheets: &mut [Sheet<'_>],
    again: Option<&Again<'_>>,
    subject: &Resource,
    group: &'static str,
) -> Option<Kept> {
    sheets.iter_mut().for_each(Sheet::end);
    let new = again.and_then(|again| {
        let stands = again.of(subject, group).is_some_and(|kept| {
            sheets.iter().zip(kept.each()).all(|(sheet, (before, _))| sheet.rests || sheet.is_again(before))
        });
        (!stands).then(|| kept(sheets, again, subject))
    });
    sheets.iter_mut().for_each(Sheet::close);
    new
}

fn kept(sheets: &[Sheet<'_>], again: &Again<'_>, subject: &Resource) -> Kept {
    let name = subject.reference();
    let told = sheets.iter().flat_map(|sheet| {
        sheet.own().iter().map(|finding| Told::of(finding, sheet.findings.check, &name, again.texts()))
    });
    let told = told.collect();
    Kept::new(sheets.iter().map(Sheet::judgement).collect(), told)
}
