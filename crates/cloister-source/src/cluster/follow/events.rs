//! What a watch tells, line by line.

use std::borrow::Cow;

use cloister_manifest::{Interner, list_from_json};
use cloister_model::{Node, Origin, Resource, Value};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::known::Name;
use crate::cluster::discover::ListedKind;

/// A longer line is none of an API server, whose objects are at most 3 MiB.
pub const LONGEST_LINE: usize = 16 << 20;

/// One change.
#[derive(Debug)]
pub enum Change {
    /// It is there, and looks like this.
    Is(Name, Box<Resource>),
    /// It is not there any more.
    Gone(Name),
}

/// One line.
#[derive(Debug)]
pub enum Told {
    /// A change, and from where to go on.
    Change(Change, String),
    /// Nothing changed until here.
    Bookmark(String),
    /// The server ends the watch with this code.
    Error(u16),
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    what: Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    code: u16,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default, rename = "resourceVersion")]
    version: String,
}

/// Reads a line. The error says nothing of what it holds.
pub fn line(text: &[u8], kind: &ListedKind, origin: &Origin, interner: &mut Interner) -> Result<Told, String> {
    let wrong = |error: serde_json::Error| format!("a change of {} cannot be read: {error}", kind.plural);
    let event: Event<'_> = serde_json::from_slice(text).map_err(wrong)?;
    let object = event.object.get();
    let head: Head = serde_json::from_str(object).map_err(wrong)?;
    match &*event.what {
        "BOOKMARK" => return Ok(Told::Bookmark(head.metadata.version)),
        "ERROR" => return Ok(Told::Error(head.code)),
        _ => {}
    }
    let list = format!("{{\"items\":[{object}]}}");
    let read = list_from_json(list.as_bytes(), &kind.api_version, &kind.kind, origin, interner).map_err(wrong)?;
    let resource = read.resources.into_iter().next().ok_or_else(|| format!("a change of {} is empty", kind.plural))?;
    let name = name_of(&resource);
    let change = match &*event.what {
        "DELETED" => Change::Gone(name),
        _ => Change::Is(name, Box::new(resource)),
    };
    Ok(Told::Change(change, head.metadata.version))
}

/// By what an object is known.
pub fn name_of(resource: &Resource) -> Name {
    (resource.namespace.clone(), resource.name.clone())
}

/// Times that pass without anything having changed: a node's sign of life comes every few minutes.
const TIMES: [&str; 3] = ["lastHeartbeatTime", "lastProbeTime", "renewTime"];

/// Whether two states of an object are the same but for signs of life.
pub fn says_the_same(before: &Node, now: &Node) -> bool {
    match (&before.value, &now.value) {
        (Value::Map(before), Value::Map(now)) => {
            before.len() == now.len()
                && before.iter().zip(now).all(|(before, now)| {
                    before.key == now.key && (TIMES.contains(&&*now.key) || says_the_same(&before.node, &now.node))
                })
        }
        (Value::List(before), Value::List(now)) => {
            before.len() == now.len() && before.iter().zip(now).all(|(before, now)| says_the_same(before, now))
        }
        (before, now) => before == now,
    }
}

/// Lines of pieces that came as they came.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes a piece, and hands out whole lines.
    ///
    /// # Errors
    /// What `each` says, and a line without end.
    pub fn take<E: From<String>>(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut parts = piece.split(|&byte| byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.rest.extend_from_slice(part);
            if self.rest.len() > LONGEST_LINE {
                return Err(E::from("a change is longer than any object".to_owned()));
            }
            // The last part is the beginning of what comes.
            if parts.peek().is_some() {
                let whole = std::mem::take(&mut self.rest);
                if !whole.is_empty() {
                    each(&whole)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn read(kind: &str, text: &str) -> Result<Told, String> {
        let plural = format!("{}s", kind.to_lowercase());
        let kind = ListedKind { api_version: "v1".into(), kind: kind.into(), plural, namespaced: true };
        line(text.as_bytes(), &kind, &Origin::Cluster(Arc::from("test")), &mut Interner::default())
    }

    #[test]
    fn lines_are_whole_however_they_come() {
        let text = b"one\n\ntwo\nthree";
        for cut in 0..text.len() {
            let (mut lines, mut seen) = (Lines::default(), Vec::new());
            let (before, after) = text.split_at(cut);
            for piece in [before, after, b"\n"] {
                let taken: Result<(), String> = lines.take(piece, |line| {
                    seen.push(String::from_utf8_lossy(line).into_owned());
                    Ok(())
                });
                taken.unwrap();
            }
            assert_eq!(seen, ["one", "two", "three"], "cut at {cut}");
        }
        let endless: Result<(), String> = Lines::default().take(&vec![b'a'; LONGEST_LINE + 1], |_| Ok(()));
        assert!(endless.is_err());
    }

    #[test]
    fn each_kind_of_line_is_understood() {
        let pod =
            r#"{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","namespace":"b","resourceVersion":"5"}}}"#;
        let Ok(Told::Change(Change::Is((namespace, name), _), version)) = read("Pod", pod) else { panic!() };
        assert_eq!((namespace.as_deref(), &*name, &*version), (Some("b"), "a", "5"));
        let gone = read("Pod", &pod.replace("ADDED", "DELETED"));
        assert!(matches!(gone, Ok(Told::Change(Change::Gone(_), _))));
        let mark = r#"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9"}}}"#;
        assert!(matches!(read("Pod", mark), Ok(Told::Bookmark(version)) if version == "9"));
        let error = r#"{"type":"ERROR","object":{"kind":"Status","code":410,"metadata":{}}}"#;
        assert!(matches!(read("Pod", error), Ok(Told::Error(410))));
        for bad in ["", "{}", "no JSON", r#"{"type":"ADDED","object":3}"#] {
            assert!(read("Pod", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_of_a_secret_are_not_kept() {
        let secret = r#"{"type":"MODIFIED","object":{"kind":"Secret","metadata":{"name":"a"},"data":{"password":"cGxhbnRlZA=="}}}"#;
        let told = format!("{:?}", read("Secret", secret));
        assert!(told.contains("password") && !told.contains("cGxhbnRlZA"), "{told}");
        let broken = read("Secret", r#"{"type":"ADDED","object":{"data":{"a":"cGxhbnRlZA"#).unwrap_err();
        assert!(!broken.contains("cGxhbnRlZA"), "{broken}");
    }

    #[test]
    fn a_sign_of_life_is_no_change() {
        let node = |time: &str, ready: &str| {
            let text = format!(
                r#"{{"type":"MODIFIED","object":{{"metadata":{{"name":"n"}},"status":{{"conditions":[{{"lastHeartbeatTime":"{time}","status":"{ready}"}}]}}}}}}"#
            );
            match read("Node", &text) {
                Ok(Told::Change(Change::Is(_, resource), _)) => resource.root,
                other => panic!("{other:?}"),
            }
        };
        assert!(says_the_same(&node("1", "True"), &node("2", "True")));
        assert!(!says_the_same(&node("1", "True"), &node("1", "False")));
    }
}
