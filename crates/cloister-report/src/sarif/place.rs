//! Places: files relative to where the scan started, and resources by name.

use std::fmt::Write as _;

use cloister_model::{Location, ResourceRef};

use super::model::{Artifact, Logical, Physical, Place, Region};

/// The name by which consumers know the checkout.
pub(super) const ROOT: &str = "%SRCROOT%";

/// The place of a finding; `None` when nothing of it is known.
pub(super) fn of_finding(location: Option<&Location>, resource: Option<&ResourceRef>, pointer: &str) -> Option<Place> {
    let place = location.and_then(|one| of_file(&one.file, one.line, one.column));
    let logical: Vec<Logical> = resource.map(|one| logical(one, pointer)).into_iter().collect();
    match place {
        Some(place) => Some(Place { logical_locations: logical, ..place }),
        None if logical.is_empty() => None,
        None => Some(Place { physical_location: None, logical_locations: logical }),
    }
}

/// A place in a file; standard input is no file.
pub(super) fn of_file(file: &str, line: Option<u32>, column: Option<u32>) -> Option<Place> {
    if file.is_empty() || file == "-" {
        return None;
    }
    let region = line.map(|start_line| Region { start_line, start_column: column });
    let physical = Physical { artifact_location: artifact(file), region };
    Some(Place { physical_location: Some(physical), logical_locations: Vec::new() })
}

fn logical(resource: &ResourceRef, pointer: &str) -> Logical {
    let namespace = resource.namespace.as_deref().map(|name| format!("{name}/")).unwrap_or_default();
    let name = format!("{namespace}{}/{}", resource.kind, resource.name);
    Logical { fully_qualified_name: format!("{name}{pointer}"), name, kind: "resource" }
}

fn artifact(file: &str) -> Artifact {
    let path = file.strip_prefix("./").unwrap_or(file);
    match path.starts_with('/') {
        true => Artifact { uri: format!("file://{}", encode(path)), uri_base_id: None },
        false => Artifact { uri: encode(path), uri_base_id: Some(ROOT) },
    }
}

/// Percent-encodes what RFC 3986 does not allow in a path. A colon is encoded
/// too: before the first slash it would make a scheme.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@+=,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{artifact, encode};

    #[test]
    fn paths_become_uris() {
        assert_eq!(encode("k8s/a b.yaml"), "k8s/a%20b.yaml");
        assert_eq!(encode("javascript:x"), "javascript%3Ax");
        assert_eq!(encode("für/#1.yaml"), "f%C3%BCr/%231.yaml");
        assert_eq!(artifact("./k8s/a.yaml").uri, "k8s/a.yaml");
        assert_eq!(artifact("/srv/a.yaml").uri, "file:///srv/a.yaml");
        assert!(artifact("/srv/a.yaml").uri_base_id.is_none());
    }
}
