//! Programs that are known, and what their code asks the API server for.

use std::sync::LazyLock;

use cloister_inventory::{Container, Image};

use super::named_rule;
use crate::rules::Rule;

/// A program.
#[derive(Debug)]
pub struct Program {
    /// Last parts of images' repositories, each with a word of the command where one image holds several programs.
    images: Vec<(&'static str, Option<&'static str>)>,
    /// What it does with the answers, to follow its name.
    pub why: &'static str,
    /// Whose facts these are.
    pub source: &'static str,
    /// What else its owner should know; may be empty.
    pub note: &'static str,
    /// What it asks for, and where: `cluster`, `own`, or a namespace.
    pub needs: Vec<(&'static str, Rule)>,
}

static PROGRAMS: LazyLock<Vec<Program>> = LazyLock::new(|| {
    let mut programs: Vec<Program> = Vec::new();
    for line in include_str!("../../data/programs.tsv").lines().filter(|line| !line.starts_with('#')) {
        match (line.strip_prefix('\t'), programs.last_mut()) {
            (Some(need), Some(program)) => program.needs.extend(read_need(need)),
            _ => programs.extend(read_program(line)),
        }
    }
    programs
});

fn read_program(line: &'static str) -> Option<Program> {
    let mut fields = line.split('\t');
    let images = fields.next()?.split(' ');
    let images = images.map(|image| match image.split_once(':') {
        Some((image, word)) => (image, Some(word)),
        None => (image, None),
    });
    // What kind of program it is, tests judge by.
    let (images, _) = (images.collect(), fields.next()?);
    let (why, source) = (fields.next()?, fields.next()?);
    Some(Program { images, why, source, note: fields.next().unwrap_or_default(), needs: Vec::new() })
}

fn read_need(line: &'static str) -> Option<(&'static str, Rule)> {
    let mut fields = line.split('\t');
    let (place, verbs, groups, resources) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    Some((place, named_rule(groups, resources, verbs, fields.next().unwrap_or_default())))
}

/// The program that a container runs, where it is known.
pub fn of(container: &Container<'_>) -> Option<&'static Program> {
    let name = Image::parse(container.image()).ok()?.name();
    let is_image = |image: &str| name.strip_suffix(image).is_some_and(|before| before.ends_with('/'));
    let says = |wanted: &str| {
        let words = ["command", "args"].into_iter().flat_map(|field| container.node.items_at(field));
        words.filter_map(|word| word.as_str()).any(|word| word.rsplit('/').next() == Some(wanted))
    };
    let runs = |(image, word): &(&str, Option<&str>)| is_image(image) && word.is_none_or(says);
    PROGRAMS.iter().find(|program| program.images.iter().any(runs))
}
