//! Any text as documents of the register, and the draft that is made from it.
#![no_main]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::{Exposure, Register, draft};
use libfuzzer_sys::fuzz_target;

fn read(text: &str) -> Inventory {
    let parsed = parse(text, &Origin::File("f.yaml".into()), 1, &mut Interner::default());
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

fuzz_target!(|text: &str| {
    let inventory = read(text);
    let (register, _) = Register::from_inventory(&inventory);
    let exposure = Exposure::new(&register, &inventory);
    for resource in inventory.resources() {
        let _ = exposure.of_resource(resource);
    }
    // A draft is YAML, whatever stood in what it was made from.
    let drafted = draft(&register, &inventory).text;
    let parsed = parse(&drafted, &Origin::File("draft.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}\n{drafted}", parsed.diagnostics);
});
