//! A category of personal data, as the register spells it.

use cloister_register::DataCategory;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One of the register's categories, in a document of serde's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(pub DataCategory);

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        // What was written is not repeated: it may be the data itself.
        let unknown =
            || serde::de::Error::custom("this is no category of the register; docs/reference/register.md lists them");
        DataCategory::from_word(&word).map(Category).ok_or_else(unknown)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Category {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DataCategory".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<&str> = DataCategory::ALL.iter().map(|one| one.as_str()).collect();
        schemars::json_schema!({ "type": "string", "enum": words })
    }
}
