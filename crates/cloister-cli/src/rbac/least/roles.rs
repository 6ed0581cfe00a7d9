//! `cloister rbac roles`.

use std::process::ExitCode;

use cloister_privilege::starter;
use cloister_register::Register;

use super::args::Roles;
use crate::folder::Folder;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;
use crate::warn::tell;

/// Writes roles to start from.
pub fn run(roles: &Roles, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (inventory, lost) = read(roles.present.sources(&roles.paths), terminal)?;
    let (register, diagnostics) = Register::from_inventory(&inventory);
    diagnostics.iter().for_each(tell);
    let files = starter(&inventory, &register);
    match &roles.output {
        Some(path) => {
            let mut folder = Folder::new(path)?;
            files.iter().try_for_each(|file| folder.put(file.file, &file.text))?;
            eprintln!("wrote {} files into {}", files.len(), path.display());
        }
        None => print(&files.into_iter().map(|file| file.text).collect::<Vec<_>>().join("---\n"))?,
    }
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}
