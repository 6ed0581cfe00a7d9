//! Guesses of `cloister register init`: values that no person has confirmed.

use cloister_model::{Node, Place, Resource};

/// The annotation that lists guessed paths: `spec.retention, spec.dataCategories[1]`.
pub const GUESS_ANNOTATION: &str = "cloister.dev/guess";

/// A path that is still a guess.
#[derive(Clone, Debug)]
pub struct Guess<'a> {
    /// As written in the annotation.
    pub path: &'a str,
    /// Where the guessed value stands; the annotation, when nothing stands there.
    pub place: Place<'a>,
}

/// The guesses that a document still holds.
pub fn guesses(resource: &Resource) -> Vec<Guess<'_>> {
    paths(resource).map(|path| Guess { path, place: place(resource, path) }).collect()
}

/// Whether `node` lies on or below a guessed path.
pub(crate) fn covers(resource: &Resource, node: &Node) -> bool {
    let Some(pointer) = resource.root.pointer_to(node) else { return false };
    paths(resource)
        .map(pointer_of)
        .any(|guessed| pointer.strip_prefix(&guessed).is_some_and(|below| below.is_empty() || below.starts_with('/')))
}

fn paths(resource: &Resource) -> impl Iterator<Item = &str> {
    let listed = resource.annotation(GUESS_ANNOTATION).unwrap_or("");
    listed.split(',').map(str::trim).filter(|path| !path.is_empty())
}

/// `spec.transfers[0].country` as `/spec/transfers/0/country`.
fn pointer_of(path: &str) -> String {
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty());
    steps.map(|step| format!("/{step}")).collect()
}

fn place<'a>(resource: &'a Resource, path: &str) -> Place<'a> {
    let whole = Place::whole(resource);
    match resource.root.at(&pointer_of(path)) {
        Some(node) => Place::of(resource, node),
        None => {
            let annotation = resource.root.at("metadata/annotations").and_then(|all| all.get(GUESS_ANNOTATION));
            annotation.map_or(whole, |node| Place::of(resource, node))
        }
    }
}
