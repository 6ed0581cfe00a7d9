//! Values of flags.

use std::collections::BTreeMap;

/// What a flag comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number; 128 bits hold each of Go's kinds.
    Integer(i128),
    /// A decimal number.
    Decimal(f64),
    /// Nanoseconds, as Go counts.
    Duration(i64),
    /// A text; also an address, a range of ports, an amount. Empty where there is none.
    Text(String),
    /// A list, in order.
    List(Vec<String>),
    /// Pairs. Only some kinds have several values to a key.
    Map(BTreeMap<String, Vec<String>>),
}

impl Value {
    /// Of a switch.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        if let Value::Boolean(value) = self { Some(*value) } else { None }
    }

    /// Of a whole number.
    #[must_use]
    pub fn number(&self) -> Option<i128> {
        if let Value::Integer(value) = self { Some(*value) } else { None }
    }

    /// Of a decimal number.
    #[must_use]
    pub fn decimal(&self) -> Option<f64> {
        if let Value::Decimal(value) = self { Some(*value) } else { None }
    }

    /// Nanoseconds; below zero where it is written so.
    #[must_use]
    pub fn nanoseconds(&self) -> Option<i64> {
        if let Value::Duration(value) = self { Some(*value) } else { None }
    }

    /// Of a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(value) = self { Some(value) } else { None }
    }

    /// Of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[String]> {
        if let Value::List(value) = self { Some(value) } else { None }
    }

    /// Of pairs.
    #[must_use]
    pub fn map(&self) -> Option<&BTreeMap<String, Vec<String>>> {
        if let Value::Map(value) = self { Some(value) } else { None }
    }
}
