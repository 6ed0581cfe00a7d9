//! What Go's strict decoder takes: the programs of Kubernetes refuse a configuration with a field that they do not know,
//! or of another type.

use crate::{Node, Place, Resource, Value};

/// What a value has to be. Null is always taken: it is nothing.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A list of such.
    List(&'static Shape),
    /// A mapping with these fields and no others.
    Map(&'static [(&'static str, Shape)]),
}

/// Every value of `resource` that does not fit, and why.
pub fn misfits<'a>(resource: &'a Resource, shape: &Shape) -> Vec<(Place<'a>, String)> {
    let mut found = Vec::new();
    look(resource, &resource.root, shape, &mut found);
    found
}

fn look<'a>(resource: &'a Resource, node: &'a Node, shape: &Shape, found: &mut Vec<(Place<'a>, String)>) {
    match (shape, &node.value) {
        (_, Value::Null)
        | (Shape::Text, Value::Text(_))
        | (Shape::Bool, Value::Bool(_))
        | (Shape::Int, Value::Int(_)) => {}
        (Shape::List(of), Value::List(items)) => items.iter().for_each(|item| look(resource, item, of, found)),
        (Shape::Map(fields), Value::Map(entries)) => {
            for entry in entries {
                match fields.iter().find(|(name, _)| *name == &*entry.key) {
                    Some((_, shape)) => look(resource, &entry.node, shape, found),
                    None => {
                        let place = Place { mark: entry.mark, ..Place::of(resource, &entry.node) };
                        found.push((place, format!("there is no field \"{}\" here", entry.key)));
                    }
                }
            }
        }
        _ => found.push((Place::of(resource, node), format!("this must be {}", shape.name()))),
    }
}

impl Shape {
    fn name(&self) -> &'static str {
        match self {
            Shape::Text => "text (in quotes, where it looks like a number)",
            Shape::Bool => "true or false",
            Shape::Int => "a whole number",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a mapping",
        }
    }
}
