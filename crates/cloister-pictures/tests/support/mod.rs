//! Objects from a text.

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

/// The objects of a text, of which nobody says whether they are all.
pub fn inventory(text: &str) -> Inventory {
    let origin = Origin::File("test.yaml".into());
    Inventory::new(parse(text, &origin, 1, &mut Interner::default()).resources, Inputs::default())
}
