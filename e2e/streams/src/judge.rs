//! Records sessions in every scenario, and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use cloister_dice::Dice;
use cloister_packet::{Counters, Side};

use crate::faults::Faults;
use crate::file::{self, Frame, Live};
use crate::forwarder::Forwarder;
use crate::lab::{Lab, Network};
use crate::ours::{self, Stream};
use crate::page;
use crate::sessions::{self, Datagrams, Sent};
use crate::tshark;
use crate::web::Web;
use crate::wrap::WRAPS;

/// Sessions of each scenario of a full run.
pub const FULL_COUNT: usize = 100;
/// Sessions from which on each capture is wrapped in everything; with fewer, each wrapping is tried once.
const ENOUGH: usize = 50;

/// How the two hosts talk.
struct Scenario {
    name: &'static str,
    network: Network,
    ipv6: bool,
    faults: Faults,
}

const NONE: Faults = Faults { lost: 0, doubled: 0, delayed: 0, cut: 0 };
const LOSSY: Faults = Faults { lost: 15, doubled: 15, delayed: 60, cut: 0 };
const CUT: Faults = Faults { lost: 5, doubled: 10, delayed: 30, cut: 300 };

const SCENARIOS: [Scenario; 7] = [
    Scenario { name: "direct, offloads on", network: Network::Direct, ipv6: false, faults: NONE },
    Scenario { name: "direct, IPv6", network: Network::Direct, ipv6: true, faults: NONE },
    Scenario { name: "VXLAN of the kernel", network: Network::Vxlan, ipv6: false, faults: NONE },
    Scenario { name: "loss, doubles, disorder", network: Network::Forwarded, ipv6: false, faults: LOSSY },
    Scenario { name: "loss, doubles, disorder, IPv6", network: Network::Forwarded, ipv6: true, faults: LOSSY },
    Scenario { name: "fragments, loss", network: Network::Forwarded, ipv6: false, faults: CUT },
    Scenario { name: "fragments, loss, IPv6", network: Network::Forwarded, ipv6: true, faults: CUT },
];

/// What one comparison came to.
#[derive(Default)]
pub struct Row {
    /// What was compared.
    pub name: String,
    /// Connections, and those that are as they were sent, and as tshark has them.
    pub streams: usize,
    /// As sent.
    pub as_sent: usize,
    /// As tshark has them.
    pub as_tshark: usize,
    /// Datagrams, and those that are the same.
    pub datagrams: usize,
    /// The same.
    pub same_datagrams: usize,
    /// What was counted.
    pub counters: Counters,
}

/// What a run came to.
#[derive(Default)]
pub struct Tally {
    /// Comparisons.
    pub rows: Vec<Row>,
    /// Connections with frames taken out of the capture, those whose every byte is told or told to be lost, and bytes lost.
    pub holes: [usize; 3],
    /// Connections with one frame taken out, and those in which that was noticed.
    pub noticed: [usize; 2],
    /// Files that nginx served, and those that were found whole in what it said.
    pub files: [usize; 2],
    /// What differs.
    pub differences: Vec<String>,
}

impl Tally {
    /// The section of a document.
    pub fn page(&self) -> String {
        page::page(self)
    }

    fn differs(&mut self, text: String) {
        println!("differs: {text}");
        self.differences.push(text);
    }
}

/// Runs every scenario with so many sessions.
///
/// # Errors
/// Something that is needed is missing, or fails.
pub fn run(seed: u64, count: usize) -> Result<Tally> {
    let lab = Lab::create()?;
    let folder = tempfile::tempdir().context("no folder")?;
    let path = folder.path().join("capture.pcap");
    let mut tally = Tally::default();
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        let seed = seed.wrapping_mul(100) + number as u64;
        let (frames, sent, datagrams) = record(&lab, scenario, seed, count)?;
        file::write(&path, 1, &frames)?;
        compare(&mut tally, scenario.name, &path, &sent, Some((&datagrams, scenario.network)))?;
        if scenario.network == Network::Forwarded {
            take_out(&mut tally, &path, &sent, seed)?;
            let wraps = WRAPS.iter().enumerate().filter(|(at, _)| count >= ENOUGH || at % 4 == number % 4);
            for (_, wrap) in wraps {
                file::write(&path, wrap.link(), &wrap.all(&frames)?)?;
                compare(&mut tally, &format!("{}, in {}", scenario.name, wrap.name()), &path, &sent, None)?;
            }
        }
    }
    web(&lab, &mut tally, folder.path(), seed, count)?;
    if tally.noticed[1] == 0 {
        tally.differs("no missing frame was noticed".to_owned());
    }
    Ok(tally)
}

fn record(lab: &Lab, scenario: &Scenario, seed: u64, count: usize) -> Result<(Vec<Frame>, Sent, Datagrams)> {
    println!("streams: {}", scenario.name);
    let _forwarder = Forwarder::start(&lab.name("m"), "left", "right", scenario.faults, seed)?;
    let live = Live::start(lab, scenario.network)?;
    let sent = sessions::streams(lab, scenario.network, scenario.ipv6, seed, count)?;
    let datagrams = sessions::datagrams(lab, scenario.network, scenario.ipv6, seed, count / 4 + 1)?;
    Ok((live.end(lab)?, sent, datagrams))
}

fn compare(
    tally: &mut Tally,
    name: &str,
    path: &Path,
    sent: &Sent,
    datagrams: Option<(&Datagrams, Network)>,
) -> Result<()> {
    let (ours, counters) = ours::read(path, |_| true)?;
    let followed = tshark::follow(path)?;
    let mut row = Row { name: name.to_owned(), streams: sent.len(), counters, ..Row::default() };
    let mut theirs: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for [(first, one), (second, other)] in followed {
        theirs.entry((first, second)).or_default().push([one.clone(), other.clone()]);
        theirs.entry((second, first)).or_default().push([other, one]);
    }
    for (ends, said) in sent {
        let told = ours.tcp.get(ends).map(|stream| [Side::Client, Side::Server].map(|side| stream.bytes(side)));
        let told = told.unwrap_or_default();
        let lost = ours.tcp.get(ends).is_none_or(|stream| stream.pieces.iter().flatten().any(Result::is_err));
        let as_sent = told == *said && !lost;
        let as_tshark = theirs.get(ends).is_some_and(|all| all.contains(&told));
        row.as_sent += usize::from(as_sent);
        row.as_tshark += usize::from(as_tshark);
        if !as_sent || !as_tshark {
            let lengths = [&told, said].map(|said| said.clone().map(|said| said.len()));
            tally.differs(format!("{name}: {ends:?}: as sent {as_sent}, as tshark {as_tshark}, lengths {lengths:?}"));
        }
    }
    if ours.tcp.len() + ours.again != sent.len() {
        tally.differs(format!("{name}: {} connections are told of {}", ours.tcp.len() + ours.again, sent.len()));
    }
    if let Some((sent, network)) = datagrams {
        let theirs = tshark::datagrams(path)?;
        let exact = network != Network::Forwarded;
        for (ends, said) in sent {
            row.datagrams += said.len();
            let told = told_datagrams(&ours.udp, *ends);
            let all = theirs.get(ends).cloned().unwrap_or_default();
            let distinct = |all: &[Vec<u8>]| all.iter().cloned().collect::<BTreeSet<_>>();
            // What was lost, doubled or disordered on the way is not what was sent, but some of it.
            let same = if exact {
                told == *said && told == all
            } else {
                distinct(&told) == distinct(&all) && distinct(&told).is_subset(&distinct(said))
            };
            row.same_datagrams += if same { said.len() } else { 0 };
            if !same {
                let lengths = [&told, &all, said].map(|all| all.iter().map(Vec::len).collect::<Vec<_>>());
                tally.differs(format!("{name}: datagrams {ends:?}: {lengths:?}"));
            }
        }
    }
    println!(
        "streams: {name}: {} connections, {} as sent, {} as tshark; {} of {} datagrams",
        row.streams, row.as_sent, row.as_tshark, row.same_datagrams, row.datagrams
    );
    tally.rows.push(row);
    Ok(())
}

fn told_datagrams(
    udp: &BTreeMap<ours::Ends, Stream>,
    (from, to): (std::net::SocketAddr, std::net::SocketAddr),
) -> Vec<Vec<u8>> {
    let by_client = udp.get(&(from, to)).map(|stream| &stream.pieces[0]);
    let by_server = udp.get(&(to, from)).map(|stream| &stream.pieces[1]);
    by_client.or(by_server).into_iter().flatten().flatten().cloned().collect()
}

/// Takes frames out of the capture: what is told must stand at its place in what was sent, and the rest be told as lost.
fn take_out(tally: &mut Tally, path: &Path, sent: &Sent, seed: u64) -> Result<()> {
    let mut dice = Dice::new(seed);
    let (ours, counters) = ours::read(path, |_| dice.below(1_000) >= 15)?;
    for (ends, said) in sent {
        tally.holes[0] += 1;
        let told = ours.tcp.get(ends).is_some_and(|stream| stream.whole && both_stand(stream, said));
        tally.holes[1] += usize::from(told);
        // What never opened, or whose beginning was taken out, cannot be told from its beginning.
        let midway = ours.tcp.get(ends).is_none_or(|stream| !stream.whole);
        if midway {
            tally.holes[0] -= 1;
        } else if !told {
            tally.differs(format!("with frames taken out: {ends:?}"));
        }
    }
    tally.holes[2] += usize::try_from(counters.lost_bytes)?;
    // One frame with bytes of TCP, however often it was sent.
    let skip = dice.below(40);
    let (mut long, mut tail) = (0, Vec::new());
    let (ours, counters) = ours::read(path, |frame| {
        let end = frame.get(frame.len().saturating_sub(64)..).unwrap_or_default();
        long += usize::from(frame.len() > 1_000);
        if frame.len() > 1_000 && long == skip + 1 && tail.is_empty() {
            tail = end.to_vec();
        }
        tail.is_empty() || tail != end
    })?;
    let changed = sent.iter().any(|(ends, said)| {
        ours.tcp.get(ends).is_none_or(|stream| [Side::Client, Side::Server].map(|side| stream.bytes(side)) != *said)
    });
    tally.noticed[0] += 1;
    // What was sent again in other pieces is no loss.
    tally.noticed[1] += usize::from(changed && counters.lost_bytes > 0);
    Ok(())
}

fn both_stand(stream: &Stream, said: &[Vec<u8>; 2]) -> bool {
    stream.pieces.iter().zip(said).all(|(pieces, said)| {
        let mut at = 0;
        let stands = pieces.iter().all(|piece| match piece {
            Ok(bytes) => {
                let here = said.get(at..at + bytes.len()) == Some(bytes);
                at += bytes.len();
                here
            }
            Err(lost) => {
                at += usize::try_from(*lost).unwrap_or(usize::MAX);
                true
            }
        });
        // The end may have been taken out, too; nothing follows that would show it.
        stands && at <= said.len()
    })
}

fn web(lab: &Lab, tally: &mut Tally, folder: &Path, seed: u64, count: usize) -> Result<()> {
    println!("streams: nginx and curl");
    let path = folder.join("web.pcap");
    let _forwarder = Forwarder::start(&lab.name("m"), "left", "right", LOSSY, seed)?;
    let web = Web::start(lab, folder, Network::Forwarded, seed)?;
    let live = Live::start(lab, Network::Forwarded)?;
    for _ in 0..count / 25 + 1 {
        web.fetch(lab)?;
    }
    file::write(&path, 1, &live.end(lab)?)?;
    let (ours, counters) = ours::read(&path, |_| true)?;
    let mut row = Row { name: "nginx and curl, loss".to_owned(), streams: ours.tcp.len(), counters, ..Row::default() };
    let followed = tshark::follow(&path)?;
    for stream in ours.tcp.values() {
        let told = [Side::Client, Side::Server].map(|side| stream.bytes(side));
        let same = followed.iter().any(|[(_, one), (_, other)]| [one, other] == [&told[0], &told[1]]);
        row.as_tshark += usize::from(same);
        let found = web.files.iter().filter(|file| told[1].windows(file.len()).any(|part| part == &file[..])).count();
        tally.files[0] += web.files.len();
        tally.files[1] += found;
        row.as_sent += usize::from(found == web.files.len());
        if !same || found < web.files.len() {
            tally.differences.push(format!("nginx: as tshark {same}, {found} files"));
        }
    }
    println!("streams: {} connections of curl, {} as tshark", row.streams, row.as_tshark);
    tally.rows.push(row);
    Ok(())
}
