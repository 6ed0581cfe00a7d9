//! Expressions in CEL as the API server's configurations hold them: read within limits, and evaluated with the functions
//! that the server and `cel` both have, and with some that Kubernetes adds. What an expression is over, and what its parts mean, is its owner's.

mod kubernetes;

use std::fmt;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::{Context, Env, ExecutionError, Program, extensions};

/// Longer expressions are not read.
const LONGEST: usize = 20_000;
/// More loops within loops are not followed: the server counts their cost and gives up, we would run.
const DEEPEST: usize = 3;

/// Why an expression is not evaluated here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is no CEL: the server does not take it either.
    Wrong(String),
    /// It is beyond what is followed here; the server may well take it.
    Beyond(String),
}

impl fmt::Display for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Unread::Wrong(why) | Unread::Beyond(why)) = self;
        formatter.write_str(why)
    }
}

/// The functions of every program: the standard ones, the extensions that both have, and those of Kubernetes.
fn environment() -> &'static Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Env::stdlib();
        // Refused only where a function is there already.
        let _ = environment.add_extension(extensions::strings);
        let _ = environment.add_extension(extensions::lists);
        let _ = environment.add_extension(kubernetes::extension);
        Arc::new(environment)
    })
}

/// Reads an expression.
///
/// # Errors
/// It is no CEL, too long, or loops too deeply.
pub fn compile(source: &str) -> Result<Program, Unread> {
    if source.len() > LONGEST {
        return Err(Unread::Beyond(format!("it is longer than {LONGEST} bytes")));
    }
    let program = environment().compile(source).map_err(|errors| Unread::Wrong(first_line(&errors.to_string())))?;
    if depth(program.expression()) > DEEPEST {
        return Err(Unread::Beyond(format!("it has more than {DEEPEST} loops within each other")));
    }
    Ok(program)
}

/// What a program is evaluated in, still without variables.
pub fn context() -> Context<'static, 'static> {
    Context::with_env(environment().clone())
}

/// Whether an error comes of the values that an expression met, so that the server meets it, too. What has no function
/// or no overload here was checked by the server when it started, so that it has one there.
pub fn comes_of_values(error: &ExecutionError) -> bool {
    matches!(
        error,
        ExecutionError::NoSuchKey(_)
            | ExecutionError::IndexOutOfBounds(_)
            | ExecutionError::DivisionByZero(_)
            | ExecutionError::RemainderByZero(_)
            | ExecutionError::Overflow(..)
    )
}

/// Whether a function failed that reads regular expressions: those of the server are of another dialect.
pub fn is_of_dialect(function: &str) -> bool {
    kubernetes::OF_DIALECT.contains(&function)
}

/// The first line of a message that says something.
pub fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// The parts of an expression, one level down, and whether each is evaluated once for every turn of a loop.
pub fn parts(expression: &IdedExpr) -> Vec<(&IdedExpr, bool)> {
    let once = |part| (part, false);
    match &expression.expr {
        Expr::Select(select) => vec![once(select.operand.as_ref())],
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).map(once).collect(),
        Expr::Comprehension(every) => {
            let turns = [&every.accu_init, &every.loop_cond, &every.loop_step, &every.result];
            std::iter::once(once(&every.iter_range)).chain(turns.map(|part| (part, true))).collect()
        }
        Expr::List(list) => list.elements.iter().map(once).collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| of_entry(&entry.expr)).map(once).collect(),
        Expr::Struct(made) => made.entries.iter().flat_map(|entry| of_entry(&entry.expr)).map(once).collect(),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
    }
}

fn of_entry(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}

/// How many loops lie within each other.
fn depth(expression: &IdedExpr) -> usize {
    parts(expression).into_iter().map(|(part, turns)| depth(part) + usize::from(turns)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn loops_within_loops_are_counted_and_those_beside_each_other_are_not() {
        let nested = |times: usize| "[1].all(x, ".repeat(times) + "true" + &")".repeat(times);
        assert!(compile(&nested(DEEPEST)).is_ok());
        assert!(matches!(compile(&nested(DEEPEST + 1)), Err(Unread::Beyond(_))));
        assert!(compile(&vec![nested(2); 4].join(" && ")).is_ok());
        assert!(matches!(compile(&format!("'{}' == a", "a".repeat(LONGEST))), Err(Unread::Beyond(_))));
        assert!(matches!(compile("a &&"), Err(Unread::Wrong(_))));
    }

    #[test]
    fn errors_of_values_are_told_from_functions_that_are_missing() {
        let error = |source: &str| compile(source).unwrap().execute(&context()).unwrap_err();
        assert!(comes_of_values(&error("{'a': 1}['b'] == 1")));
        assert!(comes_of_values(&error("1 / 0 == 1")));
        assert!(!comes_of_values(&error("nobody_knows(1)")));
    }

    #[test]
    fn functions_of_kubernetes_answer_as_the_server_documents_them() {
        for yes in [
            "'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''",
            "'123 abc 456'.findAll('[0-9]+') == ['123', '456']",
            "'123 abc 456'.findAll('[0-9]+', 1) == ['123'] && '1 2'.findAll('[0-9]', -1).size() == 2",
            "[1, 2, 3].isSorted() && ['a', 'b', 'b'].isSorted() && ![2, 1].isSorted() && [].isSorted()",
            "[1, 3].sum() == 4 && [].sum() == 0 && [1u, 2u].sum() == 3u && [0.5, 1.0].sum() == 1.5",
            "[1, 3].min() == 1 && ['b', 'a'].max() == 'b'",
            "[1, 2, 2, 3].indexOf(2) == 1 && ['a', 'b', 'b', 'c'].lastIndexOf('b') == 2 && [1].indexOf(5) == -1",
            "'abcb'.indexOf('b') == 1 && 'abcb'.lastIndexOf('b') == 3",
            "sets.contains([1, 2, 3, 4], [2, 3]) && sets.contains([1], []) && !sets.contains([], [1])",
            "sets.equivalent([1, 1], [1]) && !sets.equivalent([1, 2], [1])",
            "sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [])",
        ] {
            assert_eq!(compile(yes).unwrap().execute(&context()), Ok(cel::Value::Bool(true)), "{yes}");
        }
        for error in
            ["[].min() == 1", "'a'.find('(') == ''", "'ä'.find('\\\\w') == ''", "[9223372036854775807, 1].sum() == 0"]
        {
            assert!(compile(error).unwrap().execute(&context()).is_err(), "{error}");
        }
    }
}
