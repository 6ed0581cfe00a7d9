//! Conditions in CEL, over what an event says.

use std::fmt;

use cel::common::ast::{Expr, IdedExpr};
use cel::{Context, Program, Value};
use cloister_audit::{Event, Outcome};
use cloister_expression::{comes_of_values, first_line, parts};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::{Actor, Origin};

/// Longer conditions are not read.
const LONGEST: usize = 4_096;
/// Loops within each other, and loops at all.
const DEEPEST: u32 = 2;
const MOST_LOOPS: usize = 8;
/// Larger bodies are not looked into.
const LARGEST: usize = 2 << 20;
/// What a condition may cost: values of the body, to the power of the loops within each other, and more where texts are
/// long. That is about a second at the very most, for bodies made to be slow.
const MOST_STEPS: u64 = 4_000_000;
/// So many bytes of a text cost as much as a value.
const BYTES_A_STEP: usize = 64;

/// The variables, their fields where those are known, and what they are.
pub(crate) const VARIABLES: [(&str, &[&str], &str); 9] = [
    ("verb", &[], "get, list, watch, create, update, patch, delete, deletecollection; of a path the method"),
    ("path", &[], "the path of the request, without its query"),
    ("code", &[], "the HTTP status of the answer, or 0"),
    ("outcome", &[], "allowed, denied or unsaid"),
    ("user", &USER, "who asked"),
    ("object", &OBJECT, "what it is about; every field is there, and empty where nothing is said"),
    ("request", &[], "the request's body, as it was sent; of a JSON patch an empty map"),
    ("patch", &[], "the steps of a JSON patch; else an empty list"),
    ("response", &[], "the answer's body"),
];
const USER: [&str; 8] = ["name", "groups", "kind", "acting", "actingGroups", "addresses", "agent", "credential"];
const OBJECT: [&str; 5] = ["group", "resource", "subresource", "namespace", "name"];
/// Names of types, which stand in expressions as variables do.
const TYPES: [&str; 12] =
    ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint", "optional", "sets"];

/// A condition, read.
pub(crate) struct Condition {
    pub source: String,
    program: Program,
    loops: u32,
    /// Whether it looks at a body.
    pub of_request: bool,
    pub of_response: bool,
}

impl fmt::Debug for Condition {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.source)
    }
}

/// Why a condition came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unjudged {
    /// The event does not hold the body that it looks at.
    NoBody,
    /// The body is larger than it may look at.
    TooLarge,
    /// It is wrong for what it met.
    Failed(String),
}

impl Condition {
    /// Reads one; else says what is wrong, and what to do.
    pub fn new(source: &str) -> Result<Condition, (String, String)> {
        if source.len() > LONGEST {
            return Err((format!("it is longer than {LONGEST} bytes"), "make two rules of it".to_owned()));
        }
        let program = cloister_expression::compile(source)
            .map_err(|why| (why.to_string(), "docs/detections.md says what conditions are made of".to_owned()))?;
        let mut seen = Seen::default();
        seen.look(program.expression(), 0, &mut Vec::new());
        if let Some((name, known)) = seen.strangers.into_iter().next() {
            return Err((format!("there is no \"{name}\""), format!("there are {known}")));
        }
        if seen.deepest > DEEPEST || seen.loops > MOST_LOOPS {
            let cause = format!("it has more than {DEEPEST} loops within each other, or more than {MOST_LOOPS} in all");
            return Err((cause, "its cost would be without bound: make several rules of it".to_owned()));
        }
        Ok(Condition {
            source: source.to_owned(),
            program,
            loops: seen.deepest,
            of_request: seen.of_request,
            of_response: seen.of_response,
        })
    }

    /// Whether it holds.
    /// What those of one's own cost an event is bounded together.
    pub fn holds(&self, scene: &mut Scene<'_>, origin: Origin) -> Result<bool, Unjudged> {
        let mut steps = 1;
        for (which, is_asked) in [("request", self.of_request), ("response", self.of_response)] {
            if is_asked {
                let size = scene.body(which)?;
                size.allows(self.loops)?;
                steps = size.steps(self.loops).saturating_add(steps);
            }
        }
        if origin != Origin::Program {
            scene.spend(steps)?;
        }
        match self.program.execute(scene.context()) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err(Unjudged::Failed("it comes to something that is neither true nor false".to_owned())),
            // A field that is not there, such as a label that a body does not have.
            Err(error) if comes_of_values(&error) => Ok(false),
            Err(error) => Err(Unjudged::Failed(first_line(&error.to_string()))),
        }
    }
}

/// What an expression is made of.
#[derive(Default)]
struct Seen {
    strangers: Vec<(String, String)>,
    loops: usize,
    deepest: u32,
    of_request: bool,
    of_response: bool,
}

impl Seen {
    fn look(&mut self, expression: &IdedExpr, depth: u32, bound: &mut Vec<String>) {
        self.deepest = self.deepest.max(depth);
        let before = bound.len();
        match &expression.expr {
            Expr::Ident(name) if !bound.contains(name) => self.name(name),
            Expr::Select(select) => {
                if let Expr::Ident(name) = &select.operand.expr
                    && !bound.contains(name)
                {
                    self.field(name, &select.field);
                }
            }
            Expr::Comprehension(every) => {
                self.loops += 1;
                self.look(&every.iter_range, depth, bound);
                bound.extend([every.iter_var.clone(), every.accu_var.clone()]);
                bound.extend(every.iter_var2.clone());
                let turns = parts(expression).into_iter().filter(|(_, turns)| *turns);
                turns.for_each(|(part, _)| self.look(part, depth + 1, bound));
                bound.truncate(before);
                return;
            }
            _ => {}
        }
        parts(expression).into_iter().for_each(|(part, _)| self.look(part, depth, bound));
    }

    fn name(&mut self, name: &str) {
        self.of_request |= matches!(name, "request" | "patch");
        self.of_response |= name == "response";
        let known = VARIABLES.iter().any(|(variable, ..)| *variable == name);
        if !known && !TYPES.contains(&name) && !name.starts_with('@') {
            let all: Vec<&str> = VARIABLES.iter().map(|(variable, ..)| *variable).collect();
            self.strangers.push((name.to_owned(), all.join(", ")));
        }
    }

    fn field(&mut self, variable: &str, field: &str) {
        let fields = VARIABLES.iter().find(|(name, ..)| *name == variable).map_or(&[][..], |(_, fields, _)| fields);
        if !fields.is_empty() && !fields.contains(&field) {
            self.strangers.push((format!("{variable}.{field}"), fields.join(", ")));
        }
    }
}

/// One event, as conditions see it. What they do not ask for is not made.
pub(crate) struct Scene<'e> {
    event: &'e Event<'e>,
    context: Option<Context<'static, 'static>>,
    request: Option<Result<Size, Unjudged>>,
    response: Option<Result<Size, Unjudged>>,
    /// What conditions of one's own have cost.
    spent: u64,
}

/// How large a body is.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    values: u64,
    longest: usize,
}

impl Size {
    fn allows(self, loops: u32) -> Result<(), Unjudged> {
        if self.steps(loops) > MOST_STEPS { Err(Unjudged::TooLarge) } else { Ok(()) }
    }

    fn steps(self, loops: u32) -> u64 {
        let texts = u64::try_from(self.longest / BYTES_A_STEP).unwrap_or(u64::MAX).saturating_add(1);
        self.values.saturating_pow(loops).saturating_mul(texts)
    }

    fn of(value: &Json) -> Size {
        let mut size = Size::default();
        size.add(value);
        size
    }

    fn add(&mut self, value: &Json) {
        self.values += 1;
        match value {
            Json::String(text) => self.longest = self.longest.max(text.len()),
            Json::Array(items) => items.iter().for_each(|item| self.add(item)),
            Json::Object(map) => map.iter().for_each(|(key, value)| {
                self.longest = self.longest.max(key.len());
                self.add(value);
            }),
            _ => {}
        }
    }
}

impl<'e> Scene<'e> {
    pub fn new(event: &'e Event<'e>) -> Scene<'e> {
        Scene { event, context: None, request: None, response: None, spent: 0 }
    }

    /// Conditions of one's own together may cost an event as much as one may: there can be hundreds.
    fn spend(&mut self, steps: u64) -> Result<(), Unjudged> {
        let spent = self.spent.saturating_add(steps);
        if spent > MOST_STEPS {
            return Err(Unjudged::TooLarge);
        }
        self.spent = spent;
        Ok(())
    }

    fn context(&mut self) -> &mut Context<'static, 'static> {
        let event = self.event;
        self.context.get_or_insert_with(|| {
            let mut context = cloister_expression::context();
            let said = [
                ("verb", cel::to_value(event.verb())),
                ("path", cel::to_value(event.path())),
                ("code", cel::to_value(i64::from(event.code()))),
                ("outcome", cel::to_value(outcome(event.outcome()))),
                ("user", cel::to_value(User::of(event))),
                ("object", cel::to_value(Object::of(event))),
            ];
            for (name, value) in said {
                context.add_variable_from_value(name, value.unwrap_or(Value::Null));
            }
            context
        })
    }

    /// Makes a body known, and says how large it is.
    fn body(&mut self, which: &'static str) -> Result<Size, Unjudged> {
        let known = if which == "request" { &self.request } else { &self.response };
        if let Some(size) = known {
            return size.clone();
        }
        let size = self.read(which);
        *(if which == "request" { &mut self.request } else { &mut self.response }) = Some(size.clone());
        size
    }

    fn read(&mut self, which: &'static str) -> Result<Size, Unjudged> {
        let text = if which == "request" { self.event.request() } else { self.event.response() };
        let text = text.ok_or(Unjudged::NoBody)?;
        if text.len() > LARGEST {
            return Err(Unjudged::TooLarge);
        }
        let mut body: Json = serde_json::from_str(text).map_err(|_| Unjudged::TooLarge)?;
        leave_out(&mut body);
        let size = Size::of(&body);
        // Before the values are made a second time.
        size.allows(0)?;
        let steps = if body.is_array() { body.take() } else { Json::Array(Vec::new()) };
        let map = if body.is_object() { body } else { Json::Object(serde_json::Map::new()) };
        let value = |json: &Json| cel::to_value(Plain(json)).unwrap_or(Value::Null);
        let context = self.context();
        context.add_variable_from_value(which, value(&map));
        if which == "request" {
            context.add_variable_from_value("patch", value(&steps));
        }
        Ok(size)
    }
}

/// What the server keeps book of, and a copy of the whole: no rule is about them.
fn leave_out(body: &mut Json) {
    let Some(metadata) = body.get_mut("metadata").and_then(Json::as_object_mut) else { return };
    metadata.remove("managedFields");
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Json::as_object_mut) {
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Denied => "denied",
        Outcome::Unsaid => "unsaid",
    }
}

/// JSON whose whole numbers are CEL's `int`, whatever their sign.
struct Plain<'j>(&'j Json);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::Number(number) => match number.as_i64() {
                Some(number) => to.serialize_i64(number),
                None => to.serialize_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::Array(items) => to.collect_seq(items.iter().map(Plain)),
            Json::Object(map) => to.collect_map(map.iter().map(|(key, value)| (key, Plain(value)))),
            other => other.serialize(to),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'e> {
    name: &'e str,
    groups: Vec<&'e str>,
    kind: &'static str,
    acting: &'e str,
    acting_groups: Vec<&'e str>,
    addresses: Vec<&'e str>,
    agent: &'e str,
    credential: &'e str,
}

impl<'e> User<'e> {
    fn of(event: &'e Event<'_>) -> User<'e> {
        User {
            name: event.user(),
            groups: event.groups().collect(),
            kind: Actor::of(event).as_str(),
            acting: event.acting_as(),
            acting_groups: event.acting_groups().collect(),
            addresses: event.addresses().collect(),
            agent: event.agent(),
            credential: event.credential(),
        }
    }
}

#[derive(Serialize)]
struct Object<'e> {
    group: &'e str,
    resource: &'e str,
    subresource: &'e str,
    namespace: &'e str,
    name: &'e str,
}

impl<'e> Object<'e> {
    fn of(event: &'e Event<'_>) -> Object<'e> {
        Object {
            group: event.group(),
            resource: event.resource(),
            subresource: event.subresource(),
            namespace: event.namespace(),
            name: event.name(),
        }
    }
}
