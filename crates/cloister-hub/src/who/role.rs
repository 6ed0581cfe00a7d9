//! What one may.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads what is assessed.
    Viewer,
    /// Accepts findings, too.
    Engineer,
    /// The data protection officer: accepts, attests, reads what names people.
    Dpo,
    /// Everything.
    Admin,
    /// A program that hands in assessments, events and findings of sensors, and does nothing else.
    Agent,
    /// A program that sends audit events and findings of sensors, and does nothing else: an API server, a log shipper.
    Collector,
}

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Nothing: whoever reaches the hub.
    Nothing,
    /// To be signed in, as whatever.
    SignedIn,
    /// To read what is assessed.
    Read,
    /// To read that something was recorded, and when: of all namespaces together.
    ReadRecord,
    /// To read what the record says of people.
    ReadPeople,
    /// To accept a finding, and to take that back.
    Accept,
    /// To state that a requirement is met, and to take that back.
    Attest,
    /// To acknowledge and silence alerts, to test who receives them, and to read whom they name.
    Alarm,
    /// To hand in assessments.
    HandIn,
    /// To send audit events.
    SendEvents,
    /// To send what sensors found.
    SendFindings,
    /// To send reports of other scanners.
    SendReports,
    /// To read what was detected: it names people.
    ReadDetections,
    /// To read and to handle breaches.
    Breaches,
    /// To report that a breach is suspected.
    ReportBreach,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 6] = [Role::Viewer, Role::Engineer, Role::Dpo, Role::Admin, Role::Agent, Role::Collector];

    /// Whether this role may.
    pub fn may(self, right: Right) -> bool {
        match right {
            Right::Nothing | Right::SignedIn => true,
            Right::Read | Right::ReadRecord => !matches!(self, Role::Agent | Role::Collector),
            Right::Accept | Right::Alarm | Right::ReadDetections | Right::ReportBreach => {
                matches!(self, Role::Engineer | Role::Dpo | Role::Admin)
            }
            Right::Attest | Right::ReadPeople | Right::Breaches => matches!(self, Role::Dpo | Role::Admin),
            Right::HandIn => matches!(self, Role::Agent | Role::Admin),
            Right::SendEvents | Right::SendFindings | Right::SendReports => {
                matches!(self, Role::Agent | Role::Collector | Role::Admin)
            }
        }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Engineer => "engineer",
            Role::Dpo => "dpo",
            Role::Admin => "admin",
            Role::Agent => "agent",
            Role::Collector => "collector",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(word: &str) -> Result<Role, ()> {
        Role::ALL.into_iter().find(|role| role.as_str() == word).ok_or(())
    }
}

impl Right {
    /// Whether one has it who is limited to namespaces. What is not named here shows or changes the whole.
    pub fn is_within_namespaces(self) -> bool {
        matches!(self, Right::Nothing | Right::SignedIn | Right::Read | Right::Accept)
    }

    /// The roles that have it, in words.
    pub fn roles(self) -> String {
        let all: Vec<&str> = Role::ALL.into_iter().filter(|role| role.may(self)).map(Role::as_str).collect();
        all.join(", ")
    }
}
