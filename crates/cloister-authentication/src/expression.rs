//! Expressions in CEL over the claims of a token, or over the user that comes of them.
//! Source: `apiserver/pkg/authentication/cel`.

use std::fmt;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{Context, Env, ExecutionError, Program, extensions};
use serde_json::Value;

/// Longer expressions are not read.
const LONGEST: usize = 20_000;
/// More loops within loops are not followed.
const DEEPEST: usize = 3;
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
    program: Result<Program, String>,
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
        let program = if source.len() > LONGEST {
            Err(format!("it is longer than {LONGEST} bytes"))
        } else {
            environment().compile(source).map_err(|errors| first_line(&errors.to_string()))
        };
        let mut seen = Seen { variable, paths: Vec::new(), strangers: Vec::new(), looped: None, deepest: 0 };
        program.iter().for_each(|program| seen.look(program.expression(), 0, &mut Vec::new()));
        let is_no_truth = program.as_ref().is_ok_and(|program| is_no_truth(program.expression()));
        let limit = format!("it has more than {DEEPEST} loops within each other");
        let program = if seen.deepest > DEEPEST { Err(limit) } else { program };
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
        if let Err(why) = &self.program {
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
            Err(why) => return Outcome::Unknown(why.clone()),
        };
        let mut context = Context::with_env(environment().clone());
        let Ok(value) = cel::to_value(value) else { return Outcome::Unknown("it cannot be given this".to_owned()) };
        context.add_variable_from_value(self.variable, value);
        match program.execute(&context) {
            Ok(value) => plain(&value).map_or(Outcome::Error, Outcome::Value),
            Err(
                ExecutionError::NoSuchKey(_)
                | ExecutionError::IndexOutOfBounds(_)
                | ExecutionError::DivisionByZero(_)
                | ExecutionError::RemainderByZero(_)
                | ExecutionError::Overflow(..),
            ) => Outcome::Error,
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

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
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
    deepest: usize,
}

impl Seen {
    fn look(&mut self, expression: &IdedExpr, depth: usize, bound: &mut Vec<String>) {
        self.deepest = self.deepest.max(depth);
        if let Some(path) = self.path(expression, bound) {
            let field = path.split('.').next().unwrap_or_default();
            if self.variable == "user" && !USER.contains(&field) {
                self.strangers.push(format!("user.{field}"));
            }
            self.paths.push(path);
            return;
        }
        match &expression.expr {
            Expr::Ident(name) => {
                let known = name == self.variable || TYPES.contains(&name.as_str()) || name.starts_with('@');
                if !known && !bound.contains(name) {
                    self.strangers.push(name.clone());
                }
            }
            Expr::Select(select) => self.look(&select.operand, depth, bound),
            Expr::Call(call) => {
                call.target.iter().for_each(|target| {
                    // `optional.of(…)` and its like are functions of a name.
                    if !matches!(&target.expr, Expr::Ident(name) if TYPES.contains(&name.as_str())) {
                        self.look(target, depth, bound);
                    }
                });
                call.args.iter().for_each(|argument| self.look(argument, depth, bound));
            }
            Expr::Comprehension(every) => {
                if self.variable == "claims" {
                    self.looped = self.looped.take().or_else(|| self.path(&every.iter_range, bound));
                }
                self.look(&every.iter_range, depth, bound);
                let before = bound.len();
                bound.extend([every.iter_var.clone(), every.accu_var.clone()]);
                bound.extend(every.iter_var2.clone());
                for part in [&every.accu_init, &every.loop_cond, &every.loop_step, &every.result] {
                    self.look(part, depth + 1, bound);
                }
                bound.truncate(before);
            }
            Expr::List(list) => list.elements.iter().for_each(|element| self.look(element, depth, bound)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr, depth, bound)),
            Expr::Struct(made) => made.entries.iter().for_each(|entry| self.entry(&entry.expr, depth, bound)),
            Expr::Unspecified | Expr::Literal(_) => {}
        }
    }

    fn entry(&mut self, entry: &EntryExpr, depth: usize, bound: &mut Vec<String>) {
        match entry {
            EntryExpr::StructField(field) => self.look(&field.value, depth, bound),
            EntryExpr::MapEntry(entry) => {
                self.look(&entry.key, depth, bound);
                self.look(&entry.value, depth, bound);
            }
        }
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
