//! From the tree of a data file to a framework as it is written there.

use std::sync::Arc;

use cloister_manifest::Interner;
use cloister_model::{Diagnostic, Mark, Node};

use crate::fields::Fields;
use crate::{Framework, Need, Part, Requirement};

const FRAMEWORK: &[&str] = &["framework", "title", "version", "extends", "requirements"];
const REQUIREMENT: &[&str] =
    &["id", "title", "section", "aliases", "checks", "through", "parts", "attest", "register", "explains"];
const PART: &[&str] = &["needs", "shows"];

/// The framework of `text` and the name of the one it extends.
pub(crate) fn framework(
    file: &str,
    text: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Framework, Option<Arc<str>>)> {
    let (trees, found) = cloister_manifest::parse_trees(text, file, &mut Interner::default());
    diagnostics.extend(found);
    let [root] = trees.as_slice() else {
        if diagnostics.is_empty() {
            let message = format!("a framework is one YAML document, and this file has {}", trees.len());
            diagnostics.push(Diagnostic::error(file, message).help("give each framework a file of its own"));
        }
        return None;
    };
    let mut fields = Fields::of(file, "the framework", root, FRAMEWORK, diagnostics);
    let name = fields.text("framework");
    let title = fields.text("title");
    let version = fields.text("version");
    let base = fields.optional_text("extends");
    let items = fields.list("requirements");
    if items.is_empty() {
        fields.error(root.mark, "has no requirements", "list them under \"requirements\"");
    }
    let requirements = items.iter().filter_map(|item| requirement(file, item, diagnostics)).collect();
    let framework = Framework { name: name?.0, title: title?.0, version: version?.0, requirements };
    Some((framework, base.map(|(name, _)| name)))
}

fn requirement(file: &str, node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Requirement> {
    let what = node.str_at("id").map_or_else(|| "a requirement".to_owned(), |id| format!("requirement {id}"));
    let mut fields = Fields::of(file, what, node, REQUIREMENT, diagnostics);
    let id = fields.text("id");
    let title = fields.text("title");
    let section = fields.text("section");
    let explains = fields.text("explains");
    let attest = fields.optional_text("attest");
    let aliases = fields.texts("aliases");
    let (checks, check_marks): (Vec<_>, Vec<_>) = fields.texts("checks").into_iter().unzip();
    let (through, through_marks): (Vec<_>, Vec<_>) = fields.texts("through").into_iter().unzip();
    let register = fields.texts("register");
    let parts = fields.list("parts");
    if checks.is_empty() && through.is_empty() && parts.is_empty() && attest.is_none() {
        fields.error(node.mark, "can never be answered", "name checks, parts, or the question to attest");
    }
    let parts = parts.iter().filter_map(|node| part(file, node, diagnostics)).collect();
    let (id, mark) = id?;
    Some(Requirement {
        id,
        title: title?.0,
        section: section?.0,
        explains: explains?.0,
        aliases: without_marks(aliases),
        checks,
        parts,
        attest: attest.map(|(question, _)| question),
        register: without_marks(register),
        through,
        mark,
        check_marks,
        through_marks,
    })
}

fn without_marks(texts: Vec<(Arc<str>, Mark)>) -> Vec<Arc<str>> {
    texts.into_iter().map(|(text, _)| text).collect()
}

fn part(file: &str, node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Part> {
    let mut fields = Fields::of(file, "a part", node, PART, diagnostics);
    let needs = fields.text("needs");
    let shows = fields.text("shows");
    let (word, mark) = needs?;
    match word.parse::<Need>() {
        Ok(Need::Person) => fields.error(mark, "needs a person", "write the question under \"attest\" instead"),
        Ok(needs) => return Some(Part { needs, shows: shows?.0 }),
        Err(()) => {
            let words: Vec<&str> =
                Need::ALL.iter().map(|need| need.as_str()).filter(|word| *word != "person").collect();
            fields.error(
                mark,
                &format!("needs \"{word}\", which is no evidence"),
                &format!("one of {}", words.join(", ")),
            );
        }
    }
    None
}
