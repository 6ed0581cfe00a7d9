//! Trees to resources: lists flattened, names found, other files told apart.

use std::sync::Arc;

use cloister_model::{Diagnostic, Node, Origin, Resource, Value};

use crate::{Interner, Parsed, keys};

/// The file that diagnostics of this origin name.
pub fn file_of(origin: &Origin) -> Arc<str> {
    match origin {
        Origin::File(file) | Origin::Rendered { file, .. } | Origin::Cluster(file) => file.clone(),
    }
}

/// Adds the object or the items of a list.
pub fn collect(node: Node, origin: &Origin, interner: &mut Interner, parsed: &mut Parsed) {
    let api_version = node.str_at("apiVersion").map(|text| interner.get(text));
    let kind = node.str_at("kind").map(|text| interner.get(text));
    match (api_version, kind) {
        (Some(_), Some(kind)) if is_list(&kind, &node) => flatten(node, origin, interner, parsed),
        (Some(api_version), Some(kind)) => parsed.resources.push(resource(node, api_version, kind, origin, interner)),
        (None, None) => parsed.others += 1,
        (missing, _) => parsed.diagnostics.push(half_an_object(&node, origin, missing.is_none())),
    }
}

/// `List` itself, and `PodList` and its like: items and no spec of their own.
fn is_list(kind: &str, node: &Node) -> bool {
    kind == "List"
        || (kind.ends_with("List") && node.get("items").is_some_and(|items| matches!(items.value, Value::List(_))))
}

fn flatten(node: Node, origin: &Origin, interner: &mut Interner, parsed: &mut Parsed) {
    let list_version = node.str_at("apiVersion").map(|text| interner.get(text));
    let item_kind = node.str_at("kind").and_then(|kind| kind.strip_suffix("List")).map(|kind| interner.get(kind));
    let Value::Map(entries) = node.value else { return };
    let items = entries.into_iter().find(|entry| &*entry.key == "items").map(|entry| entry.node.value);
    let Some(Value::List(items)) = items else { return };
    for item in items {
        // Items of typed lists may leave out their own kind.
        let bare = item.get("kind").is_none() && item.get("apiVersion").is_none() && item.get("metadata").is_some();
        match (&list_version, &item_kind) {
            (Some(version), Some(kind)) if bare && !kind.is_empty() => {
                parsed.resources.push(resource(item, version.clone(), kind.clone(), origin, interner));
            }
            _ => collect(item, origin, interner, parsed),
        }
    }
}

/// Names an object from its metadata, and masks its keys.
pub fn resource(
    mut root: Node,
    api_version: Arc<str>,
    kind: Arc<str>,
    origin: &Origin,
    interner: &mut Interner,
) -> Resource {
    keys::mask(&mut root, &api_version, &kind, interner);
    let namespace = root.at("metadata/namespace").and_then(Node::scalar).filter(|text| !text.is_empty());
    let named = root.at("metadata/name").and_then(Node::scalar);
    let name = named.or_else(|| root.str_at("metadata/generateName").map(|prefix| format!("{prefix}*")));
    Resource {
        namespace: namespace.map(|text| interner.get(short(&text))),
        name: interner.get(short(&name.unwrap_or_default())),
        api_version: interner.get(short(&api_version)),
        kind: interner.get(short(&kind)),
        root: Arc::new(root),
        origin: origin.clone(),
    }
}

/// The API refuses names beyond 253 characters; every finding repeats them, so that what is longer is cut.
const LONGEST_NAME: usize = 512;

fn short(name: &str) -> &str {
    name.get(..name.floor_char_boundary(LONGEST_NAME)).unwrap_or(name)
}

fn half_an_object(node: &Node, origin: &Origin, lacks_version: bool) -> Diagnostic {
    let (lacks, has) = if lacks_version { ("apiVersion", "kind") } else { ("kind", "apiVersion") };
    Diagnostic::warning(file_of(origin), format!("this document has a {has} but no {lacks}"))
        .at(node.mark.line, node.mark.column)
        .help(format!("add {lacks} as text, if this is meant to be a Kubernetes object"))
}
