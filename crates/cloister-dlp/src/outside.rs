//! Organisations outside that the register knows.

use cloister_register::hosts::covers;
use cloister_register::{Field, Processor, Register};

/// What the register says of a host outside.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// The name of the Processor or of the store.
    pub name: String,
    /// Host names, as the register writes them.
    pub hosts: Vec<String>,
    /// Where it processes, ISO 3166-1.
    pub country: Option<String>,
    /// Something allows the transfer to its country.
    pub safeguarded: bool,
    /// A store of our own outside of the cluster, by its number.
    pub store: Option<u32>,
}

impl Organisation {
    /// Whether this is its host.
    pub fn has(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| covers(pattern, host))
    }
}

/// Every Processor with hosts, and every external store.
pub(crate) fn organisations(register: &Register<'_>) -> Vec<Organisation> {
    let processors = register.processors().iter().map(of_processor);
    let stores = register.stores().iter().enumerate().filter_map(|(number, store)| {
        let external = store.external().value()?;
        let run_by = external.processor().value().and_then(|name| register.processor(name));
        Some(Organisation {
            name: store.name().to_owned(),
            hosts: owned(&external.hosts()),
            country: external.country().value().map(|country| country.code().to_owned()),
            safeguarded: run_by.is_some_and(is_safeguarded),
            store: u32::try_from(number).ok(),
        })
    });
    processors.chain(stores).collect()
}

fn of_processor(processor: &Processor<'_>) -> Organisation {
    Organisation {
        name: processor.name().to_owned(),
        hosts: owned(&processor.hosts()),
        country: processor.country().value().map(|country| country.code().to_owned()),
        safeguarded: is_safeguarded(processor),
        store: None,
    }
}

fn is_safeguarded(processor: &Processor<'_>) -> bool {
    processor.transfer().value().is_some_and(|transfer| transfer.safeguard().is_stated())
}

/// The texts of a list.
pub(crate) fn owned<'a>(field: &Field<'a, Vec<&'a str>>) -> Vec<String> {
    field.items().into_iter().map(str::to_owned).collect()
}
