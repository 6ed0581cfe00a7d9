//! Ways that are written and lead nowhere.

use cloister_model::Place;

/// A way in that leads nowhere.
#[derive(Debug)]
pub struct DeadEnd<'a> {
    /// Where it ends.
    pub place: Place<'a>,
    /// The host that it would answer for.
    pub host: Option<&'a str>,
    /// The path.
    pub path: Option<&'a str>,
    /// Why.
    pub reason: Reason<'a>,
}

/// Why a way leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// The IngressClass or GatewayClass of this name is not there.
    NoClass(&'a str),
    /// It names no class, and none is the default.
    ClassMissing,
    /// The Gateway or other parent of this name is not there.
    NoParent(String),
    /// No listener of the parent takes the route, for this cause.
    NotAttached(String),
    /// A reference into this namespace that no ReferenceGrant allows.
    NotGranted(&'a str),
    /// A certificate in this namespace that no ReferenceGrant allows.
    CertificateNotGranted(&'a str),
    /// The Service of this name is not there.
    NoService(String),
    /// The Service has no such port.
    NoPort(String),
    /// Requests go to this name outside of the cluster.
    ExternalName(&'a str),
    /// The Service selects no workload.
    NoEndpoints(&'a str),
    /// The Service has no selector, and no endpoints of it were read.
    NoSelector(&'a str),
    /// The Service's endpoints are these addresses outside of the cluster.
    Outside(String),
    /// No container of this workload gives the port this name.
    PortNotNamed(String, String),
    /// It gets no share of the requests.
    NoWeight(String),
    /// It leads to something else than a Service.
    OtherKind(String),
    /// The resource says that it must not be used from outside, or contradicts itself.
    Refused(String),
}

impl Reason<'_> {
    /// A word for machines.
    pub fn as_str(&self) -> &'static str {
        match self {
            Reason::NoClass(_) => "no-class",
            Reason::ClassMissing => "class-missing",
            Reason::NoParent(_) => "no-parent",
            Reason::NotAttached(_) => "not-attached",
            Reason::NotGranted(_) => "not-granted",
            Reason::CertificateNotGranted(_) => "certificate-not-granted",
            Reason::NoService(_) => "no-service",
            Reason::NoPort(_) => "no-port",
            Reason::ExternalName(_) => "external-name",
            Reason::NoEndpoints(_) => "no-endpoints",
            Reason::NoSelector(_) => "no-selector",
            Reason::Outside(_) => "outside",
            Reason::PortNotNamed(..) => "port-not-named",
            Reason::NoWeight(_) => "no-weight",
            Reason::OtherKind(_) => "other-kind",
            Reason::Refused(_) => "refused",
        }
    }
}

impl std::fmt::Display for Reason<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::NoClass(name) => write!(out, "class \"{name}\" is not there, so that no controller takes it"),
            Reason::ClassMissing => write!(out, "it names no class, and no class is the default"),
            Reason::NoParent(name) => write!(out, "{name} is not there"),
            Reason::NotAttached(why) => write!(out, "not attached: {why}"),
            Reason::NotGranted(namespace) => {
                write!(out, "no ReferenceGrant of namespace {namespace} allows the reference")
            }
            Reason::CertificateNotGranted(namespace) => {
                write!(out, "no ReferenceGrant of namespace {namespace} allows its certificate")
            }
            Reason::NoService(name) => write!(out, "Service {name} is not there"),
            Reason::NoPort(what) => write!(out, "{what}"),
            Reason::ExternalName(host) => write!(out, "it leads out of the cluster, to {host}"),
            Reason::NoEndpoints(name) => write!(out, "Service {name} selects no workload"),
            Reason::NoSelector(name) => {
                write!(out, "Service {name} has no selector, and its endpoints are not in the input")
            }
            Reason::Outside(addresses) => write!(out, "it leads out of the cluster, to {addresses}"),
            Reason::PortNotNamed(port, workload) => write!(out, "no container of {workload} calls a port \"{port}\""),
            Reason::NoWeight(name) => write!(out, "Service {name} has weight 0 and gets no request"),
            Reason::OtherKind(what) => write!(out, "it leads to {what}, which is no Service"),
            Reason::Refused(why) => write!(out, "{why}"),
        }
    }
}
