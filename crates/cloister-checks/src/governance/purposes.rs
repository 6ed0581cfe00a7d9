//! Purposes that meet.

use cloister_register::ProcessingActivity;

/// Two of the activities that neither declares compatible with the other.
pub(crate) fn crossing<'r, 'a>(
    activities: &[&'r ProcessingActivity<'a>],
) -> Option<(&'r ProcessingActivity<'a>, &'r ProcessingActivity<'a>)> {
    activities.iter().enumerate().find_map(|(index, one)| {
        let other = activities.iter().skip(index + 1).find(|other| !one.is_compatible_with(other))?;
        Some((*one, *other))
    })
}
