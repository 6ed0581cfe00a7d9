//! What is written of a request and why, for machines. The schema is `docs/schema/audit-policy.json`.

use cloister_model::Location;
use serde::Serialize;

use super::{Asked, AuditPolicy, Rule};

/// What a policy says of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// `None`, `Metadata`, `Request` or `RequestResponse`.
    pub level: &'static str,
    /// The rule that decides; null where none matches.
    pub rule: Option<Written>,
    /// The stages at which a line is written, in their order.
    pub stages: Vec<&'static str>,
    /// The stages that the policy and the rule omit.
    pub omitted_stages: Vec<&'static str>,
    /// Whether the body of the request is written.
    pub request_body: bool,
    /// Whether the body of the answer is written.
    pub response_body: bool,
    /// Whether managed fields are left out of bodies.
    pub omit_managed_fields: bool,
    /// The rules before it, which do not match.
    pub passed: Vec<Passed>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// Its number, from 1.
    pub number: usize,
    /// Where it stands; null in a cluster.
    pub location: Option<Location>,
}

/// A rule that does not match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Passed {
    /// Its number, from 1.
    pub number: usize,
    /// Where the condition that fails stands; null in a cluster.
    pub location: Option<Location>,
    /// The field that holds the condition.
    pub field: &'static str,
    /// Why it does not match.
    pub reason: &'static str,
}

impl Explanation {
    /// What `policy` says of a request.
    pub fn of(policy: &AuditPolicy<'_>, asked: &Asked<'_>) -> Explanation {
        let (passed, decision) = policy.explain(asked);
        let bodies = decision.bodies(asked);
        let passed = passed.into_iter().map(|(rule, why)| {
            let field = why.field(rule.node);
            let location = policy.place(&rule).at(field).location();
            Passed { number: rule.index + 1, location, field, reason: why.as_str() }
        });
        let written =
            |rule: Rule<'_>| Written { number: rule.index + 1, location: policy.resource.locate(rule.node.mark) };
        Explanation {
            level: decision.level.as_str(),
            rule: decision.rule.map(written),
            stages: decision.stages(asked).iter().map(|stage| stage.as_str()).collect(),
            omitted_stages: decision.omitted.iter().map(|stage| stage.as_str()).collect(),
            request_body: bodies.request,
            response_body: bodies.response,
            omit_managed_fields: decision.omit_managed_fields,
            passed: passed.collect(),
        }
    }
}
