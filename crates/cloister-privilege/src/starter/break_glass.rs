//! Full administration, held by nobody until it is needed.

use crate::manifest::head;

pub fn write() -> String {
    let mut text = String::from(
        "# Full administration, for emergencies. It names nobody: as it stands, it gives nothing to anyone.\n\
         #\n\
         # To break the glass, two people take the administrator's credentials from where they are sealed, write one\n\
         # person below, with the reason and an expiry of at most a day, and apply the file. Afterwards the subject is\n\
         # taken out again, the file applied, and the audit log of that time read by somebody else.\n\
         # The API server does not know the expiry: let a job or the person on duty look for it, and an alert tell of\n\
         # every request that this binding allows (annotation authorization.k8s.io/reason in the audit log).\n",
    );
    head(&mut text, "ClusterRoleBinding", "cloister:break-glass", "");
    text.push_str(
        "  annotations:\n    cloister.dev/expires: \"\" # such as 2026-01-31T18:00:00Z; empty while nobody is named\n    \
         cloister.dev/reason: \"\" # the incident, and who agreed\n",
    );
    text.push_str(
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects: []\n",
    );
    text
}
