//! One way to tell a receiver.

use std::time::SystemTime;

use cloister_forward::Forward;

use super::address::{Guard, resolve};
use super::failure::{Answer, Failure};
use super::http::{Client, Request, io};
use super::patience::Patience;
use super::secret::reveal;
use super::smtp;
use crate::config::{Config, Email, Fluentd, Kind, Receiver, Webhook};
use crate::render::mail::Mailbox;
use crate::render::{alertmanager, cloud_event, fluentd, mail, slack, teams};
use crate::sign::Signer;
use crate::state::Message;

/// JSON.
const JSON: &str = "application/json";
/// Alerts of one request to an Alertmanager.
const PORTION: usize = 500;

/// Tells one receiver.
pub struct Sink {
    receiver: Receiver,
    guard: Guard,
    patience: Patience,
    client: Client,
}

impl Sink {
    /// For a receiver of this configuration.
    pub fn new(receiver: &Receiver, config: &Config, patience: Patience) -> Sink {
        let guard = Guard::new(&config.allow_networks);
        let client = Client::new(&guard, patience, receiver.ca_file.as_deref());
        Sink { receiver: receiver.clone(), guard, patience, client }
    }

    /// The receiver.
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Tells it, once.
    ///
    /// # Errors
    /// It was not told: why, and what to do.
    pub fn send(&self, message: &Message) -> Result<Answer, Failure> {
        match self.receiver.kinds().first() {
            Some(Kind::Slack(it)) => {
                self.post_to_secret(&reveal(&it.url, "the address of Slack")?, slack::body(message))
            }
            Some(Kind::Teams(it)) => {
                self.post_to_secret(&reveal(&it.url, "the address of Teams")?, teams::body(message))
            }
            Some(Kind::Alertmanager(it)) => {
                let token =
                    it.bearer_token.as_ref().map(|token| reveal(token, "the token of Alertmanager")).transpose()?;
                let token = token.as_ref().map(super::secret::Revealed::as_str);
                self.alertmanager(&it.url, token, message)
            }
            Some(Kind::Webhook(it)) => self.webhook(it, message),
            Some(Kind::Email(it)) => self.email(it, message),
            Some(Kind::Fluentd(it)) => self.fluentd(it, message),
            None => {
                Err(Failure::lasting("the receiver cannot be reached", "give it one of the ways of docs/alerts.md"))
            }
        }
    }

    fn post_to_secret(&self, url: &super::secret::Revealed, body: serde_json::Value) -> Result<Answer, Failure> {
        let url = url.as_str();
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(Failure::lasting("what is secret here is no address", "put the webhook's whole address there"));
        }
        // Its path is what lets one in.
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let body = body.to_string().into_bytes();
        self.client.post(Request { url, content: JSON, headers: &[], body, secrets: &[url, path] })
    }

    fn alertmanager(&self, url: &str, token: Option<&str>, message: &Message) -> Result<Answer, Failure> {
        let url = format!("{}/api/v2/alerts", url.trim_end_matches('/'));
        let headers: Vec<(&str, String)> = token.iter().map(|it| ("authorization", format!("Bearer {it}"))).collect();
        let all = alertmanager::body(message);
        let mut answer = Answer::new("nothing to tell");
        for portion in all.as_array().map(Vec::as_slice).unwrap_or_default().chunks(PORTION) {
            let body = serde_json::Value::from(portion).to_string().into_bytes();
            let secrets: Vec<&str> = token.into_iter().collect();
            answer =
                self.client.post(Request { url: &url, content: JSON, headers: &headers, body, secrets: &secrets })?;
        }
        Ok(answer)
    }

    fn webhook(&self, webhook: &Webhook, message: &Message) -> Result<Answer, Failure> {
        let secret = reveal(&webhook.secret, "the secret of the webhook")?;
        let help = "put a longer one there: openssl rand -base64 32";
        let signer = Signer::new(secret.as_str()).map_err(|weak| Failure::lasting(weak.to_string(), help))?;
        let body = cloud_event::body(message).to_string().into_bytes();
        // When it is sent, not when it was made: who checks refuses what is old.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
        let headers = [
            ("webhook-id", message.id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signer.header(&message.id, seconds, &body)),
        ];
        let (url, content) = (webhook.url.as_str(), cloud_event::CONTENT);
        self.client.post(Request { url, content, headers: &headers, body, secrets: &[secret.as_str()] })
    }

    fn email(&self, email: &Email, message: &Message) -> Result<Answer, Failure> {
        let wrong = || Failure::lasting("an address of mail cannot be read", "write it like privacy@example.org");
        let from = Mailbox::read(&email.from).ok_or_else(wrong)?;
        let to: Option<Vec<Mailbox>> = email.to.iter().map(|to| Mailbox::read(to)).collect();
        let mail = mail::mail(message, &from, &to.ok_or_else(wrong)?);
        smtp::send(email, &mail, &self.guard, &self.patience, self.receiver.ca_file.as_deref())
    }

    fn fluentd(&self, asked: &Fluentd, message: &Message) -> Result<Answer, Failure> {
        let mut failure = None;
        for address in resolve(&self.guard, &asked.host, asked.port, false, self.patience.connect)? {
            match Forward::new(address, &asked.tag).once(&message.id, &fluentd::records(message)) {
                Ok(()) => return Ok(Answer::new("acknowledged")),
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    let cause = format!("{} does not acknowledge what it is sent", asked.host);
                    failure = Some(Failure::passing(cause, "look whether it listens for the forward protocol there"));
                }
                Err(error) => failure = Some(io(&asked.host, &error)),
            }
        }
        Err(failure.unwrap_or_else(|| Failure::passing(format!("{} cannot be reached", asked.host), "check its name")))
    }
}
