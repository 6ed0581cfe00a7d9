//! What people do about alerts: each is in the evidence log before it is in force.

use cloister_alert::send::{Report, test};
use cloister_alert::state::{Acknowledged, Refused as No, Silence, Unsound};
use cloister_evidence::Kind;
use jiff::Timestamp;
use serde_json::json;

use super::Alerts;
use crate::Hub;
use crate::hub::Refused;
use crate::live::Event;
use crate::who::{Who, secret};

/// Why something about alerts is not done.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// The alert is none that can be acknowledged.
    #[error(transparent)]
    Alert(#[from] No),
    /// The silence lacks something.
    #[error(transparent)]
    Silence(#[from] Unsound),
    /// There is no such silence.
    #[error("there is no such silence: perhaps it is over already")]
    NoSilence,
    /// There is no such receiver.
    #[error("there is no such receiver in the configuration")]
    NoReceiver,
    /// It could not be recorded.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Alerts {
    /// Somebody has seen an alert.
    pub fn acknowledge(
        &self,
        hub: &Hub,
        alert: &str,
        (who, note): (&Who, String),
        now: Timestamp,
    ) -> Result<(), Undone> {
        let by = Acknowledged { by: who.name.clone(), at: now, note };
        let title = {
            let mut tried = self.inner().book.state.clone();
            tried.acknowledge(alert, by.clone())?;
            tried.known(alert).map(|known| (known.alert.title.clone(), known.occurrence))
        };
        hub.record(Kind::Acknowledgement, &json!({"alert": alert, "said": title, "acknowledged": by}))?;
        self.change(&*hub.store, now, |book, _| book.state.acknowledge(alert, by.clone()))?;
        self.tell(hub);
        Ok(())
    }

    /// Somebody wants to hear nothing of some alerts for a while: the name of the silence.
    pub fn silence(&self, hub: &Hub, silence: &Silence, now: Timestamp) -> Result<String, Undone> {
        silence.check(now)?;
        let id = new_id()?;
        hub.record(Kind::Acknowledgement, &json!({"silence": id, "begun": silence}))?;
        self.change(&*hub.store, now, |book, _| book.state.silence(&id, silence.clone(), now))?;
        self.tell(hub);
        Ok(id)
    }

    /// Ends a silence before its time.
    pub fn unsilence(&self, hub: &Hub, id: &str, (who, reason): (&Who, &str), now: Timestamp) -> Result<(), Undone> {
        if self.inner().book.state.silences().all(|(known, silence)| known != id || silence.ends_at <= now) {
            return Err(Undone::NoSilence);
        }
        let ended = json!({"silence": id, "ended": {"by": who.name, "at": now, "reason": reason}});
        hub.record(Kind::Acknowledgement, &ended)?;
        self.change(&*hub.store, now, |book, _| book.state.unsilence(id));
        self.tell(hub);
        Ok(())
    }

    /// Sends a test to a receiver. What it answers is evidence that alerts arrive, or that they do not.
    pub fn test(&self, hub: &Hub, receiver: &str, who: &Who, now: Timestamp) -> Result<Report, Undone> {
        let config = self.config();
        let known = config.receiver(receiver).ok_or(Undone::NoReceiver)?;
        let report = test(&config, &[known], &format!("test-{}", new_id()?), Some(&who.name), now);
        hub.record(Kind::Alert, &json!({"test": report}))?;
        Ok(report)
    }

    /// Open pages hear that something changed.
    pub fn tell(&self, hub: &Hub) {
        let firing = self.inner().book.state.all().filter(|known| known.is_firing()).count();
        hub.live.tell(&Event::Alerts { firing });
    }
}

fn new_id() -> Result<String, Refused> {
    let id = secret::new().map_err(|error| Refused::Record(error.to_string()))?;
    Ok(id.chars().filter(char::is_ascii_alphanumeric).take(12).collect::<String>().to_lowercase())
}
