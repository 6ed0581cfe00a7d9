//! Which alerts are meant.

use std::collections::BTreeMap;

use cloister_model::Severity;
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, Origin};

/// Which alerts are meant: all that is given must fit, and of a list any one. `*` stands for any letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Match {
    /// From this severity on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Articles: `32` stands for `32(1)(b)`, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<String>,
    /// Namespaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Categories of personal data at risk.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Clusters or other sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// What it came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
    /// Rules or checks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Other labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Vec<String>>,
}

impl Match {
    /// Whether this alert is meant.
    pub fn fits(&self, alert: &Alert) -> bool {
        let one = |wanted: &[String], has: &str| wanted.is_empty() || wanted.iter().any(|it| like(it, has));
        let some = |wanted: &[String], has: &[String]| {
            wanted.is_empty() || wanted.iter().any(|it| has.iter().any(|has| like(it, has)))
        };
        self.severity.is_none_or(|least| alert.severity >= least)
            && (self.articles.is_empty()
                || self.articles.iter().any(|it| alert.articles.iter().any(|has| is_of_article(it, has))))
            && one(&self.namespaces, alert.namespace.as_deref().unwrap_or_default())
            && some(&self.categories, &alert.categories)
            && one(&self.sources, &alert.source)
            && (self.origins.is_empty() || self.origins.contains(&alert.origin))
            && one(&self.names, &alert.name)
            && self.labels.iter().all(|(name, wanted)| one(wanted, &alert.label(name)))
    }

    /// Whether it asks for nothing, and so means every alert.
    pub fn is_everything(&self) -> bool {
        *self == Match::default()
    }
}

/// Whether `article` is `wanted` or a part of it: 32(1) is of 32, 3 is not of 33.
fn is_of_article(wanted: &str, article: &str) -> bool {
    if wanted.contains('*') {
        return like(wanted, article);
    }
    article.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
}

/// Whether a text is like a pattern in which `*` stands for any letters.
fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        // The first place is as good as any: what follows may begin anywhere behind it.
        let Some((_, after)) = text.split_once(part) else { return false };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_of_article, like};

    /// The plain meaning, letter by letter.
    fn meant(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|skip| meant(rest, &text[skip..])),
            [letter, rest @ ..] => text.first() == Some(letter) && meant(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn stars_mean_any_letters(pattern in "[ab*]{0,7}", text in "[ab]{0,8}") {
            let letters = |text: &str| text.chars().collect::<Vec<char>>();
            prop_assert_eq!(like(&pattern, &text), meant(&letters(&pattern), &letters(&text)));
        }
    }

    #[test]
    fn an_article_holds_its_parts_and_no_other() {
        assert!(is_of_article("32", "32(1)(b)") && is_of_article("32(1)(b)", "32(1)(b)") && is_of_article("3*", "33"));
        assert!(!is_of_article("3", "33") && !is_of_article("32(1)(b)", "32") && !is_of_article("32(1)", "32(10)x"));
    }
}
