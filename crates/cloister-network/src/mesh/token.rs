//! Whether requests must carry a token. A RequestAuthentication alone refuses bad tokens and takes requests without
//! one; only an AuthorizationPolicy makes it a must.

use cloister_model::{Node, Resource};

use super::Mesh;
use super::authorization::{KIND, action, is_tried};
use crate::endpoints::Workload;

pub(super) fn is_asked<'a>(mesh: &Mesh<'_, 'a>, workload: &Workload<'a>) -> bool {
    let checked = mesh.policies("RequestAuthentication.security.istio.io", workload).next().is_some();
    let policies: Vec<&Resource> = mesh.policies(KIND, workload).filter(|policy| !is_tried(policy)).collect();
    let denied = policies.iter().filter(|it| action(it) == "DENY").any(|it| rules(it).iter().any(denies_without));
    let mut allowing = policies.iter().filter(|it| action(it) == "ALLOW").flat_map(|it| rules(it)).peekable();
    let allowed = allowing.peek().is_some() && allowing.all(needs);
    checked && (denied || allowed)
}

fn rules(policy: &Resource) -> &[Node] {
    policy.root.items_at("spec/rules")
}

/// Every request without a token is refused, on every path.
fn denies_without(rule: &Node) -> bool {
    let every = |it: &Node| it.strs_at("source/notRequestPrincipals").eq(["*"]) && it.entries_at("source").len() == 1;
    rule.items_at("to").is_empty() && rule.items_at("when").is_empty() && rule.items_at("from").iter().any(every)
}

/// A rule that no request without a token fulfils.
fn needs(rule: &Node) -> bool {
    let sources = rule.items_at("from");
    let by_source =
        !sources.is_empty() && sources.iter().all(|it| it.strs_at("source/requestPrincipals").next().is_some());
    let by_claim = |it: &Node| {
        it.str_at("key").is_some_and(|key| key.starts_with("request.auth.")) && !it.items_at("values").is_empty()
    };
    by_source || rule.items_at("when").iter().any(by_claim)
}
