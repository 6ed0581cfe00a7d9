//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::Tally;

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## Least roles\n\n");
    let version = cloister_tools::KUBERNETES_VERSION;
    let date = crate::judges::report::today();
    let _ = writeln!(
        text,
        "{} generated requests of many users and service accounts, and the work of people with kubectl, were sent to a \
         real API server ({version}; seed {}, {date}); {} of the generated ones it refuses. Its audit log ({} events, \
         {:.1} MB) holds exactly the others, as the authoriser saw them. `cloister rbac minimize` makes {} rules for {} \
         subjects of it, from {} different actions.\n",
        tally.sent,
        tally.seed,
        tally.refused,
        tally.events,
        tally.bytes as f64 / 1e6,
        tally.rules,
        tally.subjects,
        tally.actions,
    );
    let (asked, refused) = tally.reviews;
    let _ = writeln!(
        text,
        "On a fresh server with these roles alone, SubjectAccessReview was asked for all {asked} actions: {refused} are \
         refused. {} parts were taken away there, one by one: each time something was refused.\n",
        tally.taken
    );
    let _ = writeln!(
        text,
        "Each part of the result was taken away by itself, and the log replayed; with names and namespaces generalised \
         ({} rights, each of them listed), too.\n\n| part | taken away | not needed |\n| --- | ---: | ---: |",
        tally.generalised
    );
    for (kind, (count, needless)) in &tally.atoms {
        let _ = writeln!(text, "| {kind} | {count} | {needless} |");
    }
    text
}
