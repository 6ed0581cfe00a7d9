//! The graph, kept in numbers.

use std::hash::Hash;

use cloister_model::{Node, Resource};
use foldhash::HashMap;

use super::conditions::Conditions;
use super::edges::EdgeKind;
use super::vertex::Vertex;
use crate::policy::index;

/// What shows that an edge is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proof<'a> {
    /// It is so in Kubernetes.
    Always,
    /// A binding and its subject, by number.
    Binding(u32, u32),
    /// A rule of the role that is held, by number.
    Rule(u32),
    /// Several rules that one identity holds, by the number of their list.
    Rights(u32),
    /// An object, and the place in it.
    Object(&'a Resource, &'a Node),
}

/// From one vertex to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge<'a> {
    pub from: u32,
    pub to: u32,
    pub kind: EdgeKind,
    /// How many steps it counts for.
    pub weight: u16,
    pub conditions: Conditions,
    pub proof: Proof<'a>,
}

/// Vertices by number, and edges by the number of where they start.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    vertices: Vec<Vertex<'a>>,
    numbers: HashMap<Vertex<'a>, u32>,
    edges: Vec<Edge<'a>>,
    /// Where the edges of each vertex begin.
    starts: Vec<u32>,
    /// The edges by where they end: numbers of edges, and where those of each vertex begin.
    back: Vec<u32>,
    back_starts: Vec<u32>,
}

impl<'a> Graph<'a> {
    /// The number of a vertex, made where it is new.
    pub fn vertex(&mut self, vertex: Vertex<'a>) -> u32 {
        let next = number(self.vertices.len());
        *self.numbers.entry(vertex).or_insert_with(|| {
            self.vertices.push(vertex);
            next
        })
    }

    /// The number of a vertex, where it is known.
    pub fn find(&self, vertex: &Vertex<'a>) -> Option<u32> {
        self.numbers.get(vertex).copied()
    }

    /// The number of a vertex whose words live elsewhere.
    pub fn number_of(&self, vertex: &Vertex<'_>) -> Option<u32> {
        // Words are compared, whatever they live in.
        let numbers: &HashMap<Vertex<'_>, u32> = &self.numbers;
        numbers.get(vertex).copied()
    }

    /// Forgets the edges from this place on.
    pub fn truncate(&mut self, edges: usize) {
        self.edges.truncate(edges);
    }

    /// A vertex by its number.
    pub fn at(&self, number: u32) -> Option<Vertex<'a>> {
        self.vertices.get(index(number)).copied()
    }

    pub fn vertices(&self) -> &[Vertex<'a>] {
        &self.vertices
    }

    pub fn edges(&self) -> &[Edge<'a>] {
        &self.edges
    }

    pub fn edge(&self, number: u32) -> Option<&Edge<'a>> {
        self.edges.get(index(number))
    }

    pub fn add(&mut self, edge: Edge<'a>) {
        if edge.from != edge.to {
            self.edges.push(edge);
        }
    }

    /// Orders the edges; of equal ones the most certain stays, and the first of those.
    pub fn close(&mut self) {
        self.edges.sort_by_key(|edge| (edge.from, edge.to, edge.kind, edge.weight, edge.conditions));
        self.edges.dedup_by_key(|edge| (edge.from, edge.to, edge.kind));
        self.starts = starts(self.vertices.len(), self.edges.iter().map(|edge| edge.from));
        self.back = (0..number(self.edges.len())).collect();
        let to = |edge: &u32| self.edges.get(index(*edge)).map_or(u32::MAX, |edge| edge.to);
        self.back.sort_by_key(to);
        self.back_starts = starts(self.vertices.len(), self.back.iter().map(to));
    }

    /// The edges that start at a vertex, with their numbers.
    pub fn out(&self, vertex: u32) -> impl Iterator<Item = (u32, &Edge<'a>)> {
        let range = range(&self.starts, vertex);
        let first = number(range.start);
        let edges = self.edges.get(range).unwrap_or_default();
        (first..).zip(edges)
    }

    /// The edges that end at a vertex, with their numbers.
    pub fn into(&self, vertex: u32) -> impl Iterator<Item = (u32, &Edge<'a>)> {
        let edges = self.back.get(range(&self.back_starts, vertex)).unwrap_or_default();
        edges.iter().filter_map(|&edge| Some((edge, self.edge(edge)?)))
    }
}

fn starts(vertices: usize, ends: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0; vertices + 1];
    for vertex in ends {
        if let Some(count) = starts.get_mut(index(vertex) + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}

fn range(starts: &[u32], vertex: u32) -> std::ops::Range<usize> {
    let at = |place: usize| starts.get(place).copied().map_or(0, index);
    at(index(vertex))..at(index(vertex) + 1)
}

/// Numbers of things in memory; four billion of them do not fit there.
pub(crate) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Keeps the first of equals, in order.
pub(crate) fn unique<T: Copy + Eq + Hash>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = foldhash::HashSet::default();
    items.into_iter().filter(|item| seen.insert(*item)).collect()
}
