//! Where a finding points.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::tree::first_step;
use crate::{Mark, Node, Pointers, Resource, ResourceRef};

/// A place in a file. Never invented: what is not known is `None`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Location {
    /// Path as the user named it, with `/` between its parts.
    pub file: Arc<str>,
    /// Line in `file`, from 1; null when only the rendered line is certain.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
    /// Where in the rendered output of a template; null for plain files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered: Option<Rendered>,
}

/// A line of rendered output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rendered {
    /// Line, from 1, in what the renderer wrote for this file.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl Location {
    /// A place that stands in the file itself.
    pub fn written(file: &Arc<str>, mark: Mark) -> Location {
        Location { file: file.clone(), line: Some(mark.line), column: Some(mark.column), rendered: None }
    }
}

/// A value of a resource, or the place in it where a value is missing.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// The value; for a missing one, the deepest part of its path that exists.
    pub node: &'a Node,
    /// Where to point: the value, or the key of what lacks something.
    pub mark: Mark,
    /// The rest of the path, when the value is missing.
    pub missing: &'a str,
}

impl<'a> Place<'a> {
    /// The value `node` of `resource`.
    pub fn of(resource: &'a Resource, node: &'a Node) -> Place<'a> {
        Place { resource, node, mark: node.mark, missing: "" }
    }

    /// The whole resource.
    pub fn whole(resource: &'a Resource) -> Place<'a> {
        Place::of(resource, &resource.root)
    }

    /// Follows `path` (steps separated by `/`) from here as far as it exists.
    /// The remainder is kept as missing.
    pub fn at(self, path: &'a str) -> Place<'a> {
        let mut place = self;
        let mut rest = path.trim_start_matches('/');
        while !rest.is_empty() {
            let (step, after) = first_step(rest);
            let Some(node) = place.node.step(step) else { break };
            let key = place.node.entry(step).map(|entry| entry.mark);
            place.node = node;
            // A scalar is pointed at itself, a mapping or list at its key.
            place.mark = if node.is_map() || !node.items().is_empty() { key.unwrap_or(node.mark) } else { node.mark };
            rest = after;
        }
        Place { missing: rest, ..place }
    }

    /// A place inside a string of several lines: the character `column` of the
    /// line `index`, both from 0; the string itself where that is not certain.
    pub fn line(self, index: usize, column: usize) -> Place<'a> {
        Place { mark: self.node.line_mark(index, column).unwrap_or(self.mark), ..self }
    }

    /// The JSON pointer, including what is missing.
    pub fn pointer(&self) -> String {
        self.with_missing(self.resource.root.pointer_to(self.node).unwrap_or_default())
    }

    /// The same, by all pointers of the resource.
    pub fn pointer_by(&self, pointers: &Pointers) -> String {
        pointers.to(self.node).map_or_else(|| self.pointer(), |pointer| self.with_missing(pointer))
    }

    fn with_missing(&self, mut pointer: String) -> String {
        if !self.missing.is_empty() {
            pointer.push('/');
            pointer.push_str(self.missing);
        }
        pointer
    }

    /// Where this stands in a file; `None` in a cluster.
    pub fn location(&self) -> Option<Location> {
        self.resource.locate(self.mark)
    }
}

/// What a finding is about.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// A place in a resource that was read.
    Place(Place<'a>),
    /// Something that has a name but was not in the input, such as a namespace
    /// that resources live in without a Namespace object.
    Named(ResourceRef),
    /// The absence of something altogether.
    Absent,
}

impl<'a> From<Place<'a>> for Subject<'a> {
    fn from(place: Place<'a>) -> Self {
        Subject::Place(place)
    }
}

impl<'a> From<&'a Resource> for Subject<'a> {
    fn from(resource: &'a Resource) -> Self {
        Subject::Place(Place::whole(resource))
    }
}
