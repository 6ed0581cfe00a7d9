//! What a run came to, as text for people.

use std::fmt::Write as _;

use crate::judge::Tally;

/// The section of the document.
pub(crate) fn page(tally: &Tally) -> String {
    let sum = |of: fn(&crate::judge::Row) -> usize| tally.rows.iter().map(of).sum::<usize>();
    let mut text = String::from("## Streams, by tshark and by what was sent\n\n");
    let _ = writeln!(
        text,
        "Clients and servers in network namespaces say what a seed tells them, in steps of up to 150 KB, both at once or in \
         turn, and end by closing, by half-closing or by a reset; datagrams have up to 6,000 bytes. Between them a forwarder \
         loses, doubles, delays and cuts packets, so that TCP sends again. `cloister-capture` captures on one host; \
         `cloister-packet` and tshark (`follow,tcp,raw`) read the file, which is also wrapped in links and tunnels. Of {} \
         connections {} are byte for byte what was sent, and {} what tshark has; so are {} of {} datagrams. {} of {} files \
         of nginx stand whole in what it said. {} differences.\n",
        sum(|row| row.streams),
        sum(|row| row.as_sent),
        sum(|row| row.as_tshark),
        sum(|row| row.same_datagrams),
        sum(|row| row.datagrams),
        tally.files[1],
        tally.files[0],
        tally.differences.len(),
    );
    let _ = writeln!(
        text,
        "With 1.5 % of the frames taken out of the capture, {} of {} connections are told so that every byte stands at its \
         place or is told as lost ({} bytes). With one full frame taken out wherever it was sent, {} of {} captures tell it; \
         in others TCP had sent its bytes in other pieces, too.\n",
        tally.holes[1], tally.holes[0], tally.holes[2], tally.noticed[1], tally.noticed[0],
    );
    text.push_str(
        "| capture | connections | as sent | as tshark | datagrams | MB | out of order | MB twice | fragments |\n",
    );
    text.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for row in &tally.rows {
        let counted = &row.counters;
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {:.1} | {} | {:.1} | {} |",
            row.name,
            row.streams,
            row.as_sent,
            row.as_tshark,
            row.same_datagrams,
            megabytes(counted.bytes),
            counted.out_of_order,
            megabytes(counted.duplicate_bytes),
            counted.fragments,
        );
    }
    text
}

#[allow(clippy::cast_precision_loss, reason = "one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
