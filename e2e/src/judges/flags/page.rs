//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::Tally;

/// One line.
pub(super) fn summary(tally: &Tally) -> String {
    let lines: usize = tally.programs.values().map(|(lines, _)| lines).sum();
    format!(
        "{lines} command lines, {} values, {} flags and {} gates of --help, {} starts of binaries, {} API servers, {} kubelets with \
         files: {} differences",
        tally.values,
        tally.help.0,
        tally.help.1,
        tally.starts,
        tally.servers.0,
        tally.kubelets.0,
        tally.differences.len()
    )
}

/// The section of the document.
pub(super) fn page(tally: &Tally) -> String {
    let lines: usize = tally.programs.values().map(|(lines, _)| lines).sum();
    let mut text = String::from("## What command lines mean\n\n");
    let _ = writeln!(
        text,
        "{lines} generated command lines (seed {}, {}) were read by `cloister-flags` and by the programs' own packages \
         (Kubernetes {}, etcd 3.7.3): whether the program goes on, at which step and flag it ends, every flag as it prints it, \
         every feature gate. {} values were compared; {} differences.\n\n\
         | program | command lines | it goes on |\n| --- | ---: | ---: |",
        tally.seed,
        crate::judges::report::today(),
        cloister_tools::KUBERNETES_VERSION,
        tally.values,
        tally.differences.len(),
    );
    for (program, (lines, taken)) in &tally.programs {
        let _ = writeln!(text, "| {} | {lines} | {taken} |", program.name());
    }
    text.push_str("\n| what the lines try | lines | of these it ends |\n| --- | ---: | ---: |\n");
    for (class, (lines, ends)) in &tally.classes {
        let _ = writeln!(text, "| {} | {lines} | {ends} |", class.as_str());
    }
    let (servers, flags) = tally.servers;
    let _ = writeln!(
        text,
        "\n`--help` of kube-apiserver, kube-controller-manager, kube-scheduler and kubelet names {} flags and {} feature \
         gates, each with its default: all are in the tables, and nothing else is. Their binaries and etcd's were started \
         {} times with lines of those above, and {servers} API servers with others: of the words of their processes, `/flagz` shows {flags} \
         flags as we do.\n",
        tally.help.0, tally.help.1, tally.starts
    );
    let (kubelets, settings) = tally.kubelets;
    let _ = writeln!(
        text,
        "{kubelets} kubelets were started with flags, a configuration file and a folder of drop-ins, each of them or not: \
         files with some settings, with `null` in the place of others or of what holds them, in folders and out of order. What \
         the kubelet prints as its effective configuration was held against what `cloister-node` makes of the same words and \
         files: {settings} settings, the differences counted above.\n"
    );
    let caught = tally.bugs.iter().filter(|(_, changed)| *changed > 0).count();
    let _ = writeln!(
        text,
        "Bugs that readers of command lines have were put in, one by one; {caught} of {} change answers:\n\n\
         | bug | wrong answers |\n| --- | ---: |",
        tally.bugs.len()
    );
    for (bug, changed) in &tally.bugs {
        let _ = writeln!(text, "| {bug} | {changed} |");
    }
    text
}
