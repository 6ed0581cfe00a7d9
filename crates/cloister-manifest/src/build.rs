//! Parser events to a located tree, with limits against hostile input.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Mark, Node, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use crate::document::Document;
use crate::{Interner, explain, scalar};

/// Deeper nesting is refused: Kubernetes objects stay below 40.
pub const MAX_DEPTH: usize = 200;
/// Values that aliases may add to one document before it counts as a bomb.
pub const MAX_EXPANDED: usize = 100_000;

/// Builds one document. `None` when it is empty or could not be read; then a
/// diagnostic says why.
pub fn build(
    document: &Document<'_>,
    file: &Arc<str>,
    interner: &mut Interner,
    out: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let mut builder =
        Builder { document, file, interner, out, open: Vec::new(), anchors: HashMap::new(), expanded: 0, root: None };
    let mut parser = Parser::new_from_str(document.text);
    while let Some(event) = parser.next_event() {
        let step = match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => Err(explain::syntax(document, file, error.marker(), error.info())),
        };
        if let Err(diagnostic) = step {
            builder.out.push(*diagnostic);
            return None;
        }
    }
    builder.root.filter(|root| !root.is_null())
}

type Step = Result<(), Box<Diagnostic>>;

enum Open {
    List { mark: Mark, anchor: usize, items: Vec<Node> },
    Map { mark: Mark, anchor: usize, entries: Entries, key: Option<(Arc<str>, Mark)>, merges: Vec<Node> },
}

/// From here on the keys of a mapping are looked up instead of searched, so
/// that no input costs quadratic time.
const MANY: usize = 32;

/// The entries of a mapping, each key once.
#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    /// Where each key stands, once there are many.
    index: HashMap<Arc<str>, usize>,
}

impl Entries {
    fn position(&mut self, key: &str) -> Option<usize> {
        if self.list.len() < MANY {
            return self.list.iter().position(|entry| &*entry.key == key);
        }
        for (at, entry) in self.list.iter().enumerate().skip(self.index.len()) {
            self.index.insert(entry.key.clone(), at);
        }
        self.index.get(key).copied()
    }

    /// The last of doubled keys wins, as in Go; the doubling is told.
    fn insert(&mut self, entry: Entry, file: &Arc<str>, out: &mut Vec<Diagnostic>) {
        let doubled = self.position(&entry.key).and_then(|at| self.list.get_mut(at));
        match doubled {
            Some(other) => {
                out.push(explain::doubled_key(file, &entry, other.mark));
                *other = entry;
            }
            None => self.list.push(entry),
        }
    }

    /// YAML 1.1 merge keys: what is written here wins over what is merged in.
    fn merge(&mut self, merges: Vec<Node>) {
        for node in merges {
            let maps = if node.is_map() { vec![node] } else { node.items().to_vec() };
            for entry in maps.iter().flat_map(Node::entries) {
                if self.position(&entry.key).is_none() {
                    self.list.push(entry.clone());
                }
            }
        }
    }
}

struct Builder<'a, 'b> {
    document: &'a Document<'a>,
    file: &'a Arc<str>,
    interner: &'b mut Interner,
    out: &'b mut Vec<Diagnostic>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    expanded: usize,
    root: Option<Node>,
}

impl Builder<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        let mark = self.mark(span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref());
                // With a tag or an anchor the mark is theirs, and the block's first line unknown.
                let literal = style == ScalarStyle::Literal && tag.is_none() && anchor == 0;
                self.close(Node { mark, value, literal }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.push(Open::List { mark, anchor, items: Vec::new() }),
            Event::MappingStart(anchor, _) => {
                self.push(Open::Map { mark, anchor, entries: Entries::default(), key: None, merges: Vec::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => self.pop(),
            Event::Alias(anchor) => self.alias(anchor, mark),
            _ => Ok(()),
        }
    }

    fn mark(&self, marker: Marker) -> Mark {
        let line = u32::try_from(marker.line()).unwrap_or(u32::MAX);
        let column = u32::try_from(marker.col()).unwrap_or(u32::MAX).saturating_add(1);
        Mark { line: line.saturating_add(self.document.first_line).saturating_sub(1), column }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
        let forced_text = tag.is_some_and(|tag| tag.suffix == "str" || tag.suffix == "binary");
        if style == ScalarStyle::Plain && !forced_text {
            scalar::resolve(text, self.interner)
        } else {
            Value::Text(self.interner.get(text))
        }
    }

    fn push(&mut self, open: Open) -> Step {
        if self.open.len() >= MAX_DEPTH {
            let (Open::List { mark, .. } | Open::Map { mark, .. }) = open;
            return Err(Box::new(explain::too_deep(self.file, mark)));
        }
        self.open.push(open);
        Ok(())
    }

    fn pop(&mut self) -> Step {
        match self.open.pop() {
            Some(Open::List { mark, anchor, items }) => {
                self.close(Node { mark, value: Value::List(items.into()), literal: false }, anchor)
            }
            Some(Open::Map { mark, anchor, mut entries, merges, .. }) => {
                entries.merge(merges);
                self.close(Node { mark, value: Value::Map(entries.list.into()), literal: false }, anchor)
            }
            None => Ok(()),
        }
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Step {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(Box::new(explain::alias_inside_itself(self.file, mark)));
        };
        self.expanded = self.expanded.saturating_add(weight(&node));
        if self.expanded > MAX_EXPANDED {
            return Err(Box::new(explain::alias_bomb(self.file, mark)));
        }
        self.close(node, 0)
    }

    /// A finished value: the root, an item, a key, or the value of a key.
    fn close(&mut self, node: Node, anchor: usize) -> Step {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, merges, .. }) => match key.take() {
                None => match node.scalar() {
                    Some(text) => *key = Some((self.interner.get(&text), node.mark)),
                    None if node.is_null() => *key = Some((self.interner.get("null"), node.mark)),
                    None => return Err(Box::new(explain::key_is_no_word(self.file, node.mark))),
                },
                Some((key, _)) if &*key == "<<" => merges.push(node),
                Some((key, mark)) => entries.insert(Entry { key, mark, node }, self.file, self.out),
            },
        }
        Ok(())
    }
}

fn weight(node: &Node) -> usize {
    1 + node.items().iter().map(weight).sum::<usize>()
        + node.entries().iter().map(|entry| weight(&entry.node)).sum::<usize>()
}
