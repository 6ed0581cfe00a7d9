//! Who and what is affected.

use cloister_register::DataCategory;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::vocabulary::words;

/// Who and what is affected, Art. 33(3)(a).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Affected {
    /// Names of `PersonalDataStore` documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<String>,
    /// Names of `ProcessingActivity` documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
    /// Whose data it is: `patients`, `children`, `employees` …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_subjects: Vec<String>,
    /// About how many people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// Which data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_categories: Vec<Category>,
    /// About how many records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// Whether children are among them; `children` among the data subjects says so too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub children: Option<bool>,
    /// Whether others are among them who cannot well defend themselves: patients, the persecuted, the elderly …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerable: Option<bool>,
    /// Who receives the data from us and may have to be told, or asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
}

impl Affected {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Affected::default()
    }

    /// Whether children are among the data subjects.
    pub fn concerns_children(&self) -> bool {
        let named = |who: &String| ["children", "pupils", "minors"].contains(&&*who.to_lowercase());
        self.children.unwrap_or_else(|| self.data_subjects.iter().any(named))
    }

    /// The categories of Art. 9 and 10 among the data.
    pub fn sensitive(&self) -> Vec<DataCategory> {
        self.data_categories.iter().map(|category| category.0).filter(|category| category.is_sensitive()).collect()
    }
}

words! {
    /// What was done to the data before it was breached.
    Method {
        Encryption = "encryption": "nobody reads it without the key",
        Hashing = "hashing": "nobody gets it back from the hash",
        Pseudonymisation = "pseudonymisation": "nobody tells whose it is without what is kept apart, Art. 4(5)",
    }
}

/// What made data unintelligible, Art. 34(3)(a).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Protection {
    /// How.
    pub method: Method,
    /// Whether it was done as the state of the art asks, salted where it is a hash; where absent, it counts as not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_of_the_art: Option<bool>,
    /// Whether the key, or what else undoes it, is still secret; where absent, it counts as not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_safe: Option<bool>,
    /// The categories that it protects; where absent, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<Vec<Category>>,
    /// How that is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
}

impl Protection {
    /// Whether it holds: as the state of the art asks, and the key is safe.
    pub fn holds(&self) -> bool {
        self.state_of_the_art == Some(true) && self.key_safe == Some(true)
    }

    /// Whether nobody can read what it covers.
    pub fn makes_unintelligible(&self) -> bool {
        self.method != Method::Pseudonymisation && self.holds()
    }

    /// Whether it covers this category.
    pub fn covers(&self, category: Category) -> bool {
        self.covers.as_ref().is_none_or(|covered| covered.contains(&category))
    }
}
