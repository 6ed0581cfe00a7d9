//! Match conditions in CEL, over a SubjectAccessReviewSpec as the API server shows it to them.
//! Source: Kubernetes 1.37, `apiserver/pkg/authorization/cel`.

use std::fmt;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{Expr, IdedExpr};
use cel::{Context, Env, ExecutionError, Program, Value, extensions};
use serde::Serialize;

use super::{Details, Outcome, Requirement};
use crate::{Action, Request};

/// Longer expressions are not read.
const LONGEST: usize = 20_000;
/// More loops within loops are not followed: the server counts their cost and gives up, we would run.
const DEEPEST: usize = 3;

/// A compiled condition.
pub(crate) struct Condition {
    pub source: String,
    program: Result<Program, String>,
    /// What of [`Details`] it looks at, and whether it only asks for its presence.
    looks_at: Vec<(&'static str, bool)>,
}

impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

/// The functions of every program: the standard ones, and the extensions that both have.
fn environment() -> &'static Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Env::stdlib();
        // Refused only where a function is there already.
        let _ = environment.add_extension(extensions::strings);
        let _ = environment.add_extension(extensions::lists);
        Arc::new(environment)
    })
}

impl Condition {
    pub(crate) fn compile(source: &str) -> Condition {
        let program = if source.len() > LONGEST {
            Err(format!("it is longer than {LONGEST} bytes"))
        } else {
            environment().compile(source).map_err(|errors| first_line(&errors.to_string()))
        };
        let mut seen = Seen::default();
        program.iter().for_each(|program| seen.look(program.expression(), 0));
        let program = program.and_then(|program| {
            let limit = format!("it has more than {DEEPEST} loops within each other");
            if seen.deepest > DEEPEST { Err(limit) } else { Ok(program) }
        });
        Condition { source: source.to_owned(), program, looks_at: seen.details }
    }

    /// Why it cannot be read.
    pub(crate) fn mistake(&self) -> Option<&str> {
        self.program.as_ref().err().map(String::as_str)
    }

    pub(crate) fn outcome(&self, request: &Request, details: &Details) -> Outcome {
        let program = match &self.program {
            Ok(program) => program,
            Err(why) => return self.unknown(&format!("cannot be read: {why}")),
        };
        let missing: Vec<&(&str, bool)> =
            self.looks_at.iter().filter(|(name, _)| details.lacks(name, &request.action)).collect();
        // The server always has them; here their presence would be told wrongly.
        if let Some((name, _)) = missing.iter().find(|(_, presence)| *presence) {
            return self.unknown(&format!("asks for {name}, which the question does not tell"));
        }
        let mut context = Context::with_env(environment().clone());
        let Ok(spec) = cel::to_value(Spec::of(request, details)) else {
            return self.unknown("cannot be given this request");
        };
        context.add_variable_from_value("request", spec);
        match (program.execute(&context), missing.first()) {
            (Ok(Value::Bool(true)), _) => Outcome::True,
            (Ok(Value::Bool(false)), _) => Outcome::False,
            (Ok(_), _) => self.unknown("comes to something that is neither true nor false"),
            (Err(_), Some((name, _))) => self.unknown(&format!("turns on {name}, which the question does not tell")),
            (Err(error), None) if is_servers_error(&error) => Outcome::Error(first_line(&error.to_string())),
            (Err(error), None) => self.unknown(&format!("is not understood: {}", first_line(&error.to_string()))),
        }
    }

    fn unknown(&self, why: &str) -> Outcome {
        Outcome::Unknown(format!("its condition {} {why}", self.source))
    }
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// Errors that values lead to. What has no function or no overload here was checked by the server when it started, so
/// that it has one there.
fn is_servers_error(error: &ExecutionError) -> bool {
    match error {
        ExecutionError::NoSuchKey(_)
        | ExecutionError::IndexOutOfBounds(_)
        | ExecutionError::DivisionByZero(_)
        | ExecutionError::RemainderByZero(_)
        | ExecutionError::Overflow(..) => true,
        // Regular expressions of another dialect.
        ExecutionError::FunctionError { function, .. } => function != "matches",
        _ => false,
    }
}

impl Details {
    fn lacks(&self, name: &str, action: &Action) -> bool {
        let is_url = matches!(action, Action::Url { .. });
        match name {
            // A request for a path has none of what follows, here and on the server.
            "version" | "fieldSelector" | "labelSelector" if is_url => false,
            "uid" => self.uid.is_none(),
            "extra" => self.extra.is_none(),
            "version" => self.version.is_none(),
            "fieldSelector" => self.field_selector.is_none(),
            _ => self.label_selector.is_none(),
        }
    }
}

/// What an expression looks at.
#[derive(Default)]
struct Seen {
    details: Vec<(&'static str, bool)>,
    deepest: usize,
}

const DETAILS: [&str; 5] = ["uid", "extra", "version", "fieldSelector", "labelSelector"];

impl Seen {
    fn field(&mut self, field: &str, presence: bool) {
        self.details.extend(DETAILS.iter().filter(|name| **name == field).map(|name| (*name, presence)));
    }

    fn look(&mut self, expression: &IdedExpr, depth: usize) {
        self.deepest = self.deepest.max(depth);
        match &expression.expr {
            Expr::Select(select) => {
                self.field(&select.field, select.test);
                self.look(&select.operand, depth);
            }
            Expr::Call(call) => {
                call.target.iter().for_each(|target| self.look(target, depth));
                call.args.iter().for_each(|argument| self.look(argument, depth));
                // `a.?b` is a call with the field as a literal.
                if let Some(Expr::Literal(literal)) = call.args.get(1).map(|field| &field.expr)
                    && call.func_name == cel::common::ast::operators::OPT_SELECT
                {
                    let name = format!("{literal:?}");
                    DETAILS.iter().filter(|field| name.contains(**field)).for_each(|field| self.field(field, true));
                }
            }
            Expr::Comprehension(every) => {
                self.look(&every.iter_range, depth);
                let inner = [&every.accu_init, &every.loop_cond, &every.loop_step, &every.result];
                inner.into_iter().for_each(|part| self.look(part, depth + 1));
            }
            Expr::List(list) => list.elements.iter().for_each(|element| self.look(element, depth)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr, depth)),
            Expr::Struct(made) => made.entries.iter().for_each(|entry| self.entry(&entry.expr, depth)),
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
        }
    }

    fn entry(&mut self, entry: &cel::common::ast::EntryExpr, depth: usize) {
        match entry {
            cel::common::ast::EntryExpr::StructField(field) => self.look(&field.value, depth),
            cel::common::ast::EntryExpr::MapEntry(entry) => {
                self.look(&entry.key, depth);
                self.look(&entry.value, depth);
            }
        }
    }
}

/// Every field of text is there, empty or not, as the server shows them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec<'r> {
    user: &'r str,
    groups: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<&'r std::collections::BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_attributes: Option<ResourceAttributes<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_resource_attributes: Option<NonResourceAttributes<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceAttributes<'r> {
    namespace: &'r str,
    verb: &'r str,
    group: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r str>,
    resource: &'r str,
    subresource: &'r str,
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_selector: Option<Requirements<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_selector: Option<Requirements<'r>>,
}

#[derive(Serialize)]
struct Requirements<'r> {
    requirements: &'r [Requirement],
}

#[derive(Serialize)]
struct NonResourceAttributes<'r> {
    path: &'r str,
    verb: &'r str,
}

impl<'r> Spec<'r> {
    fn of(request: &'r Request, details: &'r Details) -> Spec<'r> {
        let mut spec = Spec {
            user: &request.identity.user,
            groups: &request.identity.groups,
            uid: details.uid.as_deref(),
            extra: details.extra.as_ref(),
            resource_attributes: None,
            non_resource_attributes: None,
        };
        match &request.action {
            Action::Url { verb, path } => spec.non_resource_attributes = Some(NonResourceAttributes { path, verb }),
            Action::Resource(action) => {
                spec.resource_attributes = Some(ResourceAttributes {
                    namespace: &action.namespace,
                    verb: &action.verb,
                    group: &action.group,
                    version: details.version.as_deref(),
                    resource: &action.resource,
                    subresource: &action.subresource,
                    name: &action.name,
                    field_selector: selector(details.field_selector.as_deref()),
                    label_selector: selector(details.label_selector.as_deref()),
                });
            }
        }
        spec
    }
}

/// An empty selector is none.
fn selector(requirements: Option<&[Requirement]>) -> Option<Requirements<'_>> {
    requirements.filter(|requirements| !requirements.is_empty()).map(|requirements| Requirements { requirements })
}
