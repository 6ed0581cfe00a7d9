//! What the judge writes.

use std::fmt::Write as _;

use super::Tally;
use crate::judges::report;

pub(super) fn page(tally: &Tally) -> String {
    let mut text = String::from("## What endpoints serve\n\n");
    let servers: Vec<String> = tally.servers.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let asked: usize = tally.asked.values().map(|(all, _)| all).sum();
    let _ = writeln!(
        text,
        "Probed (seed {}, {}): {}; {} connections. What the probe told was held against openssl's client (one handshake \
         for each version and suite, and each group), against what each server had been told, and against what it holds: \
         {asked} comparisons, {} differ.\n",
        tally.seed,
        report::today(),
        servers.join(", "),
        tally.connections,
        tally.disagreements.len(),
    );
    text.push_str("| about | compared | of these yes |\n| --- | ---: | ---: |\n");
    for (about, (all, yes)) in &tally.asked {
        let _ = writeln!(text, "| {about} | {all} | {yes} |");
    }
    text.push_str(
        "\nSSL 3.0 is compiled into none of these servers: that it is refused is all that is shown of it. The ClientHello \
         for it and the reading of its answer are tested on bytes alone.\n",
    );
    text
}
