//! Layered pictures: what leads to what, drawn from left to right.
//!
//! ```text
//! Graph ──▶ Drawing ──▶ svg
//!   │       order, places
//!   └─────▶ dot · mermaid · list (the same in words)
//! ```
//!
//! Layers are given, not found: whoever knows the field knows what stands beside what. Groups are bands that hold
//! their members together. The same graph gives the same bytes, in whatever order its parts were added.
//! Method: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981);
//! crossings as in Barth, Jünger and Mutzel, "Simple and Efficient Bilayer Cross Counting" (2002).

mod dot;
mod graph;
mod layout;
mod list;
mod measure;
mod mermaid;
mod svg;

pub use dot::dot;
pub use graph::{Attention, Edge, Graph, Group, Highlight, Node, Shape};
pub use layout::{Drawing, Frame, Link, Spot, Word};
pub use list::list;
pub use mermaid::mermaid;
pub use svg::{Options, Theme, style_sheet, svg};
