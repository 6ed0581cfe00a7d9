//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::Tally;

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## Who may hand on rights, or act in another's name\n\n");
    let _ = writeln!(
        text,
        "{} generated clusters with {} roles and bindings (seed {}, {}) in a real API server ({}), and {} attempts made \
         for real in them, by client certificate, token or impersonation: roles and bindings created, put, patched and \
         applied, and requests with `Impersonate-*` headers. {} were let through ({} %). {} went otherwise than Cloister \
         says. What is compared: the outcome, every right that the server finds lacking, and user, groups and uid that \
         an impersonated request counts as made by.\n",
        tally.clusters,
        tally.objects,
        tally.seed,
        crate::judges::report::today(),
        cloister_tools::KUBERNETES_VERSION,
        tally.attempts,
        tally.made,
        tally.made * 100 / tally.attempts.max(1),
        tally.differences.len(),
    );
    text.push_str("| attempt | made | let through |\n| --- | ---: | ---: |\n");
    for (class, (tried, made)) in &tally.classes {
        let _ = writeln!(text, "| {class} | {tried} | {made} |");
    }
    text.push_str("\n| outcome | attempts |\n| --- | ---: |\n");
    for (outcome, count) in &tally.outcomes {
        let _ = writeln!(text, "| {outcome} | {count} |");
    }
    let caught = tally.bugs.iter().filter(|(_, wrong)| *wrong > 0).count();
    let _ = writeln!(
        text,
        "\nMistakes were put into the prediction, one by one; {caught} of {} are noticed:\n\n| mistake | wrong predictions |\n\
         | --- | ---: |",
        tally.bugs.len()
    );
    for (bug, wrong) in &tally.bugs {
        let _ = writeln!(text, "| {bug} | {wrong} |");
    }
    text
}
