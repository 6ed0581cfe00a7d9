//! What the conditions of webhooks see of a request beside what the other authorisers see.

use std::collections::BTreeMap;

/// What is not known is `None`: a condition that turns on it is not known either.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// The user's id.
    pub uid: Option<String>,
    /// What the authenticator added.
    pub extra: Option<BTreeMap<String, Vec<String>>>,
    /// The version of the API.
    pub version: Option<String>,
    /// Of a list, watch or deletecollection.
    pub field_selector: Option<Vec<Requirement>>,
    /// Of a list, watch or deletecollection.
    pub label_selector: Option<Vec<Requirement>>,
}

/// One requirement of a selector, as the authorisers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "conditions", derive(serde::Serialize))]
pub struct Requirement {
    /// The field or label.
    pub key: String,
    /// `In`, `NotIn`, and for labels `Exists` and `DoesNotExist`.
    pub operator: String,
    /// The values.
    pub values: Vec<String>,
}

impl Details {
    /// Of a question that names no selector but this of fields (empty: none); nothing is known of the user's id.
    pub fn of_question(field_selector: &str) -> Details {
        let terms = field_selector.split(',').filter(|term| !term.is_empty());
        Details {
            field_selector: Some(terms.filter_map(requirement).collect()),
            label_selector: Some(Vec::new()),
            ..Details::default()
        }
    }
}

/// Source: `fields.ParseSelector`, and `fieldSelectorToAuthorizationAPI`.
fn requirement(term: &str) -> Option<Requirement> {
    let (key, operator, value) = match term.split_once("!=") {
        Some((key, value)) => (key, "NotIn", value),
        None => {
            let (key, value) = term.split_once('=')?;
            (key, "In", value.strip_prefix('=').unwrap_or(value))
        }
    };
    Some(Requirement { key: key.to_owned(), operator: operator.to_owned(), values: vec![value.to_owned()] })
}
