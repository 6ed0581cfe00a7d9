//! Purposes that meet.

use cloister_register::ProcessingActivity;

/// Two of the activities that neither declares compatible with the other.
pub(crate) fn crossing<'r, 'a>(
    activities: &[&'r ProcessingActivity<'a>],
) -> Option<(&'r ProcessingActivity<'a>, &'r ProcessingActivity<'a>)> {
    activities.iter().enumerate().find_map(|(index, one)| {
        let other = activities.iter().skip(index + 1).find(|other| !compatible(one, other))?;
        Some((*one, *other))
    })
}

/// Whether one names the other in `compatibleWith` (Art. 6(4)).
pub(crate) fn compatible(one: &ProcessingActivity<'_>, other: &ProcessingActivity<'_>) -> bool {
    let names = |activity: &ProcessingActivity<'_>, name: &str| {
        activity.compatible_with().items().iter().any(|entry| entry.activity().value() == Some(name))
    };
    one.name() == other.name() || names(one, other.name()) || names(other, one.name())
}
