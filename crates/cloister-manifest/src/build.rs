//! Parser events to a located tree, with limits against hostile input.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Mark, Node, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use crate::document::Document;
use crate::input::Text;
use crate::mend::Mended;
use crate::own::Own;
use crate::{Interner, brackets, explain, located_json, scalar, tags};

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
    if let Some(diagnostic) = explain::unreadable(document, file) {
        out.push(diagnostic);
        return None;
    }
    out.extend(document.lost.map(|line| explain::after_the_end(file, line)));
    if let Some(root) = located_json::read(document, file, interner, out) {
        return Some(root);
    }
    if let Some(line) = brackets::too_long(document.text) {
        out.push(explain::long_brackets(document, file, line));
        return None;
    }
    let mut mended = Mended::new(document.text);
    let told = out.len();
    loop {
        match attempt(document, &mended, file, interner, out) {
            Ok(root) => return root.filter(|root| !root.is_null()),
            Err(Failure::Syntax(error)) if mended.mend(&error) => out.truncate(told),
            Err(Failure::Syntax(error)) => {
                out.push(*explain::syntax(document, file, error.marker(), error.info()));
                return None;
            }
            Err(Failure::Joined(word, end)) if mended.join(&word, &end) => out.truncate(told),
            Err(Failure::Joined(_, end)) => {
                out.push(*explain::syntax(document, file, &end, "a colon without a space behind it"));
                return None;
            }
            Err(Failure::Meaning(diagnostic)) => {
                out.push(*diagnostic);
                return None;
            }
        }
    }
}

/// Why a document could not be read.
enum Failure {
    Syntax(ScanError),
    /// A word in brackets goes on with the colon behind it.
    Joined(String, Marker),
    Meaning(Box<Diagnostic>),
}

fn attempt(
    document: &Document<'_>,
    mended: &Mended<'_>,
    file: &Arc<str>,
    interner: &mut Interner,
    out: &mut Vec<Diagnostic>,
) -> Result<Option<Node>, Failure> {
    let mut builder = Builder {
        document,
        mended,
        file,
        interner,
        out,
        open: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
        anchors: HashMap::new(),
        expanded: 0,
        merges: false,
        schema: None,
        keeps: OnceCell::new(),
        root: None,
    };
    let colons = mended.colons();
    let mut parser = Parser::new(Text::new(mended.text()));
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(Failure::Syntax)?;
        if let Event::Scalar(word, ScalarStyle::Plain, ..) = &event
            && !word.is_empty()
            && colons.contains(&span.end.index())
        {
            return Err(Failure::Joined(word.to_string(), span.end));
        }
        // With old line ends a second document may hide in the text; Kubernetes reads the first.
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder.event(event, span).map_err(Failure::Meaning)?;
    }
    Ok(builder.root)
}

/// Schemas of custom resources are long, and nothing is ever looked for in them.
const SCHEMA: &str = "openAPIV3Schema";

/// Whether a text may hold anchors, by which what stands in a schema could be meant elsewhere.
fn may_anchor(text: &str) -> bool {
    let names = |next: u8| !matches!(next, b'&' | b' ' | b'\n' | b'\r');
    text.as_bytes().windows(2).any(|pair| matches!(pair, [b'&', next] if names(*next)))
}

type Step = Result<(), Box<Diagnostic>>;

enum Open {
    /// Its items lie on the stack of items from `start`.
    List { mark: Mark, anchor: usize, start: usize },
    /// Its entries lie on the stack of entries, as `own` knows.
    Map { mark: Mark, anchor: usize, key: Option<Key>, own: Own },
}

/// A key that waits for its value.
struct Key {
    name: Arc<str>,
    mark: Mark,
    /// Its value is merged into the mapping around it.
    merges: bool,
}

struct Builder<'a, 'b> {
    document: &'a Document<'a>,
    mended: &'a Mended<'a>,
    file: &'a Arc<str>,
    interner: &'b mut Interner,
    out: &'b mut Vec<Diagnostic>,
    open: Vec<Open>,
    /// Items and entries of everything that is open: so each list and mapping is allocated once, at its own size.
    items: Vec<Node>,
    entries: Vec<Entry>,
    anchors: HashMap<usize, Node>,
    expanded: usize,
    /// The scalar that was just read is a merge key, if it is a key.
    merges: bool,
    /// How many are open around the schema that is being read: it is checked as all is, and not kept.
    schema: Option<usize>,
    /// Schemas are kept, too; found out when the first one comes.
    keeps: OnceCell<bool>,
    root: Option<Node>,
}

impl Builder<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        let mark = self.mark(span.start);
        match event {
            Event::Scalar(text, style, 0, None) if self.is_schema_text(&text, style) => {
                self.close(Node { mark, value: Value::Null, literal: false }, 0)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = tags::value(&text, style, tag.as_deref(), self.interner)
                    .map_err(|cause| explain::wrong_tag(self.file, mark, cause))?;
                self.merges = tags::is_merge(&text, style, tag.as_deref());
                // With a tag or an anchor the mark is theirs, and the block's first line unknown.
                let literal = style == ScalarStyle::Literal && tag.is_none() && anchor == 0;
                self.close(Node { mark, value, literal }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.push(Open::List { mark, anchor, start: self.items.len() }),
            Event::MappingStart(anchor, _) => {
                self.push(Open::Map { mark, anchor, key: None, own: Own::from(self.entries.len()) })
            }
            Event::SequenceEnd | Event::MappingEnd => self.pop(),
            Event::Alias(anchor) => self.alias(anchor, mark),
            _ => Ok(()),
        }
    }

    fn mark(&self, marker: Marker) -> Mark {
        let line = u32::try_from(marker.line()).unwrap_or(u32::MAX);
        let column = u32::try_from(self.mended.column(&marker)).unwrap_or(u32::MAX).saturating_add(1);
        Mark { line: line.saturating_add(self.document.first_line).saturating_sub(1), column }
    }

    fn push(&mut self, open: Open) -> Step {
        if self.open.len() >= MAX_DEPTH {
            let (Open::List { mark, .. } | Open::Map { mark, .. }) = open;
            return Err(Box::new(explain::too_deep(self.file, mark)));
        }
        if self.schema.is_none() && self.is_under(SCHEMA) {
            let keeps = *self.keeps.get_or_init(|| may_anchor(self.document.text));
            self.schema = (!keeps).then_some(self.open.len());
        }
        self.open.push(open);
        Ok(())
    }

    /// Whether what comes is the value of this key.
    fn is_under(&self, name: &str) -> bool {
        matches!(self.open.last(), Some(Open::Map { key: Some(key), .. }) if &*key.name == name)
    }

    /// A value in a schema that is a text for sure: others may be what no JSON can hold.
    fn is_schema_text(&self, text: &str, style: ScalarStyle) -> bool {
        let is_value = self.schema.is_some() && !matches!(self.open.last(), Some(Open::Map { key: None, .. }));
        is_value && (style != ScalarStyle::Plain || text.starts_with(|first: char| first.is_ascii_alphabetic()))
    }

    fn pop(&mut self) -> Step {
        match self.open.pop() {
            Some(Open::List { mark, anchor, start }) => {
                let items = self.items.drain(start..).collect();
                self.close(Node { mark, value: Value::List(items), literal: false }, anchor)
            }
            Some(Open::Map { mark, anchor, own, .. }) => {
                let entries = self.entries.drain(own.start..).collect();
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
        let merges = matches!(self.open.last(), Some(Open::Map { key: Some(key), .. }) if key.merges);
        if merges && !node.is_map() {
            return Err(Box::new(explain::merge_of_no_map(self.file, mark)));
        }
        self.merges = false;
        self.close(node, 0)
    }

    /// A finished value: the root, an item, a key, or the value of a key.
    fn close(&mut self, mut node: Node, anchor: usize) -> Step {
        if self.schema == Some(self.open.len()) {
            self.schema = None;
            node.value = Value::Map(Box::default());
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let merges = std::mem::take(&mut self.merges);
        let is_key = matches!(self.open.last(), Some(Open::Map { key: None, .. }));
        if let (false, Value::Float(number)) = (is_key, &node.value)
            && !number.is_finite()
        {
            return Err(Box::new(explain::no_number(self.file, node.mark)));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { .. }) => self.items.push(node),
            Some(Open::Map { key, own, .. }) => match key.take() {
                None => {
                    let name = match &node.value {
                        Value::Text(name) => Some(name.clone()),
                        Value::Float(number) => Some(self.interner.get(&scalar::float_key(*number))),
                        _ => node.scalar().map(|name| self.interner.get(&name)),
                    };
                    let Some(name) = name else {
                        return Err(Box::new(explain::key_is_no_word(self.file, &node)));
                    };
                    *key = Some(Key { name, mark: node.mark, merges });
                }
                Some(key) if key.merges => own.merge(&mut self.entries, &node, self.file)?,
                Some(Key { name: key, mark, .. }) => {
                    own.insert(&mut self.entries, Entry { key, mark, node }, self.file, self.out);
                }
            },
        }
        Ok(())
    }
}

fn weight(node: &Node) -> usize {
    1 + node.items().iter().map(weight).sum::<usize>()
        + node.entries().iter().map(|entry| weight(&entry.node)).sum::<usize>()
}
