//! How long each part takes on large input: `cargo xtask bench network` runs it on what it generated.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a program that measures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{Network, Options};

/// Questions, of which the middle one counts.
const QUESTIONS: usize = 1001;

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

fn main() {
    let (mut interner, mut resources) = (Interner::default(), Vec::new());
    let (_, parsing) = timed(|| {
        for path in std::env::args().skip(1) {
            let text = std::fs::read_to_string(&path).unwrap();
            resources.extend(parse(&text, &Origin::File(path.into()), 1, &mut interner).resources);
        }
    });
    let (inventory, indexing) = timed(|| Inventory::new(resources, Inputs { files: true, ..Inputs::default() }));
    let (network, building) = timed(|| Network::new(&inventory, &Options::default()));
    let count = network.endpoints().len();
    let mut asking: Vec<Duration> = (0..QUESTIONS)
        .map(|at| timed(|| black_box(network.between(at * 7919 % count, at * 104_729 % count))).1)
        .collect();
    asking.sort_unstable();
    let (connections, listing) = timed(|| network.connections());
    let ms = |time: Duration| format!("{:.3}", time.as_secs_f64() * 1e3);
    println!(
        "{} {} {} {} {} {} {}",
        ms(parsing + indexing),
        ms(building),
        ms(asking.get(QUESTIONS / 2).copied().unwrap_or_default()),
        ms(listing),
        network.class_count(),
        connections.groups.len(),
        connections.count(&network),
    );
}
