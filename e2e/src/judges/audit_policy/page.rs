//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::Tally;

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## What the audit log holds\n\n");
    let version = cloister_tools::KUBERNETES_VERSION;
    let date = crate::judges::report::today();
    let _ = writeln!(
        text,
        "{} real API servers ({version}), each started with a generated audit policy ({} rules in all), were sent {} \
         requests (seed {}, {date}): by certificate, token, nobody, a wrong token and impersonation. For each, level and \
         stages in the server's log beside those of `cloister audit policy explain`, and nothing where ours says None. {} \
         differ.\n",
        tally.servers,
        tally.rules,
        tally.questions,
        tally.seed,
        tally.disagreements.len(),
    );
    text.push_str("| level | requests |\n| --- | ---: |\n");
    for (level, count) in &tally.levels {
        let _ = writeln!(text, "| {level} | {count} |");
    }
    let _ = writeln!(
        text,
        "\nBodies were compared in the {} answers of success: {} are otherwise than ours says.\n",
        tally.bodies,
        tally.other_bodies.len()
    );
    let _ = writeln!(
        text,
        "{} policies with mistakes were given to the server's own reader (`LoadPolicyFromBytes`): it refuses {}, and ours \
         refuses {}.\n",
        tally.refused.compared,
        tally.refused.refused,
        if tally.refused.disagreements.is_empty() { "the same" } else { "others" },
    );
    let _ = writeln!(
        text,
        "What `cloister harden audit-policy` writes for a clinic was given to a real server: {} of {} requests are written \
         as it promises.\n",
        tally.hardened.1, tally.hardened.0,
    );
    let caught = tally.bugs.iter().filter(|(_, changed)| *changed > 0).count();
    let _ = writeln!(
        text,
        "Bugs that evaluators have were put into ours, one by one; {caught} of {} change answers:\n\n| bug | wrong answers \
         |\n| --- | ---: |",
        tally.bugs.len()
    );
    for (bug, changed) in &tally.bugs {
        let _ = writeln!(text, "| {bug} | {changed} |");
    }
    text
}
