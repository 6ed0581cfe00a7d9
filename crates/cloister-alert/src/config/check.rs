//! What a configuration must be, beyond its form.

use std::collections::BTreeSet;

use super::receiver::{Email, Kind, Receiver, TransportSecurity};
use super::{Route, Spec};
use crate::span::Span;

/// Something that is wrong: where (`spec/route/receiver`), why, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub path: String,
    pub cause: String,
    pub help: String,
}

/// More would be a mistake of a template.
const DEEPEST: usize = 16;
/// A message a second to one group is the most.
const LEAST_INTERVAL: Span = Span::seconds(1);
/// Whoever repeats faster teaches people to look away.
const LEAST_REPEAT: Span = Span::seconds(60);
/// Longer spans are nobody's intention.
const LONGEST: Span = Span::seconds(30 * 86_400);

#[derive(Default)]
struct Wrongs(Vec<Wrong>);

impl Wrongs {
    fn add(&mut self, path: impl Into<String>, cause: impl Into<String>, help: impl Into<String>) {
        self.0.push(Wrong { path: path.into(), cause: cause.into(), help: help.into() });
    }
}

/// Everything that is wrong with it.
pub fn check(spec: &Spec) -> Vec<Wrong> {
    let mut wrongs = Wrongs::default();
    for (number, network) in spec.allow_networks.iter().enumerate() {
        if !is_network(network) {
            let help = "a network is written like 10.96.0.0/12 or fd00::/8";
            wrongs.add(format!("spec/allowNetworks/{number}"), format!("\"{network}\" is no network"), help);
        }
    }
    let mut names = BTreeSet::new();
    for (number, receiver) in spec.receivers.iter().enumerate() {
        let path = format!("spec/receivers/{number}");
        if receiver.name.trim().is_empty() {
            wrongs.add(format!("{path}/name"), "a receiver has no name", "give it one, which routes can use");
        } else if !names.insert(receiver.name.as_str()) {
            let cause = format!("there are two receivers \"{}\"", receiver.name);
            wrongs.add(format!("{path}/name"), cause, "give one of them another name");
        }
        ways(receiver, &path, &mut wrongs);
    }
    if spec.route.receiver.is_none() {
        wrongs.add("spec/route", "the first route has no receiver", "name who is told of what nobody else is told of");
    }
    if !spec.route.matching.is_everything() || spec.route.goes_on {
        let help = "put it into a route below: what fits nowhere must end somewhere";
        wrongs.add("spec/route", "the first route takes every alert: it has no match and no continue", help);
    }
    route(&spec.route, "spec/route", 0, &names, &mut wrongs);
    wrongs.0
}

fn ways(receiver: &Receiver, path: &str, wrongs: &mut Wrongs) {
    let kinds = receiver.kinds();
    let [kind] = kinds.as_slice() else {
        let given: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let cause = match given.as_slice() {
            [] => format!("the receiver \"{}\" cannot be reached", receiver.name),
            given => format!("the receiver \"{}\" is reached in several ways: {}", receiver.name, given.join(", ")),
        };
        let help = "give it one of alertmanager, slack, teams, email, webhook and fluentd; a route with continue tells several";
        return wrongs.add(path, cause, help);
    };
    match kind {
        Kind::Alertmanager(it) => url(&it.url, &format!("{path}/alertmanager/url"), wrongs),
        Kind::Webhook(it) => url(&it.url, &format!("{path}/webhook/url"), wrongs),
        Kind::Email(it) => email(it, &format!("{path}/email"), wrongs),
        Kind::Fluentd(it) => host(&it.host, &format!("{path}/fluentd/host"), wrongs),
        Kind::Slack(_) | Kind::Teams(_) => {}
    }
}

/// Of the address nothing is quoted: what is wrong with it may be the password in it.
fn url(url: &str, path: &str, wrongs: &mut Wrongs) {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let authority = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    match authority {
        None | Some("") => wrongs.add(path, "this is no address", "write it like https://alerts.example.org/hook"),
        Some(authority) if authority.contains('@') => {
            wrongs.add(path, "there is a password in this address", "leave it out: what is secret stands in a file");
        }
        Some(_) if url.contains(|it: char| it.is_whitespace() || it.is_control()) => {
            wrongs.add(path, "there is a space in this address", "write it like https://alerts.example.org/hook");
        }
        Some(_) => {}
    }
}

fn host(host: &str, path: &str, wrongs: &mut Wrongs) {
    if host.is_empty() || host.contains(|it: char| !it.is_ascii_alphanumeric() && !matches!(it, '.' | '-' | ':' | '_'))
    {
        wrongs.add(path, "this is no host", "write a name or an address, without a port");
    }
}

fn email(email: &Email, path: &str, wrongs: &mut Wrongs) {
    host(&email.host, &format!("{path}/host"), wrongs);
    if crate::render::mail::Mailbox::read(&email.from).is_none() {
        let help = "write it like alerts@example.org or Cloister <alerts@example.org>, in ASCII";
        wrongs.add(format!("{path}/from"), "this is no address of mail", help);
    }
    for (number, to) in email.to.iter().enumerate() {
        if crate::render::mail::Mailbox::read(to).is_none() {
            let help = "write it like privacy@example.org, in ASCII";
            wrongs.add(format!("{path}/to/{number}"), "this is no address of mail", help);
        }
    }
    if email.to.is_empty() {
        wrongs.add(path, "the mail goes to nobody", "write to: with an address at least");
    }
    match (&email.username, &email.password) {
        (Some(_), None) => wrongs.add(path, "there is a username without a password", "add password: {file: PATH}"),
        (None, Some(_)) => wrongs.add(path, "there is a password without a username", "add username"),
        (Some(_), Some(_)) if email.tls == TransportSecurity::None => {
            wrongs.add(path, "the password would be sent for all to read", "use tls: startTls or implicit");
        }
        _ => {}
    }
}

fn route(asked: &Route, path: &str, depth: usize, names: &BTreeSet<&str>, wrongs: &mut Wrongs) {
    if let Some(receiver) = asked.receiver.as_deref().filter(|receiver| !names.contains(receiver)) {
        let near = cloister_model::spelling::nearest(receiver, names.iter().copied());
        let help = match near.first() {
            Some(near) => format!("did you mean {near}?"),
            None => "receivers are listed in spec.receivers".to_owned(),
        };
        wrongs.add(format!("{path}/receiver"), format!("there is no receiver \"{receiver}\""), help);
    }
    for (field, span, least) in [
        ("groupWait", asked.group_wait, Span::seconds(0)),
        ("groupInterval", asked.group_interval, LEAST_INTERVAL),
        ("repeatInterval", asked.repeat_interval, LEAST_REPEAT),
    ] {
        if let Some(span) = span.filter(|span| *span < least || *span > LONGEST) {
            let help = format!("choose something from {least} to {LONGEST}");
            wrongs.add(
                format!("{path}/{field}"),
                format!("{span} is too {}", if span < least { "short" } else { "long" }),
                help,
            );
        }
    }
    if depth > DEEPEST {
        return wrongs.add(path, "routes lie too deep in each other", "sixteen levels are the most");
    }
    for (number, below) in asked.routes.iter().enumerate() {
        route(below, &format!("{path}/routes/{number}"), depth + 1, names, wrongs);
    }
}

/// `10.96.0.0/12`.
fn is_network(text: &str) -> bool {
    super::read::network(text).is_some()
}
