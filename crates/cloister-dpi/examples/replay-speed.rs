//! What a recording takes to be inspected: `replay-speed FILE.pcap ROUNDS [MANIFEST…]` plays it so often, prints the
//! shortest time of a frame, and what was found, so that two builds can be compared. Under callgrind, one round gives
//! instructions a frame without a quiet machine.

#![allow(clippy::disallowed_methods, reason = "a measurement, which reads files and asks the clock")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use cloister_dlp::Knowledge;
use cloister_dpi::{Inspector, Settings};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_packet::{Flows, Limits, Link};

/// What the sensor has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Heads of a file of pcap, and of a packet in it.
const HEAD: usize = 24;
const PACKET: usize = 16;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rounds, manifests @ ..] = arguments.as_slice() else {
        eprintln!("replay-speed FILE.pcap ROUNDS [MANIFEST…]");
        return ExitCode::FAILURE;
    };
    match measure(file, rounds.parse().unwrap_or(1), manifests) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(file: &str, rounds: u32, manifests: &[String]) -> std::io::Result<()> {
    let bytes = std::fs::read(file)?;
    let knowledge = Arc::new(known(manifests)?);
    let (mut best, mut told, mut frames) = (u128::MAX, String::new(), 0);
    for _ in 0..rounds.max(1) {
        let mut inspector = Inspector::new(knowledge.clone(), &Settings::default());
        let start = Instant::now();
        frames = play(&bytes, &mut inspector);
        best = best.min(start.elapsed().as_nanos());
        let findings = serde_json::to_string_pretty(&inspector.findings().all())?;
        told = format!("{findings}\n{:#?}", inspector.statistics());
    }
    println!("{told}");
    eprintln!("{frames} frames, {} ns each", best / u128::from(frames.max(1)));
    Ok(())
}

/// Gives every frame to the inspector; says how many there were.
fn play(bytes: &[u8], inspector: &mut Inspector) -> u64 {
    let mut flows = Flows::new(Limits::default());
    let mut rest = bytes.get(HEAD..).unwrap_or_default();
    let mut frames = 0;
    while let Some((head, after)) = rest.split_at_checked(PACKET) {
        let word = |at: usize| head.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |it| u32::from_le_bytes(*it));
        let Some((frame, next)) = after.split_at_checked(word(8) as usize) else { break };
        flows.push(Link::Ethernet, u64::from(word(0)) * 1_000_000 + u64::from(word(4)), frame, inspector);
        frames += 1;
        rest = next;
    }
    flows.finish(inspector);
    frames
}

/// What manifests say.
fn known(manifests: &[String]) -> std::io::Result<Knowledge> {
    let mut resources = Vec::new();
    for file in manifests {
        let text = std::fs::read_to_string(file)?;
        resources.extend(parse(&text, &Origin::File(file.as_str().into()), 1, &mut Interner::default()).resources);
    }
    let inventory = Inventory::new(resources, Inputs { files: true, ..Inputs::default() });
    Ok(Knowledge::of(&inventory).0)
}
