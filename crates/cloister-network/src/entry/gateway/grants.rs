//! References into other namespaces (`ReferenceGrant`).

use cloister_inventory::Inventory;
use cloister_model::Resource;

/// Whether `from` may refer to a group, kind and name in `namespace`. In its own it always may.
pub(super) fn allow(inventory: &Inventory, from: &Resource, namespace: &str, to: (&str, &str, &str)) -> bool {
    let (group, kind, name) = to;
    if namespace == from.namespace_or_default() {
        return true;
    }
    let grants = inventory.of_kind_in("ReferenceGrant", namespace);
    grants.filter(|grant| grant.group() == super::GROUP).any(|grant| {
        let trusted = grant.root.items_at("spec/from").iter().any(|it| {
            it.str_at("group").unwrap_or_default() == from.group()
                && it.str_at("kind") == Some(&*from.kind)
                && it.str_at("namespace") == Some(from.namespace_or_default())
        });
        let given = grant.root.items_at("spec/to").iter().any(|it| {
            it.str_at("group").unwrap_or_default() == group
                && it.str_at("kind") == Some(kind)
                && it.str_at("name").is_none_or(|only| only == name)
        });
        trusted && given
    })
}
