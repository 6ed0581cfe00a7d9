//! What a question is answered from.

use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel};

use super::Sources;
use crate::terminal::Terminal;
use crate::warn;
use crate::way_out::failure;

/// Reads everything, and whether some of it was lost. Where all of it was, there is nothing to answer from.
pub fn read(sources: Sources, terminal: &Terminal) -> anyhow::Result<(Inventory, bool)> {
    let progress = terminal.progress();
    let input = sources.read(&|what| progress.set_message(what.to_owned()));
    progress.finish_and_clear();
    let is_lost = |diagnostic: &&Diagnostic| diagnostic.level == DiagnosticLevel::Error;
    let lost = input.diagnostics.iter().filter(is_lost).inspect(|diagnostic| warn::tell(diagnostic)).count() > 0;
    if lost && input.resources.is_empty() {
        return Err(failure(
            "nothing was read, so that there is no answer",
            "name files, folders or a cluster that are there",
        ));
    }
    Ok((Inventory::new(input.resources, input.inputs), lost))
}
