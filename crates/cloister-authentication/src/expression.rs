//! Expressions in CEL over the claims of a token, or over the user that comes of them.
//! Source: `apiserver/pkg/authentication/cel`.

use std::fmt;

use cel::Program;
use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};
use cloister_expression::{Unread, comes_of_values, first_line, parts};
use serde_json::Value;

/// The fields of a user.
const USER: [&str; 4] = ["username", "uid", "groups", "extra"];
/// Names of types, which stand in expressions as variables do.
const TYPES: [&str; 11] =
    ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint", "optional"];

/// An expression, read.
pub struct Expression {
    /// As it stands.
    pub source: String,
    variable: &'static str,
    program: Result<Program, Unread>,
    /// Selected from the variable: `email`, `address.country`.
    paths: Vec<String>,
    /// Names that are none.
    strangers: Vec<String>,
    /// Whether the server's check of types finds no truth value in it.
    is_no_truth: bool,
    /// A claim that a macro loops over, which the server refuses: a claim is of no type that has parts.
    looped: Option<String>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

/// What an expression came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A value.
    Value(Value),
    /// An error that its values lead to.
    Error,
    /// It is not understood here.
    Unknown(String),
}

impl Expression {
    /// Over `claims`.
    pub fn of_claims(source: &str) -> Expression {
        Expression::compile(source, "claims")
    }

    /// Over `user`.
    pub fn of_user(source: &str) -> Expression {
        Expression::compile(source, "user")
    }

    fn compile(source: &str, variable: &'static str) -> Expression {
        let program = cloister_expression::compile(source);
        let mut seen = Seen { variable, paths: Vec::new(), strangers: Vec::new(), looped: None };
        program.iter().for_each(|program| seen.look(program.expression(), &mut Vec::new()));
        let is_no_truth = program.as_ref().is_ok_and(|program| is_no_truth(program.expression()));
        Expression {
            source: source.to_owned(),
            variable,
            program,
            paths: seen.paths,
            strangers: seen.strangers,
            is_no_truth,
            looped: seen.looped,
        }
    }

    /// What it looks at in its variable.
    pub fn claims(&self) -> &[String] {
        &self.paths
    }

    /// Why the server refuses it, as far as that is seen without its check of types.
    pub(crate) fn mistake(&self, must_be_truth: bool) -> Option<String> {
        if let Err(Unread::Wrong(why)) = &self.program {
            return Some(format!("it is no CEL: {why}"));
        }
        if let Some(name) = self.strangers.first() {
            return Some(format!("there is no \"{name}\" in it"));
        }
        if let Some(claim) = &self.looped {
            return Some(format!("it loops over claims.{claim}, which has no type yet: write dyn(claims.{claim})"));
        }
        (must_be_truth && self.is_no_truth).then(|| "it comes to no truth value".to_owned())
    }

    /// What it comes to.
    pub(crate) fn outcome(&self, value: &Value) -> Outcome {
        let program = match &self.program {
            Ok(program) => program,
            Err(why) => return Outcome::Unknown(why.to_string()),
        };
        let mut context = cloister_expression::context();
        let Ok(value) = cel::to_value(value) else { return Outcome::Unknown("it cannot be given this".to_owned()) };
        context.add_variable_from_value(self.variable, value);
        match program.execute(&context) {
            Ok(value) => plain(&value).map_or(Outcome::Error, Outcome::Value),
            Err(error) if comes_of_values(&error) => Outcome::Error,
            Err(error) => Outcome::Unknown(first_line(&error.to_string())),
        }
    }
}

/// What names and truth are made of; the server refuses a user for any other value.
fn plain(value: &cel::Value) -> Option<Value> {
    Some(match value {
        cel::Value::Bool(value) => Value::Bool(*value),
        cel::Value::String(text) => Value::String(text.to_string()),
        cel::Value::List(items) => Value::Array(items.iter().map(plain).collect::<Option<_>>()?),
        cel::Value::Null => Value::Null,
        _ => return None,
    })
}

/// A claim itself has no type before a token comes, and the server takes that for no truth value.
fn is_no_truth(expression: &IdedExpr) -> bool {
    match &expression.expr {
        Expr::Literal(literal) => !matches!(literal, LiteralValue::Boolean(_)),
        Expr::Select(select) => !select.test,
        Expr::Ident(_) | Expr::List(_) | Expr::Map(_) | Expr::Struct(_) => true,
        Expr::Call(call) => [operators::ADD, operators::SUBSTRACT, operators::MULTIPLY, operators::DIVIDE]
            .contains(&call.func_name.as_str()),
        Expr::Comprehension(_) | Expr::Unspecified => false,
    }
}

/// What an expression looks at.
struct Seen {
    variable: &'static str,
    paths: Vec<String>,
    strangers: Vec<String>,
    looped: Option<String>,
}

impl Seen {
    fn look(&mut self, expression: &IdedExpr, bound: &mut Vec<String>) {
        if let Some(path) = self.path(expression, bound) {
            let field = path.split('.').next().unwrap_or_default();
            if self.variable == "user" && !USER.contains(&field) {
                self.strangers.push(format!("user.{field}"));
            }
            self.paths.push(path);
            return;
        }
        let before = bound.len();
        match &expression.expr {
            Expr::Ident(name) => {
                let known = name == self.variable || TYPES.contains(&name.as_str()) || name.starts_with('@');
                if !known && !bound.contains(name) {
                    self.strangers.push(name.clone());
                }
            }
            Expr::Comprehension(every) => {
                if self.variable == "claims" {
                    self.looped = self.looped.take().or_else(|| self.path(&every.iter_range, bound));
                }
                self.look(&every.iter_range, bound);
                bound.extend([every.iter_var.clone(), every.accu_var.clone()]);
                bound.extend(every.iter_var2.clone());
                parts(expression).into_iter().filter(|(_, turns)| *turns).for_each(|(part, _)| self.look(part, bound));
                bound.truncate(before);
                return;
            }
            _ => {}
        }
        // `optional.of(…)`, `sets.contains(…)` and their like are functions of a name.
        let of_type = |part: &IdedExpr| match &expression.expr {
            Expr::Call(call) => {
                let target = call.target.as_deref().is_some_and(|target| std::ptr::eq(target, part));
                target && matches!(&part.expr, Expr::Ident(name) if name == "sets" || TYPES.contains(&name.as_str()))
            }
            _ => false,
        };
        parts(expression).into_iter().filter(|(part, _)| !of_type(part)).for_each(|(part, _)| self.look(part, bound));
    }

    /// `a.b` of `claims.a.b`, `claims.?a` and `claims["a"]`.
    fn path(&self, expression: &IdedExpr, bound: &[String]) -> Option<String> {
        let (operand, field) = match &expression.expr {
            Expr::Select(select) => (select.operand.as_ref(), select.field.clone()),
            Expr::Call(call)
                if [operators::OPT_SELECT, operators::INDEX, operators::OPT_INDEX]
                    .contains(&call.func_name.as_str()) =>
            {
                match call.args.as_slice() {
                    [operand, IdedExpr { expr: Expr::Literal(LiteralValue::String(field)), .. }] => {
                        (operand, field.inner().to_owned())
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        match &operand.expr {
            Expr::Ident(name) if name == self.variable && !bound.contains(name) => Some(field),
            _ => Some(format!("{}.{field}", self.path(operand, bound)?)),
        }
    }
}
