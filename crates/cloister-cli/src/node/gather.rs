//! `cloister node gather`.

use std::fs;
use std::process::ExitCode;

use cloister_source::cluster::{ClusterRequest, gather};

use super::args::Gather;
use crate::way_out::failure;

/// Writes one file for each node; says which nodes have none.
pub fn run(arguments: &Gather) -> anyhow::Result<ExitCode> {
    let request = ClusterRequest {
        kubeconfig: arguments.kubeconfig.clone(),
        context: arguments.context.clone(),
        namespaces: vec![arguments.namespace.clone()],
    };
    let gathered = gather(&request).map_err(|diagnostic| {
        failure(format!("{}: {}", diagnostic.file, diagnostic.message), diagnostic.help.clone().unwrap_or_default())
    })?;
    if gathered.is_empty() {
        let cause = format!("no collector runs in the namespace {}", arguments.namespace);
        return Err(failure(cause, "kubectl apply -f deploy/node-collector.yaml, then wait for its pods"));
    }
    let folder = &arguments.output;
    let unwritable = |error: std::io::Error| {
        failure(format!("{} cannot be written: {error}", folder.display()), "name a folder that you may write")
    };
    fs::create_dir_all(folder).map_err(unwritable)?;
    let mut missing = 0;
    for one in &gathered {
        // A name of a node is a host name: anything else must not become a path.
        let plain = one.node.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        match one.facts.as_ref().filter(|_| plain && !one.node.starts_with('.')) {
            Some(facts) => fs::write(folder.join(format!("{}.yaml", one.node)), facts).map_err(unwritable)?,
            None => {
                missing += 1;
                eprintln!("{}", cloister_report::clean(&format!("{}: its collector has told nothing yet", one.node)));
            }
        }
    }
    let told = gathered.len() - missing;
    eprintln!("wrote the facts of {told} nodes to {0}; cloister scan --node-facts {0}", folder.display());
    Ok(if missing == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
