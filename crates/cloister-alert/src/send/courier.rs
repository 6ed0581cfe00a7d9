//! A thread for each receiver, with a bounded queue: who is slow holds up no other, and what finds no room is given back, to
//! be given out again by the state.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::thread::JoinHandle;

use super::failure::{Answer, Failure};
use super::patience::{Patience, chance, wait};
use super::sink::Sink;
use crate::config::Config;
use crate::state::Message;

/// Messages that wait for a receiver.
const WAITING: usize = 16;

/// What became of a message.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its id.
    pub message: String,
    /// The receiver.
    pub receiver: String,
    /// Its answer, or why there is none.
    pub result: Result<Answer, Failure>,
    /// How often it was tried.
    pub tries: u32,
}

/// Sends messages, each to its receiver.
pub struct Courier {
    queues: BTreeMap<String, SyncSender<Message>>,
    threads: Vec<JoinHandle<()>>,
    told: Sender<Outcome>,
}

impl Courier {
    /// Starts a thread for each receiver. What became of messages comes out of the other end.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(config: &Config, patience: Patience) -> std::io::Result<(Courier, Receiver<Outcome>)> {
        let (told, outcomes) = channel();
        let mut courier = Courier { queues: BTreeMap::new(), threads: Vec::new(), told };
        for receiver in &config.receivers {
            let sink = Sink::new(receiver, config, patience);
            let (sender, queue) = sync_channel(WAITING);
            let told = courier.told.clone();
            let name = "alerts".to_owned();
            let work =
                move || queue.into_iter().for_each(|message| drop(told.send(deliver(&sink, &message, &patience))));
            courier.threads.push(std::thread::Builder::new().name(name).spawn(work)?);
            courier.queues.insert(receiver.name.clone(), sender);
        }
        Ok((courier, outcomes))
    }

    /// Takes a message. It never waits: where there is no room, that is the outcome.
    pub fn send(&self, message: Message) {
        let (id, receiver) = (message.id.clone(), message.receiver.clone());
        let put = |queue: &SyncSender<Message>| {
            queue.try_send(message).map_err(|refused| matches!(refused, TrySendError::Full(_)))
        };
        let refused = match self.queues.get(&receiver).map(put) {
            Some(Ok(())) => return,
            Some(Err(true)) => {
                Failure::passing(format!("{WAITING} messages wait for \"{receiver}\" already"), "look why it is slow")
            }
            Some(Err(false)) => Failure::passing(format!("what tells \"{receiver}\" has ended"), "start Cloister anew"),
            None => Failure::lasting(format!("there is no receiver \"{receiver}\""), "look at the configuration"),
        };
        let _ = self.told.send(Outcome { message: id, receiver, result: Err(refused), tries: 0 });
    }

    /// Sends what waits, and ends.
    pub fn end(self) {
        drop(self.queues);
        self.threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

/// Tries until it is taken, or trying is of no use.
fn deliver(sink: &Sink, message: &Message, patience: &Patience) -> Outcome {
    let mut tries = 0;
    let result = loop {
        tries += 1;
        match sink.send(message) {
            Err(failure) if failure.transient && tries < patience.tries => {
                std::thread::sleep(wait(patience, tries, failure.after, chance()));
            }
            result => break result,
        }
    };
    Outcome { message: message.id.clone(), receiver: message.receiver.clone(), result, tries }
}
