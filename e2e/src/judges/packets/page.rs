//! What a run came to, as text for people.

use std::fmt::Write as _;

use super::{FEATURES, Tally};

/// The section of the document.
pub fn page(tally: &Tally) -> String {
    let [asked, connected] = tally.asked();
    let mut text = String::from("## Who reaches whom, by packets\n\n");
    let _ = writeln!(
        text,
        "{} generated clusters (seed {}, {}): each pod is a network namespace, and the policies are nftables rules in the \
         namespace that forwards, written by a compiler that goes pod by pod and shares no code with the engine. {asked} \
         connections were asked of `cloister-network` and tried with {} packets' exchanges, {connected} of them connect \
         ({} %); every cluster lies between 30 and 70 %. {} clusters are answered otherwise. {} connections had no \
         outcome. It took {} s.\n",
        tally.clusters,
        tally.seed,
        crate::judges::report::today(),
        tally.tried,
        connected * 100 / asked.max(1),
        tally.disagreements.len(),
        tally.broken,
        tally.seconds,
    );
    let _ = writeln!(
        text,
        "{} clusters were passed over as too open or too closed, and {} since nothing says whether a \
         BaselineAdminNetworkPolicy or a ClusterNetworkPolicy of that tier is asked first. Refused packets are answered \
         as administratively prohibited, so that no verdict rests on waiting. SCTP is an INIT that is answered by an \
         INIT ACK; the agents write both themselves, so that the kernel need not have SCTP.\n",
        tally.passed_over[0], tally.passed_over[1],
    );
    text.push_str("| connections | asked | connect |\n| --- | ---: | ---: |\n");
    for (protocol, [asked, connected]) in &tally.protocols {
        let _ = writeln!(text, "| {} | {asked} | {connected} |", format!("{protocol:?}").to_uppercase());
    }
    for (kind, [asked, connected]) in &tally.kinds {
        let _ = writeln!(text, "| {kind} | {asked} | {connected} |");
    }
    text.push_str("\n| feature | clusters that use it |\n| --- | ---: |\n");
    for feature in FEATURES {
        let _ = writeln!(text, "| {feature} | {} |", tally.features.get(feature).copied().unwrap_or_default());
    }
    let caught = tally.bugs.values().filter(|counts| counts[0] > 0).count();
    let _ = writeln!(
        text,
        "\nBugs were put into what the engine reads, one by one, in every cluster, and its answers held against what the \
         packets had done: {caught} of {} are noticed. In some clusters the compiler was given one of them, and the \
         packets were sent again:\n\n\
         | bug | clusters whose packets contradict the engine with it | the compiler had it | packets that contradict it |\n\
         | --- | ---: | ---: | ---: |",
        tally.bugs.len()
    );
    for (bug, [noticed, compiled, contradicted]) in &tally.bugs {
        let _ = writeln!(text, "| {bug} | {noticed} | {compiled} | {contradicted} |");
    }
    let it = &tally.written;
    let _ = writeln!(
        text,
        "\nFor {} more clusters without policies, some connections were said to be needed, and `cloister network generate` \
         wrote {} policies ({} clusters with ClusterNetworkPolicies), which the same compiler turned into rules: of {} \
         connections exactly the {} wanted ones must connect. {} clusters let through something else. With one of its \
         policies taken away, {} of {} clusters do.",
        it.clusters,
        it.policies,
        it.admin,
        it.asked,
        it.wanted,
        it.disagreements.len(),
        it.broken[1],
        it.broken[0],
    );
    text
}
