//! An audit policy (`audit.k8s.io/v1`) that tells who did what, and holds no data itself.

use cloister_register::Register;

/// What comes first: what must never be there with its content.
const HEAD: &str = r#"# An audit policy. The first rule that fits decides.
apiVersion: audit.k8s.io/v1
kind: Policy
# The line of the answer says all that the line of the request says.
omitStages: ["RequestReceived"]
omitManagedFields: true
rules:
  # Who read or changed Secrets, ConfigMaps and tokens, but never what is in them: a log
  # that holds them is one more place to steal them from.
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets", "configmaps", "serviceaccounts/token"]
      - group: authentication.k8s.io
        resources: ["*"]

  # Rights and what guards them: with the body, which says what was given to whom.
  - level: Request
    verbs: ["create", "update", "patch", "delete", "deletecollection"]
    resources:
      - group: rbac.authorization.k8s.io
        resources: ["*"]
      - group: admissionregistration.k8s.io
        resources: ["*"]
      - group: certificates.k8s.io
        resources: ["certificatesigningrequests/approval"]

  # Shells, copies and tunnels into pods and nodes; kubectl opens them by GET.
  - level: Metadata
    resources:
      - group: ""
        resources:
          - pods/exec
          - pods/attach
          - pods/portforward
          - pods/proxy
          - pods/ephemeralcontainers
          - services/proxy
          - nodes/proxy
"#;

/// Before all that is left: what the cluster's own parts ask for again and again.
const NOISE: &str = r#"
  # What the cluster's own parts do all the time, and nobody else: watching what they
  # control, renewing leases, telling how nodes are.
  - level: None
    users:
      - system:kube-proxy
      - system:kube-scheduler
      - system:kube-controller-manager
      - system:apiserver
    verbs: ["get", "list", "watch"]
    resources:
      - group: ""
        resources: ["endpoints", "services", "services/status", "nodes", "namespaces"]
      - group: discovery.k8s.io
        resources: ["endpointslices"]
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["get", "list", "watch", "patch", "update"]
    resources:
      - group: ""
        resources: ["nodes", "nodes/status"]
  - level: None
    users:
      - system:kube-scheduler
      - system:kube-controller-manager
      - system:apiserver
    verbs: ["get", "update"]
    resources:
      - group: coordination.k8s.io
        resources: ["leases"]
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["get", "update"]
    resources:
      - group: coordination.k8s.io
        resources: ["leases"]

  # Events say themselves what happened. Deleting them is written.
  - level: None
    verbs: ["create", "update", "patch", "watch"]
    resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
        resources: ["events"]

  # Probes of load balancers and kubelets.
  - level: None
    verbs: ["get"]
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"]
"#;

const REST: &str = r"
  # Everything else: who, when, what and how it ended. Failed logins come to this rule too.
  - level: Metadata
";

/// How to bring it in, for people.
pub const ROLLOUT: &str = "\
To bring it in, on one control plane node after the other:
1. Copy it to /etc/kubernetes/audit/policy.yaml, owned by root, mode 0600, and make the folder
   /var/log/kubernetes/audit, mode 0700.
2. In /etc/kubernetes/manifests/kube-apiserver.yaml, add to the command:
     - --audit-policy-file=/etc/kubernetes/audit/policy.yaml
     - --audit-log-path=/var/log/kubernetes/audit/audit.log
     - --audit-log-maxage=30
     - --audit-log-maxbackup=10
     - --audit-log-maxsize=100
   and mount both: a hostPath volume of /etc/kubernetes/audit (read only) and one of
   /var/log/kubernetes/audit.
3. The kubelet restarts the API server by itself. Where it does not come back, it refused the
   policy: its log says why (crictl logs), and putting the old manifest back undoes it.
4. Look: `kubectl get secrets -A` must leave a line with \"level\":\"Metadata\" in the log.
5. Ship the log off the node (a log agent that reads the folder, or
   --audit-webhook-config-file): whoever takes the node can change what lies on it.
A change of the policy counts after a restart only. k3s, RKE2 and Talos take the same policy by
their own configuration; managed control planes (EKS, AKS, GKE) have their own instead.
";

/// The policy, for the namespaces with personal data of this register.
pub fn write(register: &Register<'_>) -> String {
    let namespaces = register.namespaces_with_personal_data();
    let personal = if namespaces.is_empty() {
        "\n  # The register names no namespace with personal data: all of them are written alike.\n".to_owned()
    } else {
        of_personal_data(namespaces.keys().copied())
    };
    format!("{HEAD}{personal}{NOISE}{REST}")
}

/// Names of namespaces are DNS labels, and some of those are numbers or booleans in YAML.
fn of_personal_data<'n>(namespaces: impl Iterator<Item = &'n str>) -> String {
    let names: String = namespaces.map(|name| format!("      - \"{}\"\n", name.escape_default())).collect();
    format!(
        "
  # Personal data, by the register: everything that anybody reads or does here, the cluster's
  # own parts too, so that a breach can be told to its end (Art. 33(3)). Never with bodies.
  - level: Metadata
    namespaces:
{names}"
    )
}
