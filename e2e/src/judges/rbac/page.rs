//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::Tally;

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## Who may do what\n\n");
    let version = cloister_tools::KUBERNETES_VERSION;
    let date = crate::judges::report::today();
    let _ = writeln!(
        text,
        "{} generated clusters with {} roles and bindings (seed {}, {date}) in a real API server ({version}), and {} \
         questions: SubjectAccessReview beside `cloister rbac can`. {} are allowed ({} %). {} are answered differently.\n",
        tally.clusters,
        tally.objects,
        tally.seed,
        tally.questions,
        tally.allowed,
        tally.allowed * 100 / tally.questions.max(1),
        tally.disagreements.len(),
    );
    let (named, found) = tally.proofs;
    let _ = writeln!(
        text,
        "In {named} answers the server names the binding that allows it; {found} are among our proofs.\n"
    );
    text.push_str("| what is asked about | asked | allowed |\n| --- | ---: | ---: |\n");
    for (class, (asked, allowed)) in &tally.classes {
        let _ = writeln!(text, "| {class} | {asked} | {allowed} |");
    }
    let caught = tally.bugs.iter().filter(|(_, changed)| *changed > 0).count();
    let _ = writeln!(
        text,
        "\nBugs that authorisers have were put into ours, one by one; {caught} of {} change answers:\n\n| bug | wrong answers |\n\
         | --- | ---: |",
        tally.bugs.len()
    );
    for (bug, changed) in &tally.bugs {
        let _ = writeln!(text, "| {bug} | {changed} |");
    }
    if tally.reviews > 0 {
        let _ = writeln!(
            text,
            "\nThe subjects of the built-in bindings were asked for their own rights (SelfSubjectRulesReview) in three \
             namespaces: {} reviews, {} differ from ours.",
            tally.reviews,
            tally.differences.len()
        );
    }
    text
}
