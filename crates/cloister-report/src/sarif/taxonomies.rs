//! Frameworks as taxonomies: requirements as taxa, and which checks they name.

use std::collections::BTreeSet;

use cloister_assessment::{AssessedRequirement, Assessment};

use super::model::{Component, ComponentRef, Relationship, Target, Taxon, TaxonProperties, Text};
use crate::words::of_framework;

pub(super) fn all(assessment: &Assessment) -> Vec<Component> {
    assessment
        .frameworks
        .iter()
        .map(|framework| Component {
            name: framework.name.to_string(),
            version: Some(framework.version.to_string()),
            short_description: Some(Text::new(&framework.title)),
            taxa: of_framework(assessment, &framework.name).map(taxon).collect(),
            ..Component::default()
        })
        .collect()
}

fn taxon(requirement: &AssessedRequirement) -> Taxon {
    Taxon {
        id: requirement.id.to_string(),
        short_description: Text::new(&requirement.title),
        properties: TaxonProperties { status: requirement.status.as_str(), section: requirement.section.to_string() },
    }
}

pub(super) fn references(assessment: &Assessment) -> Vec<ComponentRef> {
    let names = assessment.frameworks.iter().enumerate();
    names.map(|(index, framework)| ComponentRef { name: framework.name.to_string(), index }).collect()
}

/// The requirements of the assessed frameworks that name this check.
pub(super) fn relationships(assessment: &Assessment, check: &str) -> Vec<Relationship> {
    let mut relationships = Vec::new();
    for (at, framework) in assessment.frameworks.iter().enumerate() {
        let Some(data) = cloister_frameworks::by_name(&framework.name) else { continue };
        let naming: BTreeSet<&str> = data
            .requirements
            .iter()
            .filter(|one| one.checks.iter().any(|name| &**name == check))
            .map(|one| &*one.id)
            .collect();
        if naming.is_empty() {
            continue;
        }
        for (index, requirement) in of_framework(assessment, &framework.name).enumerate() {
            if naming.contains(&*requirement.id) {
                let tool_component = ComponentRef { name: framework.name.to_string(), index: at };
                let target = Target { id: requirement.id.to_string(), index, tool_component };
                relationships.push(Relationship { target, kinds: ["relevant"] });
            }
        }
    }
    relationships
}
