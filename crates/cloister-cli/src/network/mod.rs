//! `cloister network`: questions about who reaches whom.

pub mod args;
mod can;
mod diff;
mod dot;
mod entries;
mod exits;
mod explain;
mod exposure;
mod generate;
mod list;
mod map;
mod mesh;
mod narrowing;
mod plaintext;
mod purposes;
pub mod settings;
mod words;

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_network::{AddressSet, Mesh, Network, NotEvaluated, Options};

use crate::input::read;
use crate::terminal::Terminal;
use crate::warn;
use crate::way_out::failure;
use args::{Known, NetworkCommand};

/// More than these nobody reads beside an answer.
const MOST: usize = 8;

/// Reads and answers.
pub fn run(network: &args::Network, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let from = match &network.command {
        NetworkCommand::List(list) => &list.from,
        NetworkCommand::Can(can) => &can.from,
        NetworkCommand::Explain(explain) => &explain.from,
        NetworkCommand::Exposure(exposure) => &exposure.from,
        NetworkCommand::Entries(entries) => &entries.from,
        NetworkCommand::Exits(exits) => &exits.from,
        NetworkCommand::Mesh(mesh) => &mesh.from,
        NetworkCommand::Map(map) => &map.from,
        NetworkCommand::Purposes(purposes) => &purposes.from,
        NetworkCommand::Plaintext(plaintext) => &plaintext.from,
        NetworkCommand::Diff(diff) => return diff::run(diff, terminal),
        NetworkCommand::Generate(generate) => return generate::run(generate, terminal),
    };
    let with_mesh = match &network.command {
        NetworkCommand::List(list) => !list.mesh.without_mesh,
        NetworkCommand::Can(question) | NetworkCommand::Explain(question) => !question.mesh.without_mesh,
        _ => false,
    };
    let options = Options { mesh: with_mesh, ..options(&from.known)? };
    let (inventory, lost) = read(from.source.sources(), terminal)?;
    // The process ends with the answer.
    let inventory = ManuallyDrop::new(inventory);
    let built = ManuallyDrop::new(Network::new(&inventory, &options));
    let lost = lost | tell(&built, &inventory);
    let mesh = Mesh::of(&built, &inventory).filter(|_| with_mesh);
    let asked = Asked { network: &built, mesh: mesh.as_ref(), lost, width: terminal.width() };
    match &network.command {
        NetworkCommand::List(list) => list::run(list, &asked, &inventory),
        NetworkCommand::Can(can) => can::run(can, &asked),
        NetworkCommand::Explain(question) => explain::run(question, &asked),
        NetworkCommand::Exposure(question) => exposure::run(question, &asked),
        NetworkCommand::Entries(question) => entries::run(question, &asked, &inventory),
        NetworkCommand::Exits(question) => exits::run(question, &asked, &inventory),
        NetworkCommand::Mesh(question) => mesh::run(question, &asked, &inventory),
        NetworkCommand::Map(map) => map::run(map, &asked, &inventory),
        NetworkCommand::Purposes(question) => purposes::run(question, &asked, &inventory),
        NetworkCommand::Plaintext(question) => plaintext::run(question, &asked, &inventory),
        // Answered above.
        NetworkCommand::Diff(_) | NetworkCommand::Generate(_) => Ok(ExitCode::SUCCESS),
    }
}

/// What questions are asked of.
struct Asked<'a> {
    network: &'a Network<'a>,
    /// The mesh that narrows the answers.
    mesh: Option<&'a Mesh<'a, 'a>>,
    /// Something was lost: a policy that could not be read may decide otherwise.
    lost: bool,
    /// Columns of the terminal.
    width: usize,
}

impl Asked<'_> {
    fn exit(&self, code: u8) -> ExitCode {
        ExitCode::from(if self.lost { 2 } else { code })
    }
}

/// The endpoints of some classes, in order.
fn members(classes: &[usize], network: &Network<'_>) -> impl Iterator<Item = usize> + use<> {
    let mut members: Vec<usize> = classes.iter().flat_map(|class| network.members(*class)).copied().collect();
    members.sort_unstable();
    members.into_iter()
}

/// What the user says of the cluster.
fn options(known: &Known) -> anyhow::Result<Options> {
    let mut addresses: Option<AddressSet> = None;
    for text in &known.pod_cidrs {
        let block = AddressSet::parse_cidr(text).map_err(|bad| {
            failure(format!("--pod-cidr {text} {}", bad.as_str()), "write it as 10.244.0.0/16 or fd00:10:244::/56")
        })?;
        addresses = Some(addresses.map_or(block.clone(), |other| other.union(&block)));
    }
    Ok(Options { pod_addresses: addresses, ..Options::default() })
}

/// Tells what is wrong and what is not evaluated; whether something was lost.
fn tell(network: &Network<'_>, inventory: &Inventory) -> bool {
    let diagnostics = network.warnings();
    diagnostics.iter().take(MOST).for_each(warn::tell);
    if diagnostics.len() > MOST {
        eprintln!("warning: {} more like these in policies", diagnostics.len() - MOST);
    }
    tell_of_foreign(network.not_evaluated());
    if network.policies().is_empty() && !inventory.inputs().cluster {
        eprintln!("note: no policy is in the input; without one, every pod reaches every other");
    }
    let is_lost = |diagnostic: &Diagnostic| diagnostic.level == DiagnosticLevel::Error;
    let unread = inventory.inputs().unread.iter().any(|unread| unread.kind.ends_with("NetworkPolicy"));
    unread || diagnostics.iter().any(is_lost)
}

fn tell_of_foreign(foreign: &[NotEvaluated<'_>]) {
    let Some(first) = foreign.first() else { return };
    let (kind, of, name) = (&first.resource.kind, first.of, &first.resource.name);
    let others = match foreign.len() {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    eprintln!("warning: not evaluated: {kind} \"{name}\" of {of}{others}; what it decides is not in the answer");
}
