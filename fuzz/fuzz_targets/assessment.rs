//! Any text through inventory, register, every check, and the reports by turns: some of them tell of every check there
//! is, which would take most of the time of every run.
#![no_main]

use cloister_assessment::{FailOn, Scan, Subject, assess};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;
use cloister_report::Format;
use cloister_report::text::Options;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = parse(text, &Origin::File("f.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, cluster: true, ..Inputs::default() });
    let (register, diagnostics) = Register::from_inventory(&inventory);
    let assessment = assess(Scan {
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
        profile: None,
        judged: None,
    });
    let turn = text.len() % Format::ALL.len();
    if let Some(format) = Format::ALL.get(turn) {
        let report = format.render(&assessment, &Options::default());
        let escapes = report.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t'));
        assert!(!escapes, "a {} report that could move the cursor", format.as_str());
    }
});
