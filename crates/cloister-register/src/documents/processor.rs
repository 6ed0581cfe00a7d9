//! Organisations that receive personal data from ours.

use jiff::civil::Date;

use super::Contact;
use crate::macros::{document, object};
use crate::view::Country;
use crate::words::{ProcessorRole, Safeguard};

document! { 'a;
    /// A processor, joint controller or recipient.
    Processor {
        /// Its name.
        legal_name "legalName": &'a str,
        /// What it is to us; a processor where absent.
        role "role": ProcessorRole,
        /// What it does for us.
        service "service": &'a str,
        /// How it is reached.
        contact "contact": Contact<'a>,
        /// Where it processes.
        country "country": Country<'a>,
        /// Host names of its service; `*.` stands for any depth.
        hosts "hosts": Vec<&'a str>,
        /// Image registries, with prefix, from which its software comes.
        registries "registries": Vec<&'a str>,
        /// The agreement, Art. 28(3).
        agreement "agreement": Agreement<'a>,
        /// What allows the transfer, where the country is a third country.
        transfer "transfer": ProcessorTransfer<'a>,
        /// Processors that it engages, Art. 28(2) and (4); `[]` says that there are none.
        sub_processors "subProcessors": Vec<SubProcessor<'a>>,
        /// When a person last looked at this entry.
        reviewed "reviewed": Date,
    }
}

object! { 'a;
    /// A processing agreement.
    Agreement {
        /// Where it is found.
        reference "reference": &'a str,
        /// When it was signed.
        date "date": Date,
        /// The last day on which it holds.
        expires "expires": Date,
    }
}

object! { 'a;
    /// What allows transfers to a processor.
    ProcessorTransfer {
        /// Which safeguard.
        safeguard "safeguard": Safeguard,
        /// The document behind it.
        reference "reference": &'a str,
        /// Its date.
        date "date": Date,
    }
}

object! { 'a;
    /// A processor of a processor.
    SubProcessor {
        /// Its name.
        name "name": &'a str,
        /// Where it processes.
        country "country": Country<'a>,
        /// What it does.
        service "service": &'a str,
        /// The name of its own Processor entry, if there is one.
        processor "processor": &'a str,
    }
}
