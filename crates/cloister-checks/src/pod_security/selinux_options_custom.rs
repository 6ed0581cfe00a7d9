//! # What it does
//! Finds pods and containers that choose an SELinux type other than a container's,
//! or an SELinux user or role of their own.
//!
//! # Why it matters
//! The type decides which files of the node a process may touch. `spc_t` and the
//! like may touch them all.
//!
//! # What to do
//! Remove `type`, `user` and `role`; `level` may stay.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "SELinux".

use cloister_model::Severity;

use super::levels::levels;
use crate::{Check, Run};

/// Types that confine a container; the empty one is the runtime's choice.
const TYPES: [&str; 5] = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

pub(crate) const CHECK: Check = Check {
    name: "selinux-options-custom",
    title: "SELinux type, user or role is not the one for containers",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for level in levels(pod) {
            let fields = [
                ("type", "securityContext/seLinuxOptions/type"),
                ("user", "securityContext/seLinuxOptions/user"),
                ("role", "securityContext/seLinuxOptions/role"),
            ];
            for (field, path) in fields {
                let value = level.field("seLinuxOptions").and_then(|options| options.str_at(field)).unwrap_or("");
                let allowed = if field == "type" { TYPES.contains(&value) } else { value.is_empty() };
                if !allowed {
                    level
                        .report(findings, path)
                        .message(format!("{} sets the SELinux {field} to \"{value}\"", level.who()));
                }
            }
        }
    }),
};
