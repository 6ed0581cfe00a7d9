//! Any text as what a sensor is told: a register, pods, DlpPolicies and DetectionProfiles. No panic, the same text says the
//! same twice, and a message is judged by what could be read of it.
#![no_main]

use cloister_dlp::{At, Findings, Key, Knowledge, Limits, Names, Passage, Tallies, Where, whole};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::documents::WireProtocol;
use libfuzzer_sys::fuzz_target;

const KEY: Key = [7; 16];
/// A card of examples, an account of examples, an address.
const VALUE: &[u8] = b"card 4242 4242 4242 4242, iban DE02120300000000202051, jana.nova@clinic.eu";

fn known(text: &str) -> (Knowledge, Vec<String>) {
    let parsed = parse(text, &Origin::File("f.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let (knowledge, diagnostics) = Knowledge::of(&inventory);
    (knowledge, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
}

fuzz_target!(|text: &str| {
    let (knowledge, told) = known(text);
    let (again, told_again) = known(text);
    assert_eq!(told, told_again, "what is said hangs on chance");
    assert!(knowledge.lens.agrees(&again.lens) && knowledge.policies.iter().count() == again.policies.iter().count());
    let at = At { place: Where::Body, field: "", media: "text/plain", raw: false };
    let (mut seen, mut tallies, names) = (Vec::new(), Tallies::default(), Names::new(4));
    whole(&knowledge.lens, &at, VALUE, &KEY, &mut seen);
    tallies.next_value();
    for recognised in &mut seen {
        tallies.take(&knowledge.lens, recognised, 0);
    }
    let party = |address: [u8; 4], called| knowledge.directory.party(address.into(), "", called, &names, 0);
    let passage = Passage {
        sender: &party([10, 244, 0, 5], false),
        recipient: &party([10, 244, 0, 9], true),
        protocol: WireProtocol::Http,
        encrypted: false,
        host: "",
        target: "/v1/patients",
    };
    let mut findings = Findings::new(Limits::default());
    findings.add(&knowledge, &passage, (8080, 1_790_000_000_000_000), &tallies.drain(), 1);
    assert!(findings.all().iter().all(|finding| !finding.message.contains("4242 4242")));
});
