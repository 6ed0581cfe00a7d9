//! What came of the scenarios, as text for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cloister_rbac::escalation::EdgeKind;

use super::{Came, Expected, Played};

/// The section of the document.
pub fn page(played: &[Played]) -> String {
    let mut text = String::from("## Climbing\n\n");
    let good = played.iter().filter(|played| played.is_as_expected()).count();
    let _ = writeln!(
        text,
        "Each edge that can be climbed here was, on a real cluster with a node ({}, {}): once with the right in question and \
         once without. {good} of {} scenarios went as they must. What a step gains is shown by something that only it \
         could read.\n",
        cloister_tools::KUBERNETES_VERSION,
        crate::judges::report::today(),
        played.len(),
    );
    let asked = played.iter().filter(|played| played.predicted.is_some());
    let foreseen = asked.clone().filter(|played| played.is_foreseen()).count();
    let _ = writeln!(
        text,
        "Of {} scenarios the closure was asked, from the objects that were there before: whether there is a way over the edge. \
         {foreseen} answers are right; “perhaps” is one that hangs on something that those objects do not tell.\n",
        asked.count(),
    );
    text.push_str("| edge | what is done | with the right | lacking | then | the closure |\n| --- | --- | --- | --- | --- | --- |\n");
    for one in played {
        let mark = if one.is_as_expected() && one.is_foreseen() { "" } else { " **(unexpected)**" };
        let with = if one.scenario.expected == Expected::Never {
            format!("{} as it must be", word(&one.with))
        } else {
            word(&one.with).to_owned()
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {with} | {} | {}{mark} | {} |",
            one.scenario.edge,
            one.scenario.does,
            one.scenario.lacks,
            word(&one.without),
            one.predicted.map_or("not asked".to_owned(), |pair| pair.map(super::Predicted::as_str).join(", ")),
        );
    }
    let climbed: BTreeSet<&str> = played.iter().map(|played| played.scenario.edge).collect();
    let others = EdgeKind::ALL.iter().map(|kind| kind.id()).filter(|id| !climbed.contains(id));
    let others: Vec<String> = others.map(|id| format!("`{id}`")).collect();
    let _ = writeln!(text, "\nNot climbed here by itself, and argued from the source: {}.", others.join(", "));
    text
}

fn word(came: &Came) -> &'static str {
    match came {
        Came::Reached => "reached",
        Came::Refused(_) => "refused",
        Came::Broken(_) => "broken",
    }
}
