//! Generated requests in another's name.

use cloister_rbac::{Action, ResourceAction, Target};

use super::attempt::What;
use super::world::Actor;
use crate::judges::Dice;

/// Where a user asks who they are.
pub const WHO: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// An attempt of nobody, where there is nobody.
pub fn nobody() -> What {
    let action = Action::Url { verb: "get".to_owned(), path: "/version".to_owned() };
    What::Impersonate { target: Target::default(), action, path: "/version".to_owned() }
}

/// Generates one.
pub fn generate(actor: &Actor, dice: &mut Dice) -> (&'static str, What) {
    let (class, user) = user(actor, dice);
    let mut target = Target { user, ..Target::default() };
    let is_rich = class == "as another user" || dice.chance(15);
    let mut class = class;
    if is_rich && dice.chance(55) {
        class = "as another user in groups";
        target.groups = groups(actor, dice);
    }
    if is_rich && dice.chance(25) {
        class = "as another user with a uid";
        target.uid = dice.pick(&["7", "8"]).to_owned();
    }
    if is_rich && dice.chance(30) {
        class = "as another user with extra values";
        let keys = ["scopes", "example.com/team", "example.com/team", "example.com/a b", "scopes/x"];
        let most = if dice.chance(75) { 2 } else { 5 };
        let count = 1 + dice.below(most);
        target.extra =
            (0..count).map(|_| (dice.pick(&keys).to_owned(), dice.pick(&["red", "blue", ""]).to_owned())).collect();
    }
    let (path, action) = request(actor, dice);
    (class, What::Impersonate { target, action, path })
}

fn user(actor: &Actor, dice: &mut Dice) -> (&'static str, String) {
    let [a, b] = actor.world.namespaces();
    match dice.below(20) {
        0..=7 => ("as another user", actor.world.name("zoe")),
        8 => ("as nobody known", "system:anonymous".to_owned()),
        9..=12 => ("as a service account", format!("system:serviceaccount:{}:other", dice.pick(&[a, b]))),
        13 => (
            "as a name like a service account's",
            format!("system:serviceaccount:{}", dice.pick(&["x", "x:y:z", "X:y"])),
        ),
        14..=16 if !actor.node.is_empty() => ("as the node of its own pod", format!("system:node:{}", actor.node)),
        14..=18 => ("as a node", format!("system:node:{}", actor.world.name("n2"))),
        _ => ("as a name like a node's", "system:node:No_Node".to_owned()),
    }
}

fn groups(actor: &Actor, dice: &mut Dice) -> Vec<String> {
    let world = &actor.world;
    let all = [
        world.name("dev"),
        world.name("dev"),
        world.name("ops"),
        world.name("far"),
        "system:masters".to_owned(),
        "system:authenticated".to_owned(),
        "system:unauthenticated".to_owned(),
        String::new(),
    ];
    let count = if dice.chance(80) { 1 + dice.below(2) } else { 4 + dice.below(2) };
    (0..count).map(|_| dice.pick(&all)).collect()
}

/// The path, and what it is to the authorisers.
fn request(actor: &Actor, dice: &mut Dice) -> (String, Action) {
    let [namespace, _] = actor.world.namespaces();
    let resource = |verb: &str, group: &str, resource: &str, namespace: &str, name: &str| {
        Action::Resource(ResourceAction {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ..ResourceAction::default()
        })
    };
    match dice.below(10) {
        0 => (format!("/api/v1/namespaces/{namespace}/pods"), resource("list", "", "pods", &namespace, "")),
        1 => ("/version".to_owned(), Action::Url { verb: "get".to_owned(), path: "/version".to_owned() }),
        2 => ("/api/v1/nodes/gone".to_owned(), resource("get", "", "nodes", "", "gone")),
        _ => (WHO.to_owned(), resource("create", "authentication.k8s.io", "selfsubjectreviews", "", "")),
    }
}
