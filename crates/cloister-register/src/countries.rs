//! Where the regulation applies.

/// The European Economic Area: the Union's 27 member states, Iceland,
/// Liechtenstein and Norway, as ISO 3166-1 alpha-2. Sorted.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Whether a country belongs to the EEA.
pub fn is_eea(country: &str) -> bool {
    EEA.binary_search(&country).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_has_thirty_states_in_order() {
        assert!(EEA.is_sorted());
        assert!(is_eea("NO") && is_eea("DE"));
        assert!(!is_eea("CH") && !is_eea("GB") && !is_eea("US"));
    }
}
