//! Writes a pod as block YAML, with booleans in each of the spellings that Kubernetes reads as such.

use serde_json::Value;

use crate::judges::Dice;

/// The value as YAML.
pub fn write(value: &Value, dice: &mut Dice) -> String {
    let mut text = String::new();
    block(value, 0, dice, &mut text);
    text
}

fn block(value: &Value, indent: usize, dice: &mut Dice, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                text.push_str(&" ".repeat(indent));
                text.push_str(&scalar(&Value::from(key.as_str()), dice));
                text.push(':');
                below(value, indent + 2, dice, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                text.push_str(&" ".repeat(indent));
                text.push('-');
                below(item, indent + 2, dice, text);
            }
        }
        other => {
            text.push_str(&" ".repeat(indent));
            text.push_str(&scalar(other, dice));
            text.push('\n');
        }
    }
}

fn below(value: &Value, indent: usize, dice: &mut Dice, text: &mut String) {
    let nested = value.as_object().is_some_and(|fields| !fields.is_empty())
        || value.as_array().is_some_and(|items| !items.is_empty());
    if nested {
        text.push('\n');
        block(value, indent, dice, text);
    } else {
        text.push(' ');
        text.push_str(&scalar(value, dice));
        text.push('\n');
    }
}

fn scalar(value: &Value, dice: &mut Dice) -> String {
    match value {
        Value::Bool(true) => dice.pick(&["true", "true", "True", "yes", "on", "TRUE"]).to_owned(),
        Value::Bool(false) => dice.pick(&["false", "false", "False", "no", "off", "FALSE"]).to_owned(),
        // Plain where nothing can be misread, quoted otherwise: a JSON string is a YAML string.
        Value::String(word)
            if word.len() > 2 && word.chars().all(|character| character.is_ascii_alphabetic()) && !is_boolean(word) =>
        {
            word.clone()
        }
        other => other.to_string(),
    }
}

fn is_boolean(word: &str) -> bool {
    ["true", "false", "yes", "off", "null"].contains(&word.to_ascii_lowercase().as_str())
}
