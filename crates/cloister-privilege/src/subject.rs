//! Who gets a role.

use std::fmt;

/// A subject as bindings name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A user by name.
    User(String),
    /// A service account.
    Account {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl Who {
    /// From the user's name as authentication gives it.
    pub fn of(user: &str) -> Who {
        let account = user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
        match account {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains(':') => {
                Who::Account { namespace: namespace.to_owned(), name: name.to_owned() }
            }
            _ => Who::User(user.to_owned()),
        }
    }

    /// The user's name as authentication gives it.
    pub fn user(&self) -> String {
        match self {
            Who::User(name) => name.clone(),
            Who::Account { namespace, name } => format!("system:serviceaccount:{namespace}:{name}"),
        }
    }

    /// A person, as far as a name tells: no service account, and nothing of the cluster itself.
    pub fn is_person(&self) -> bool {
        matches!(self, Who::User(name) if !name.starts_with("system:"))
    }

    /// Whether `word` means it: a user, `serviceaccount:NAMESPACE:NAME`, `sa:…`, or the full user name.
    pub fn is_meant(&self, word: &str) -> bool {
        let account = word.strip_prefix("serviceaccount:").or_else(|| word.strip_prefix("sa:"));
        let full = account.map(|account| format!("system:serviceaccount:{account}"));
        self.user() == full.as_deref().unwrap_or(word)
    }

    /// What its roles and bindings are called: a name that stands in a path.
    pub fn role_name(&self) -> String {
        let name = match self {
            Who::User(name) => format!("least:user:{name}"),
            Who::Account { namespace, name } => format!("least:serviceaccount:{namespace}:{name}"),
        };
        let is_fit = |sign: char| !sign.is_control() && !matches!(sign, '/' | '%');
        if name.chars().all(is_fit) && name.len() <= 200 {
            return name;
        }
        // What is changed may meet what was so from the start: a number keeps them apart.
        let fit: String = name.chars().filter(|sign| is_fit(*sign)).take(120).collect();
        format!(
            "{fit}:{:08x}",
            name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
        )
    }
}

impl fmt::Display for Who {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::User(name) => write!(to, "User {name}"),
            Who::Account { namespace, name } => write!(to, "ServiceAccount {namespace}/{name}"),
        }
    }
}
