//! The lines to write for one place, out of the lines that each finding there asks for.
//!
//! Only blocks of mappings that begin at the same node are laid over each other.
//! What contradicts, is a list, or is a document of its own stays with its finding.

use cloister_model::Finding;

/// A block of mappings: each key with what stands behind it and below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Block(Vec<(String, Below)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Below {
    /// More keys.
    Keys(Block),
    /// A value in the same line, or lines that are no mapping, as they are.
    Lines(Vec<String>),
}

/// The lines of all findings that agree, and which of the findings they serve.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The lines; empty when no two findings agree.
    pub lines: String,
    /// Positions, in what was given, of the findings whose lines are in there.
    pub of: Vec<usize>,
}

/// Lays the lines of `findings` over each other, the first ones first.
pub fn merge<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Merged {
    let mut merged = Block::default();
    let mut first: Option<(&str, Option<&str>)> = None;
    let mut of = Vec::new();
    for (at, finding) in findings.into_iter().enumerate() {
        let Some(fix) = finding.fix.as_deref() else { continue };
        let Some(block) = Block::read(fix) else { continue };
        let Some(base) = block.base(&finding.pointer) else { continue };
        let base = (base, finding.container.as_deref());
        if *first.get_or_insert(base) != base {
            continue;
        }
        let mut tried = merged.clone();
        if tried.add(block) {
            merged = tried;
            of.push(at);
        }
    }
    if of.len() < 2 {
        return Merged::default();
    }
    let mut lines = String::new();
    merged.write(0, &mut lines);
    Merged { lines: lines.trim_end().to_owned(), of }
}

impl Block {
    /// A block of keys, each unique, without comments; nothing when it is anything else.
    fn read(text: &str) -> Option<Block> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let block = Block::of(&lines)?;
        (!block.0.iter().any(|(key, _)| key == "apiVersion")).then_some(block)
    }

    fn of(lines: &[&str]) -> Option<Block> {
        let mut block = Block::default();
        let mut rest = lines;
        while let Some((line, after)) = rest.split_first() {
            let (key, value) = line.split_once(':')?;
            if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)) {
                return None;
            }
            let deep = after.iter().take_while(|line| line.starts_with(' ')).count();
            let (below, after) = after.split_at_checked(deep)?;
            let below = Below::read(value.trim(), below)?;
            if block.0.iter().any(|(known, _)| known == key) {
                return None;
            }
            block.0.push((key.to_owned(), below));
            rest = after;
        }
        (!block.0.is_empty()).then_some(block)
    }

    /// The pointer of the node that the block belongs into: `pointer` up to the block's first key.
    fn base<'p>(&self, pointer: &'p str) -> Option<&'p str> {
        let (key, _) = self.0.first()?;
        let step = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        let whole =
            |at: usize| pointer.get(at + step.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let (at, _) = pointer.rmatch_indices(&step).find(|(at, _)| whole(*at))?;
        pointer.get(..at)
    }

    /// Whether `other` went in without contradiction; otherwise `self` is half done.
    fn add(&mut self, other: Block) -> bool {
        other.0.into_iter().all(|(key, below)| match self.0.iter_mut().find(|(known, _)| *known == key) {
            None => {
                self.0.push((key, below));
                true
            }
            Some((_, Below::Keys(mine))) => match below {
                Below::Keys(theirs) => mine.add(theirs),
                Below::Lines(_) => false,
            },
            Some((_, mine)) => *mine == below,
        })
    }

    fn write(&self, indent: usize, out: &mut String) {
        for (key, below) in &self.0 {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(key);
            out.push(':');
            match below {
                Below::Keys(block) => {
                    out.push('\n');
                    block.write(indent + 2, out);
                }
                Below::Lines(lines) => write_lines(lines, indent, out),
            }
        }
    }
}

/// The first line stands behind the key, the others below it.
fn write_lines(lines: &[String], indent: usize, out: &mut String) {
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.extend(std::iter::repeat_n(' ', indent + 2));
        } else if !line.is_empty() {
            out.push(' ');
        }
        out.push_str(line);
        out.push('\n');
    }
}

impl Below {
    fn read(value: &str, below: &[&str]) -> Option<Below> {
        let own: Vec<&str> = below.iter().map(|line| line.strip_prefix("  ")).collect::<Option<_>>()?;
        if value.is_empty()
            && let Some(block) = Block::of(&own)
        {
            return Some(Below::Keys(block));
        }
        let lines = std::iter::once(value).chain(own).map(str::to_owned).collect();
        Some(Below::Lines(lines))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cloister_model::{Finding, Severity, Subject};

    use super::merge;

    fn finding(pointer: &str, fix: &str) -> Finding {
        let mut finding = Finding::new(Arc::from("check"), Severity::Low, &Subject::Absent, String::new());
        finding.pointer = pointer.to_owned();
        finding.fix(fix);
        finding
    }

    fn merged(fixes: &[(&str, &str)]) -> (String, Vec<usize>) {
        let findings: Vec<Finding> = fixes.iter().map(|(pointer, fix)| finding(pointer, fix)).collect();
        let merged = merge(&findings);
        (merged.lines, merged.of)
    }

    #[test]
    fn lines_of_one_node_are_laid_over_each_other() {
        let (lines, of) = merged(&[
            (
                "/spec/containers/0/securityContext/capabilities/drop",
                "securityContext:\n  capabilities:\n    drop: [ALL]",
            ),
            ("/spec/containers/0/resources/limits/memory", "resources:\n  limits:\n    memory: 256Mi"),
            ("/spec/containers/0/securityContext/runAsNonRoot", "securityContext:\n  runAsNonRoot: true"),
            ("/spec/containers/0/securityContext", "securityContext:\n  capabilities:\n    drop: [ALL]"),
        ]);
        let expected = "securityContext:\n  capabilities:\n    drop: [ALL]\n  runAsNonRoot: true\nresources:\n  limits:\n    memory: 256Mi";
        assert_eq!((lines.as_str(), of.as_slice()), (expected, &[0, 1, 2, 3][..]));
    }

    #[test]
    fn lists_stay_whole() {
        let (lines, _) = merged(&[
            ("/spec/impactAssessment", "spec:\n  impactAssessment:\n    reference: here"),
            ("/spec/securityMeasures", "spec:\n  securityMeasures:\n    - what protects the data\n    - what else"),
        ]);
        assert_eq!(
            lines,
            "spec:\n  impactAssessment:\n    reference: here\n  securityMeasures:\n    - what protects the data\n    - what else"
        );
    }

    #[test]
    fn what_contradicts_or_belongs_elsewhere_stays_apart() {
        let drops = ("/spec/containers/0/securityContext", "securityContext:\n  runAsUser: 1");
        for other in [
            ("/spec/containers/0/securityContext", "securityContext:\n  runAsUser: 2"),
            ("/spec/containers/0/securityContext", "securityContext: {}"),
            ("/spec/securityContext", "securityContext:\n  fsGroup: 1"),
            ("/spec/containers/0/image", "name@sha256:0"),
            ("/rules/0/resources/0", "- apiGroups: [\"\"]"),
            ("", "apiVersion: v1\nkind: LimitRange"),
            ("/spec/containers/0/securityContextOfAnother", "securityContext:\n  runAsNonRoot: true"),
        ] {
            assert_eq!(merged(&[drops, other]), (String::new(), vec![]), "{other:?}");
        }
    }
}
