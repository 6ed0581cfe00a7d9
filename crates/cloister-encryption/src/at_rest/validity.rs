//! Whether the API server takes a configuration.
//! Source: `ValidateEncryptionConfiguration`, and what fails after it in `getTransformerOverridesAndKMSPluginProbes`.

use cloister_model::shape::{Shape, misfits};
use cloister_model::{Node, Place};

use super::provider::FIELDS;
use super::{Configuration, GroupResource, Key, Kind, Provider, Rule};

/// Why the server does not start with a configuration.
#[derive(Debug)]
pub struct Fault<'a> {
    /// What is wrong.
    pub place: Place<'a>,
    /// Why, as a phrase.
    pub cause: String,
}

/// What of the server's own flags decides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Server {
    /// `--feature-gates=KMSv1=true`: off since 1.29.
    pub kms_v1: bool,
    /// `--encryption-provider-config-automatic-reload`.
    pub reloads: bool,
}

const KEYS: Shape =
    Shape::Map(&[("keys", Shape::List(&Shape::Map(&[("name", Shape::Text), ("secret", Shape::Text)])))]);
const KMS: Shape = Shape::Map(&[
    ("apiVersion", Shape::Text),
    ("name", Shape::Text),
    ("cachesize", Shape::Int),
    ("endpoint", Shape::Text),
    ("timeout", Shape::Text),
]);
const PROVIDER: Shape =
    Shape::Map(&[("kms", KMS), ("aesgcm", KEYS), ("aescbc", KEYS), ("secretbox", KEYS), ("identity", Shape::Map(&[]))]);
const RULE: Shape = Shape::Map(&[("resources", Shape::List(&Shape::Text)), ("providers", Shape::List(&PROVIDER))]);
/// The whole document. There is no `metadata` in it.
const DOCUMENT: Shape =
    Shape::Map(&[("apiVersion", Shape::Text), ("kind", Shape::Text), ("resources", Shape::List(&RULE))]);

/// Parts of the server's own book-keeping, which no API serves.
const WITHOUT_API: [&str; 3] = ["apiserveripinfo", "serviceipallocations", "servicenodeportallocations"];

/// The words for a plug-in of the first protocol on a server that does not speak it.
pub fn kms_v1_is_off(name: &str) -> String {
    format!("the plug-in \"{name}\" is of KMS v1, which is off since 1.29")
}

impl<'a> Configuration<'a> {
    /// Everything for which the server refuses to start; nothing where it takes the configuration.
    pub fn faults(&self, server: Server) -> Vec<Fault<'a>> {
        let whole = Place::whole(self.resource);
        let mut faults = Vec::new();
        if *self.resource.api_version != *"apiserver.config.k8s.io/v1" {
            let cause = "the server knows this document as apiserver.config.k8s.io/v1 only".to_owned();
            return vec![Fault { place: whole.at("apiVersion"), cause }];
        }
        faults.extend(misfits(self.resource, &DOCUMENT).into_iter().map(|(place, cause)| Fault { place, cause }));
        // What cannot be decoded is not looked at any further.
        if !faults.is_empty() {
            return faults;
        }
        let mut judge = Judge { configuration: self, server, names: Vec::new(), faults };
        if self.rules.is_empty() {
            judge.fault(whole.at("resources"), "it names no resources");
        }
        self.rules.iter().for_each(|rule| judge.rule(rule));
        if judge.faults.is_empty() {
            judge.masked();
            judge.first_protocol();
        }
        judge.faults
    }
}

struct Judge<'c, 'a> {
    configuration: &'c Configuration<'a>,
    server: Server,
    /// Of the plug-ins so far.
    names: Vec<&'a str>,
    faults: Vec<Fault<'a>>,
}

impl<'a> Judge<'_, 'a> {
    fn fault(&mut self, place: Place<'a>, cause: impl Into<String>) {
        self.faults.push(Fault { place, cause: cause.into() });
    }

    fn at(&mut self, node: &'a Node, cause: impl Into<String>) {
        self.fault(self.configuration.place(node), cause);
    }

    fn rule(&mut self, rule: &Rule<'a>) {
        if rule.resources.is_empty() {
            self.fault(self.configuration.place(rule.node).at("resources"), "an entry names no resources");
        }
        self.overlap(rule);
        rule.resources.iter().for_each(|(name, node)| self.name(*name, node));
        if rule.providers.is_empty() {
            self.fault(self.configuration.place(rule.node).at("providers"), "an entry names no provider");
        }
        rule.providers.iter().for_each(|provider| self.provider(provider));
    }

    /// Source: `validateResourceOverlap`.
    fn overlap(&mut self, rule: &Rule<'a>) {
        let pairs = rule.resources.iter().enumerate().flat_map(|(at, (name, node))| {
            let before = rule.resources.iter().take(at);
            before.map(move |(other, _)| (*name, *other, *node))
        });
        for (name, other, node) in pairs {
            let covers = |one: GroupResource<'_>, two: GroupResource<'_>| {
                one == GroupResource::EVERYTHING || (one.group == two.group && one.resource == "*")
            };
            if name == other {
                return self.at(node, format!("{name} is named twice"));
            }
            if covers(name, other) || covers(other, name) {
                return self.at(node, format!("{name} and {other} overlap in one list"));
            }
        }
    }

    /// Source: `validateResourceNames`.
    fn name(&mut self, name: GroupResource<'a>, node: &'a Node) {
        let written = node.as_str().unwrap_or_default();
        let cause = if written.chars().any(char::is_uppercase) {
            format!("{written} has capital letters, and names of resources have none")
        } else if written == "*" {
            "* alone is no name: write '*.' for the core group or '*.*' for everything".to_owned()
        } else if WITHOUT_API.contains(&written) {
            format!("{written} has no API and cannot be encrypted")
        } else if name.group == "events.k8s.io" {
            "events are stored as those of the core group: write events".to_owned()
        } else if name.group == "extensions" {
            "the group extensions was removed".to_owned()
        } else if name.group == "*" && name.resource != "*" {
            format!("{written} means one resource in all groups, which cannot be encrypted together")
        } else {
            return;
        };
        self.at(node, cause);
    }

    fn provider(&mut self, provider: &Provider<'a>) {
        let named = FIELDS.iter().filter(|field| provider.node.get(field).is_some()).count();
        match named {
            0 => return self.at(provider.node, "a provider is none of kms, aesgcm, aescbc, secretbox and identity"),
            1 => {}
            _ => return self.at(provider.node, "one item holds several providers: each belongs into its own"),
        }
        match provider.kind {
            Kind::Kms { version, name } => self.kms(provider, version, name),
            Kind::AesGcm | Kind::AesCbc => self.keys(provider, &[16, 24, 32]),
            Kind::Secretbox => self.keys(provider, &[32]),
            Kind::Identity | Kind::Unknown => {}
        }
    }

    fn keys(&mut self, provider: &Provider<'a>, lengths: &[usize]) {
        let field = provider.kind.field();
        if provider.keys.is_empty() {
            return self.at(provider.node, format!("{field} has no key"));
        }
        for key in &provider.keys {
            self.key(field, key, lengths);
        }
    }

    fn key(&mut self, field: &str, key: &Key<'a>, lengths: &[usize]) {
        let place = self.configuration.place(key.node);
        if key.name.is_empty() {
            self.fault(place.at("name"), format!("a key of {field} has no name"));
        }
        if key.masked.is_none_or(str::is_empty) {
            return self.fault(place.at("secret"), format!("key \"{}\" of {field} is empty", key.name));
        }
        match key.length() {
            None => self.fault(place.at("secret"), format!("key \"{}\" of {field} is not base64", key.name)),
            Some(length) if !lengths.contains(&length) => {
                let wanted = lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
                let cause = format!("key \"{}\" of {field} has {length} bytes, and needs {wanted}", key.name);
                self.fault(place.at("secret"), cause);
            }
            Some(_) => {}
        }
    }

    /// Source: `validateKMSConfiguration`.
    fn kms(&mut self, provider: &Provider<'a>, version: &str, name: &'a str) {
        let place = self.configuration.place(provider.node).at("kms");
        if name.is_empty() {
            self.fault(place.at("name"), "a KMS plug-in has no name");
        } else if version != "v1" && name.contains(':') {
            self.fault(place.at("name"), format!("the name \"{name}\" of a KMS plug-in holds a colon"));
        }
        if (self.server.reloads || version != "v1") && self.names.contains(&name) {
            self.fault(place.at("name"), format!("two KMS plug-ins are called \"{name}\""));
        }
        self.names.push(name);
        if place.node.str_at("timeout").is_some_and(|timeout| !is_positive(timeout)) {
            self.fault(place.at("timeout"), "the timeout must be a time above zero, such as 3s");
        }
        match place.node.str_at("endpoint").unwrap_or_default() {
            "" => self.fault(place.at("endpoint"), "a KMS plug-in has no endpoint"),
            url if url.split_once(':').is_none_or(|(scheme, _)| !scheme.eq_ignore_ascii_case("unix")) => {
                self.fault(place.at("endpoint"), "the endpoint of a KMS plug-in must be a socket: unix://…");
            }
            _ => {}
        }
        match (version, place.node.int_at("cachesize")) {
            ("v1", Some(0)) => self.fault(place.at("cachesize"), "the cache must be above zero, or below to have none"),
            ("v1", _) | (_, None) => {}
            _ => self.fault(place.at("cachesize"), "KMS v2 has no cachesize"),
        }
        if !["v1", "v2"].contains(&version) {
            self.fault(place.at("apiVersion"), "the apiVersion of a KMS plug-in is v1 or v2");
        }
    }

    /// An entry after one that covers it would never be asked, so the server refuses it.
    fn masked(&mut self) {
        let mut before: Vec<GroupResource<'a>> = Vec::new();
        for rule in &self.configuration.rules {
            for (name, node) in &rule.resources {
                let group = GroupResource { group: name.group, resource: "*" };
                let by = [group, GroupResource::EVERYTHING].into_iter().find(|by| before.contains(by));
                if let Some(by) = by {
                    self.at(node, format!("{name} stands after {by}, which already speaks of it"));
                }
                before.push(*name);
            }
        }
    }

    fn first_protocol(&mut self) {
        let providers = self.configuration.rules.iter().flat_map(|rule| &rule.providers);
        for provider in providers.filter(|_| !self.server.kms_v1) {
            if let Kind::Kms { version: "v1", name } = provider.kind {
                let place = self.configuration.place(provider.node).at("kms");
                self.faults.push(Fault { place, cause: kms_v1_is_off(name) });
            }
        }
    }
}

/// Whether Go reads a text as a duration above zero.
/// Source: `time.ParseDuration`.
fn is_positive(text: &str) -> bool {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut above = false;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.')).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].into_iter().find(|unit| {
            let next = after.strip_prefix(unit);
            next.is_some_and(|next| next.is_empty() || next.starts_with(|it: char| it.is_ascii_digit() || it == '.'))
        });
        let (Some(unit), Ok(value)) = (unit, number.parse::<f64>()) else { return false };
        above |= value > 0.0;
        rest = after.strip_prefix(unit).unwrap_or("");
    }
    above
}

#[cfg(test)]
mod tests {
    use super::is_positive;

    #[test]
    fn times_are_read_as_go_reads_them() {
        for text in ["3s", "1h2m3.5s", "0.1s", "100ms", "+1s", ".5s", "1m0s"] {
            assert!(is_positive(text), "{text}");
        }
        for text in ["", "0s", "-3s", "3", "s", "3 s", "3sec", "1d"] {
            assert!(!is_positive(text), "{text}");
        }
    }
}
