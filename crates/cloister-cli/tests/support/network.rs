//! The cluster that tests of the network ask about, in parts.

/// A namespace, in nobody's mesh.
pub const NAMESPACE: &str = "apiVersion: v1
kind: Namespace
metadata: {name: clinic}
";

/// The same namespace in Istio's mesh.
pub const IN_MESH: &str = "apiVersion: v1
kind: Namespace
metadata: {name: clinic, labels: {istio-injection: enabled}}
";

/// What answers requests.
pub const API: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: clinic}
spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}}}
";

/// A store.
pub const DB: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: clinic}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}}}
";

/// Nobody but the API comes to the store, and the store to nobody.
pub const POLICY: &str = "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: clinic}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: api}}}]
      ports: [{port: sql}]
";

/// A guarded way in to the API, with a path that leads nowhere.
pub const WAY_IN: &str = "apiVersion: v1
kind: Service
metadata: {name: api, namespace: clinic}
spec: {selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: clinic, annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://sso.example.com'}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [www.example.com]}]
  rules:
    - host: www.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
          - {path: /old, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
";

/// Another namespace in ambient mode, with a waypoint for its Services.
pub const AMBIENT: &str = "apiVersion: v1
kind: Namespace
metadata: {name: lab, labels: {istio.io/dataplane-mode: ambient, istio.io/use-waypoint: gate}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tests, namespace: lab}
spec: {template: {metadata: {labels: {app: tests}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: results, namespace: lab}
spec: {selector: {app: tests}, ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate, namespace: lab}
spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
";

/// These parts as one file.
pub fn cluster(parts: &[&str]) -> String {
    parts.join("---\n")
}

/// The line on which a part of a text stands, from 1.
pub fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap() + 1
}
