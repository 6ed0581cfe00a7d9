//! Policies with mistakes: what the server's own reader refuses, beside what ours does.

use anyhow::{Context, Result};
use cloister_audit::policy::AuditPolicy;
use serde_json::{Value, json};

use super::super::Dice;
use super::policies;
use crate::pipe::ask;

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Refused {
    /// Policies that both read.
    pub compared: usize,
    /// Of those, the ones that the server refuses.
    pub refused: usize,
    /// What the server says, and the policy.
    pub disagreements: Vec<String>,
}

/// A place in a policy, and values that may stand there by mistake.
type Mistake = (&'static str, fn() -> Vec<Value>);

const MISTAKES: [Mistake; 17] = [
    ("/apiVersion", || vec![json!("audit.k8s.io/v1beta1"), json!("audit.k8s.io/v1alpha1")]),
    ("/metadata", || vec![json!({"name": "p"}), json!({"name": 1}), json!([]), json!(null)]),
    ("/rules", || vec![json!([]), json!(null), json!({}), json!([null]), json!(["x"])]),
    ("/omitStages", || vec![json!(["ResponseReceived"]), json!([null]), json!("Panic"), json!([1]), json!(["Panic"])]),
    ("/omitManagedFields", || vec![json!("true"), json!(1), json!(null), json!(false)]),
    ("/rules/0/level", || vec![json!(null), json!(""), json!("metadata"), json!(3), json!(true), json!(["None"])]),
    ("/rules/0/users", || vec![json!("alice"), json!([1]), json!([null]), json!(null), json!([[]]), json!({})]),
    ("/rules/0/userGroups", || vec![json!("devs"), json!([true]), json!([""]), json!(null)]),
    ("/rules/0/verbs", || vec![json!("get"), json!([false]), json!(["*"]), json!(null)]),
    ("/rules/0/namespaces", || vec![json!("a"), json!([""]), json!([3.5]), json!([null])]),
    ("/rules/0/nonResourceURLs", || {
        ["", "healthz", "/a*b", "*", "**", "/a**", "/é*", "a*b", "/*/"].iter().map(|path| json!([path])).collect()
    }),
    ("/rules/0/omitStages", || vec![json!(["panic"]), json!([""]), json!([{}]), json!(null)]),
    ("/rules/0/omitManagedFields", || vec![json!("false"), json!(0), json!(null)]),
    ("/rules/0/resources", || {
        let groups = ["apps/v1", "Apps", "*", "", "a..b", "-a", "a-", "a_b", "*.k8s.io", "a.b.c", "1"];
        let mut all: Vec<Value> = groups.iter().map(|group| json!([{"group": group, "resources": ["x"]}])).collect();
        all.extend([
            json!([{"group": "a".repeat(64)}]),
            json!([{"group": format!("{}.a", "b".repeat(252))}]),
            json!([{"resourceNames": ["x"]}]),
            json!([{"resources": [], "resourceNames": ["x"]}]),
            json!([{"resources": "pods"}]),
            json!([{"resources": [1]}]),
            json!([{"group": 1}]),
            json!([null]),
            json!(["pods"]),
            json!({"group": ""}),
        ]);
        all
    }),
    ("/rules/0/resource", || vec![json!(["pods"])]),
    ("/rules/0", || {
        vec![json!(null), json!([]), json!({"level": "None", "namespaces": ["a"], "nonResourceURLs": ["/a"]})]
    }),
    ("/spec", || vec![json!({})]),
];

/// Compares `count` policies with one mistake or two, or none.
pub fn compare(count: usize, dice: &mut Dice) -> Result<Refused> {
    let policies: Vec<Value> = (0..count).map(|_| mistaken(dice)).collect();
    let said = read(&policies)?;
    let mut refused = Refused { compared: count, ..Refused::default() };
    for (policy, said) in policies.iter().zip(said) {
        let ours = super::with_policy(policy, |policy: &AuditPolicy<'_>| {
            policy.faults().iter().map(|fault| fault.says.clone()).collect::<Vec<_>>()
        })?;
        refused.refused += usize::from(!said.is_empty());
        if ours.is_empty() != said.is_empty() {
            refused.disagreements.push(format!("server: {said:?}\nours: {ours:?}\n{policy}"));
        }
    }
    Ok(refused)
}

fn mistaken(dice: &mut Dice) -> Value {
    let mut policy = json!({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [policies::rule(dice)]});
    for _ in 0..dice.below(3) {
        let Some((pointer, values)) = MISTAKES.get(dice.below(MISTAKES.len())) else { continue };
        let value = dice.pick(&values());
        set(&mut policy, pointer, value);
    }
    policy
}

fn set(policy: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = policy.pointer_mut(pointer) {
        *place = value;
    } else if let Some((parent, key)) = pointer.rsplit_once('/')
        && let Some(parent) = policy.pointer_mut(parent).and_then(Value::as_object_mut)
    {
        parent.insert(key.to_owned(), value);
    }
}

/// What the server's reader says of each.
fn read(policies: &[Value]) -> Result<Vec<String>> {
    let texts: Vec<String> = policies.iter().map(Value::to_string).collect();
    ask("audit-policy", &texts, |line| serde_json::from_str(line).context("it is no JSON"))
}
