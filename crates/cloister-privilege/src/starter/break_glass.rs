//! Full administration, held by nobody until it is needed.

/// A binding that lies ready and is not there: whoever may change a binding could fill it.
const TEXT: &str = "\
# Full administration, for emergencies. As it stands, this file holds nothing but comments: nobody has these rights.
#
# To break the glass, two people take the administrator's credentials from where they are sealed, take the signs at the
# start of the lines below away, write one person, the reason, and an expiry of at most a day, and apply the file.
# Afterwards the binding is deleted, and the audit log of that time is read by somebody else.
# The API server does not know the expiry: let a job or the person on duty look for it, and an alert tell of every
# request that this binding allows (annotation authorization.k8s.io/reason in the audit log).
#
# apiVersion: rbac.authorization.k8s.io/v1
# kind: ClusterRoleBinding
# metadata:
#   name: \"cloister:break-glass\"
#   annotations:
#     cloister.dev/expires: \"2026-01-31T18:00:00Z\"
#     cloister.dev/reason: the incident, and who agreed
# roleRef:
#   apiGroup: rbac.authorization.k8s.io
#   kind: ClusterRole
#   name: cluster-admin
# subjects:
#   - apiGroup: rbac.authorization.k8s.io
#     kind: User
#     name: who works on it
";

pub fn write() -> String {
    TEXT.to_owned()
}
