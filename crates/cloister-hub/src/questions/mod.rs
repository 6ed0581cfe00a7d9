//! Questions about who may do what and who reaches whom, answered from the objects of the last assessment: with a picture, and
//! the same as rows, each with what makes it so.
//!
//! ```text
//! address ──▶ Question ──▶ cloister-questions over the objects in view ──▶ Answer ──▶ page, CSV, JSON, API, SVG
//! ```
//! An answer is kept beside its snapshot: the same question again costs nothing until something changed.

mod names;
mod network;
pub mod objects;
mod rbac;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloister_graph::Graph;
use serde_json::Value;

use crate::Snapshot;
use crate::http::{Problem, Query};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who may do something.
    WhoCan { verb: String, resource: String, name: Option<String>, namespace: Option<String> },
    /// What somebody may do.
    WhatCan { subject: String },
    /// What somebody can become.
    Climb { subject: String, to: Option<String> },
    /// Who can read the data of a store.
    WhoReads { store: String },
    /// Who reaches a workload, the workloads of a namespace, or those of a store.
    WhoReaches { to: String },
    /// What a workload or those of a namespace reach.
    Reaches { from: String },
}

/// The names of all of them, in addresses.
pub const KINDS: [&str; 6] = ["who-reads", "who-reaches", "who-can", "what-can", "climb", "reaches"];

/// A row of an answer.
pub type Line = Vec<Piece>;

/// A cell of it: its value, and where it leads.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// The value.
    pub value: Value,
    /// The question that it leads to.
    pub asks: Option<Question>,
}

/// The answer.
#[derive(Debug)]
pub struct Answered {
    /// The question in words.
    pub title: String,
    /// The answer in a sentence.
    pub summary: String,
    /// What must be said beside it.
    pub notes: Vec<String>,
    /// Titles and names of the columns.
    pub columns: Vec<(&'static str, &'static str)>,
    /// The first rows.
    pub rows: Vec<Line>,
    /// How many there are.
    pub all: usize,
    /// How many by namespace, where not all rows are there.
    pub by_namespace: Vec<(String, usize)>,
    /// What is drawn.
    pub picture: Graph,
}

/// More rows of an answer are counted, and not told one by one.
pub const MOST_ROWS: usize = 2_000;
/// So many nodes of a picture can be read; what is alike is drawn as one above.
const NODES: usize = 60;
/// So many answers are kept of a snapshot.
const KEPT: usize = 12;
/// So many are made at a time.
const AT_ONCE: usize = 2;
/// Longer names there are not.
const LONGEST: usize = 512;

/// Answers that were given of one snapshot, the last used last.
#[derive(Debug, Default)]
pub struct Answers {
    kept: Mutex<Vec<(Question, Arc<Answered>)>>,
    made: AtomicUsize,
}

/// A place among those that are made.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Answers {
    fn known(&self, question: &Question) -> Option<Arc<Answered>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == question)?;
        let one = kept.remove(at);
        let answer = one.1.clone();
        kept.push(one);
        Some(answer)
    }

    fn keep(&self, question: &Question, answer: &Arc<Answered>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((question.clone(), answer.clone()));
    }

    fn place(&self) -> Result<Place<'_>, Problem> {
        let place = Place(&self.made);
        if self.made.fetch_add(1, Ordering::AcqRel) >= AT_ONCE {
            let busy = "other questions are being answered: ask again in a moment";
            return Err(Problem { wait: Some(1), ..Problem::new(503, busy) });
        }
        Ok(place)
    }
}

/// The answer, as far as it is in view.
pub fn answer(known: &Snapshot, question: &Question) -> Result<Arc<Answered>, Problem> {
    if let Some(answer) = known.answers.known(question) {
        return Ok(answer);
    }
    let objects = &known.more.objects;
    let nothing = "of this source the hub has what a scan found, and not the objects themselves, from which questions are \
                   answered: watch it here (--watch, --cluster), or wait for its first assessment since the start";
    let _place = known.answers.place()?;
    let inventory = objects.inventory().ok_or_else(|| Problem::new(409, nothing))?;
    let mut answer = match question {
        Question::WhoReaches { to } => network::who_reaches(to, &inventory)?,
        Question::Reaches { from } => network::reaches(from, &inventory)?,
        _ => rbac::answer(question, &inventory)?,
    };
    if objects.are_limited() {
        answer.clear(|text| objects.clear(text));
        answer.notes.insert(0, beyond(question).to_owned());
    }
    let answer = Arc::new(answer);
    known.answers.keep(question, &answer);
    Ok(answer)
}

/// What a view leaves out, said whether there is such a thing or not.
fn beyond(question: &Question) -> &'static str {
    match question {
        Question::WhoReaches { .. } | Question::Reaches { .. } => {
            "Connections with other namespaces and with nodes are not in view, and not told; nor is what a mesh's policies of \
             elsewhere close."
        }
        _ => "What bindings of the whole cluster and of other namespaces give is not in view, and not told.",
    }
}

impl Answered {
    /// What names something that is not in view is said without it.
    fn clear(&mut self, clear: impl Fn(String) -> String) {
        let own = |text: &mut String| *text = clear(std::mem::take(text));
        for piece in self.rows.iter_mut().flatten() {
            match &mut piece.value {
                Value::String(text) => own(text),
                Value::Array(all) => all.iter_mut().for_each(|one| {
                    if let Value::String(text) = one {
                        own(text);
                    }
                }),
                _ => {}
            }
            if piece.value == objects::NOT_IN_VIEW {
                piece.asks = None;
            }
        }
        [&mut self.title, &mut self.summary].into_iter().for_each(own);
        self.notes.iter_mut().for_each(own);
        let graph = &mut self.picture;
        [&mut graph.title, &mut graph.summary].into_iter().for_each(own);
        graph.notes.iter_mut().for_each(own);
        for node in &mut graph.nodes {
            node.members.iter_mut().for_each(own);
            let said = [&node.label, &node.full].into_iter().chain(&node.details);
            let is_hidden = said.into_iter().any(|text| clear(text.clone()) != *text);
            if is_hidden {
                // What it is called goes with where it is.
                (node.label, node.full) = (objects::NOT_IN_VIEW.to_owned(), objects::NOT_IN_VIEW.to_owned());
                node.details.clear();
                node.members.clear();
            }
        }
        for group in &mut graph.groups {
            own(&mut group.label);
            own(&mut group.detail);
        }
        for edge in &mut graph.edges {
            own(&mut edge.label);
            own(&mut edge.full);
        }
        graph.highlights.clear();
    }
}

impl Question {
    /// As an address asks it.
    pub fn read(kind: &str, query: &Query) -> Result<Question, Problem> {
        let given = |name: &str| {
            let text = query.get(name).map(str::to_owned);
            match text {
                Some(text) if text.len() > LONGEST => Err(Problem::new(400, format!("{name} is longer than any name"))),
                text => Ok(text),
            }
        };
        let needed = |name: &str, such: &str| {
            given(name)?.ok_or_else(|| Problem::new(400, format!("the question lacks {name}, such as {name}={such}")))
        };
        Ok(match kind {
            "who-can" => Question::WhoCan {
                verb: needed("verb", "get")?,
                resource: needed("resource", "secrets")?,
                name: given("name")?,
                namespace: given("namespace")?,
            },
            "what-can" => Question::WhatCan { subject: needed("subject", "serviceaccount:shop:orders")? },
            "climb" => Question::Climb { subject: needed("subject", "serviceaccount:shop:orders")?, to: given("to")? },
            "who-reads" => Question::WhoReads { store: needed("store", "patients")? },
            "who-reaches" => Question::WhoReaches { to: needed("to", "shop/orders")? },
            "reaches" => Question::Reaches { from: needed("from", "shop/orders")? },
            _ => return Err(Problem::missing(format!("there is no such question; ask one of {}", KINDS.join(", ")))),
        })
    }

    /// Its name in addresses.
    pub fn kind(&self) -> &'static str {
        match self {
            Question::WhoCan { .. } => "who-can",
            Question::WhatCan { .. } => "what-can",
            Question::Climb { .. } => "climb",
            Question::WhoReads { .. } => "who-reads",
            Question::WhoReaches { .. } => "who-reaches",
            Question::Reaches { .. } => "reaches",
        }
    }

    /// What an address asks it by, the same each time.
    pub fn query(&self) -> String {
        let mut all = form_urlencoded::Serializer::new(String::new());
        all.append_pair("ask", self.kind());
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                all.append_pair(name, value);
            }
        };
        let given = |value: &Option<String>| value.clone().unwrap_or_default();
        match self {
            Question::WhoCan { verb, resource, name, namespace } => {
                put("verb", verb);
                put("resource", resource);
                put("name", &given(name));
                put("namespace", &given(namespace));
            }
            Question::WhatCan { subject } => put("subject", subject),
            Question::Climb { subject, to } => {
                put("subject", subject);
                put("to", &given(to));
            }
            Question::WhoReads { store } => put("store", store),
            Question::WhoReaches { to } => put("to", to),
            Question::Reaches { from } => put("from", from),
        }
        all.finish()
    }
}

impl Piece {
    fn of(value: impl Into<Value>) -> Piece {
        Piece { value: value.into(), asks: None }
    }

    fn to(value: impl Into<Value>, asks: Question) -> Piece {
        Piece { value: value.into(), asks: Some(asks) }
    }
}

/// So many of a kind.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", cloister_report::words::thousands(number), if number == 1 { one } else { many })
}
