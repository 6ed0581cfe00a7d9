//! Tokens of people and agents: one a line, `NAME ROLE TOKEN`, from a file or the environment.

use std::collections::HashMap;

use super::role::Role;
use super::secret::{self, Hash};

/// The tokens that are known, by their hashes.
#[derive(Debug, Default)]
pub struct Tokens(HashMap<Hash, (String, Role)>);

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
            let (Some(name), Some(role), Some(token), None) = (words.next(), words.next(), words.next(), words.next())
            else {
                return Err(bad("it is not NAME ROLE TOKEN"));
            };
            let role =
                role.parse().map_err(|()| bad("the role is none of viewer, engineer, dpo, admin, agent, collector"))?;
            if token.len() < SHORTEST {
                return Err(bad("the token has less than 24 characters: take `openssl rand -hex 32`"));
            }
            if all.insert(secret::hash("token", token), (name.to_owned(), role)).is_some() {
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
    pub fn of(&self, token: &str) -> Option<(&str, Role)> {
        self.0.get(&secret::hash("token", token)).map(|(name, role)| (name.as_str(), *role))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_and_errors_quote_none() {
        let tokens = Tokens::read("# people\nmila dpo 0123456789abcdef0123456789\n\n").unwrap();
        assert_eq!(tokens.of("0123456789abcdef0123456789"), Some(("mila", Role::Dpo)));
        assert_eq!(tokens.of("0123456789abcdef012345678"), None);
        for wrong in ["mila dpo short", "mila boss 0123456789abcdef0123456789", "mila dpo", "a dpo x y"] {
            let error = Tokens::read(wrong).unwrap_err();
            assert_eq!(error.line, 1);
            assert!(!error.to_string().contains("0123456789abcdef0123456789"));
        }
        let doubled = "a dpo 0123456789abcdef0123456789\nb viewer 0123456789abcdef0123456789";
        assert_eq!(Tokens::read(doubled).unwrap_err().line, 2);
    }
}
