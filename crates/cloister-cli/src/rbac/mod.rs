//! `cloister rbac`: questions about who may do what.

pub mod args;
mod batch;
mod can;
mod diff;
mod escalate;
mod graph;
mod least;
mod matrix;
mod personal;
mod proof;
mod snapshot;
mod unknown;
mod who;

use std::mem::ManuallyDrop;
use std::path::Path;
use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_rbac::{Catalogue, Chain, Details, NEWEST, Policy, Request, Ruling, ServerRules, ToldBy};

use crate::input::{Sources, read};
use crate::terminal::Terminal;
use crate::warn;
use crate::way_out::failure;
use args::{Rbac, RbacCommand};

/// Reads and answers.
pub fn run(rbac: &Rbac, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (source, configuration) = match &rbac.command {
        RbacCommand::Can(can) => can.from.parts(),
        RbacCommand::WhoCan(who) => who.from.parts(),
        RbacCommand::WhatCan(what) => what.from.parts(),
        RbacCommand::Matrix(matrix) => matrix.from.parts(),
        RbacCommand::Escalate(escalate) => escalate.from.parts(),
        RbacCommand::Graph(graph) => (&graph.source, None),
        RbacCommand::Diff(diff) => return diff::run(diff, terminal),
        RbacCommand::Snapshot(snapshot) => return snapshot::run(snapshot, terminal),
        RbacCommand::Minimize(minimize) => return least::minimize(minimize, terminal),
        RbacCommand::Roles(roles) => return least::roles(roles, terminal),
    };
    let questions = match &rbac.command {
        RbacCommand::Can(args::Can { batch: Some(file), .. }) => Some(batch::read(file)?),
        _ => None,
    };
    let (inventory, lost) = read(source.sources(), terminal)?;
    // The process ends with the answer.
    let inventory = ManuallyDrop::new(inventory);
    let policy = ManuallyDrop::new(Policy::new(&inventory));
    let chain = chain(configuration, &inventory, terminal)?;
    let asked = Asked {
        catalogue: Catalogue::new(&inventory),
        policy: &policy,
        inventory: &inventory,
        chain,
        lost,
        width: terminal.width(),
    };
    warn::warn(asked.chain.diagnostics());
    warn::warn(policy.diagnostics());
    say_where_nothing_is_written(&inventory);
    match (&rbac.command, questions) {
        (RbacCommand::Can(can), Some(questions)) => batch::run(can, &questions, &asked),
        (RbacCommand::Can(can), None) => can::run(can, &asked),
        (RbacCommand::WhoCan(question), _) if question.verb == personal::QUESTION => {
            personal::run(question, &inventory, &asked)
        }
        (RbacCommand::WhoCan(question), _) => who::who_can(question, &asked),
        (RbacCommand::WhatCan(question), _) => who::what_can(question, &asked),
        (RbacCommand::Matrix(question), _) => matrix::run(question, &asked),
        // Answered above.
        (RbacCommand::Diff(_) | RbacCommand::Snapshot(_) | RbacCommand::Minimize(_) | RbacCommand::Roles(_), _) => {
            Ok(ExitCode::SUCCESS)
        }
        (RbacCommand::Escalate(question), _) => escalate::run(question, &inventory, &asked),
        (RbacCommand::Graph(graph), _) => graph::run(graph, &asked),
    }
}

/// What questions are asked of.
struct Asked<'a> {
    inventory: &'a Inventory,
    catalogue: Catalogue,
    policy: &'a Policy<'a>,
    /// The authorisers that the API server asks.
    chain: Chain,
    /// Something could not be read: "no" is not certain.
    lost: bool,
    /// Columns of the terminal.
    width: usize,
}

impl<'a> Asked<'a> {
    fn exit(&self, code: u8) -> ExitCode {
        ExitCode::from(if self.lost { 2 } else { code })
    }

    fn decide(&self, request: &Request, details: &Details) -> Ruling<'a, 'a> {
        self.chain.decide(self.policy, request, details)
    }

    /// Roles are not all that an API server may ask.
    fn note_other_authorizers(&self) {
        self.chain.notes().iter().for_each(|note| eprintln!("note: {note}"));
    }
}

/// The authorisers: those of the file that is named, or what the input says.
fn chain(configuration: Option<&Path>, inventory: &Inventory, terminal: &Terminal) -> anyhow::Result<Chain> {
    let Some(file) = configuration else { return Ok(Chain::of(inventory)) };
    let (named, _) = read(Sources { paths: vec![file.to_owned()], ..Sources::default() }, terminal)?;
    let mut configurations = named.of_kind("AuthorizationConfiguration");
    match (configurations.next(), configurations.next()) {
        (Some(one), None) => Ok(Chain::from_configuration(one)),
        (None, _) => Err(failure(
            format!("{} holds no AuthorizationConfiguration", file.display()),
            "name the file of kube-apiserver's --authorization-config, of apiserver.config.k8s.io",
        )),
        (Some(_), Some(_)) => Err(failure(
            format!("{} holds more than one AuthorizationConfiguration", file.display()),
            "name a file with the one that is in force",
        )),
    }
}

/// By whose rules ways are followed, where it is not the newest version.
fn note_rules(rules: ServerRules) {
    if rules.version != NEWEST && rules.told_by != ToldBy::User {
        eprintln!("note: answered by the rules of {rules}");
    }
}

/// Files without a role are answered from what every cluster is born with: better to say so.
fn say_where_nothing_is_written(inventory: &Inventory) {
    let kinds = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    if !inventory.inputs().cluster && !kinds.iter().any(|kind| inventory.has_kind(kind)) {
        eprintln!("note: no role or binding is in the input; answered from those that every cluster is born with");
    }
}
