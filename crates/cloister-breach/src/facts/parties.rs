//! Who we are, and whom we answer to.

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

words! {
    /// What an organisation is to the data that was breached.
    Role {
        Controller = "controller": "decides on purposes and means; notifies the authority, Art. 33(1)",
        JointController = "joint-controller": "decides with others; the arrangement of Art. 26 says who notifies",
        Processor = "processor": "acts for a controller; notifies that controller, Art. 33(2)",
    }
}

#[allow(clippy::derivable_impls, reason = "a list of words derives the same for all of them")]
impl Default for Role {
    fn default() -> Self {
        Role::Controller
    }
}

impl Role {
    pub(crate) fn is_controller(&self) -> bool {
        *self == Role::Controller
    }
}

/// Who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Organisation {
    /// Name of the controller, or of the processor.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Postal address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Where it is established: two letters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// For a processor: the controller that it acts for, and how that one is reached.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub controller: String,
}

/// How somebody is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Contact {
    /// Name of the person or office.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// E-mail address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Telephone number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Postal address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
}

impl Contact {
    /// Whether it lacks the name, or every way to reach it.
    pub fn cannot_be_reached(&self) -> bool {
        self.name.is_empty() || self.ways().is_empty()
    }

    /// E-mail, telephone and address, as far as they are there.
    pub fn ways(&self) -> Vec<&str> {
        [&*self.email, &*self.phone, &*self.address].into_iter().filter(|way| !way.is_empty()).collect()
    }
}

/// Processing that concerns several Member States.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CrossBorder {
    /// Countries in which people are affected: two letters each.
    pub countries: Vec<String>,
    /// The lead authority, Art. 56(1): it is the one that is notified.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lead_authority: String,
}
