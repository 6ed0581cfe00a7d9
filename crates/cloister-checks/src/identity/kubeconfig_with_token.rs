//! # What it does
//! Finds kubeconfigs that hold a token or a password. Their values are dropped while
//! reading.
//!
//! # Why it matters
//! Whoever copies the file is that user, from anywhere, mostly without an end.
//!
//! # What to do
//! Let an `exec` plug-in of the identity provider fetch a short-lived token. Take the
//! token in the file back.
//!
//! # References
//! CIS 3.1.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubeconfigs::{NEEDS, each_kubeconfig, users};
use crate::Check;

pub(crate) const CHECK: Check = Check {
    name: "kubeconfig-with-token",
    title: "a kubeconfig holds a token or a password",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_kubeconfig(|resource, findings| {
        let users = users(resource);
        if users.is_empty() {
            return findings.not_applicable();
        }
        for user in users {
            for field in ["token", "password"] {
                if user.node.get(field).is_some_and(|node| !node.is_empty()) {
                    let message = format!("user \"{}\" signs in with a {field} that stands in the file", user.name);
                    findings.report(user.place.at(field)).message(message);
                }
            }
        }
    }),
};
