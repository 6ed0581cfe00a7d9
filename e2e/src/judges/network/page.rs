//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::{Sort, Tally};

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let mut text = String::from("## Who reaches whom, by the documentation\n\n");
    let _ = writeln!(
        text,
        "{} generated clusters (seed {}, {}): the list and the single question of `cloister-network` beside an evaluator \
         that follows the API's documentation packet by packet and shares no code with it. {} clusters are answered \
         differently.\n\n\
         | clusters in which there are | clusters | questions | allowed | unknown |\n\
         | --- | ---: | ---: | ---: | ---: |",
        tally.clusters(),
        tally.seed,
        crate::judges::report::today(),
        tally.disagreements.len()
    );
    for sort in Sort::ALL {
        let [clusters, asked, allowed, unknown] = tally.sorts.get(&sort).copied().unwrap_or_default();
        let _ = writeln!(text, "| {} | {clusters} | {asked} | {allowed} | {unknown} |", sort.as_str());
    }
    text.push_str(
        "\nWhere everything is known, each answer must be exact. Elsewhere the evaluator is run once for each way in \
         which it could be (addresses that pods may get, both things that a network plugin may make of pods on their \
         node's network, either policy first), and what differs must be unknown.\n\nObjects: ",
    );
    let objects: Vec<String> = tally.policies.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let _ = writeln!(text, "{}.", objects.join(", "));
    let caught = tally.bugs.iter().filter(|(_, found)| *found > 0).count();
    let _ = writeln!(
        text,
        "\nBugs that engines have were put into ours, one by one, in {} of the clusters; {caught} of {} are noticed:\n\n\
         | bug | clusters that notice it |\n| --- | ---: |",
        tally.tried,
        tally.bugs.len()
    );
    for (bug, found) in &tally.bugs {
        let _ = writeln!(text, "| {bug} | {found} |");
    }
    text
}
