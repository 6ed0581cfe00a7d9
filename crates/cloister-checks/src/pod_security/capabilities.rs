//! What containers write about capabilities, and what the container runtime makes of it.

use cloister_inventory::Container;
use cloister_model::Node;

/// What a container gets beyond the runtime's default set, entry by entry.
pub(super) fn added<'a>(container: &Container<'a>) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
    listed(container, "add")
}

/// What a container gives up, entry by entry.
pub(super) fn dropped<'a>(container: &Container<'a>) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
    listed(container, "drop")
}

fn listed<'a>(container: &Container<'a>, list: &str) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
    let capabilities = container.own_security("capabilities");
    let items = capabilities.map_or(&[][..], |capabilities| capabilities.items_at(list));
    items.iter().filter_map(|item| Some((item.as_str()?, item)))
}

/// A capability as container runtimes understand it: in any case, with or
/// without `CAP_`. Admission is stricter and compares letter by letter.
pub(super) fn canonical(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or(upper.clone(), str::to_owned)
}
