//! # What it does
//! Finds ServiceAccounts called `default` without `automountServiceAccountToken:
//! false`.
//!
//! # Why it matters
//! Every pod of the namespace that says nothing else gets a key to the API server,
//! whether it needs one or not (Art. 25(2): by default, only what is necessary).
//!
//! # What to do
//! Set `automountServiceAccountToken: false` on the account.
//!
//! # References
//! CIS 5.1.5. GDPR Art. 5(1)(c), 25(2).

use cloister_model::{Place, Severity};

use super::rules::is_clusters_own;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "default-service-account-automounts",
    title: "the default service account hands out tokens",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["ServiceAccount"], |account, findings| {
        let namespace = account.namespace_or_default();
        if &*account.name != "default" || is_clusters_own(findings.seen().inputs(), namespace) {
            return findings.not_applicable();
        }
        if account.root.bool_at("automountServiceAccountToken") != Some(false) {
            findings
                .report(Place::whole(account).at("automountServiceAccountToken"))
                .message(format!("the default service account of namespace \"{namespace}\" hands out tokens"))
                .fix("automountServiceAccountToken: false");
        }
    }),
};
