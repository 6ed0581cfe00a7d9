//! How much personal data stands behind a resource: the order in which
//! findings matter (Art. 32(1): risk for the rights and freedoms of people).

use serde::{Deserialize, Serialize};

/// The personal data at risk, mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PersonalData {
    /// None known.
    #[default]
    None,
    /// Personal data, no more is known of it.
    Ordinary,
    /// Personal data on a large scale (Art. 35(3)(b)).
    LargeScale,
    /// Personal data of children (recital 38).
    Children,
    /// Special categories (Art. 9) or criminal convictions (Art. 10).
    Special,
}

impl PersonalData {
    /// All levels, mildest first.
    pub const ALL: [PersonalData; 5] = [
        PersonalData::None,
        PersonalData::Ordinary,
        PersonalData::LargeScale,
        PersonalData::Children,
        PersonalData::Special,
    ];

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonalData::None => "none",
            PersonalData::Ordinary => "ordinary",
            PersonalData::LargeScale => "large-scale",
            PersonalData::Children => "children",
            PersonalData::Special => "special",
        }
    }

    /// What a finding's severity is multiplied by.
    pub fn weight(self) -> u32 {
        match self {
            PersonalData::None => 1,
            PersonalData::Ordinary => 3,
            PersonalData::LargeScale => 4,
            PersonalData::Children => 5,
            PersonalData::Special => 6,
        }
    }
}
