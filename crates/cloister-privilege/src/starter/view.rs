//! Looking at everything that is no personal data.

use super::{rule, write_group, write_role};
use crate::rules::Rule;

/// What holds neither secrets nor the data of people, by group.
const SEEN: [(&str, &str); 9] = [
    (
        "-",
        "endpoints events limitranges namespaces nodes persistentvolumeclaims persistentvolumes pods \
         replicationcontrollers resourcequotas serviceaccounts services",
    ),
    ("apps", "controllerrevisions daemonsets deployments replicasets statefulsets"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs jobs"),
    ("discovery.k8s.io", "endpointslices"),
    ("metrics.k8s.io", "nodes pods"),
    ("networking.k8s.io", "ingressclasses ingresses networkpolicies"),
    ("policy", "poddisruptionbudgets"),
    ("storage.k8s.io", "storageclasses volumeattachments"),
];

pub fn write() -> String {
    let mut text = String::from(
        "# Looking, for monitoring and reporting.\n\
         #\n\
         # Left out, since they show secrets or the data of people: Secrets; ConfigMaps, of which no rule can leave out\n\
         # those that hold personal data; pods/log; and everything that enters a pod (exec, attach, portforward, proxy,\n\
         # ephemeralcontainers). Nothing here can be changed. Unlike the built-in \"view\", it does not grow by itself\n\
         # when somebody installs a role that is labelled for it.\n\
         #\n\
         # Let the group of your identity provider be called \"cloister:viewers\", or write its name below.\n",
    );
    let rules: Vec<Rule> = SEEN.iter().map(|(group, resources)| rule(group, resources, "get list watch")).collect();
    write_role(&mut text, "ClusterRole", "cloister:view", "", &rules);
    write_group(&mut text, "cloister:view", "", ("ClusterRole", "cloister:view"), "cloister:viewers");
    text
}
