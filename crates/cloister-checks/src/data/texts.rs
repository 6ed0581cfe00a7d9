//! The texts of a ConfigMap, and the settings in them.

use cloister_detect::profile::Profile;
use cloister_detect::{Detection, pairs};
use cloister_model::{Place, Resource};

use super::recognised::{Recognised, within};
use super::settings::Setting;

/// A text of a ConfigMap.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub key: &'a str,
    pub place: Place<'a>,
    text: &'a str,
    recognised: Recognised<'a>,
}

/// The texts of a ConfigMap, with their keys.
pub(crate) fn texts<'a>(resource: &'a Resource, profile: Option<&'a Profile>) -> impl Iterator<Item = Text<'a>> {
    resource.root.entries_at("data").iter().filter_map(move |entry| {
        let text = entry.node.as_str()?;
        Some(Text {
            key: &entry.key,
            place: Place::of(resource, &entry.node),
            text,
            recognised: Recognised::by(profile),
        })
    })
}

impl<'a> Text<'a> {
    /// Credentials in it: those that its key or form shows.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &Detection> {
        self.recognised.credentials(self.key, self.text)
    }

    /// Personal data in it.
    pub(crate) fn personal_data(&self) -> Vec<&Detection> {
        self.recognised.personal_data(self.key, self.text)
    }

    /// Where a detection stands.
    pub(crate) fn place_of(&self, detection: &Detection) -> Place<'a> {
        within(self.place, self.text, detection)
    }

    /// The settings in it: a single value, or a whole file line by line.
    pub(crate) fn settings(&self) -> Vec<Setting<'a>> {
        settings_in(self.key, self.text, self.place)
    }
}

fn settings_in<'a>(key: &'a str, text: &'a str, place: Place<'a>) -> Vec<Setting<'a>> {
    if !text.trim_end().contains('\n') && !text.trim_start().starts_with('{') && !key.contains('.') {
        return vec![Setting::new(key, text.trim(), place)];
    }
    let mut settings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with(['#', ';', '!']) || trimmed.starts_with("//") {
            continue;
        }
        let found = pairs(line);
        if found.is_empty() {
            let (name, value) = trimmed.split_once(char::is_whitespace).unwrap_or(("", trimmed));
            let value = value.split(" #").next().unwrap_or(value).trim();
            settings.push(Setting::new(name, value, place.line(index, line.len() - trimmed.len())));
        }
        // What stands in the value of another is judged there: `url=jdbc:…?useSSL=false`.
        let mut judged = 0;
        for pair in found {
            if pair.offset < judged {
                continue;
            }
            if !pair.value.starts_with(['{', '[']) {
                judged = pair.offset + pair.value.len();
            }
            let column = line.get(..pair.offset).map_or(0, |before| before.chars().count());
            settings.push(Setting::new(pair.name, pair.value, place.line(index, column)));
        }
    }
    settings
}
