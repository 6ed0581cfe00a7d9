//! Records the samples that the tests of `cloister-protocol` read: `cargo run -p cloister-messages --example samples`.

use std::path::Path;
use std::process::ExitCode;

use cloister_messages::{SCENES, sample};

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/cloister-protocol/tests/samples");
    for scene in SCENES {
        if let Err(error) = sample(scene.name, &folder) {
            eprintln!("error: {}: {error:#}", scene.name);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
