//! Functions that the API server adds to CEL: over regular expressions, lists, and lists as sets.
//! Source: Kubernetes 1.37, `apiserver/pkg/cel/library` (`regex.go`, `lists.go`), and cel-go's `ext.Sets`.

use std::cmp::Ordering;

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, CelUInt, DYN_TYPE, INT_TYPE};
use cel::common::types::{LIST_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};
use regex::Regex;

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Answer<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;
type Items<'v> = Vec<Box<dyn Val + 'v>>;

/// Functions that hang on the dialect of regular expressions: where they fail here, the server may not.
pub(crate) const OF_DIALECT: [&str; 3] = ["matches", "find", "findAll"];

/// Adds them to an environment.
pub(crate) fn extension(environment: &mut Env) -> Result<(), DeclarationError> {
    environment.add_member_overload("find", "string_find_string", STRING_TYPE, vec![STRING_TYPE], find)?;
    environment.add_member_overload("findAll", "string_find_all_string", STRING_TYPE, vec![STRING_TYPE], find_all)?;
    let limited = vec![STRING_TYPE, INT_TYPE];
    environment.add_member_overload("findAll", "string_find_all_string_int", STRING_TYPE, limited, find_all)?;
    environment.add_member_overload("isSorted", "list_is_sorted", LIST_TYPE, vec![], is_sorted)?;
    environment.add_member_overload("sum", "list_sum", LIST_TYPE, vec![], sum)?;
    environment.add_member_overload("min", "list_min", LIST_TYPE, vec![], min)?;
    environment.add_member_overload("max", "list_max", LIST_TYPE, vec![], max)?;
    environment.add_member_overload("indexOf", "list_index_of", LIST_TYPE, vec![DYN_TYPE], index_of)?;
    environment.add_member_overload("lastIndexOf", "list_last_index_of", LIST_TYPE, vec![DYN_TYPE], last_index_of)?;
    environment.add_overload("sets.contains", "list_sets_contains_list", vec![LIST_TYPE, LIST_TYPE], contains)?;
    environment.add_overload("sets.equivalent", "list_sets_equivalent_list", vec![LIST_TYPE, LIST_TYPE], equivalent)?;
    environment.add_overload("sets.intersects", "list_sets_intersects_list", vec![LIST_TYPE, LIST_TYPE], intersects)
}

fn is(truth: bool) -> CowVal<'static, 'static> {
    CowVal::owned(CelBool::from(truth))
}

fn text<'s>(args: &'s [CowVal<'_, '_>], at: usize) -> Result<&'s str, ExecutionError> {
    let text = args.get(at).and_then(|value| value.downcast_ref::<CelString<'_>>());
    text.map(CelString::inner).ok_or_else(ExecutionError::missing_argument_or_target)
}

fn items<'v>(args: &[CowVal<'_, 'v>], at: usize) -> Result<Items<'v>, ExecutionError> {
    let list = args.get(at).and_then(|value| value.as_iterable());
    let mut walk = list.ok_or_else(ExecutionError::missing_argument_or_target)?.iter();
    let mut items = Vec::new();
    while let Some(item) = walk.next() {
        items.push(item.clone_as_boxed());
    }
    Ok(items)
}

/// The pattern, and the text to look through. The server's classes such as `\d` know ASCII alone: beyond it, nothing is
/// said.
fn pattern<'s>(function: &str, args: &'s [CowVal<'_, '_>]) -> Result<(Regex, &'s str), ExecutionError> {
    let (text, pattern) = (text(args, 0)?, text(args, 1)?);
    if !text.is_ascii() && pattern.contains('\\') {
        return Err(ExecutionError::function_error(function, "classes of characters beyond ASCII are not followed"));
    }
    let pattern = Regex::new(pattern).map_err(|error| ExecutionError::function_error(function, error))?;
    Ok((pattern, text))
}

fn find<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let (pattern, text) = pattern("find", &args)?;
    let found = pattern.find(text).map_or_else(String::new, |found| found.as_str().to_owned());
    Ok(CowVal::owned(CelString::from(found)))
}

/// All that do not overlap, or so many; a negative limit is none.
fn find_all<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let (pattern, text) = pattern("findAll", &args)?;
    let limit = args.get(2).and_then(|value| value.downcast_ref::<CelInt>()).map_or(-1, |limit| *limit.inner());
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = pattern
        .find_iter(text)
        .take(limit)
        .map(|found| -> Box<dyn Val + 'v> { Box::new(CelString::from(found.as_str().to_owned())) });
    Ok(CowVal::owned(CelList::from(found.collect::<Items<'v>>())))
}

fn order(one: &dyn Val, other: &dyn Val) -> Result<Ordering, ExecutionError> {
    one.as_comparer().ok_or_else(ExecutionError::missing_argument_or_target)?.compare(other)
}

fn is_sorted<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let items = items(&args, 0)?;
    for (one, next) in items.iter().zip(items.iter().skip(1)) {
        if order(one.as_ref(), next.as_ref())?.is_gt() {
            return Ok(is(false));
        }
    }
    Ok(is(true))
}

fn min<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    furthest("min", &args, Ordering::Less)
}

fn max<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    furthest("max", &args, Ordering::Greater)
}

fn furthest<'b, 'v>(function: &str, args: &[CowVal<'b, 'v>], side: Ordering) -> Answer<'b, 'v> {
    let mut items = items(args, 0)?.into_iter();
    let empty = || ExecutionError::function_error(function, format!("{function} called on empty list"));
    let mut best = items.next().ok_or_else(empty)?;
    for item in items {
        if order(item.as_ref(), best.as_ref())? == side {
            best = item;
        }
    }
    Ok(CowVal::Owned(best))
}

fn sum<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let items = items(&args, 0)?;
    let too_large = || ExecutionError::function_error("sum", "the sum is too large");
    let Some(first) = items.first() else { return Ok(CowVal::owned(CelInt::from(0))) };
    if first.downcast_ref::<CelInt>().is_some() {
        let all = items.iter().filter_map(|item| item.downcast_ref::<CelInt>()).map(|number| *number.inner());
        let sum = all.clone().try_fold(0_i64, i64::checked_add).filter(|_| all.count() == items.len());
        return sum.map(|sum| CowVal::owned(CelInt::from(sum))).ok_or_else(too_large);
    }
    if first.downcast_ref::<CelUInt>().is_some() {
        let all = items.iter().filter_map(|item| item.downcast_ref::<CelUInt>()).map(|number| *number.inner());
        let sum = all.clone().try_fold(0_u64, u64::checked_add).filter(|_| all.count() == items.len());
        return sum.map(|sum| CowVal::owned(CelUInt::from(sum))).ok_or_else(too_large);
    }
    let all: Option<Vec<f64>> =
        items.iter().map(|item| item.downcast_ref::<CelDouble>().map(|number| *number.inner())).collect();
    let all = all.ok_or_else(ExecutionError::missing_argument_or_target)?;
    Ok(CowVal::owned(CelDouble::from(all.iter().sum::<f64>())))
}

fn index_of<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let items = items(&args, 0)?;
    position(&args, |wanted| items.iter().position(|item| item.equals(wanted)))
}

fn last_index_of<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let items = items(&args, 0)?;
    position(&args, |wanted| items.iter().rposition(|item| item.equals(wanted)))
}

fn position<'b, 'v>(args: &[CowVal<'b, 'v>], find: impl Fn(&dyn Val) -> Option<usize>) -> Answer<'b, 'v> {
    let wanted = args.get(1).ok_or_else(ExecutionError::missing_argument_or_target)?;
    let at = find(wanted.as_ref()).and_then(|at| i64::try_from(at).ok()).unwrap_or(-1);
    Ok(CowVal::owned(CelInt::from(at)))
}

fn is_in(item: &dyn Val, items: &Items<'_>) -> bool {
    items.iter().any(|other| other.equals(item))
}

fn contains<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let (one, other) = (items(&args, 0)?, items(&args, 1)?);
    Ok(is(other.iter().all(|item| is_in(item.as_ref(), &one))))
}

fn equivalent<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let (one, other) = (items(&args, 0)?, items(&args, 1)?);
    let holds = |inner: &Items<'_>, outer: &Items<'_>| inner.iter().all(|item| is_in(item.as_ref(), outer));
    Ok(is(holds(&one, &other) && holds(&other, &one)))
}

fn intersects<'b, 'v>(args: Args<'b, 'v>) -> Answer<'b, 'v> {
    let (one, other) = (items(&args, 0)?, items(&args, 1)?);
    Ok(is(one.iter().any(|item| is_in(item.as_ref(), &other))))
}
