//! `cloister rbac`: questions about who may do what.

pub mod args;
mod batch;
mod can;
mod escalate;
mod graph;
mod proof;
mod table;
mod who;
mod words;

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_rbac::{Catalogue, Policy};
use cloister_source::cluster::ClusterRequest;

use crate::input::Sources;
use crate::terminal::Terminal;
use args::{Rbac, RbacCommand};

/// Reads and answers.
pub fn run(rbac: &Rbac, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let from = match &rbac.command {
        RbacCommand::Can(can) => &can.from.source,
        RbacCommand::WhoCan(who) => &who.from.source,
        RbacCommand::WhatCan(what) => &what.from.source,
        RbacCommand::Escalate(escalate) => &escalate.from.source,
        RbacCommand::Graph(graph) => &graph.source,
    };
    let questions = match &rbac.command {
        RbacCommand::Can(args::Can { batch: Some(file), .. }) => Some(batch::read(file)?),
        _ => None,
    };
    let progress = terminal.progress();
    let (inventory, lost) = read(from, &|what| progress.set_message(what.to_owned()));
    progress.finish_and_clear();
    // The process ends with the answer.
    let inventory = ManuallyDrop::new(inventory);
    let policy = ManuallyDrop::new(Policy::new(&inventory));
    let asked = Asked { inventory: &inventory, catalogue: Catalogue::new(&inventory), policy: &policy, lost };
    match (&rbac.command, questions) {
        (RbacCommand::Can(can), Some(questions)) => batch::run(can, &questions, &asked),
        (RbacCommand::Can(can), None) => can::run(can, &asked),
        (RbacCommand::WhoCan(question), _) => who::who_can(question, &asked),
        (RbacCommand::WhatCan(question), _) => who::what_can(question, &asked),
        (RbacCommand::Escalate(question), _) => escalate::run(question, asked.inventory, &asked),
        (RbacCommand::Graph(graph), _) => graph::run(graph, &asked),
    }
}

/// What questions are asked of.
struct Asked<'a> {
    inventory: &'a Inventory,
    catalogue: Catalogue,
    policy: &'a Policy<'a>,
    /// Something could not be read: "no" is not certain.
    lost: bool,
}

impl Asked<'_> {
    fn exit(&self, code: u8) -> ExitCode {
        ExitCode::from(if self.lost { 2 } else { code })
    }
}

fn read(from: &args::Source, progress: &(dyn Fn(&str) + Sync)) -> (Inventory, bool) {
    let request = ClusterRequest {
        kubeconfig: from.kubeconfig.clone(),
        context: from.context.clone(),
        ..ClusterRequest::default()
    };
    let sources = Sources { paths: from.from.clone(), cluster: from.cluster, request, ..Sources::default() };
    let input = sources.read(progress);
    let inventory = Inventory::new(input.resources, input.inputs);
    let is_lost = |diagnostic: &&Diagnostic| diagnostic.level == DiagnosticLevel::Error;
    let lost = input.diagnostics.iter().filter(is_lost).inspect(|diagnostic| tell(diagnostic)).count() > 0;
    (inventory, lost)
}

/// A diagnostic on standard error, on one line.
fn tell(diagnostic: &Diagnostic) {
    let level = if diagnostic.level == DiagnosticLevel::Error { "error" } else { "warning" };
    let line = diagnostic.line.map(|line| format!(":{line}")).unwrap_or_default();
    let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    eprintln!("{level}: {}{line}: {}{help}", diagnostic.file, diagnostic.message);
}
