//! `cloister harden mesh-mtls`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cloister_harden::Step;
use cloister_harden::mesh_mtls::{CHOICES, Kind, Written, found, mesh_mtls};
use cloister_register::Register;

use crate::folder::Folder;
use crate::input::args::Source;
use crate::input::read;
use crate::network::settings::settings;
use crate::output::print;
use crate::table::indented;
use crate::terminal::Terminal;
use crate::way_out::failure;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 written, or nothing is to be written; 1 what would be written did not pass its proof; \
                        2 no mesh is there, or something could not be read."
)]
pub struct MeshMtls {
    #[command(flatten)]
    pub source: Source,

    /// The mesh to write for, where there are several [default: Istio, then Linkerd, then Cilium].
    #[arg(long, value_enum, value_name = "MESH", help_heading = "Configuration")]
    pub mesh: Option<Chosen>,

    /// Write each step into a file of this folder, which holds no YAML yet.
    #[arg(short, long, value_name = "FOLDER", help_heading = "Result")]
    pub output: Option<PathBuf>,
}

/// A mesh, as a word of the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Chosen {
    /// PeerAuthentications.
    Istio,
    /// Inbound policies.
    Linkerd,
    /// WireGuard between nodes.
    Cilium,
}

impl Chosen {
    fn kind(self) -> Kind {
        match self {
            Self::Istio => Kind::Istio,
            Self::Linkerd => Kind::Linkerd,
            Self::Cilium => Kind::Cilium,
        }
    }
}

/// Writes the steps on standard output or into a folder; what is to be told of them on standard error.
pub fn run(asked: &MeshMtls, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (inventory, lost) = read(asked.source.sources(), terminal)?;
    let all = found(&inventory);
    let kind = match asked.mesh.map(Chosen::kind) {
        Some(kind) if all.contains(&kind) => kind,
        Some(kind) => {
            let help = "read the whole cluster (--cluster), or the manifests that label namespaces and pods for it";
            return Err(failure(format!("nothing in the input is in a mesh of {}", kind.as_str()), help));
        }
        None => *all.first().ok_or_else(|| failure("no mesh is in the input", CHOICES))?,
    };
    let (register, _) = Register::from_inventory(&inventory);
    let said = settings(&inventory, &register);
    let written = mesh_mtls(kind, &inventory, &|it| said.get(&it.reference()).cloned().unwrap_or_default());
    match &asked.output {
        None => print(&written.steps.iter().map(Step::annotated).collect::<Vec<_>>().join("\n"))?,
        Some(path) if !written.steps.is_empty() => {
            let mut folder = Folder::new(path)?;
            written.steps.iter().try_for_each(|step| folder.add(&step.name, &step.annotated()))?;
        }
        Some(_) => {}
    }
    tell(kind, &all, &written, (asked.output.is_none(), terminal.width()));
    Ok(ExitCode::from(match (written.proof.holds(), lost) {
        (false, _) => 1,
        (true, true) => 2,
        (true, false) => 0,
    }))
}

fn tell(kind: Kind, all: &[Kind], written: &Written, (in_one, width): (bool, usize)) {
    let say = |text: &str| eprint!("{}", indented(text, 0, 2, width));
    let others: Vec<&str> = all.iter().filter(|it| **it != kind).map(|it| it.as_str()).collect();
    let others = if others.is_empty() { String::new() } else { format!("; there too: {}", others.join(", ")) };
    say(&format!("mesh: {}{others}", kind.as_str()));
    if !written.proof.holds() {
        say("error: the proof failed, so that nothing is written:");
        written.proof.failures.iter().for_each(|it| say(&format!("- {it}")));
        return;
    }
    if written.steps.is_empty() {
        say("nothing is to be written: all is as it should be");
    }
    if in_one && written.steps.len() > 1 {
        say("note: apply one step after the other; --output FOLDER writes a file for each");
    }
    written.proof.shown.iter().for_each(|it| say(&format!("proof: {it}")));
    written.notes.iter().for_each(|it| say(&format!("note: {it}")));
}
