//! Where a secret is: never the secret itself.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

/// Where a secret is: in a file, or in a variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase", deny_unknown_fields))]
pub enum Secret {
    /// The file that holds it, read anew whenever it is needed.
    File(String),
    /// The variable that holds it.
    Env(String),
}

const WAY: &str = "a secret stands in a file or in the environment, as {file: PATH} or {env: NAME}, and never here";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    file: Option<String>,
    env: Option<String>,
}

impl<'de> Deserialize<'de> for Secret {
    /// Of what stands in its place nothing is quoted: it could be the secret.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        deserializer.deserialize_any(Place)
    }
}

struct Place;

impl<'de> Visitor<'de> for Place {
    type Value = Secret;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(WAY)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Secret, A::Error> {
        match Written::deserialize(MapAccessDeserializer::new(map)).map_err(|_| A::Error::custom(WAY))? {
            Written { file: Some(file), env: None } if !file.is_empty() => Ok(Secret::File(file)),
            Written { file: None, env: Some(name) } if !name.is_empty() => Ok(Secret::Env(name)),
            _ => Err(A::Error::custom(WAY)),
        }
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Secret, E> {
        Err(E::custom(WAY))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Secret, E> {
        Err(E::custom(WAY))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Secret, E> {
        Err(E::custom(WAY))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Secret, E> {
        Err(E::custom(WAY))
    }
}
