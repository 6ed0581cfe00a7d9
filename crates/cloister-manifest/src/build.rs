//! Parser events to a located tree, with limits against hostile input.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Mark, Node, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use crate::document::Document;
use crate::{Interner, explain, intern, scalar};

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
    let mut builder = Builder {
        document,
        file,
        interner,
        out,
        open: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
        anchors: HashMap::new(),
        expanded: 0,
        root: None,
    };
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
    /// Its items lie on the stack of items from `start`.
    List { mark: Mark, anchor: usize, start: usize },
    /// Its entries lie on the stack of entries from `start`.
    Map { mark: Mark, anchor: usize, start: usize, key: Option<(Arc<str>, Mark)>, merges: Vec<Node> },
}

struct Builder<'a, 'b> {
    document: &'a Document<'a>,
    file: &'a Arc<str>,
    interner: &'b mut Interner,
    out: &'b mut Vec<Diagnostic>,
    open: Vec<Open>,
    /// Items and entries of everything that is open: so each list and mapping is allocated once, at its own size.
    items: Vec<Node>,
    entries: Vec<Entry>,
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
            Event::SequenceStart(anchor, _) => self.push(Open::List { mark, anchor, start: self.items.len() }),
            Event::MappingStart(anchor, _) => {
                self.push(Open::Map { mark, anchor, start: self.entries.len(), key: None, merges: Vec::new() })
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
            Some(Open::List { mark, anchor, start }) => {
                let items = self.items.drain(start..).collect();
                self.close(Node { mark, value: Value::List(items), literal: false }, anchor)
            }
            Some(Open::Map { mark, anchor, start, merges, .. }) => {
                merge(&mut self.entries, start, merges);
                let entries = self.entries.drain(start..).collect();
                self.close(Node { mark, value: Value::Map(entries), literal: false }, anchor)
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
            Some(Open::List { .. }) => self.items.push(node),
            Some(Open::Map { start, key, merges, .. }) => match key.take() {
                None => match node.scalar() {
                    Some(text) => *key = Some((self.interner.get(&text), node.mark)),
                    None if node.is_null() => *key = Some((self.interner.get("null"), node.mark)),
                    None => return Err(Box::new(explain::key_is_no_word(self.file, node.mark))),
                },
                Some((key, _)) if &*key == "<<" => merges.push(node),
                Some((key, mark)) => {
                    insert(&mut self.entries, *start, Entry { key, mark, node }, self.file, self.out);
                }
            },
        }
        Ok(())
    }
}

/// The last of doubled keys wins, as in Go; the doubling is told.
fn insert(entries: &mut Vec<Entry>, start: usize, entry: Entry, file: &Arc<str>, out: &mut Vec<Diagnostic>) {
    // Mappings of thousands of keys are data (ConfigMaps): look for doubles in
    // those of ordinary size only, so that no input costs quadratic time.
    let own = entries.get_mut(start..).filter(|own| own.len() < 512);
    let doubled = own.and_then(|own| own.iter_mut().find(|other| intern::is_same(&other.key, &entry.key)));
    match doubled {
        Some(other) => {
            out.push(explain::doubled_key(file, &entry, other.mark));
            *other = entry;
        }
        None => entries.push(entry),
    }
}

/// YAML 1.1 merge keys: what is written here wins over what is merged in.
fn merge(entries: &mut Vec<Entry>, start: usize, merges: Vec<Node>) {
    for node in merges {
        let maps = if node.is_map() { vec![node] } else { node.items().to_vec() };
        for entry in maps.iter().flat_map(Node::entries) {
            if !entries.iter().skip(start).any(|other| intern::is_same(&other.key, &entry.key)) {
                entries.push(entry.clone());
            }
        }
    }
}

fn weight(node: &Node) -> usize {
    1 + node.items().iter().map(weight).sum::<usize>()
        + node.entries().iter().map(|entry| weight(&entry.node)).sum::<usize>()
}
