//! Many writers on one log, and what the disk gives at best.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cloister_dice::Dice;
use cloister_evidence::folder::{Entry, Folder, Group, Reader, Receipt, random};
use cloister_evidence::tree::{inclusion, verify_inclusion};
use cloister_evidence::verify::{Evidence, With, verify};
use cloister_evidence::{Checkpoint, Hash, Kind, Note, Signer, Tile, Tiles, entries, seal};
use jiff::Timestamp;

/// Writers at once.
const WRITERS: u64 = 16;
/// So many requests of a writer are on their way.
const ON_THE_WAY: usize = 1024;
/// Bytes of a payload: what an event of an audit log takes, cut to what matters.
const PAYLOAD: usize = 200;
/// Proofs that are timed.
const PROOFS: u64 = 1000;

/// What was measured.
#[derive(Debug)]
pub struct Load {
    /// Entries.
    pub entries: u64,
    /// How long it took to append them all, durably.
    pub append: Duration,
    /// How long the disk took for the same bytes: one file, with a wait for the disk as often as heads were signed.
    pub raw: Duration,
    /// Heads that were signed.
    pub heads: u64,
    /// The middle of the times of proofs, read from the disk and checked.
    pub proof: Duration,
    /// The longest of them.
    pub slowest_proof: Duration,
    /// How long checking everything took.
    pub verify: Duration,
    /// The largest resident set, in kibibytes.
    pub peak: u64,
    /// Bytes of the log's folder.
    pub bytes: u64,
}

/// Appends so many entries to a log in this folder, which must not be there yet.
///
/// # Errors
/// The disk refuses, or what was written does not hold.
pub fn load(root: &Path, count: u64) -> Result<Load> {
    let signer = || Signer::log("cloister.example/load", &[7; 32]).context("a name for a log");
    let folder = Folder::create(&root.join("log"), signer()?, Timestamp::now())?;
    let group = Group::start(folder, Timestamp::now)?;
    let start = Instant::now();
    let indices: Vec<Vec<u64>> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let to = group.writer();
                let share = count / WRITERS + u64::from(number < count % WRITERS);
                scope.spawn(move || write(&to, share))
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap_or_else(|_| anyhow::bail!("a writer is gone")))
            .collect::<Result<_>>()
    })?;
    let append = start.elapsed();
    let peak = peak()?;
    let log = group.close().context("the log is gone")?;
    ensure!(log.size() == count && indices.iter().flatten().count() as u64 == count, "entries are lost");
    let heads = log.heads();
    drop(log);
    let bytes = size(&root.join("log"))?;
    let raw = raw(root, count, heads)?;
    let key = signer()?.verifier().clone();
    let reader = Reader::new(&root.join("log"));
    let (proof, slowest_proof) = proofs(&reader)?;
    let start = Instant::now();
    let outcome = verify(&reader, With { key: &key, witnesses: &[], older: &[] }, |_, _, _| {});
    let verify = start.elapsed();
    ensure!(outcome.holds() && outcome.whole == count, "the log does not hold: {:?}", outcome.faults.first());
    Ok(Load { entries: count, append, raw, heads, proof, slowest_proof, verify, peak, bytes })
}

fn write(to: &cloister_evidence::folder::Writer, count: u64) -> Result<Vec<u64>> {
    let mut waiting: VecDeque<Receipt> = VecDeque::new();
    let mut placed = Vec::new();
    for _ in 0..count {
        if waiting.len() == ON_THE_WAY {
            placed.push(waiting.pop_front().context("one is on its way")?.wait()?);
        }
        let payload = seal::plain(&[b'x'; PAYLOAD]);
        let entry = Entry { kind: Kind::Alert, time: Timestamp::now(), salt: random()?, payload };
        waiting.push_back(to.begin(vec![entry])?);
    }
    for receipt in waiting {
        placed.push(receipt.wait()?);
    }
    Ok(placed)
}

/// The same bytes at the end of one file, with as many waits for the disk.
fn raw(root: &Path, count: u64, heads: u64) -> Result<Duration> {
    let each = vec![b'x'; usize::try_from(size(&root.join("log"))? / count.max(1))?];
    let mut file = File::create(root.join("raw"))?;
    let start = Instant::now();
    let mut written = 0;
    for head in 1..=heads.max(1) {
        let until = count * head / heads.max(1);
        let chunk = each.repeat(usize::try_from(until - written)?);
        written = until;
        file.write_all(&chunk)?;
        file.sync_data()?;
    }
    Ok(start.elapsed())
}

/// Reads and checks proofs of entries that dice choose: the middle time and the longest.
fn proofs(reader: &Reader) -> Result<(Duration, Duration)> {
    let head: Checkpoint = Note::read(&reader.checkpoint()?)?.text().parse()?;
    let mut dice = Dice::new(Dice::fresh_seed());
    let mut times = Vec::new();
    for _ in 0..PROOFS {
        let index = dice.number() % head.size;
        let start = Instant::now();
        let read = |tile: Tile| Ok::<_, std::io::Error>(reader.tile(tile)?.unwrap_or_default());
        let path = inclusion(&Tiles { size: head.size, from: read }, index, head.size)?;
        times.push(start.elapsed());
        let width = (head.size - index / 256 * 256).min(256);
        let bundle = reader.tile(Tile { level: None, index: index / 256, width })?.unwrap_or_default();
        let entry = entries(&bundle).nth(usize::try_from(index % 256)?).context("the entry is there")??;
        verify_inclusion(Hash::leaf(entry), index, head.size, &path, head.root)?;
    }
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    Ok((middle, times.last().copied().unwrap_or_default()))
}

/// The largest resident set of this process so far, in kibibytes.
fn peak() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel says no peak")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
