//! Who may come by a way in, and what they must prove.

use crate::addresses::{AddressSet, Family};

/// How a caller proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// By a certificate of their own.
    ClientCertificate,
    /// By a name and a password.
    Password,
    /// By a signed token.
    Token,
    /// By a key that was given to them.
    ApiKey,
    /// By signing on with an identity provider.
    SignOn,
    /// As a service that is asked for each request decides.
    ExternalService,
}

impl Proof {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::ClientCertificate => "client certificate",
            Proof::Password => "password",
            Proof::Token => "token",
            Proof::ApiKey => "API key",
            Proof::SignOn => "sign-on",
            Proof::ExternalService => "external service",
        }
    }
}

/// Who may come, and what they must prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The addresses from which it may be reached.
    pub from: AddressSet,
    /// What callers must prove, each of these.
    pub asked: Vec<Proof>,
    /// What may keep more callers out, and the input does not show.
    pub perhaps: Vec<String>,
}

/// Addresses that nobody on the internet has (RFC 1918, 6598, 3927, 4193, 4291, 1122).
const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

/// All of them.
pub(crate) fn private() -> AddressSet {
    let blocks = PRIVATE.iter().filter_map(|cidr| AddressSet::parse_cidr(cidr).ok());
    blocks.fold(AddressSet::default(), |all, block| all.union(&block))
}

impl Guard {
    /// Everybody, unasked.
    pub(crate) fn open() -> Guard {
        Guard { from: AddressSet::everything(), asked: Vec::new(), perhaps: Vec::new() }
    }

    pub(crate) fn is_open(&self) -> bool {
        *self == Guard::open()
    }

    /// Whether addresses of the internet may come.
    pub fn is_public(&self) -> bool {
        !self.from.is_subset(&private())
    }

    /// Whether every address of one family at least may come, but for private ones.
    pub fn is_everybody(&self) -> bool {
        Family::ALL.iter().any(|family| AddressSet::all_of(*family).difference(&private()).is_subset(&self.from))
    }

    /// Whether for certain nobody is asked who they are.
    pub fn asks_nobody(&self) -> bool {
        self.asked.is_empty() && self.perhaps.is_empty()
    }

    pub(crate) fn ask(&mut self, proof: Proof) {
        if !self.asked.contains(&proof) {
            self.asked.push(proof);
            self.asked.sort_unstable();
        }
    }

    /// Something else may keep callers out.
    pub(crate) fn perhaps(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.perhaps.contains(&what) {
            self.perhaps.push(what);
        }
    }

    /// Only networks that are not the internet's.
    pub(crate) fn internal(&mut self) {
        self.from = self.from.intersection(&private());
    }

    /// Only addresses of these blocks (`10.0.0.0/8`, or an address); what cannot be read keeps nobody out for certain.
    pub(crate) fn only<'b>(&mut self, blocks: impl IntoIterator<Item = &'b str>) {
        let mut allowed = AddressSet::default();
        let mut lost = false;
        for text in blocks.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
            match block(text) {
                Some(addresses) => allowed = allowed.union(&addresses),
                None => {
                    self.perhaps(format!("the list of addresses \"{text}\""));
                    lost = true;
                }
            }
        }
        if !lost {
            self.from = self.from.intersection(&allowed);
        }
    }

    /// All but these.
    pub(crate) fn without<'b>(&mut self, blocks: impl IntoIterator<Item = &'b str>) {
        for addresses in blocks.into_iter().map(str::trim).filter_map(block) {
            self.from = self.from.difference(&addresses);
        }
    }

    /// Both guards stand in the way.
    pub(crate) fn and(mut self, other: &Guard) -> Guard {
        self.from = self.from.intersection(&other.from);
        other.asked.iter().for_each(|proof| self.ask(*proof));
        other.perhaps.iter().for_each(|what| self.perhaps(what.clone()));
        self
    }
}

/// A CIDR or an address.
pub(crate) fn block(text: &str) -> Option<AddressSet> {
    AddressSet::parse_cidr(text).ok().or_else(|| text.parse().ok().map(AddressSet::one))
}
