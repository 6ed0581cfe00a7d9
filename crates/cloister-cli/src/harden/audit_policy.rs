//! `cloister harden audit-policy`.

use std::process::ExitCode;

use cloister_harden::audit_policy::{ROLLOUT, write};
use cloister_register::Register;

use super::args::Input;
use crate::output::print;
use crate::rbac::{read, warn};
use crate::terminal::Terminal;

/// Writes the policy, and says how to bring it in.
pub fn run(input: &Input, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (inventory, lost) = read(input.sources(), terminal)?;
    let (register, diagnostics) = Register::from_inventory(&inventory);
    warn::warn(&diagnostics);
    if register.namespaces_with_personal_data().is_empty() {
        eprintln!("note: the register names no namespace with personal data; `cloister register init` drafts one\n");
    }
    print(&write(&register))?;
    eprint!("{ROLLOUT}");
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}
