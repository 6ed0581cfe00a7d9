//! Least roles from the audit log of a real API server: is everything that was allowed allowed again, is every part of
//! the result needed, and is whatever is wider told?

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

mod page;
mod people;
mod real;
mod traffic;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::process::ExitCode;

use anyhow::{Context, Result};
use cloister_audit::{Log, Use, Window};
use cloister_privilege::{Limits, Minimised, Right, Subject, atoms, born, manifest, minimise, replay, without};
use cloister_rbac::{Action, Identity, Policy, Verdict};

use super::rbac::objects::{self, Objects};
use super::rbac::{questions, server};
use super::{Dice, report};
use crate::{ControlPlane, Options};
use traffic::Sent;

/// How many requests a full run sends.
pub const FULL_COUNT: usize = 6_000;
/// Clusters of roles in the one server.
const CLUSTERS: usize = 6;
/// From which on a run must have thousands of atoms.
const ENOUGH: usize = 5_000;

/// Bodies of some kinds, and metadata of the rest.
const POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: RequestResponse
  resources: [{group: '', resources: [configmaps]}]
- level: Request
  resources: [{group: apps}]
- level: Metadata
";

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    sent: usize,
    refused: usize,
    events: u64,
    bytes: u64,
    subjects: usize,
    actions: usize,
    rules: usize,
    /// By kind: atoms, and those without which everything is allowed all the same.
    atoms: BTreeMap<&'static str, (usize, usize)>,
    generalised: usize,
    /// What SubjectAccessReview was asked, and what it refused.
    reviews: (usize, usize),
    /// Atoms that were taken away on the server.
    taken: usize,
    complaints: Vec<String>,
}

/// Records, minimises and checks.
///
/// # Errors
/// A control plane did not start, or refused an object.
pub fn judge(seed: u64, count: usize) -> Result<Tally> {
    let mut tally = Tally { seed, ..Tally::default() };
    let mut dice = Dice::new(seed);
    let (world, log) = tally.record(count, &mut dice)?;
    let uses = log.uses();
    (tally.events, tally.bytes) = (log.tally.events, log.tally.bytes);
    for lost in &log.diagnostics {
        tally.complaints.push(format!("the log could not be read: {lost:?}"));
    }
    let nothing = born("");
    let policy = Policy::new(&nothing);
    let exact = minimise(&uses, &policy, Limits { names: None, namespaces: None }, |_| true);
    tally.check("exact", &exact, true);
    let wide = minimise(&uses, &policy, Limits { names: Some(1), namespaces: Some(1) }, |_| true);
    tally.check("generalised", &wide, false);
    tally.generalised = wide.subjects.iter().map(|subject| subject.generalised.len()).sum();
    println!("minimize: {} atoms of {} subjects checked", tally.atom_count(), exact.subjects.len());
    let (asked, refused, taken) = real::check(&exact, &world.namespaces, &mut dice)?;
    (tally.reviews, tally.taken) = ((asked, refused.len()), taken);
    tally.complaints.extend(refused);
    tally.count_enough();
    Ok(tally)
}

impl Tally {
    /// Lets many do much on a real server, and gives the log of it.
    fn record(&mut self, count: usize, dice: &mut Dice) -> Result<(Objects, Log)> {
        let options = Options { audit_policy: Some(POLICY.to_owned()), ..Options::default() };
        let plane = ControlPlane::start_with(&options)?.with_controller_manager()?;
        let mut world = objects::generate(CLUSTERS, dice);
        world.namespaces.push(people::NAMESPACE.to_owned());
        world.rbac.extend(people::objects());
        server::apply(&plane, &world)?;
        let inventory = super::rbac::inventory(&world.all());
        let policy = Policy::new(&inventory);
        let mut sent: Vec<Sent> = Vec::new();
        while sent.len() < count {
            let question = questions::generate(&policy, &world.namespaces, dice);
            sent.extend(traffic::of(question.request, dice));
        }
        traffic::send(plane.api(), &sent)?;
        println!("minimize: {} requests sent", sent.len());
        people::work(&plane)?;
        let mut log = Log::new(Window::default());
        log.read("audit.log", File::open(plane.audit_log()).context("failed to open the audit log")?);
        self.sent = sent.len();
        self.compare(&policy, &sent, &log.uses());
        Ok((world, log))
    }

    /// The log holds what was sent and allowed, and nothing that was refused.
    fn compare(&mut self, policy: &Policy<'_>, sent: &[Sent], uses: &[Use]) {
        let logged: HashSet<(Identity, Action)> =
            uses.iter().map(|used| sorted(used.request().identity, used.action.clone())).collect();
        for sent in sent {
            let decision = policy.decide(&sent.request);
            let allowed = decision.verdict() == Verdict::Allowed;
            self.refused += usize::from(!allowed);
            let node = matches!(decision, cloister_rbac::Decision::Node(_));
            if logged.contains(&sorted(sent.request.identity.clone(), sent.request.action.clone()))
                != (allowed && !node)
            {
                self.complaints.push(format!("{} was {decision:?}, and the log says otherwise: {sent:?}", sent.path));
            }
        }
    }

    fn check(&mut self, name: &str, minimised: &Minimised<'_>, is_exact: bool) {
        for subject in &minimised.subjects {
            let who = &subject.who;
            let refused = replay(&manifest(subject), subject.uses.iter().copied());
            if !refused.is_empty() {
                self.complaints.push(format!("{name}: {who} is refused {:?}", refused.first()));
            }
            self.check_atoms(name, subject);
            self.check_width(name, subject);
            if is_exact {
                self.subjects += 1;
                self.actions += subject.uses.len();
                self.rules += subject.roles.iter().map(|role| role.rules.len()).sum::<usize>();
            }
        }
    }

    fn check_atoms(&mut self, name: &str, subject: &Subject<'_>) {
        for atom in atoms(subject) {
            let counted = self.atoms.entry(atom.kind).or_default();
            counted.0 += 1;
            if replay(&manifest(&without(subject, &atom)), subject.uses.iter().copied()).is_empty() {
                counted.1 += 1;
                self.complaints.push(format!("{name}: {} does not need {atom:?}", subject.who));
            }
        }
    }

    /// A right is one that was used, or stands in the list of what was generalised; and what stands there is a right.
    fn check_width(&mut self, name: &str, subject: &Subject<'_>) {
        let used: BTreeSet<Right> = subject.uses.iter().map(|used| Right::of(&used.action)).collect();
        let told: BTreeSet<Right> = subject.generalised.iter().map(|wide| wide.right.clone()).collect();
        let is_told = |right: &Right| told.contains(right) || told.contains(&right.unnamed());
        for right in subject.rights.iter().filter(|right| !used.contains(right) && !is_told(right)) {
            self.complaints.push(format!("{name}: {} is given {right:?}, which nothing tells", subject.who));
        }
    }

    fn atom_count(&self) -> usize {
        self.atoms.values().map(|(count, _)| count).sum()
    }

    fn count_enough(&mut self) {
        if self.sent >= ENOUGH && self.atom_count() < 2_000 {
            self.complaints.push(format!("{} atoms are too few", self.atom_count()));
        }
        if self.generalised == 0 || self.refused == 0 {
            self.complaints.push("nothing was generalised, or nothing refused".to_owned());
        }
    }
}

/// With groups in the order of their names.
fn sorted(mut identity: Identity, action: Action) -> (Identity, Action) {
    identity.groups.sort_unstable();
    identity.groups.dedup();
    (identity, action)
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("minimize: {count} requests from seed {seed}");
    let tally = judge(seed, count)?;
    let text = page::page(&tally);
    println!("{text}");
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "minimize", &text)?;
        println!("wrote {}", path.display());
    }
    tally.complaints.iter().take(10).for_each(|complaint| println!("minimize: {complaint}"));
    println!("minimize: {} complaints", tally.complaints.len());
    Ok(if tally.complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
