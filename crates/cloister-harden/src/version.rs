//! Versions of Kubernetes.

use std::str::FromStr;

/// A minor version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 1.
    pub major: u32,
    /// As in 1.37.
    pub minor: u32,
}

impl Version {
    /// The newest that is known here.
    pub const NEWEST: Version = Version { major: 1, minor: 37 };

    /// 1.MINOR.
    pub const fn minor(minor: u32) -> Version {
        Version { major: 1, minor }
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Version, String> {
        let mut parts = text.trim_start_matches('v').split('.').map(str::parse);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Version { major, minor }),
            _ => Err(format!("{text} is no version: write 1.37")),
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}
