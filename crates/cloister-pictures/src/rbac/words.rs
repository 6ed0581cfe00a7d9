//! What stands around the picture.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Attention, Graph};

use super::Wish;
use super::facts::Facts;
use super::label::count;

const HEADINGS: [&str; 5] = ["Who", "is bound by", "to the role", "and may", "with a way to the data of"];
const LEGEND: [(&str, &str); 8] = [
    ("U", "user"),
    ("G", "group"),
    ("SA", "service account"),
    ("RB", "RoleBinding"),
    ("CRB", "ClusterRoleBinding"),
    ("R", "Role"),
    ("CR", "ClusterRole"),
    ("D", "store of personal data"),
];

/// Title, summary, names of columns, legend, and what is not drawn.
/// `marked` says of how many subjects a way up is marked.
pub(super) fn around(graph: &mut Graph, facts: &Facts<'_>, wish: &Wish<'_>, marked: usize) {
    graph.title = title(wish);
    graph.summary = summary(graph, facts, wish);
    graph.headings = HEADINGS.iter().map(|&heading| heading.to_owned()).collect();
    graph.legend = LEGEND.iter().map(|&(badge, meaning)| (badge.to_owned(), meaning.to_owned())).collect();
    graph.notes = notes(graph, facts, wish, marked);
}

fn title(wish: &Wish<'_>) -> String {
    let mut title = match (&wish.question, wish.store) {
        (Some(question), _) => {
            let anywhere = if question.anywhere { " in any namespace" } else { "" };
            format!("Who can {}{anywhere}", question.words)
        }
        (None, Some(store)) => format!("Who can get at the data of {store}"),
        (None, None) => "Who may do what".to_owned(),
    };
    if let Some(subject) = &wish.subject {
        let group = subject.groups.first().map_or("", String::as_str);
        let name = if subject.user.is_empty() { group } else { &subject.user };
        title = if wish.question.is_none() && wish.store.is_none() {
            format!("What {name} may do")
        } else {
            format!("{title}: {name}")
        };
    }
    if let Some(namespace) = wish.namespace.filter(|_| wish.question.is_none()) {
        title.push_str(&format!(" in namespace {namespace}"));
    }
    if !wish.of.is_empty() {
        title.push_str(&format!(" · {}", wish.of));
    }
    title
}

fn summary(graph: &Graph, facts: &Facts<'_>, wish: &Wish<'_>) -> String {
    if facts.people.is_empty() {
        let asked = wish.question.is_some() || wish.subject.is_some() || wish.store.is_some();
        let plain = !asked && wish.namespace.is_none();
        return if plain {
            "Nobody is bound to a role, but by Kubernetes itself."
        } else {
            "Nobody holds such a right."
        }
        .to_owned();
    }
    let namespaces = facts.scopes.iter().filter(|scope| !scope.is_empty()).count();
    let wide = if namespaces < facts.scopes.len() { " and in the whole cluster" } else { "" };
    let place = if namespaces == 0 {
        "in the whole cluster".to_owned()
    } else {
        format!("in {}{wide}", count(namespaces, "namespace", "namespaces"))
    };
    let roles: BTreeSet<(&str, &str, &str)> = facts
        .roles
        .iter()
        .map(|role| {
            let scope = facts.scopes.get(role.scope).map_or("", String::as_str);
            (role.kind.as_str(), role.name.as_str(), if role.kind == "Role" { scope } else { "" })
        })
        .collect();
    let mut worst: BTreeMap<usize, Attention> = BTreeMap::new();
    for there in &facts.presences {
        let roles = there.bindings.iter().filter_map(|&it| facts.roles.get(facts.bindings.get(it)?.role));
        let most = worst.entry(there.person).or_default();
        *most = roles.map(|role| role.attention()).fold(*most, Attention::max);
    }
    let dangerous = |attention| {
        let worst = worst.iter().filter(|(_, worst)| **worst == attention);
        worst.count()
    };
    let mut text = format!(
        "{} {} {} by {} {place}.",
        count(facts.people.len(), "subject", "subjects"),
        if facts.people.len() == 1 { "holds" } else { "hold" },
        count(roles.len(), "role", "roles"),
        count(facts.bindings.len(), "binding", "bindings"),
    );
    let (critical, high) = (dangerous(Attention::Critical), dangerous(Attention::High));
    if critical + high > 0 {
        let told = [(critical, "critical rights (!!)"), (high, "high rights (!)")];
        let told = told.into_iter().filter(|(number, _)| *number > 0);
        let told: Vec<String> = told.map(|(number, rights)| format!("{} {rights}", have(number))).collect();
        text.push_str(&format!(" {}.", told.join(", ")));
    }
    let reached: BTreeSet<usize> = facts
        .roles
        .iter()
        .flat_map(|role| &role.rights)
        .flat_map(|right| &right.ways)
        .map(|(store, _)| *store)
        .collect();
    if !facts.stores.is_empty() {
        let all = count(facts.stores.len(), "store", "stores");
        text.push_str(&format!(" Ways lead to {} of {all} of personal data.", reached.len()));
    }
    if graph.nodes.iter().any(|node| node.members.len() > 1 && node.layer < 3) {
        text.push_str(&format!(
            " What is alike is drawn as one: {} in all.",
            count(graph.nodes.len(), "node", "nodes")
        ));
    }
    text
}

fn have(number: usize) -> String {
    if number == 1 { "1 has".to_owned() } else { format!("{number} have") }
}

fn notes(graph: &Graph, facts: &Facts<'_>, wish: &Wish<'_>, marked: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(more) = wish.ways.all.checked_sub(marked).filter(|more| *more > 0) {
        let ways = count(more, "more subject", "more subjects");
        notes.push(format!("Ways up to cluster-admin of {ways} are not marked: cloister rbac escalate names them."));
    }
    let left = facts.left;
    if left.born > 0 {
        let grants = count(left.born, "grant", "grants");
        notes.push(format!("Not drawn: {grants} of Kubernetes to its own components, as every new cluster has them."));
    }
    if left.others > 0 {
        let grants = count(left.others, "grant", "grants");
        notes.push(format!("Not drawn: {grants} that this picture was not asked for."));
    }
    if left.empty + left.unbound > 0 && wish.question.is_none() && wish.subject.is_none() && wish.store.is_none() {
        let empty =
            Some(left.empty).filter(|number| *number > 0).map(|it| count(it, "binding", "bindings") + " of nobody");
        let unbound = Some(left.unbound).filter(|number| *number > 0);
        let unbound = unbound.map(|it| count(it, "role", "roles") + " that nobody is bound to");
        let both: Vec<String> = empty.into_iter().chain(unbound).collect();
        notes.push(format!("Not drawn: {}.", both.join(", ")));
    }
    notes.push("Members of the group system:masters may do everything, whatever bindings say.".to_owned());
    if wish.question.is_none() && wish.subject.is_none() {
        notes.extend(unreached(facts, wish));
    }
    if graph.nodes.len() > wish.most {
        notes.push(format!("More than {} nodes are left after all folding.", wish.most));
    }
    notes
}

/// Stores that nothing here leads to, which is good, and by name.
fn unreached(facts: &Facts<'_>, wish: &Wish<'_>) -> Option<String> {
    let reached: BTreeSet<usize> = facts
        .roles
        .iter()
        .flat_map(|role| &role.rights)
        .flat_map(|right| &right.ways)
        .map(|(store, _)| *store)
        .collect();
    let meant = facts.stores.iter().enumerate().filter(|(_, store)| {
        wish.store.is_none_or(|name| store.name == name)
            && wish.namespace.is_none_or(|namespace| store.namespaces().contains(&namespace))
    });
    let names: Vec<&str> =
        meant.filter(|(number, _)| !reached.contains(number)).map(|(_, store)| store.name.as_str()).collect();
    let more = if names.len() > 10 { format!(" and {} more", names.len() - 10) } else { String::new() };
    let names = names.iter().take(10).copied().collect::<Vec<_>>();
    (!names.is_empty()).then(|| format!("No right drawn here leads to the data of: {}{more}.", names.join(", ")))
}
