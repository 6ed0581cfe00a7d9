//! The section of `docs/conformance.md`.

use std::fmt::Write as _;

use super::Tally;
use crate::judges::report;

/// Why no running server shows some of them.
const REASONS: [(&str, &str); 6] = [
    (
        "1.2.10",
        "AlwaysAdmit takes nothing away: what other plug-ins refuse stays refused, and no request is answered otherwise",
    ),
    ("1.2.17", "how long a log is kept is counted in days"),
    ("1.3.6", "no controller acts on the switch: kubelets ask for serving certificates, and others approve them"),
    ("3.1.1", "who uses a certificate, a person or a program, no server tells"),
    ("3.1.2", "who uses a token, a person or a program, no server tells"),
    ("3.1.3", "who uses a token, a person or a program, no server tells"),
];

/// Requirements of sections 1.2, 1.3, 2 and 3 of CIS 1.12 whose checks no running server here spoke of.
fn from_files_alone(tally: &Tally) -> Vec<String> {
    let requirements = cloister_frameworks::by_name("cis-1.12").into_iter().flat_map(|it| &it.requirements);
    let sections = ["1.2.", "1.3.", "2.", "3."];
    requirements
        .filter(|requirement| sections.iter().any(|section| requirement.id.starts_with(section)))
        .filter(|requirement| !requirement.checks.iter().any(|check| tally.shown.contains(&**check)))
        .map(|requirement| requirement.id.to_string())
        .collect()
}

pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## What a configured server shows\n\n");
    let judged: usize = tally.classes.values().map(|(class, _)| class.judged).sum();
    let _ = writeln!(
        text,
        "{} real API servers with an etcd each ({}, {}) were started with flags and files of their own, good and bad; {} of \
         them refused to start. What they then did was compared with what the checks say of the same flags and files as a \
         static pod: {judged} observations, {} of them otherwise than the checks say.\n",
        tally.servers,
        cloister_tools::KUBERNETES_VERSION,
        report::today(),
        tally.refused,
        tally.disagreements.len(),
    );
    let _ = writeln!(
        text,
        "The three steps of `cloister harden encryption-config` were played on one etcd, from nothing to a key, from that key to \
         another and from there to a KMS v2 plug-in, a server for each step: {} reads of Secrets, none refused, and after \
         each third step every value in etcd was encrypted by the new key. What `harden` writes is among the configurations \
         above.\n",
        tally.read_in_rollout,
    );
    text.push_str("| seen | by | seen | of them bad |\n| --- | --- | ---: | ---: |\n");
    for (what, (class, checks)) in &tally.classes {
        let checks = checks.iter().map(|check| format!("`{check}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| {what} | {checks} | {} | {} |", class.judged, class.bad);
    }
    text.push_str(
        "\nJudged from files alone, since nothing above shows them:\n\n| requirement | why |\n| --- | --- |\n",
    );
    for id in from_files_alone(tally) {
        let known = REASONS.iter().find(|(own, _)| *own == id).map(|(_, why)| *why);
        let _ = writeln!(text, "| CIS {id} | {} |", known.unwrap_or("no scenario shows it"));
    }
    text
}
