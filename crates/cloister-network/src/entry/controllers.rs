//! Controllers that serve Ingresses, routes and Gateways: which one is meant, and which pods are its own.

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};

use crate::endpoints::{Endpoint, Workload};
use crate::network::Network;

/// A controller whose settings are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Controller {
    /// kubernetes/ingress-nginx.
    Nginx,
    /// nginx/kubernetes-ingress.
    NginxInc,
    /// Traefik.
    Traefik,
    /// haproxytech/kubernetes-ingress.
    HaProxy,
    /// jcmoraisjr/haproxy-ingress.
    HaProxyIngress,
    /// The AWS Load Balancer Controller.
    Alb,
    /// Google's.
    Gce,
    /// Contour.
    Contour,
    /// Kong.
    Kong,
    /// Azure's Application Gateway.
    ApplicationGateway,
    /// OpenShift's router.
    OpenShift,
    /// Istio's gateways.
    Istio,
    /// Cilium, which has no pods of its own for this but its agents.
    Cilium,
}

use Controller::{
    Alb, ApplicationGateway, Cilium, Contour, Gce, HaProxy, HaProxyIngress, Istio, Kong, Nginx, NginxInc, OpenShift,
    Traefik,
};

/// Starts of `spec.controller` (IngressClass) and `spec.controllerName` (GatewayClass), as each controller documents.
const NAMES: [(&str, Controller); 16] = [
    ("k8s.io/ingress-nginx", Nginx),
    ("k8s.io/", Nginx),
    ("nginx.org/ingress-controller", NginxInc),
    ("traefik.io/", Traefik),
    ("haproxy.org/", HaProxy),
    ("haproxy-ingress.github.io/", HaProxyIngress),
    ("ingress.k8s.aws/", Alb),
    ("gateway.k8s.aws/", Alb),
    ("networking.gke.io/", Gce),
    ("ingress.gke.io/", Gce),
    ("projectcontour.io/", Contour),
    ("ingress-controllers.konghq.com/", Kong),
    ("azure/application-gateway", ApplicationGateway),
    ("openshift.io/", OpenShift),
    ("istio.io/", Istio),
    ("cilium.io/", Cilium),
];

/// Names that classes usually have, where the class itself was not read.
const CLASSES: [(&str, Controller); 14] = [
    ("nginx", Nginx),
    ("ingress-nginx", Nginx),
    ("traefik", Traefik),
    ("haproxy", HaProxy),
    ("alb", Alb),
    ("gce", Gce),
    ("gce-internal", Gce),
    ("contour", Contour),
    ("kong", Kong),
    ("azure-application-gateway", ApplicationGateway),
    ("azure/application-gateway", ApplicationGateway),
    ("openshift-default", OpenShift),
    ("istio", Istio),
    ("cilium", Cilium),
];

/// Parts of the names of images whose pods serve requests.
const IMAGES: [(&str, Controller); 14] = [
    ("ingress-nginx/controller", Nginx),
    ("ingress-nginx-controller", Nginx),
    ("nginx-ingress-controller", Nginx),
    ("nginx/nginx-ingress", NginxInc),
    ("nginx-ic/nginx-plus-ingress", NginxInc),
    ("traefik", Traefik),
    ("haproxytech/kubernetes-ingress", HaProxy),
    ("haproxy-ingress", HaProxyIngress),
    ("kong/kong-gateway", Kong),
    ("kong/kong", Kong),
    ("/kong", Kong),
    ("haproxy-router", OpenShift),
    ("envoyproxy/envoy", Contour),
    ("cilium/cilium-envoy", Cilium),
];

impl Controller {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Nginx => "ingress-nginx",
            NginxInc => "NGINX Ingress Controller",
            Traefik => "Traefik",
            HaProxy => "HAProxy Kubernetes Ingress",
            HaProxyIngress => "HAProxy Ingress",
            Alb => "AWS Load Balancer Controller",
            Gce => "GKE Ingress",
            Contour => "Contour",
            Kong => "Kong",
            ApplicationGateway => "Application Gateway",
            OpenShift => "OpenShift router",
            Istio => "Istio",
            Cilium => "Cilium",
        }
    }

    /// Those whose data plane is no pod of the cluster.
    pub(super) fn is_of_cloud(self) -> bool {
        matches!(self, Alb | Gce | ApplicationGateway)
    }

    /// By the name that an IngressClass or GatewayClass gives it.
    pub(super) fn named(name: &str) -> Option<Controller> {
        NAMES.into_iter().find(|(start, _)| name.starts_with(start)).map(|(_, controller)| controller)
    }

    /// By the name that its class usually has.
    pub(super) fn of_class(class: &str) -> Option<Controller> {
        CLASSES.into_iter().find(|(name, _)| *name == class).map(|(_, controller)| controller)
    }
}

/// Pods in the input that serve requests, by number among the endpoints.
#[derive(Debug)]
pub(super) struct Seen(Vec<(Controller, usize)>);

impl Seen {
    pub(super) fn of(network: &Network<'_>) -> Seen {
        let workloads = network.endpoints().iter().enumerate();
        let serving = workloads.filter_map(|(number, endpoint)| match endpoint {
            Endpoint::Workload(workload) => Some((serves(workload)?, number)),
            _ => None,
        });
        Seen(serving.collect())
    }

    /// The pods of one controller.
    pub(super) fn pods(&self, controller: Controller) -> Vec<usize> {
        self.0.iter().filter(|(its, _)| *its == controller).map(|(_, number)| *number).collect()
    }

    /// The only controller that there is.
    pub(super) fn only(&self) -> Option<Controller> {
        let (first, _) = self.0.first()?;
        self.0.iter().all(|(controller, _)| controller == first).then_some(*first)
    }
}

fn serves(workload: &Workload<'_>) -> Option<Controller> {
    let pods = Inventory::pods_of(workload.resource);
    let mut images = pods.flat_map(|pod| pod.containers().map(|it| it.image()).collect::<Vec<_>>());
    let found = images.find_map(|image| {
        let path = image.split('@').next().unwrap_or(image);
        IMAGES.into_iter().find(|(part, _)| path.contains(part)).map(|(_, controller)| controller)
    });
    // Envoy is run by many.
    let label = |key: &str| workload.labels.iter().find(|it| &*it.key == key).and_then(|it| it.node.as_str());
    let is_contours = || label("app.kubernetes.io/component") == Some("envoy") || label("app") == Some("envoy");
    found.filter(|it| *it != Contour || is_contours())
}

/// The pods of a namespace, or of all, that a map of labels selects.
pub(super) fn selected(network: &Network<'_>, namespace: Option<&str>, labels: &Node) -> Vec<usize> {
    let selector = Selector::Map(labels);
    let fits = |workload: &Workload<'_>| {
        namespace.is_none_or(|name| name == workload.namespace) && selector.matches(&workload.labels)
    };
    let endpoints = network.endpoints().iter().enumerate();
    endpoints.filter(|(_, it)| it.workload().is_some_and(fits)).map(|(number, _)| number).collect()
}

/// The class of an Ingress, and its object where that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) resource: Option<&'a Resource>,
    /// The name stands in `spec`, not in the older annotation.
    pub(super) by_field: bool,
}

/// What marks the class of those that name none.
const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

impl<'a> Class<'a> {
    /// The field, the annotation, or the default (`DefaultIngressClass`).
    pub(super) fn of(ingress: &'a Resource, inventory: &'a Inventory) -> Class<'a> {
        let annotation = ingress.annotation("kubernetes.io/ingress.class").filter(|name| !name.is_empty());
        let field = ingress.root.str_at("spec/ingressClassName").filter(|name| !name.is_empty());
        let name = annotation.or(field);
        let resource = match name {
            Some(name) => inventory.get_cluster_wide("IngressClass", name),
            None => inventory.of_kind("IngressClass").find(|it| it.annotation(DEFAULT) == Some("true")),
        };
        Class { name, resource, by_field: annotation.is_none() && field.is_some() }
    }

    /// Whose it is.
    pub(super) fn controller(&self) -> Option<Controller> {
        match self.resource {
            Some(resource) => resource.root.str_at("spec/controller").and_then(Controller::named),
            None => self.name.and_then(Controller::of_class),
        }
    }
}
