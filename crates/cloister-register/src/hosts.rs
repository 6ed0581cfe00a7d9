//! Host names as the register writes them.

/// Whether `pattern` covers `host`: exactly, or `*.domain` with the domain
/// itself and any depth below it. Case does not count (RFC 4343).
pub fn covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.trim_end_matches('.').to_ascii_lowercase());
    match pattern.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        None => pattern == host,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_domain_covers_what_is_below_it_and_nothing_beside_it() {
        for host in ["clinic.example", "www.clinic.example", "A.B.Clinic.Example", "www.clinic.example."] {
            assert!(covers("*.clinic.example", host), "{host}");
        }
        for host in ["myclinic.example", "clinic.example.org", "example", ""] {
            assert!(!covers("*.clinic.example", host), "{host}");
        }
        assert!(covers("api.x.example", "API.x.example") && !covers("api.x.example", "v2.api.x.example"));
    }
}
