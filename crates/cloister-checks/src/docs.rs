//! A check's documentation: the `//!` lines at the head of its own file.

/// The sections every check has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// "What it does".
    pub what: String,
    /// "Why it matters".
    pub why: String,
    /// "What to do": the remediation in findings.
    pub remedy: String,
    /// "References": facts and ids.
    pub references: String,
}

impl Docs {
    /// Reads the sections; a missing one stays empty (a test forbids it).
    pub fn parse(source: &str) -> Docs {
        let mut docs = Docs::default();
        let mut section: Option<&mut String> = None;
        for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
            let line = line.strip_prefix(' ').unwrap_or(line);
            match line.strip_prefix("# ") {
                Some("What it does") => section = Some(&mut docs.what),
                Some("Why it matters") => section = Some(&mut docs.why),
                Some("What to do") => section = Some(&mut docs.remedy),
                Some("References") => section = Some(&mut docs.references),
                Some(_) => section = None,
                None => {
                    if let Some(text) = section.as_deref_mut() {
                        text.push_str(line);
                        text.push('\n');
                    }
                }
            }
        }
        for text in [&mut docs.what, &mut docs.why, &mut docs.remedy, &mut docs.references] {
            *text = text.trim().to_owned();
        }
        docs
    }

    /// The remediation as one line of plain text.
    pub fn remedy_line(&self) -> String {
        self.remedy.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
