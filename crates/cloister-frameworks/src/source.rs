//! The catalogues as they are written: YAML, for people. What the program reads is generated from it.

use crate::Framework;

/// The name and the text of `data/$name.yaml`.
macro_rules! sources {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../data/", $name, ".yaml")))),*]
    };
}

/// Names and texts of the built-in frameworks, the GDPR first.
static SOURCES: [(&str, &str); 9] =
    sources!["gdpr", "pss-baseline", "pss-restricted", "nsa", "mitre", "cis-1.12", "soc2", "pci-dss-4.0", "iso-27001"];

/// Each built-in framework's name and the YAML that it is written in.
pub fn sources() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCES.into_iter()
}

/// The framework of this name, read from its source.
pub(crate) fn by_source(name: &str) -> Option<Framework> {
    let (name, text) = sources().find(|(known, _)| *known == name)?;
    Framework::parse(name, text).ok()
}
