//! What a mesh takes away from an answer, and by which policy.

use cloister_model::Resource;
use cloister_network::answers::Narrowed;
use cloister_network::document::ports;
use cloister_network::{Caller, Mesh, PortSet};

use super::Asked;
use super::can::Answer;

/// One thing that the mesh does with the ports that were asked for.
struct Step<'a> {
    /// `closes`, `asks` for something of each request, or `unknown`: the input does not tell who calls.
    does: &'static str,
    ports: PortSet,
    /// What is asked, in words.
    asked: Option<String>,
    policy: Option<&'a Resource>,
}

/// What the mesh does with a connection that policies of the network let through, or may.
fn steps<'a>(answer: &Answer, asked: &Asked<'a>) -> Vec<Step<'a>> {
    let Some(mesh) = asked.mesh else { return Vec::new() };
    let narrowing = mesh.between(Caller::Endpoint(answer.source), answer.destination);
    let within = |ports: &PortSet| ports.intersection(&answer.ports);
    let step = |does, ports: &PortSet, asked, policy| Step { does, ports: within(ports), asked, policy };
    let closed = narrowing.closed.iter().map(|(ports, by)| step("closes", ports, None, Some(*by)));
    let perhaps = [step("unknown", &narrowing.perhaps, None, None)];
    let left = narrowing.conditions.iter().map(|it| {
        let ports = it.ports.difference(&narrowing.closed_ports());
        step("asks", &ports, Some(it.text.clone()), Some(it.policy))
    });
    closed.chain(perhaps).chain(left).filter(|step| !step.ports.is_empty()).collect()
}

/// The same for people, a line each.
pub fn lines(answer: &Answer, asked: &Asked<'_>) -> Vec<String> {
    let by = |policy: &Resource| {
        let place = policy.locate(policy.root.mark).map(|place| match place.line {
            Some(line) => format!(" ({}:{line})", place.file),
            None => format!(" ({})", place.file),
        });
        let (kind, namespace, name) = (&policy.kind, policy.namespace_or_default(), &policy.name);
        format!(", {kind} {namespace}/{name}{}", place.unwrap_or_default())
    };
    let line = |step: &Step<'_>| {
        let by = step.policy.map(by).unwrap_or_default();
        match (step.does, &step.asked) {
            ("closes", _) => format!("denied: {}{by}", step.ports),
            (_, Some(text)) => format!("unknown: {}, {text}{by}", step.ports),
            _ => format!("perhaps denied: {}; the input does not tell who calls", step.ports),
        }
    };
    steps(answer, asked).iter().map(line).collect()
}

/// The same for machines; nothing where no mesh takes part.
pub fn document(answer: &Answer, asked: &Asked<'_>) -> Option<Vec<Narrowed>> {
    asked.mesh?;
    let step = |step: Step<'_>| Narrowed {
        does: step.does,
        ports: ports(&step.ports),
        asks: step.asked,
        policy: step.policy.map(Resource::reference),
        location: step.policy.and_then(|it| it.locate(it.root.mark)),
    };
    Some(steps(answer, asked).into_iter().map(step).collect())
}

/// Says beside a list that it is narrowed.
pub fn tell(mesh: Option<&Mesh<'_, '_>>) {
    if mesh.is_some() {
        eprintln!(
            "note: narrowed by Istio's policies, where workloads are in its mesh; --without-mesh leaves them out"
        );
    }
}
