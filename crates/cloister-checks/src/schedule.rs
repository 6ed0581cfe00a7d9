//! In which order checks meet their subjects: subject by subject, not check by check. So each tree is in the
//! processor's cache while all checks look at it, and what several of them derive from it is derived once.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use cloister_inventory::{Container, Pod};
use cloister_model::{Diagnostic, Finding, Resource};
use rayon::prelude::*;

use crate::again::{self, Again, Judged};
use crate::check::{OfContainer, OfInventory, OfPod, OfResource};
use crate::known::Known;
use crate::shared::Shared;
use crate::sheet::{self, Came, Of, Sheet};
use crate::sight::Sight;
use crate::{Check, Context, Findings, NotEvaluated, Run};

/// Subjects of one task: enough to be worth a thread's while, few enough to share the work evenly.
const PODS: usize = 8;
const RESOURCES: usize = 32;

/// What a check came to, on some of its subjects or on all.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub examined: usize,
    pub failed: usize,
    pub findings: Vec<Finding>,
    pub not_evaluated: Option<NotEvaluated>,
}

/// One of the checks that run, by its place among them.
type Judge<F> = (usize, F);

/// The checks that run, by what they look at.
#[derive(Default)]
struct Judges {
    containers: Vec<Judge<OfContainer>>,
    pods: Vec<Judge<OfPod>>,
    resources: BTreeMap<&'static str, Vec<Judge<OfResource>>>,
    whole: Vec<Judge<OfInventory>>,
}

impl Judges {
    fn new(checks: &[&'static Check]) -> Judges {
        let mut judges = Judges::default();
        for (index, check) in checks.iter().enumerate() {
            match &check.run {
                Run::Container(judge) => judges.containers.push((index, *judge)),
                Run::Pod(judge) => judges.pods.push((index, *judge)),
                Run::Resource(kinds, judge) => {
                    for kind in *kinds {
                        judges.resources.entry(kind).or_default().push((index, *judge));
                    }
                }
                Run::Inventory(_, judge) => judges.whole.push((index, *judge)),
                Run::Policy => {}
            }
        }
        judges
    }
}

/// A piece of work for one thread.
enum Task<'t, 'a> {
    /// The pods of some resources.
    Pods(&'t [&'t [Pod<'a>]]),
    Resources(&'static str, &'t [&'a Resource]),
    Whole(&'t Judge<OfInventory>),
}

/// Runs the checks over everything they look at; one tally for each, in their order, and what cannot be right in what
/// they read. Findings stand in the inventory's order whatever the number of threads.
///
/// What was `judged` before and holds still is taken again, and what holds now is kept there.
pub(crate) fn run(
    checks: &[&'static Check],
    context: &Context<'_>,
    judged: Option<&mut Judged>,
) -> (Vec<Tally>, Vec<Diagnostic>) {
    let judges = Judges::new(checks);
    let pods: Vec<Pod<'_>> = context.inventory.pods().collect();
    let of_kinds: Vec<(&'static str, Vec<&Resource>)> =
        judges.resources.keys().map(|&kind| (kind, context.inventory.of_kind(kind).collect())).collect();
    let mut tasks: Vec<Task<'_, '_>> = judges.whole.iter().map(Task::Whole).collect();
    let of_one: Vec<&[Pod<'_>]> = pods.chunk_by(|one, next| std::ptr::eq(one.resource, next.resource)).collect();
    tasks.extend(of_one.chunks(PODS).map(Task::Pods));
    for (kind, resources) in &of_kinds {
        tasks.extend(resources.chunks(RESOURCES).map(|some| Task::Resources(kind, some)));
    }
    let bench = Bench {
        known: Arc::default(),
        names: checks.iter().map(|check| Arc::from(check.name)).collect(),
        checks,
        context,
        judges: &judges,
        again: judged.as_deref().map(|judged| Again::new(judged, checks, context)),
    };
    let parts: Vec<Part> = tasks.par_iter().with_max_len(1).map(|task| bench.work(task)).collect();
    let diagnostics = bench.known.diagnostics();
    let (tallies, kept): (Vec<_>, Vec<_>) = parts.into_iter().map(|part| (part.tallies, part.kept)).unzip();
    drop(bench);
    if let Some(judged) = judged {
        judged.keep(kept.into_iter().flatten(), checks, context);
    }
    (merge(checks.len(), tallies), diagnostics)
}

/// What one task came to.
#[derive(Default)]
struct Part {
    tallies: Vec<(usize, Tally)>,
    /// Of each subject.
    kept: Vec<Came>,
}

fn merge(checks: usize, parts: Vec<Vec<(usize, Tally)>>) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = std::iter::repeat_with(Tally::default).take(checks).collect();
    for (index, part) in parts.into_iter().flatten() {
        let Some(tally) = tallies.get_mut(index) else { continue };
        tally.examined += part.examined;
        tally.failed += part.failed;
        tally.findings.extend(part.findings);
        tally.not_evaluated = tally.not_evaluated.take().or(part.not_evaluated);
    }
    tallies
}

/// What every task works with.
struct Bench<'b, 'a> {
    known: Arc<Known<'a>>,
    names: Vec<Arc<str>>,
    checks: &'b [&'static Check],
    context: &'a Context<'a>,
    judges: &'b Judges,
    again: Option<Again<'b>>,
}

impl<'a> Bench<'_, 'a> {
    fn work(&self, task: &Task<'_, 'a>) -> Part {
        match task {
            Task::Pods(pods) => self.pods(pods),
            Task::Resources(kind, resources) => self.resources(kind, resources),
            Task::Whole(judge) => self.whole(judge),
        }
    }

    fn whole(&self, (index, judge): &Judge<OfInventory>) -> Part {
        let mut sheets: Vec<Sheet<'a>> = self.findings(*index).map(|one| Sheet::new(*index, one)).into_iter().collect();
        let name = self.checks.get(*index).map_or("", |check| check.name);
        let kept = sheet::judge(&mut sheets, self.again.as_ref(), Of::Everything(name), |sheets| {
            sheets.iter_mut().filter_map(Sheet::whole).for_each(|findings| judge(findings));
        });
        Part { tallies: sheets.into_iter().map(Sheet::tally).collect(), kept: kept.into_iter().collect() }
    }

    fn pods(&self, resources: &[&[Pod<'a>]]) -> Part {
        let (of_pods, of_containers) = (&self.judges.pods, &self.judges.containers);
        let mut sheets: Vec<Sheet<'a>> = self.sheets(of_pods);
        let first = sheets.len();
        sheets.extend(self.sheets(of_containers));
        let mut part = Part::default();
        for pods in resources {
            let Some(resource) = pods.first().map(|pod| pod.resource) else { continue };
            let of = Of::One(resource, again::PODS);
            let kept = sheet::judge(&mut sheets, self.again.as_ref(), of, |sheets| {
                let (own, rest) = sheets.split_at_mut(first);
                for pod in *pods {
                    let shared = Rc::new(Shared::of(pod.template));
                    each(own, of_pods, (None, &shared), |judge, findings| judge(pod, findings));
                    for container in pod.containers() {
                        let shared = Rc::new(Shared::of(container.node));
                        let within = (Some(container), &shared);
                        each(rest, of_containers, within, |judge, findings| judge(&container, findings));
                    }
                }
            });
            part.kept.extend(kept);
        }
        Part { tallies: sheets.into_iter().map(Sheet::tally).collect(), ..part }
    }

    fn resources(&self, kind: &'static str, resources: &[&'a Resource]) -> Part {
        let judges = self.judges.resources.get(kind).map_or(&[][..], Vec::as_slice);
        let (mut sheets, mut part) = (self.sheets(judges), Part::default());
        for &resource in resources {
            let kept = sheet::judge(&mut sheets, self.again.as_ref(), Of::One(resource, kind), |sheets| {
                let shared = Rc::new(Shared::of(&resource.root));
                each(sheets, judges, (None, &shared), |judge, findings| judge(resource, findings));
            });
            part.kept.extend(kept);
        }
        Part { tallies: sheets.into_iter().map(Sheet::tally).collect(), ..part }
    }

    /// For each judge an empty sheet.
    fn sheets<F>(&self, judges: &[Judge<F>]) -> Vec<Sheet<'a>> {
        judges.iter().filter_map(|(index, _)| Some(Sheet::new(*index, self.findings(*index)?))).collect()
    }

    fn findings(&self, index: usize) -> Option<Findings<'a>> {
        let sight = Sight::new(self.context, self.known.clone());
        Some(Findings::new(self.checks.get(index)?, self.names.get(index)?.clone(), sight))
    }
}

/// Each judge that is still to judge, with its sheet.
fn each<'a, F: Copy>(
    sheets: &mut [Sheet<'a>],
    judges: &[Judge<F>],
    (container, shared): (Option<Container<'a>>, &Rc<Shared<'a>>),
    judge: impl Fn(F, &mut Findings<'a>),
) {
    for (sheet, (_, of)) in sheets.iter_mut().zip(judges) {
        if let Some(findings) = sheet.open(container, shared) {
            judge(*of, findings);
            findings.count();
        }
    }
}
