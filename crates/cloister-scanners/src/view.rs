//! Looking at a tree: what is not of its form is told with its place, and counts as missing.

use std::cell::RefCell;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::shape::Fault;
use crate::tree::Node;

/// So many faults are told; more are counted.
const MOST: usize = 50;
/// A place is told as far as this, in bytes.
const LONGEST: usize = 200;

/// What is not as it should be.
#[derive(Debug, Default)]
pub struct Faults(RefCell<(Vec<Fault>, usize)>);

impl Faults {
    fn add(&self, place: &str, what: &'static str) {
        let mut all = self.0.borrow_mut();
        let fault = Fault { place: short(place, LONGEST), what };
        if all.0.len() < MOST {
            // What is asked for twice is told once.
            if !all.0.contains(&fault) {
                all.0.push(fault);
            }
        } else {
            all.1 += 1;
        }
    }

    /// The first of them, and how many more there are.
    pub fn into_parts(self) -> (Vec<Fault>, usize) {
        self.0.into_inner()
    }
}

/// A value, and where it stands.
#[derive(Clone, Debug)]
pub struct View<'t> {
    node: &'t Node,
    place: String,
    faults: &'t Faults,
}

impl<'t> View<'t> {
    /// The whole document.
    pub fn of(node: &'t Node, faults: &'t Faults) -> View<'t> {
        View { node, place: String::new(), faults }
    }

    /// The value below, by names with slashes between; none where there is none, or where it is null.
    fn at(&self, path: &str) -> Option<&'t Node> {
        let mut node = self.node;
        let mut walked = 0;
        for name in path.split('/') {
            match node {
                Node::Map(_) => node = node.get(name)?,
                Node::Null => return None,
                _ => {
                    self.wrong(path.get(..walked).unwrap_or(path).trim_end_matches('/'), "it is no object");
                    return None;
                }
            }
            walked += name.len() + 1;
        }
        Some(node).filter(|node| **node != Node::Null)
    }

    /// Whether there is such a value.
    pub fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// Tells that something below is not as it should be.
    pub fn wrong(&self, path: &str, what: &'static str) {
        let slash = if path.is_empty() { "" } else { "/" };
        self.faults.add(&format!("{}{slash}{path}", self.place), what);
    }

    /// A text; empty where there is none.
    pub fn text(&self, path: &str) -> &'t str {
        match self.at(path) {
            Some(Node::Text(text)) => text,
            Some(_) => {
                self.wrong(path, "it is no text");
                ""
            }
            None => "",
        }
    }

    /// The first of these texts that is there.
    pub fn first(&self, paths: &[&str]) -> &'t str {
        paths.iter().map(|path| self.text(path)).find(|text| !text.is_empty()).unwrap_or("")
    }

    /// The text of a field whose name may have slashes; what is none counts as missing.
    pub fn text_of(&self, field: &str) -> &'t str {
        match self.node.get(field) {
            Some(Node::Text(text)) => text,
            _ => "",
        }
    }

    /// A text, or a number as text: scores are written as either.
    pub fn score_of(&self, field: &str) -> String {
        match self.node.get(field) {
            Some(Node::Number(number)) => number.to_string(),
            _ => self.text_of(field).to_owned(),
        }
    }

    /// A whole number that is not negative.
    pub fn number(&self, path: &str) -> Option<u64> {
        match self.at(path)? {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was looked at")]
            Node::Number(number) if number.fract() == 0.0 && (0.0..=9e15).contains(number) => Some(*number as u64),
            _ => {
                self.wrong(path, "it is no whole number from 0 on");
                None
            }
        }
    }

    /// A line, from 1; 0 where none is told.
    pub fn line(&self, path: &str) -> u32 {
        self.number(path).and_then(|line| u32::try_from(line).ok()).unwrap_or(0)
    }

    /// A time.
    pub fn time(&self, path: &str) -> Option<Timestamp> {
        let text = Some(self.text(path)).filter(|text| !text.is_empty())?;
        let time = text.parse().ok();
        if time.is_none() {
            self.wrong(path, "it is no time as RFC 3339 has it");
        }
        time
    }

    /// A value below, as it is.
    pub fn below(&self, path: &str) -> Option<View<'t>> {
        let node = self.at(path)?;
        Some(View { node, place: format!("{}/{path}", self.place), faults: self.faults })
    }

    /// A thing of a list by its number.
    pub fn nth(&self, path: &str, at: usize) -> Option<View<'t>> {
        let Some(Node::List(all)) = self.at(path) else { return None };
        let node = all.get(at)?;
        Some(View { node, place: format!("{}/{path}/{at}", self.place), faults: self.faults })
    }

    /// All things of a list; a thing that is no object is told and left out.
    pub fn items(&self, path: &str) -> impl Iterator<Item = View<'t>> + use<'t> {
        let (all, base) = self.list(path);
        let faults = self.faults;
        all.iter().enumerate().filter_map(move |(at, node)| {
            let mut place = base.clone();
            let _ = write!(place, "/{at}");
            let view = View { node, place, faults };
            if matches!(node, Node::Map(_)) {
                return Some(view);
            }
            view.wrong("", "it is no object");
            None
        })
    }

    /// Texts of a list; what is none is told and left out.
    pub fn texts(&self, path: &str) -> Vec<&'t str> {
        let (all, base) = self.list(path);
        let text = |(at, node): (usize, &'t Node)| match node {
            Node::Text(text) => Some(&**text),
            _ => {
                self.faults.add(&format!("{base}/{at}"), "it is no text");
                None
            }
        };
        all.iter().enumerate().filter_map(text).collect()
    }

    fn list(&self, path: &str) -> (&'t [Node], String) {
        let base = format!("{}/{path}", self.place);
        match self.at(path) {
            Some(Node::List(all)) => (all, base),
            Some(_) => {
                self.wrong(path, "it is no list");
                (&[], base)
            }
            None => (&[], base),
        }
    }

    /// Whether there is no such list, or nothing in it.
    pub fn is_empty(&self, path: &str) -> bool {
        match self.at(path) {
            Some(Node::List(all)) => all.is_empty(),
            other => other.is_none(),
        }
    }

    /// Whether it is a text rather than an object.
    pub fn as_text(&self) -> Option<&'t str> {
        match self.node {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The first line of a text, cut to so many bytes.
pub fn short(text: &str, most: usize) -> String {
    let line = text.trim().lines().next().unwrap_or("").trim_end();
    if line.len() <= most {
        return line.to_owned();
    }
    let end = (0..=most).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", line.get(..end).unwrap_or(""))
}

impl View<'_> {
    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self.node, Node::Map(_))
    }

    /// Whether it is a list of targets, as Trivy once wrote.
    pub fn is_trivys_first_form(&self) -> bool {
        let Node::List(all) = self.node else { return false };
        all.first().is_some_and(|first| first.get("Target").is_some())
    }
}
