//! The reports of a bundle, as files.

use super::{About, Entry, oscal, page, readme};

/// The files that are made of these entries, by name. `pdf` is the report as PDF, where there is one.
pub fn files(about: &About, entries: &[Entry], pdf: Option<Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    let oscal = oscal(about, entries);
    let mut files = vec![
        ("README.md".to_owned(), readme(about, oscal.is_some(), pdf.is_some()).into_bytes()),
        ("report.html".to_owned(), page(about, entries).into_bytes()),
    ];
    files.extend(pdf.map(|bytes| ("report.pdf".to_owned(), bytes)));
    files.extend(oscal.map(|text| ("assessment-results.json".to_owned(), text.into_bytes())));
    files
}
