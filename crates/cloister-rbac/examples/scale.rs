//! How long each part takes on large input: `cargo xtask bench rbac` runs it on what it generated.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a program that measures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::ServerRules;
use cloister_rbac::escalation::Closure;
use cloister_rbac::{Action, Policy, ResourceAction};

/// Questions, of which the middle one counts.
const QUESTIONS: usize = 101;

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

fn who_can(policy: &Policy<'_>, namespace: usize) {
    let action = ResourceAction {
        verb: "get".into(),
        resource: "secrets".into(),
        namespace: format!("n{namespace}"),
        ..ResourceAction::default()
    };
    black_box(policy.who_can(&Action::Resource(action)));
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
    let (policy, reading) = timed(|| Policy::new(&inventory));
    let mut asking: Vec<Duration> = (0..QUESTIONS).map(|at| timed(|| who_can(&policy, at)).1).collect();
    asking.sort_unstable();
    let (closure, closing) = timed(|| Closure::new(&policy, &inventory, ServerRules::default(), &[]));
    let (climbers, telling) = timed(|| closure.climbers().len());
    let ms = |time: Duration| format!("{:.3}", time.as_secs_f64() * 1e3);
    let (vertices, edges) = closure.size();
    println!(
        "{} {} {}",
        ms(parsing + indexing),
        ms(reading),
        ms(asking.get(QUESTIONS / 2).copied().unwrap_or_default())
    );
    println!("{} {} {climbers} {vertices} {edges}", ms(closing), ms(telling));
}
