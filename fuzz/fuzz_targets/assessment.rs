//! Any text through inventory, register and every check.
#![no_main]

use cloister_assessment::{FailOn, Scan, Subject, assess};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = parse(text, &Origin::File("f.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, cluster: true, unread: Vec::new() });
    let (register, diagnostics) = Register::from_inventory(&inventory);
    let _ = assess(Scan {
        inventory: &inventory,
        register: &register,
        frameworks: &[],
        subject: Subject::default(),
        diagnostics,
        baseline: None,
        fail_on: FailOn::Never,
        today: jiff::civil::date(2026, 6, 1),
        now: "2026-06-01T00:00:00Z".to_owned(),
        version: "0",
    });
});
