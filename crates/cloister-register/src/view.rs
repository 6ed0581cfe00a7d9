//! Views over the located tree: a typed field remembers where it was written,
//! or where it would have to be.

use std::marker::PhantomData;

use cloister_model::{Node, Place, Resource};
use jiff::civil::Date;

use crate::guess;
use crate::spec::Spec;

/// A value that can be read from a document of the register.
pub trait Shape<'a>: Sized {
    /// Its form.
    const SPEC: Spec;

    /// Reads it; `None` when it has another form. The judge has explained why.
    fn read(view: View<'a>) -> Option<Self>;
}

/// A node of a document.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The document.
    pub resource: &'a Resource,
    /// The node in it.
    pub node: &'a Node,
}

impl<'a> View<'a> {
    /// Where the node stands.
    pub fn place(&self) -> Place<'a> {
        Place::of(self.resource, self.node)
    }

    /// The field under `key`, stated or not.
    pub fn field<T: Shape<'a>>(&self, key: &'static str) -> Field<'a, T> {
        Field { parent: *self, key, form: PhantomData }
    }

    fn text(&self) -> Option<&'a str> {
        self.node.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    fn items(&self) -> impl Iterator<Item = View<'a>> + use<'a> {
        let resource = self.resource;
        self.node.items().iter().map(move |node| View { resource, node })
    }
}

/// A field of a document: its value, its place, and whether it is a guess.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a, T> {
    parent: View<'a>,
    key: &'static str,
    form: PhantomData<T>,
}

impl<'a, T: Shape<'a>> Field<'a, T> {
    /// The value; `None` when absent, empty, or not readable. A list written
    /// as `[]` is a value: it says "none".
    pub fn value(&self) -> Option<T> {
        T::read(View { resource: self.parent.resource, node: self.parent.node.get(self.key)? })
    }

    /// Whether the field is answered.
    pub fn is_stated(&self) -> bool {
        self.value().is_some()
    }

    /// Whether the field is answered by a person: stated, and not a guess.
    pub fn is_confirmed(&self) -> bool {
        self.is_stated() && !self.is_guess()
    }

    /// Whether the value is marked as a guess of `cloister register init`.
    pub fn is_guess(&self) -> bool {
        self.parent.node.get(self.key).is_some_and(|node| guess::covers(self.parent.resource, node))
    }

    /// Where the value stands, or the place in which it is missing.
    pub fn place(&self) -> Place<'a> {
        self.parent.place().at(self.key)
    }
}

impl<'a, T: Shape<'a>> Field<'a, Vec<T>> {
    /// The readable items; none when the list is absent.
    pub fn items(&self) -> Vec<T> {
        self.value().unwrap_or_default()
    }

    /// The readable items, each with its place.
    pub fn placed_items(&self) -> Vec<(T, Place<'a>)> {
        let Some(node) = self.parent.node.get(self.key) else { return Vec::new() };
        let list = View { resource: self.parent.resource, node };
        list.items().filter_map(|item| Some((T::read(item)?, item.place()))).collect()
    }
}

impl<'a> Shape<'a> for &'a str {
    const SPEC: Spec = Spec::Text;

    fn read(view: View<'a>) -> Option<&'a str> {
        view.text()
    }
}

impl Shape<'_> for bool {
    const SPEC: Spec = Spec::Flag;

    fn read(view: View<'_>) -> Option<bool> {
        view.node.as_bool()
    }
}

impl Shape<'_> for u64 {
    const SPEC: Spec = Spec::Count;

    fn read(view: View<'_>) -> Option<u64> {
        view.node.as_int().and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
    }
}

impl Shape<'_> for Date {
    const SPEC: Spec = Spec::Date;

    fn read(view: View<'_>) -> Option<Date> {
        parse_date(view.text()?)
    }
}

impl<'a, T: Shape<'a>> Shape<'a> for Vec<T> {
    const SPEC: Spec = Spec::List(&T::SPEC);

    fn read(view: View<'a>) -> Option<Vec<T>> {
        let cloister_model::Value::List(written) = &view.node.value else { return None };
        let read: Vec<T> = view.items().filter_map(T::read).collect();
        // A list of which nothing could be read does not say "none".
        (written.is_empty() || !read.is_empty()).then_some(read)
    }
}

/// A country as ISO 3166-1 alpha-2 writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country<'a>(&'a str);

impl<'a> Country<'a> {
    /// The two letters.
    pub fn code(&self) -> &'a str {
        self.0
    }
}

impl<'a> Shape<'a> for Country<'a> {
    const SPEC: Spec = Spec::Country;

    fn read(view: View<'a>) -> Option<Country<'a>> {
        view.text().filter(|code| is_country(code)).map(Country)
    }
}

/// Whether `code` has the form of a country: two upper-case letters.
pub(crate) fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// `YYYY-MM-DD` and nothing else; jiff alone would take times and zones too.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if shaped { text.parse().ok() } else { None }
}

/// A map of labels.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a>(View<'a>);

impl<'a> Labels<'a> {
    /// Keys and values, as written.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.0.node.entries().iter().filter_map(|entry| Some((&*entry.key, entry.node.as_str()?)))
    }
}

impl<'a> Shape<'a> for Labels<'a> {
    const SPEC: Spec = Spec::Labels;

    fn read(view: View<'a>) -> Option<Labels<'a>> {
        view.node.is_map().then_some(Labels(view))
    }
}
