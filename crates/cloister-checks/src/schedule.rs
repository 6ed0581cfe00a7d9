//! In which order checks meet their subjects: subject by subject, not check by check. So each tree is in the
//! processor's cache while all checks look at it, and what several of them derive from it is derived once.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use cloister_inventory::Pod;
use cloister_model::{Diagnostic, Finding, Resource};
use rayon::prelude::*;

use crate::check::{OfContainer, OfInventory, OfPod, OfResource};
use crate::known::Known;
use crate::shared::Shared;
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
    Pods(&'t [Pod<'a>]),
    Resources(&'static str, &'t [&'a Resource]),
    Whole(&'t Judge<OfInventory>),
}

/// Runs the checks over everything they look at; one tally for each, in their order, and what cannot be right in what
/// they read. Findings stand in the inventory's order whatever the number of threads.
pub(crate) fn run(checks: &[&'static Check], context: &Context<'_>) -> (Vec<Tally>, Vec<Diagnostic>) {
    let judges = Judges::new(checks);
    let pods: Vec<Pod<'_>> = context.inventory.pods().collect();
    let of_kinds: Vec<(&'static str, Vec<&Resource>)> =
        judges.resources.keys().map(|&kind| (kind, context.inventory.of_kind(kind).collect())).collect();
    let mut tasks: Vec<Task<'_, '_>> = judges.whole.iter().map(Task::Whole).collect();
    tasks.extend(pods.chunks(PODS).map(Task::Pods));
    for (kind, resources) in &of_kinds {
        tasks.extend(resources.chunks(RESOURCES).map(|some| Task::Resources(kind, some)));
    }
    let bench = Bench {
        known: Arc::default(),
        names: checks.iter().map(|check| Arc::from(check.name)).collect(),
        checks,
        context,
        judges: &judges,
    };
    let parts: Vec<Vec<(usize, Tally)>> = tasks.par_iter().with_max_len(1).map(|task| bench.work(task)).collect();
    (merge(checks.len(), parts), bench.known.diagnostics())
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
}

impl<'a> Bench<'_, 'a> {
    fn work(&self, task: &Task<'_, 'a>) -> Vec<(usize, Tally)> {
        match task {
            Task::Pods(pods) => self.pods(pods),
            Task::Resources(kind, resources) => self.resources(kind, resources),
            Task::Whole((index, judge)) => {
                let mut findings = self.findings(*index);
                if let Some(findings) = &mut findings {
                    judge(findings);
                }
                findings.into_iter().map(|findings| (*index, findings.tally)).collect()
            }
        }
    }

    fn pods(&self, pods: &[Pod<'a>]) -> Vec<(usize, Tally)> {
        let mut of_pods = self.seats(&self.judges.pods);
        let mut of_containers = self.seats(&self.judges.containers);
        for pod in pods {
            let shared = Rc::new(Shared::of(pod.template));
            for (_, judge, findings) in &mut of_pods {
                findings.within(None, &shared);
                judge(pod, findings);
                findings.count();
            }
            for container in pod.containers() {
                let shared = Rc::new(Shared::of(container.node));
                for (_, judge, findings) in &mut of_containers {
                    findings.within(Some(container), &shared);
                    judge(&container, findings);
                    findings.count();
                }
            }
        }
        tallies(of_pods).chain(tallies(of_containers)).collect()
    }

    fn resources(&self, kind: &str, resources: &[&'a Resource]) -> Vec<(usize, Tally)> {
        let mut seats = self.judges.resources.get(kind).map(|judges| self.seats(judges)).unwrap_or_default();
        for &resource in resources {
            let shared = Rc::new(Shared::of(&resource.root));
            for (_, judge, findings) in &mut seats {
                findings.within(None, &shared);
                judge(resource, findings);
                findings.count();
            }
        }
        tallies(seats).collect()
    }

    /// Each judge with an empty sheet for its findings.
    fn seats<F: Copy>(&self, judges: &[Judge<F>]) -> Vec<(usize, F, Findings<'a>)> {
        judges.iter().filter_map(|&(index, judge)| Some((index, judge, self.findings(index)?))).collect()
    }

    fn findings(&self, index: usize) -> Option<Findings<'a>> {
        Some(Findings::new(self.checks.get(index)?, self.names.get(index)?.clone(), self.context, self.known.clone()))
    }
}

fn tallies<'a, F>(seats: Vec<(usize, F, Findings<'a>)>) -> impl Iterator<Item = (usize, Tally)> {
    seats.into_iter().map(|(index, _, findings)| (index, findings.tally))
}
