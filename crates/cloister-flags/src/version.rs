//! Versions, as programs tell them.

use std::fmt;

use crate::program::Program;

/// The version of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second, on which flags and defaults hang.
    pub minor: u32,
    /// The third, where it is told.
    pub patch: Option<u32>,
}

impl Version {
    /// Reads `1.37`, `v1.37.2`, `v1.33.5+k3s1`, `v1.31.9-eks-5d4a308`, `3.5.21`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim();
        let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next()?;
        let rest = numbers.next();
        // `1.31+` is how some providers tell a minor version.
        let minor = minor.trim_end_matches('+').parse().ok()?;
        let patch = rest.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        Some(Version { major, minor, patch: patch.and_then(|digits| digits.parse().ok()) })
    }
}

impl Version {
    /// The version that the tag of an image tells: `registry.k8s.io/kube-apiserver:v1.37.2@sha256:…`.
    #[must_use]
    pub fn of_image(image: &str) -> Option<Version> {
        let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
        // What follows a slash is a path: the colon stood before a port.
        if tag.contains('/') { None } else { Version::parse(tag) }
    }
}

impl Program {
    /// The version of the tables that is nearest: the oldest for older ones, the newest for newer ones and where none
    /// is told, or one of another program.
    #[must_use]
    pub fn nearest(self, told: Option<Version>) -> Version {
        let known = self.versions();
        let same = told.filter(|version| version.major == known.major);
        let minor = same.map_or(known.last, |version| version.minor.clamp(known.first, known.last));
        match same {
            Some(version) if known.contain(version) => version,
            _ => Version { major: known.major, minor, patch: None },
        }
    }
}

/// The text that [`Version::parse`] reads.
impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(out, ".{patch}"))
    }
}

/// Minor versions in a row, both ends among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Versions {
    /// What they have in common.
    pub major: u32,
    /// The oldest minor version.
    pub first: u32,
    /// The newest.
    pub last: u32,
}

impl Versions {
    /// Whether a version is one of them.
    #[must_use]
    pub fn contain(self, version: Version) -> bool {
        version.major == self.major && (self.first..=self.last).contains(&version.minor)
    }
}

/// `1.30–1.37`, or `1.37` where it is one.
impl fmt::Display for Versions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.first)?;
        if self.first == self.last { Ok(()) } else { write!(out, "–{}.{}", self.major, self.last) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        let read = |text| Version::parse(text).map(|version| (version.major, version.minor, version.patch));
        assert_eq!(read("v1.37.2"), Some((1, 37, Some(2))));
        assert_eq!(read("1.30"), Some((1, 30, None)));
        assert_eq!(read("v1.33.5+k3s1"), Some((1, 33, Some(5))));
        assert_eq!(read("v1.31.9-eks-5d4a308"), Some((1, 31, Some(9))));
        assert_eq!(read("1.31+"), Some((1, 31, None)));
        assert_eq!(read("latest"), None);
    }

    #[test]
    fn images_tell_versions_by_their_tags() {
        let minor = |image| Version::of_image(image).map(|version| version.minor);
        assert_eq!(minor("registry.k8s.io/kube-apiserver:v1.37.2"), Some(37));
        assert_eq!(minor("registry.test:5000/kube-apiserver"), None);
        assert_eq!(minor("registry.test:5000/hardened-kubernetes:v1.32.11-rke2r1@sha256:00"), Some(32));
    }

    #[test]
    fn the_nearest_version_of_the_tables_stands_in() {
        let nearest = |text| Program::ApiServer.nearest(Version::parse(text)).minor;
        assert_eq!(
            [nearest("1.24"), nearest("1.33"), nearest("1.99"), nearest("3.5"), nearest("")],
            [30, 33, 37, 37, 37]
        );
    }
}
