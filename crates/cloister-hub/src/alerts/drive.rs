//! The loop around alerts: the only part that waits, and knows what time it is.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use cloister_alert::Message;
use cloister_alert::send::{Courier, Outcome, Patience};
use cloister_evidence::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Alerts;
use crate::Hub;
use crate::replicas::JUDGE;

/// So often it is looked whether something is due, and whether the file changed.
const LOOK: Duration = Duration::from_millis(200);
/// So often the evidence log is checked.
const CHECK: Duration = Duration::from_secs(6 * 3600);

impl Hub {
    /// Tells people, from threads of their own, until the hub is gone.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start_alerts(self: &Arc<Hub>) -> std::io::Result<()> {
        let Some(alerts) = &self.alerts else { return Ok(()) };
        let mut driver = Driver::new(alerts)?;
        let hub = Arc::downgrade(self);
        std::thread::Builder::new().name("alerts".to_owned()).spawn(move || driver.run(&hub))?;
        let hub = Arc::downgrade(self);
        std::thread::Builder::new().name("evidence check".to_owned()).spawn(move || check(&hub))?;
        Ok(())
    }
}

/// Checks the evidence log, now and then.
fn check(hub: &Weak<Hub>) {
    let mut last: Option<Instant> = None;
    while let Some(hub) = hub.upgrade() {
        if last.is_none_or(|last| last.elapsed() >= CHECK)
            && let (Some(alerts), Some(log)) = (&hub.alerts, &hub.config.log)
        {
            let outcome = log.verify(true);
            let fault = outcome.faults.first().map(|fault| format!("{}: {}", fault.place, fault.what));
            alerts.evidence(&*hub.store, (hub.log_name(), fault.as_deref()), Timestamp::now());
            last = Some(Instant::now());
        }
        drop(hub);
        std::thread::sleep(Duration::from_secs(1));
    }
}

struct Driver {
    courier: Courier,
    outcomes: Receiver<Outcome>,
    /// Of couriers of former configurations, which end when they are done.
    former: Vec<Receiver<Outcome>>,
    /// What is on its way, to be recorded when it was taken.
    sent: BTreeMap<String, Message>,
    /// Since when it sends: the number of the duty, 0 where the hub is alone.
    term: u64,
}

impl Driver {
    fn new(alerts: &Alerts) -> std::io::Result<Driver> {
        let (courier, outcomes) = Courier::start(&alerts.config(), Patience::default())?;
        Ok(Driver { courier, outcomes, former: Vec::new(), sent: BTreeMap::new(), term: 0 })
    }

    fn run(&mut self, hub: &Weak<Hub>) {
        while let Some(hub) = hub.upgrade() {
            let Some(alerts) = &hub.alerts else { return };
            self.reload(&hub, alerts);
            for message in self.due(&hub, alerts, Timestamp::now()) {
                self.sent.insert(message.id.clone(), message.clone());
                self.courier.send(message);
            }
            match self.outcomes.recv_timeout(LOOK) {
                Ok(outcome) => self.heard(&hub, alerts, &outcome),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK),
            }
            self.hear_former(&hub, alerts);
        }
    }

    /// What is to be sent: of several hubs by one alone, which goes on where the one before it was.
    fn due(&mut self, hub: &Hub, alerts: &Alerts, now: Timestamp) -> Vec<Message> {
        let Some(term) = hub.duties.term(JUDGE) else { return Vec::new() };
        if self.term != term {
            // Where the book cannot be read it is tried again.
            let Ok(()) = alerts.take_over(&*hub.store, now) else { return Vec::new() };
            self.term = term;
        }
        alerts.step(&*hub.store, now)
    }

    /// Other receivers, with another courier; the former one ends when it has sent what it has.
    fn reload(&mut self, hub: &Hub, alerts: &Alerts) {
        if !alerts.look(&*hub.store, Timestamp::now()) {
            return;
        }
        let _ = hub.record(Kind::Configuration, &json!({"alerts": "the configuration of alerts was read again"}));
        if let Ok((courier, outcomes)) = Courier::start(&alerts.config(), Patience::default()) {
            let former = std::mem::replace(&mut self.courier, courier);
            self.former.push(std::mem::replace(&mut self.outcomes, outcomes));
            // It waits for slow receivers; nobody waits for it.
            let _ = std::thread::Builder::new().name("alerts".to_owned()).spawn(move || former.end());
        }
    }

    fn hear_former(&mut self, hub: &Hub, alerts: &Alerts) {
        let former = std::mem::take(&mut self.former);
        for outcomes in former {
            let ended = loop {
                match outcomes.try_recv() {
                    Ok(outcome) => self.heard(hub, alerts, &outcome),
                    Err(why) => break why == TryRecvError::Disconnected,
                }
            };
            if !ended {
                self.former.push(outcomes);
            }
        }
    }

    fn heard(&mut self, hub: &Hub, alerts: &Alerts, outcome: &Outcome) {
        let message = self.sent.remove(&outcome.message);
        if let (Ok(answer), Some(message)) = (&outcome.result, &message) {
            // That somebody was told is on record; if it cannot be, they were told all the same.
            let _ = hub.record(Kind::Alert, &told(message, &answer.said));
        }
        alerts.outcome(&*hub.store, outcome, Timestamp::now());
        alerts.tell(hub);
    }
}

/// Who was told of what.
fn told(message: &Message, answer: &str) -> Value {
    let alerts: Vec<Value> = message
        .all()
        .map(|said| {
            let over = said.resolved_at.is_some();
            let alert = &said.alert;
            json!({"alert": alert.fingerprint, "name": alert.name, "title": alert.title, "severity": alert.severity,
                "source": alert.source, "occurrence": said.occurrence, "status": if over { "resolved" } else { "firing" }})
        })
        .collect();
    json!({"message": message.id, "receiver": message.receiver, "at": message.at, "repeated": message.repeated,
        "answer": answer, "alerts": alerts})
}
