//! Names of hosts with a leading `*.`, as the Gateway API and certificates write them.

/// The names that two patterns share (`HTTPRouteSpec.hostnames`): the narrower one, or `None`. A `*.` stands for one
/// label or more.
pub(super) fn intersection<'h>(one: &'h str, other: &'h str) -> Option<&'h str> {
    if one.eq_ignore_ascii_case(other) {
        return Some(one);
    }
    match (one.strip_prefix('*'), other.strip_prefix('*')) {
        (Some(suffix), None) => ends(other, suffix).then_some(other),
        (None, Some(suffix)) => ends(one, suffix).then_some(one),
        (Some(wide), Some(narrow)) if narrow.len() >= wide.len() => ends(narrow, wide).then_some(other),
        (Some(narrow), Some(wide)) => ends(narrow, wide).then_some(one),
        (None, None) => None,
    }
}

fn ends(name: &str, suffix: &str) -> bool {
    let start = name.len().checked_sub(suffix.len());
    start.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

/// Whether a name stands for a host in a certificate: `*.` for one label.
pub(super) fn certifies(pattern: &str, host: &str) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(domain), Some((_, rest))) => domain.eq_ignore_ascii_case(rest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{certifies, intersection};

    #[test]
    fn the_narrower_of_two_names_is_what_they_share() {
        assert_eq!(intersection("*.example.com", "a.b.example.com"), Some("a.b.example.com"));
        assert_eq!(intersection("a.example.com", "*.example.com"), Some("a.example.com"));
        assert_eq!(intersection("*.example.com", "*.b.example.com"), Some("*.b.example.com"));
        assert_eq!(intersection("*.b.example.com", "*.example.com"), Some("*.b.example.com"));
        assert_eq!(intersection("*.example.com", "example.com"), None);
        assert_eq!(intersection("a.example.com", "b.example.com"), None);
        assert_eq!(intersection("*.a.example.com", "*.b.example.com"), None);
        assert_eq!(intersection("*.le.com", "a.example.com"), None);
        assert!(certifies("*.example.com", "a.example.com") && !certifies("*.example.com", "a.b.example.com"));
    }
}
