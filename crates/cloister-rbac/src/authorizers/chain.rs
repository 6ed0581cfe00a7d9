//! The chain as a whole, and what it decides.

use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, Origin, Resource};

use super::flags::{self, Told};
use super::{Authorizer, Called, Details, Webhook, configuration};
use crate::diagnose::at_place;
use crate::{Decision, MASTERS, Policy, Request, node};

/// The authorisers of an API server, in the order in which they are asked.
#[derive(Debug)]
pub struct Chain {
    authorizers: Vec<Authorizer>,
    /// Why nothing is known of it.
    unknown: Option<String>,
    /// Nothing in the input says what it is: as it usually is.
    assumed: bool,
    diagnostics: Vec<Diagnostic>,
}

/// A decision, and what each authoriser said before it.
#[derive(Clone, Debug)]
pub struct Ruling<'p, 'a> {
    /// The answer.
    pub decision: Decision<'p, 'a>,
    /// Sentences, one for each authoriser that was asked; none where the chain is the usual one.
    pub trace: Vec<String>,
}

/// What comes of a webhook's match conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// It is asked.
    Asked,
    /// It is not, and the next authoriser is.
    Skipped,
    /// It is not, and the request is denied.
    Denied,
    /// That is not known, for this reason.
    Unknown(String),
}

/// What one authoriser says.
enum Opinion<'p, 'a> {
    Allow(Decision<'p, 'a>),
    Deny(String),
    None(String),
    /// It never denies.
    MayAllow(String),
    MayEither(String),
}

impl Default for Chain {
    fn default() -> Chain {
        let authorizers = vec![Authorizer::Node, Authorizer::Rbac];
        Chain { authorizers, unknown: None, assumed: true, diagnostics: Vec::new() }
    }
}

impl Chain {
    /// What the input says of the API server: its AuthorizationConfiguration, or its flags. Where it says nothing,
    /// `--authorization-mode=Node,RBAC`, as most clusters have it.
    pub fn of(inventory: &Inventory) -> Chain {
        let configurations: Vec<&Resource> = inventory.of_kind("AuthorizationConfiguration").collect();
        let servers = flags::servers(inventory);
        let mut told: Vec<&Told> = servers.iter().map(|server| &server.told).collect();
        told.dedup();
        match (told.as_slice(), configurations.as_slice()) {
            ([], []) => Chain::default(),
            ([] | [Told::File(_)], [one]) => Chain::from_configuration(one),
            ([Told::Modes(modes)], _) => {
                let authorizers = flags::authorizers(modes);
                Chain { authorizers, assumed: false, ..Chain::default() }
            }
            ([Told::File(path)], []) => Chain::unknown(format!(
                "the API server reads its authorisers from {path}, which is not in the input; name it with \
                 --authorization-config"
            )),
            ([Told::File(_)] | [], several) => {
                let names = several.iter().map(|one| origin(one)).collect::<Vec<_>>().join(", ");
                Chain::unknown(format!(
                    "there are {} AuthorizationConfigurations ({names}); name the one in force with \
                     --authorization-config",
                    several.len()
                ))
            }
            (_, _) => {
                let mut chain = Chain::unknown("the API servers in the input have different authorisers".to_owned());
                let message = "this API server has other authorisers than another one in the input";
                chain.diagnostics.extend(servers.into_iter().map(|server| at_place(server.place, message.to_owned())));
                chain
            }
        }
    }

    /// What one AuthorizationConfiguration says.
    pub fn from_configuration(configuration: &Resource) -> Chain {
        let (authorizers, diagnostics) = configuration::read(configuration);
        Chain { authorizers, unknown: None, assumed: false, diagnostics }
    }

    fn unknown(why: String) -> Chain {
        Chain { unknown: Some(why), assumed: false, ..Chain::default() }
    }

    /// What in it cannot be right.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What each webhook does with a request, if those before it have no opinion.
    pub fn calls(&self, request: &Request, details: &Details) -> Vec<(&str, Call)> {
        let webhooks = self.authorizers.iter().filter_map(|authorizer| match authorizer {
            Authorizer::Webhook(webhook) => Some(webhook),
            _ => None,
        });
        let call = |webhook: &Webhook| match webhook.is_called(request, details) {
            Called::Yes => Call::Asked,
            Called::Error(_) if webhook.denies_on_error => Call::Denied,
            Called::No(_) | Called::Error(_) => Call::Skipped,
            Called::Unknown(why) => Call::Unknown(why),
        };
        webhooks.map(|webhook| (webhook.name.as_str(), call(webhook))).collect()
    }

    /// What must be said beside answers that come from roles alone.
    pub fn notes(&self) -> Vec<String> {
        if let Some(why) = &self.unknown {
            return vec![format!("{why}; this answer is that of roles alone")];
        }
        let rbac = self.authorizers.iter().position(|authorizer| matches!(authorizer, Authorizer::Rbac));
        let mut notes = Vec::new();
        if rbac.is_none() {
            notes.push("RBAC is not among the authorisers of this API server: roles give nothing".to_owned());
        }
        for (place, authorizer) in self.authorizers.iter().enumerate() {
            let before = rbac.is_some_and(|rbac| place < rbac);
            match authorizer {
                Authorizer::Webhook(webhook) if before => {
                    notes.push(format!(
                        "the webhook \"{}\" is asked before RBAC: it may deny, and may allow more",
                        webhook.name
                    ));
                }
                Authorizer::Webhook(webhook) => {
                    notes.push(format!("the webhook \"{}\" is asked after RBAC: it may allow more", webhook.name));
                }
                Authorizer::Abac => notes.push("ABAC is asked, too: its policy may allow more".to_owned()),
                Authorizer::AlwaysAllow => {
                    notes.push("AlwaysAllow is among the authorisers: everybody may do everything".to_owned());
                }
                Authorizer::Other(kind) => notes.push(format!("the authoriser \"{kind}\" is not known")),
                Authorizer::Node | Authorizer::Rbac | Authorizer::AlwaysDeny => {}
            }
        }
        notes
    }

    /// Decides as the server does: the first that allows or denies has decided. What a webhook would say is not known.
    pub fn decide<'p, 'a>(&self, policy: &'p Policy<'a>, request: &Request, details: &Details) -> Ruling<'p, 'a> {
        let mut ruling = Ruling { decision: Decision::Masters, trace: Vec::new() };
        if request.identity.is_in(MASTERS) {
            return ruling;
        }
        if let Some(why) = &self.unknown {
            ruling.decision = Decision::Unknown(why.clone());
            return ruling;
        }
        let (mut doubts, mut denier) = (Vec::new(), None);
        for authorizer in &self.authorizers {
            match ask(authorizer, policy, request, details) {
                Opinion::Allow(decision) => {
                    ruling.decision = denier.map_or(decision, |why| {
                        Decision::Unknown(format!("{} allows it, but {why}, and may deny it before", name(authorizer)))
                    });
                    return ruling.told(self);
                }
                Opinion::Deny(why) => {
                    ruling.trace.push(why);
                    ruling.decision =
                        if doubts.is_empty() { Decision::Denied } else { Decision::Unknown(said(&doubts)) };
                    return ruling.told(self);
                }
                Opinion::None(why) => ruling.trace.push(why),
                Opinion::MayAllow(why) => doubts.push(why),
                Opinion::MayEither(why) => {
                    denier = denier.or(Some(why.clone()));
                    doubts.push(why);
                }
            }
        }
        ruling.decision = if doubts.is_empty() { Decision::Denied } else { Decision::Unknown(said(&doubts)) };
        ruling.told(self)
    }
}

impl Ruling<'_, '_> {
    /// Of the chain that everybody has, there is nothing to tell.
    fn told(mut self, chain: &Chain) -> Self {
        if chain.assumed {
            self.trace.clear();
        }
        self
    }
}

fn said(doubts: &[String]) -> String {
    doubts.join("; ")
}

fn origin(resource: &Resource) -> &str {
    match &resource.origin {
        Origin::File(name) | Origin::Cluster(name) | Origin::Rendered { file: name, .. } => name,
    }
}

fn name(authorizer: &Authorizer) -> String {
    match authorizer {
        Authorizer::Node => "the node authoriser".to_owned(),
        Authorizer::Rbac => "RBAC".to_owned(),
        Authorizer::AlwaysAllow => "AlwaysAllow".to_owned(),
        Authorizer::AlwaysDeny => "AlwaysDeny".to_owned(),
        Authorizer::Abac => "ABAC".to_owned(),
        Authorizer::Webhook(webhook) => format!("the webhook \"{}\"", webhook.name),
        Authorizer::Other(kind) => format!("\"{kind}\""),
    }
}

fn ask<'p, 'a>(
    authorizer: &Authorizer,
    policy: &'p Policy<'a>,
    request: &Request,
    details: &Details,
) -> Opinion<'p, 'a> {
    match authorizer {
        Authorizer::Node => match node::decide(request, &policy.nodes) {
            node::Answer::Allowed(reason) => Opinion::Allow(Decision::Node(reason)),
            node::Answer::None => Opinion::None("the node authoriser has no opinion".to_owned()),
            node::Answer::Unknown(reason) => Opinion::MayAllow(reason),
        },
        Authorizer::Rbac => match policy.grants(request).next() {
            Some(grant) => Opinion::Allow(Decision::Rbac(grant)),
            None if policy.unread.is_empty() => Opinion::None("RBAC: no rule allows it".to_owned()),
            None => Opinion::MayAllow(format!(
                "nothing that was read allows it, but {} could not be read",
                policy.unread.join(", ")
            )),
        },
        Authorizer::AlwaysAllow => Opinion::Allow(Decision::AlwaysAllow),
        Authorizer::AlwaysDeny => Opinion::None("AlwaysDeny has no opinion, which it always has".to_owned()),
        Authorizer::Abac => Opinion::MayAllow("ABAC is asked, whose policy is not read".to_owned()),
        Authorizer::Webhook(webhook) => ask_webhook(webhook, request, details),
        Authorizer::Other(kind) => Opinion::MayEither(format!("the authoriser \"{kind}\" is not known")),
    }
}

fn ask_webhook<'p, 'a>(webhook: &Webhook, request: &Request, details: &Details) -> Opinion<'p, 'a> {
    let name = &webhook.name;
    match (webhook.is_called(request, details), webhook.denies_on_error) {
        (Called::Yes, _) => Opinion::MayEither(format!("the webhook \"{name}\" is asked, whose answer is its own")),
        (Called::No(condition), _) => {
            Opinion::None(format!("the webhook \"{name}\" is not asked: its condition {condition} is false"))
        }
        (Called::Error(why), true) => {
            Opinion::Deny(format!("the webhook \"{name}\" denies it by failurePolicy: its condition fails ({why})"))
        }
        (Called::Error(why), false) => {
            Opinion::None(format!("the webhook \"{name}\" is not asked: its condition fails ({why})"))
        }
        (Called::Unknown(why), _) => {
            Opinion::MayEither(format!("whether the webhook \"{name}\" is asked is not known: {why}"))
        }
    }
}
