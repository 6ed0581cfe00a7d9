//! What stands at the place of a finding, never the value: its key, and of the value only words that are the API's or a
//! connection's own. It is made from the tree, so that no source text is kept for it, and is as well known of a chart's
//! output or of a cluster as of a file.

use cloister_inventory::Inventory;
use cloister_model::{Finding, Node, Resource, ResourceRef, Value};

use crate::form::{self, Field};

/// Longer excerpts are cut, in characters.
const LONGEST: usize = 60;
/// Below these, keys and values are anybody's.
const FREE: [&str; 10] = [
    "annotations",
    "args",
    "binaryData",
    "command",
    "data",
    "env",
    "labels",
    "matchLabels",
    "stringData",
    "parameters",
];
/// Labels and annotations whose values are words of the API.
const OWN: &str = "pod-security.kubernetes.io/";

/// The line of a value of one line; `None` for what is missing, has parts, says nothing once it is masked, or cannot
/// surely be told.
pub fn of(inventory: &Inventory, finding: &Finding) -> Option<String> {
    let reference = finding.resource.as_ref().filter(|_| finding.written() == finding.pointer)?;
    let found = inventory.resources().iter().filter(|resource| is_called(resource, reference));
    found.filter_map(|resource| in_resource(resource, finding)).next()
}

fn is_called(resource: &Resource, reference: &ResourceRef) -> bool {
    resource.name == reference.name
        && resource.kind == reference.kind
        && resource.namespace == reference.namespace
        && resource.api_version == reference.api_version
}

fn in_resource(resource: &Resource, finding: &Finding) -> Option<String> {
    let mut node = &*resource.root;
    let (mut key, mut free) = (String::new(), false);
    for step in finding.pointer.split('/').skip(1) {
        key = step.replace("~1", "/").replace("~0", "~");
        node = node.step(&key)?;
        free = (free || FREE.contains(&key.as_str())) && !key.starts_with(OWN);
    }
    // Of several resources of a name it is the one at whose place the finding is.
    let is_here = resource.locate(node.mark) == finding.location;
    let field = Field { key: &key, free };
    let shown = if is_here { form::value(&field, &node.value)? } else { form::line(line(node, resource, finding)?)? };
    let is_item = key.parse::<usize>().is_ok();
    let lead = if is_item { "- ".to_owned() } else { format!("{}: ", form::key(&key)) };
    let before = if is_here { "" } else { "… " };
    Some(format!("{lead}{before}{shown}").chars().take(LONGEST).collect())
}

/// The line of a literal block that the finding points at.
fn line<'a>(node: &'a Node, resource: &Resource, finding: &Finding) -> Option<&'a str> {
    let Value::Text(text) = &node.value else { return None };
    let at = finding.location.as_ref()?;
    let rendered = at.rendered.map(|place| place.line);
    let is_here = |index: usize| {
        let place = node.line_mark(index, 0).and_then(|mark| resource.locate(mark));
        place.is_some_and(|it| it.file == at.file && it.line == at.line && it.rendered.map(|it| it.line) == rendered)
    };
    text.lines().enumerate().find(|(index, _)| is_here(*index)).map(|(_, line)| line)
}

#[cfg(test)]
mod tests {
    use cloister_inventory::{Inputs, Inventory};
    use cloister_manifest::{Interner, parse};
    use cloister_model::{Finding, Node, Origin, Place, Severity, Subject, Value};
    use proptest::prelude::*;

    use super::of;

    const TEXT: &str = "apiVersion: v1
kind: ConfigMap
metadata:
  name: one
  namespace: a
  labels: {pod-security.kubernetes.io/enforce: privileged, PLANTED-name: PLANTED}
data:
  DB_URL: postgres://PLANTED:PLANTED@PLANTED.example:5432/PLANTED?sslmode=disable&user=PLANTED#PLANTED
  JDBC_URL: jdbc:mysql://PLANTED/PLANTED?useSSL=false
  anna@example.org: PLANTED
  \"\\e[31mred\": \"\\e[31m PLANTED \\u202e é東 ~!*\"
  empty: ''
  file: |

    # PLANTED
    password = PLANTED
    ssl = off
    PLANTED: PLANTED
    tls = PLANTED
  type: NodePort
  enabled: true
  number: 1989
spec:
  type: NodePort
  word: PLANTED
  open: true
  replicas: 1
  number: 1989
  image: PLANTED/PLANTED:PLANTED
  list: [--user=PLANTED, '*', -pPLANTED, PLANTED, 'http://PLANTED', 'https://PLANTED@PLANTED']
  subjects: [{name: 'system:authenticated'}, {name: PLANTED}]
  template: {spec: {containers: [{name: PLANTED, args: ['*', Always, --a=PLANTED], env: [{name: PLANTED, value: PLANTED}]}]}}
";

    fn inventory(text: &str, origin: &Origin) -> Inventory {
        Inventory::new(parse(text, origin, 1, &mut Interner::default()).resources, Inputs::default())
    }

    fn excerpt(inventory: &Inventory, pointer: &str, line: Option<usize>) -> Option<String> {
        let place = Place::whole(inventory.resources().first().unwrap()).at(pointer);
        let place = line.map_or(place, |line| place.line(line, 0));
        of(inventory, &Finding::new("check".into(), Severity::Low, &Subject::Place(place), String::new()))
    }

    fn origins() -> [Origin; 3] {
        let rendered = Origin::Rendered { file: "c/t.yaml".into(), verbatim: false };
        [Origin::File("f.yaml".into()), rendered, Origin::Cluster("c".into())]
    }

    #[test]
    fn keys_and_known_words_are_shown() {
        for origin in origins() {
            let inventory = inventory(TEXT, &origin);
            for (pointer, shown) in [
                ("data/DB_URL", Some("DB_URL: postgres://•••:•••@•••/•••?sslmode=disable&•••")),
                ("data/JDBC_URL", Some("JDBC_URL: jdbc:mysql://•••/•••?useSSL=false")),
                ("data/anna@example.org", None),
                ("data/type", None),
                ("data/enabled", Some("enabled: true")),
                ("data/number", None),
                ("data/\u{1b}[31mred", None),
                ("data/empty", Some("empty: \"\"")),
                ("data/file", None),
                ("data", None),
                ("data/missing", None),
                ("spec/type", Some("type: NodePort")),
                ("spec/replicas", Some("replicas: 1")),
                ("spec/number", None),
                ("spec/list/1", Some("- *")),
                ("spec/list/4", Some("- http://•••")),
                ("spec/subjects/0/name", Some("name: system:authenticated")),
                ("spec/template/spec/containers/0/args/0", None),
                ("spec/template/spec/containers/0/args/1", None),
                ("spec/template/spec/containers/0/args/2", Some("- --a=•••")),
            ] {
                assert_eq!(excerpt(&inventory, pointer, None).as_deref(), shown, "{pointer} {origin:?}");
            }
            let level = Place::whole(inventory.resources().first().unwrap()).at("metadata/labels");
            let level = Place::of(level.resource, level.node.get("pod-security.kubernetes.io/enforce").unwrap());
            let finding = Finding::new("check".into(), Severity::Low, &Subject::Place(level), String::new());
            let shown = "pod-security.kubernetes.io/enforce: privileged";
            assert_eq!(of(&inventory, &finding).as_deref(), Some(shown));
        }
    }

    #[test]
    fn of_a_file_in_a_value_the_line_is_shown() {
        let inventory = inventory(TEXT, &Origin::File("f.yaml".into()));
        let shown = |line| excerpt(&inventory, "data/file", Some(line));
        assert_eq!(shown(2).as_deref(), Some("file: … password = •••"));
        assert_eq!(shown(3).as_deref(), Some("file: … ssl = off"));
        assert_eq!(shown(4), None, "nobody knows what the key is");
        assert_eq!(shown(5).as_deref(), Some("file: … tls = •••"));
    }

    fn places<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
        found.push(node);
        node.items().iter().for_each(|item| places(item, found));
        node.entries().iter().for_each(|entry| places(&entry.node, found));
    }

    proptest! {
        /// At no place of any shape does an excerpt show five characters of what was planted there.
        #[test]
        fn what_is_planted_never_appears(secret in "[a-z@.:/?=&%_-]{0,6}[A-Z0-9]{8,20}[a-z:@/?=&.-]{0,4}") {
            // Signs at its ends could be YAML's.
            let word = secret.trim_matches(|sign: char| !sign.is_ascii_alphanumeric());
            let text = TEXT.replace("PLANTED-name", "key").replace("PLANTED", word);
            for origin in origins() {
                let inventory = inventory(&text, &origin);
                prop_assert!(!inventory.resources().is_empty(), "{text}");
                for resource in inventory.resources() {
                    let mut nodes = Vec::new();
                    places(&resource.root, &mut nodes);
                    for node in nodes {
                        let lines = match &node.value { Value::Text(text) => text.lines().count(), _ => 0 };
                        let place = Place::of(resource, node);
                        for place in (0..lines).map(|at| place.line(at, 0)).chain([place]) {
                            let subject = Subject::Place(place);
                            let finding = Finding::new("check".into(), Severity::Low, &subject, String::new());
                            let shown = of(&inventory, &finding).unwrap_or_default();
                            let letters: Vec<char> = word.chars().collect();
                            let parts = letters.windows(5).filter(|it| !it.iter().any(char::is_ascii_lowercase));
                            for part in parts.map(String::from_iter) {
                                prop_assert!(!shown.contains(&part), "{shown} of {word}");
                            }
                        }
                    }
                }
            }
        }
    }
}
