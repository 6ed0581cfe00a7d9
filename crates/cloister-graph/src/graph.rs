//! What is drawn.

use serde::Serialize;

/// How much something asks to be looked at, mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attention {
    /// Like most others.
    #[default]
    Ordinary,
    /// Marked with `!`.
    High,
    /// Marked with `!!`.
    Critical,
}

impl Attention {
    /// The mark that is drawn, so that colour is never alone.
    pub fn mark(self) -> &'static str {
        match self {
            Attention::Ordinary => "",
            Attention::High => "!",
            Attention::Critical => "!!",
        }
    }

    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Attention::Ordinary => "ordinary",
            Attention::High => "high",
            Attention::Critical => "critical",
        }
    }
}

/// The outline of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A rectangle.
    #[default]
    Box,
    /// Round at both ends.
    Pill,
    /// With its corners cut.
    Cut,
    /// A drum, for what keeps data.
    Drum,
}

/// One thing, or many of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its column, from 0.
    pub layer: usize,
    /// What stands above others in a column, where no edge says otherwise; smallest first.
    pub rank: u32,
    /// Unique among nodes; of two with one id, the first in order counts.
    pub id: String,
    /// The id of the band that it lies in.
    pub group: Option<String>,
    /// Its outline.
    pub shape: Shape,
    /// One to three letters that say what it is.
    pub badge: String,
    /// The first line.
    pub label: String,
    /// The lines below.
    pub details: Vec<String>,
    /// All of it in words, uncut.
    pub full: String,
    /// How much it asks to be looked at.
    pub attention: Attention,
    /// It is named and not there.
    pub missing: bool,
    /// What it stands for, when that is more than one thing.
    pub members: Vec<String>,
}

/// A band around nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Bands with a rank keep this order, from the top; the others go where their edges lead.
    pub rank: Option<u32>,
    /// Unique among groups.
    pub id: String,
    /// What is written at its upper left.
    pub label: String,
    /// What is written behind it, smaller.
    pub detail: String,
    /// How much it asks to be looked at.
    pub attention: Attention,
    /// It is at least as wide as these layers, first and last.
    pub layers: Option<(usize, usize)>,
}

/// One thing leads to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// The id of a node; edges to what is not there are left out.
    pub from: String,
    /// The id of another.
    pub to: String,
    /// A few words on it.
    pub label: String,
    /// All of it in words.
    pub full: String,
    /// How much it asks to be looked at.
    pub attention: Attention,
    /// It holds for some of what its ends stand for.
    pub partial: bool,
}

/// A way through the graph that is marked at each of its nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Highlight {
    /// A letter or two.
    pub name: String,
    /// The way in words.
    pub full: String,
    /// The ids of its nodes, in order.
    pub nodes: Vec<String>,
}

/// Everything in one picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Graph {
    /// What it shows.
    pub title: String,
    /// The same in a sentence or two, with numbers.
    pub summary: String,
    /// What each column holds.
    pub headings: Vec<String>,
    /// Bands.
    pub groups: Vec<Group>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Edges.
    pub edges: Vec<Edge>,
    /// Ways that are marked.
    pub highlights: Vec<Highlight>,
    /// What is not drawn, and why.
    pub notes: Vec<String>,
    /// What badges mean: badge and meaning.
    pub legend: Vec<(String, String)>,
}

impl Graph {
    /// In the one order that every writer keeps: parts sorted, doubles out.
    #[must_use]
    pub fn sorted(mut self) -> Graph {
        self.nodes.sort();
        let mut known = std::collections::HashSet::new();
        self.nodes.retain(|node| known.insert(node.id.clone()));
        self.groups.sort();
        known.clear();
        self.groups.retain(|group| known.insert(group.id.clone()));
        self.edges.sort();
        self.edges.dedup();
        self
    }
}
