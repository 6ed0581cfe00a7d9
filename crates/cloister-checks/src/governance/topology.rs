//! Regions and zones that workloads, nodes and volumes name.

use cloister_model::{Node, Place, Resource, Severity};

use super::regions::{Abroad, abroad};
use crate::Findings;

/// Whether a label says where something stands: `topology.kubernetes.io/zone`,
/// the older names, and those of storage drivers.
pub(crate) fn is_topology(key: &str) -> bool {
    key.rsplit_once('/').is_some_and(|(_, name)| name == "zone" || name == "region")
}

/// The values of a map of labels or a node selector that say where.
pub(crate) fn in_labels<'a>(resource: &'a Resource, labels: Option<&'a Node>) -> Vec<Place<'a>> {
    let entries = labels.map_or(&[][..], Node::entries).iter().filter(|entry| is_topology(&entry.key));
    entries.map(|entry| Place::of(resource, &entry.node)).collect()
}

/// The values of a node selector with terms (`nodeSelectorTerms`), any of which may be chosen.
pub(crate) fn in_terms<'a>(resource: &'a Resource, selector: Option<&'a Node>) -> Vec<Place<'a>> {
    let terms = selector.map_or(&[][..], |selector| selector.items_at("nodeSelectorTerms"));
    let expressions = terms.iter().flat_map(|term| term.items_at("matchExpressions"));
    let chosen = expressions.filter(|expression| expression.str_at("operator") == Some("In"));
    in_expressions(resource, chosen)
}

/// The values of expressions whose key says where.
pub(crate) fn in_expressions<'a>(
    resource: &'a Resource,
    expressions: impl Iterator<Item = &'a Node>,
) -> Vec<Place<'a>> {
    let where_ = expressions.filter(|expression| expression.str_at("key").is_some_and(is_topology));
    where_.flat_map(|expression| expression.items_at("values")).map(|value| Place::of(resource, value)).collect()
}

/// Reports the first place outside the EEA for each country: a region and its
/// zones are one matter. Says whether any place was of a known kind.
pub(crate) fn report<'a>(places: &[Place<'a>], what: &str, findings: &mut Findings<'_>) {
    let mut countries: Vec<&str> = Vec::new();
    for place in places {
        let Some(region) = place.node.as_str() else { continue };
        let Some(Abroad { country, adequate }) = abroad(region, findings.register()) else { continue };
        if countries.contains(&country) {
            continue;
        }
        countries.push(country);
        let finding = findings.report(*place).message(format!("{what} \"{region}\", which is in {country}"));
        if adequate {
            finding.severity(Severity::Low);
        }
    }
}
