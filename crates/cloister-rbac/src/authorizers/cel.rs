//! Match conditions in CEL, over a SubjectAccessReviewSpec as the API server shows it to them.
//! Source: Kubernetes 1.37, `apiserver/pkg/authorization/cel`.

use std::fmt;

use cel::common::ast::{Expr, IdedExpr, operators};
use cel::{ExecutionError, Program, Value};
use cloister_expression::{Unread, comes_of_values, first_line, is_of_dialect, parts};
use serde::Serialize;

use super::{Details, Outcome, Requirement};
use crate::{Action, Request};

/// A compiled condition.
pub(crate) struct Condition {
    pub source: String,
    program: Result<Program, Unread>,
    /// What of [`Details`] it looks at, and whether it only asks for its presence.
    looks_at: Vec<(&'static str, bool)>,
}

impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

impl Condition {
    pub(crate) fn compile(source: &str) -> Condition {
        let program = cloister_expression::compile(source);
        let mut seen = Vec::new();
        program.iter().for_each(|program| look(program.expression(), &mut seen));
        Condition { source: source.to_owned(), program, looks_at: seen }
    }

    /// Why it cannot be read.
    pub(crate) fn mistake(&self) -> Option<String> {
        self.program.as_ref().err().map(ToString::to_string)
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
        let mut context = cloister_expression::context();
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

/// Errors that the server meets, too.
fn is_servers_error(error: &ExecutionError) -> bool {
    match error {
        // Regular expressions of another dialect.
        ExecutionError::FunctionError { function, .. } => !is_of_dialect(function),
        error => comes_of_values(error),
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

const DETAILS: [&str; 5] = ["uid", "extra", "version", "fieldSelector", "labelSelector"];

/// What of [`DETAILS`] an expression looks at, and whether it only asks for its presence.
fn look(expression: &IdedExpr, seen: &mut Vec<(&'static str, bool)>) {
    let mut field =
        |field: &str, presence| seen.extend(DETAILS.iter().filter(|it| **it == field).map(|it| (*it, presence)));
    match &expression.expr {
        Expr::Select(select) => field(&select.field, select.test),
        // `a.?b` is a call with the field as a literal.
        Expr::Call(call) if call.func_name == operators::OPT_SELECT => {
            if let Some(Expr::Literal(literal)) = call.args.get(1).map(|field| &field.expr) {
                let name = format!("{literal:?}");
                DETAILS.iter().filter(|detail| name.contains(**detail)).for_each(|detail| field(detail, true));
            }
        }
        _ => {}
    }
    parts(expression).into_iter().for_each(|(part, _)| look(part, seen));
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
