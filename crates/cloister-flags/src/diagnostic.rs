//! What is wrong with a command line, or will be.

use std::fmt;

use crate::outcome::Phase;
use crate::table::Instead;
use crate::version::Versions;

/// What is said of one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The word's index.
    pub word: usize,
    /// What is the matter with it.
    pub fault: Fault,
}

/// From when on a flag is deprecated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// From this version on.
    Version {
        /// Its first number.
        major: u32,
        /// Its second.
        minor: u32,
    },
    /// From the oldest version of the table on, or longer.
    Before(Versions),
}

/// What can be the matter. Values are never told, since they may be secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Dashes and no name.
    BadSyntax,
    /// No such flag in this version.
    UnknownFlag {
        /// The name that is written.
        name: String,
        /// The versions that have it.
        known: Vec<Versions>,
    },
    /// No flag has this letter.
    UnknownShorthand {
        /// Which.
        letter: char,
    },
    /// The last word is a flag that needs a value.
    MissingValue {
        /// Which.
        flag: &'static str,
    },
    /// The value cannot be read.
    InvalidValue {
        /// Of which flag.
        flag: &'static str,
        /// Why.
        why: &'static str,
    },
    /// The word belongs to no flag, and the program takes no other.
    Argument,
    /// Another program inside the binary: `etcd gateway`.
    OtherCommand,
    /// No such feature gate in this version.
    UnknownGate {
        /// Its name.
        name: String,
        /// The versions that have it.
        known: Vec<Versions>,
    },
    /// The flag of gates cannot be understood.
    InvalidGates {
        /// Why.
        why: &'static str,
    },
    /// A gate that can no longer be set otherwise.
    LockedGate {
        /// Its name.
        name: String,
        /// What it is.
        to: bool,
    },
    /// A gate is on without the ones that it needs.
    UnmetGate {
        /// Its name.
        name: String,
        /// Those that are off.
        needs: Vec<String>,
    },
    /// The flag is read, and will go.
    Deprecated {
        /// Which.
        flag: &'static str,
        /// From when on.
        since: Since,
        /// What to write.
        instead: Instead,
    },
    /// The feature is part of the program for good: its gate will go.
    SettledGate {
        /// Its name.
        name: String,
    },
    /// The version is not known, and only these have it.
    OnlyIn {
        /// The flag or the gate.
        name: String,
        /// The versions that have it.
        versions: Vec<Versions>,
    },
    /// A later word replaces the value.
    Overridden {
        /// Of which flag.
        flag: &'static str,
        /// The word that counts.
        by: usize,
    },
}

impl Fault {
    /// When the program ends because of it; none where it goes on.
    pub(crate) fn stops(&self) -> Option<Phase> {
        match self {
            Fault::BadSyntax
            | Fault::UnknownFlag { .. }
            | Fault::UnknownShorthand { .. }
            | Fault::MissingValue { .. }
            | Fault::InvalidValue { .. } => Some(Phase::Words),
            Fault::Argument => Some(Phase::Arguments),
            Fault::InvalidGates { .. }
            | Fault::UnknownGate { .. }
            | Fault::LockedGate { .. }
            | Fault::UnmetGate { .. } => Some(Phase::Gates),
            Fault::OtherCommand
            | Fault::Deprecated { .. }
            | Fault::SettledGate { .. }
            | Fault::OnlyIn { .. }
            | Fault::Overridden { .. } => None,
        }
    }
}

impl fmt::Display for Since {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Since::Version { major, minor } => write!(out, "{major}.{minor}"),
            Since::Before(versions) => write!(out, "{}.{} or before", versions.major, versions.first),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::BadSyntax => write!(out, "dashes without a name: the program does not start"),
            Fault::UnknownFlag { name, known } if known.is_empty() => {
                write!(out, "no flag is called --{name}: the program does not start")
            }
            Fault::UnknownFlag { name, known } => {
                write!(out, "--{name} exists in {} only: the program does not start", listed(known))
            }
            Fault::UnknownShorthand { letter } => write!(out, "no flag is -{letter}: the program does not start"),
            Fault::MissingValue { flag } => write!(out, "--{flag} needs a value: the program does not start"),
            Fault::InvalidValue { flag, why } => write!(out, "--{flag}: {why}: the program does not start"),
            Fault::InvalidGates { why } => write!(out, "--feature-gates: {why}: the program does not start"),
            Fault::Argument => write!(out, "the word belongs to no flag: the program does not start"),
            Fault::OtherCommand => write!(out, "this is another command, whose flags are not known here"),
            Fault::UnknownGate { name, known } if known.is_empty() => {
                write!(out, "no feature gate is called {name}: the program does not start")
            }
            Fault::UnknownGate { name, known } => {
                write!(out, "the feature gate {name} exists in {} only: the program does not start", listed(known))
            }
            Fault::LockedGate { name, to } => {
                write!(out, "the feature gate {name} is always {to}: the program does not start")
            }
            Fault::UnmetGate { name, needs } => {
                write!(out, "the feature gate {name} needs {}: the program does not start", needs.join(", "))
            }
            Fault::Deprecated { flag, since, instead } => {
                write!(out, "--{flag} is deprecated since {since}: ")?;
                match instead {
                    Instead::ConfigurationFile => write!(out, "set it in the file of --config"),
                    Instead::Flag(other) => write!(out, "write --{other}"),
                    Instead::Nothing => write!(out, "leave it out"),
                }
            }
            Fault::SettledGate { name } => {
                write!(out, "the feature gate {name} will go, for its feature is there for good")
            }
            Fault::OnlyIn { name, versions } => write!(out, "{name} exists in {} only", listed(versions)),
            Fault::Overridden { flag, .. } => write!(out, "a later --{flag} counts"),
        }
    }
}

fn listed(versions: &[Versions]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
