//! Tokens of people and agents: one a line, `NAME ROLE TOKEN [NAMESPACES]`, from a file or the environment.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::role::Role;
use super::scope::Scope;
use super::secret::{self, Hash};

/// The tokens that are known, by their hashes.
#[derive(Debug, Default)]
pub struct Tokens(HashMap<Hash, Holder>);

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// As decisions and the record name them.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What they may see.
    pub scope: Scope,
}

/// A line that cannot be used. It quotes no token.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct BadTokens {
    /// Which, from 1.
    pub line: usize,
    /// Why.
    pub cause: &'static str,
}

/// Shorter ones can be tried.
const SHORTEST: usize = 24;

impl Tokens {
    /// Reads them. Empty lines and lines that begin with `#` are left out.
    pub fn read(text: &str) -> Result<Tokens, BadTokens> {
        let mut all = HashMap::new();
        for (at, line) in text.lines().enumerate() {
            let line_number = at + 1;
            let bad = |cause| BadTokens { line: line_number, cause };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.split_whitespace();
            let (Some(name), Some(role), Some(token)) = (words.next(), words.next(), words.next()) else {
                return Err(bad("it is not NAME ROLE TOKEN [NAMESPACES]"));
            };
            let scope = words.next().map_or(Ok(Scope::Whole), Scope::read).map_err(bad)?;
            if words.next().is_some() {
                return Err(bad(
                    "it is not NAME ROLE TOKEN [NAMESPACES]: namespaces have commas between, and no spaces",
                ));
            }
            let role: Role =
                role.parse().map_err(|()| bad("the role is none of viewer, engineer, dpo, admin, agent, collector"))?;
            if token.len() < SHORTEST {
                return Err(bad("the token has less than 24 characters: take `openssl rand -hex 32`"));
            }
            if !scope.is_whole() && matches!(role, Role::Admin | Role::Agent | Role::Collector) {
                return Err(bad(
                    "administrators, agents and collectors are not limited to namespaces: leave them out, or name another role",
                ));
            }
            let holder = Holder { name: name.to_owned(), role, scope };
            if all.insert(secret::hash("token", token), holder).is_some() {
                return Err(bad("the token is somebody else's already"));
            }
        }
        Ok(Tokens(all))
    }

    /// Adds these.
    pub fn extend(&mut self, others: Tokens) {
        self.0.extend(others.0);
    }

    /// Whose it is.
    pub fn of(&self, token: &str) -> Option<&Holder> {
        self.0.get(&secret::hash("token", token))
    }

    /// What a session keeps of a token, to find its line again: nothing that a token could be found by.
    pub fn mark(token: &str) -> String {
        mark(&secret::hash("token", token))
    }

    /// Whose the token is that a session keeps this of, as the lines are now.
    pub fn marked(&self, wanted: &str) -> Option<&Holder> {
        self.0.iter().find(|(hash, _)| mark(hash) == wanted).map(|(_, holder)| holder)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn mark(token: &Hash) -> String {
    let hash = Sha256::new().chain_update("mark").chain_update(token).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_and_errors_quote_none() {
        let tokens = Tokens::read("# people\nmila dpo 0123456789abcdef0123456789\n\n").unwrap();
        let mila = tokens.of("0123456789abcdef0123456789").unwrap();
        assert_eq!((&*mila.name, mila.role, &mila.scope), ("mila", Role::Dpo, &Scope::Whole));
        let limited = Tokens::read("mila viewer 0123456789abcdef0123456789 shop,clinic/patients").unwrap();
        let scope = &limited.of("0123456789abcdef0123456789").unwrap().scope;
        assert_eq!(scope.to_string(), "shop,clinic/patients");
        assert_eq!(tokens.of("0123456789abcdef012345678"), None);
        for wrong in [
            "mila dpo short",
            "mila boss 0123456789abcdef0123456789",
            "mila dpo",
            "a dpo x y",
            "mila dpo 0123456789abcdef0123456789 *",
            "mila dpo 0123456789abcdef0123456789 shop, clinic",
            "mila admin 0123456789abcdef0123456789 shop",
            "mila agent 0123456789abcdef0123456789 shop",
        ] {
            let error = Tokens::read(wrong).unwrap_err();
            assert_eq!(error.line, 1);
            assert!(!error.to_string().contains("0123456789abcdef0123456789"));
        }
        let doubled = "a dpo 0123456789abcdef0123456789\nb viewer 0123456789abcdef0123456789";
        assert_eq!(Tokens::read(doubled).unwrap_err().line, 2);
    }
}
