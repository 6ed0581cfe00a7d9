//! Any bytes: decoded, cut, parsed, and every place asked for.
#![no_main]

use cloister_manifest::{Decoded, Interner, decode, list_from_json, parse};
use cloister_model::{Origin, Place};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Decoded::Text(text) = decode(bytes) {
        let parsed = parse(&text, &Origin::File("f.yaml".into()), 1, &mut Interner::default());
        for resource in &parsed.resources {
            let place = Place::whole(resource).at("spec/template/spec/containers/0/image");
            let _ = (place.pointer(), place.location());
        }
    }
    let _ = list_from_json(bytes, "v1", "Secret", &Origin::Cluster("c".into()), &mut Interner::default());
});
