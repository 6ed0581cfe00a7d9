//! A register to start from: what the inventory shows, written as documents
//! whose every value is marked as a guess, and what it cannot show, as questions.
//! What the register already holds is left out.

mod activities;
mod hints;
mod organisation;
mod outside;
mod stores;
mod texts;
mod yaml;

use cloister_inventory::Inventory;

use crate::register::Register;
use yaml::Document;

/// A drafted register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The documents as YAML, with comments; empty when there is nothing to add.
    pub text: String,
    /// Kind and name of each document.
    pub documents: Vec<(&'static str, String)>,
}

const HEAD: &str = "\
# Drafted by \"cloister register init\" from what manifests and clusters show. Nothing here
# is an answer yet: the annotation cloister.dev/guess of each document lists the fields
# that were guessed. Correct a field or find it right, then take it off that list.
# A line that starts with \"#?\" asks what no manifest shows: fill it in, or delete it.
";

/// Drafts what `register` lacks. `inventory` is the one it was read from.
pub fn draft(register: &Register<'_>, inventory: &Inventory) -> Draft {
    let outside = outside::draft(register, inventory);
    let stores = stores::draft(register, inventory);
    let activities = activities::draft(register, inventory, &stores, &outside);
    let organisation = organisation::draft(register, inventory, &outside);
    let mut documents: Vec<Document> = organisation.into_iter().collect();
    documents.extend(activities);
    documents.extend(stores.into_iter().map(|store| store.document));
    documents.extend(outside.into_iter().map(|processor| processor.document));
    let named = documents.iter().map(|document| (document.kind, document.name.clone())).collect();
    let texts: Vec<String> = documents.iter().map(Document::text).collect();
    let text = if texts.is_empty() { String::new() } else { format!("{HEAD}{}", texts.join("---\n")) };
    Draft { text, documents: named }
}

/// `wanted`, or with its namespace or a number where that is taken.
fn free_name(wanted: &str, namespace: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let longer = format!("{namespace}-{wanted}");
    let numbered = (2..).map(|number| format!("{longer}-{number}"));
    let mut names = [wanted.to_owned(), longer.clone()].into_iter().chain(numbered);
    names.find(|name| !taken(name)).unwrap_or(longer)
}
