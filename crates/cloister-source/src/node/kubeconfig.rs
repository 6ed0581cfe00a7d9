//! Whom a kubeconfig signs in: all of its users, for whoever has the file may be any of them.

use cloister_model::Node;

/// So many users of one file are looked at.
const MOST: usize = 64;

/// The users of a kubeconfig, that of its current context first.
pub(super) fn users(tree: &Node) -> impl Iterator<Item = &Node> {
    let current = tree.str_at("current-context");
    let context = tree.items_at("contexts").iter().find(|it| current.is_some() && it.str_at("name") == current);
    let own = context.and_then(|it| it.str_at("context/user"));
    let is_own = move |user: &&Node| own.is_some() && user.str_at("name") == own;
    let all = tree.items_at("users").iter();
    let others = all.clone().filter(move |user| !is_own(user));
    all.filter(move |user| is_own(user)).chain(others).take(MOST).filter_map(|user| user.get("user"))
}

#[cfg(test)]
mod tests {
    use cloister_manifest::{Interner, parse_trees};

    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        let (trees, _) = parse_trees(text, "file", &mut Interner::default());
        users(&trees[0]).filter_map(|it| it.str_at("token")).map(str::to_owned).collect()
    }

    #[test]
    fn the_user_of_the_current_context_comes_first() {
        let users = "users: [{name: one, user: {token: a}}, {name: two, user: {token: b}}, {name: bare}]\n";
        let contexts = "contexts: [{name: home, context: {user: one}}, {name: work, context: {user: two}}]\n";
        assert_eq!(tokens(&format!("current-context: work\n{contexts}{users}")), ["b", "a"]);
        assert_eq!(tokens(&format!("current-context: gone\n{contexts}{users}")), ["a", "b"]);
        assert_eq!(tokens(users), ["a", "b"]);
        assert!(tokens("users: nobody\n").is_empty());
    }
}
