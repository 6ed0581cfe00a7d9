//! Policies of data-loss prevention: what a sensor looks for on the wire, and what it does about it.

use jiff::civil::Date;

use super::WorkloadSelector;
use super::selector::Expression;
use crate::category::DataCategory;
use crate::macros::{document, object, vocabulary};
use crate::period::Period;
use crate::view::{Country, Labels};

document! { 'a;
    /// What is watched for on the wire, and what is done about it. Where nothing is said of a thing, everything counts.
    DlpPolicy {
        /// What it is for, in a sentence.
        description "description": &'a str,
        /// The workloads whose traffic it judges; all, where both selectors are absent.
        selector "selector": WorkloadSelector<'a>,
        /// The namespaces, by their labels; joined with the selector by "and".
        namespace_selector "namespaceSelector": NamespaceSelector<'a>,
        /// Which way the data goes, seen from the selected workloads; both, where absent.
        directions "directions": Vec<Direction>,
        /// Protocols that it looks into; all, where absent.
        protocols "protocols": Vec<WireProtocol>,
        /// Only encrypted traffic (seen inside a mesh's proxy), or only plaintext; both, where absent.
        encrypted "encrypted": bool,
        /// Which data matters, and from when on; every category from `likely` on, where absent.
        categories "categories": Vec<CategoryThreshold<'a>>,
        /// Which findings are made; all, where absent.
        findings "findings": Vec<Leak>,
        /// Names of the ProcessingActivities to whose workloads the data may go, Art. 5(1)(b); where absent, the
        /// register alone decides. `[]` says that it may go to none.
        allowed_purposes "allowedPurposes": Vec<&'a str>,
        /// Recipients outside the cluster, Art. 30(1)(d): names of Processors, or host names (`*.` stands for any
        /// depth); where absent, the register alone decides. `[]` says that there are none.
        allowed_recipients "allowedRecipients": Vec<&'a str>,
        /// Countries outside the EEA that it may go to, Art. 44; where absent, the register alone decides. `[]` says
        /// that there are none.
        allowed_third_countries "allowedThirdCountries": Vec<Country<'a>>,
        /// From how many records on a read is one in bulk; never, where absent.
        bulk "bulk": BulkBaseline<'a>,
        /// What is let through nevertheless.
        exceptions "exceptions": Vec<DlpException<'a>>,
        /// What is done; `alert`, where absent.
        action "action": DlpAction,
    }
}

object! { 'a;
    /// Selects namespaces by their labels; empty selects none.
    NamespaceSelector {
        /// Labels that the namespace must have.
        match_labels "matchLabels": Labels<'a>,
        /// Conditions on its labels.
        match_expressions "matchExpressions": Vec<Expression<'a>>,
    }
}

object! { 'a;
    /// A category of data, and from when on it matters.
    CategoryThreshold {
        /// Which data; `contact-details` and `financial` cover what they consist of.
        category "category": DataCategory,
        /// How sure the detector must be; `likely`, where absent.
        confidence "confidence": Certainty,
        /// How many values one message must hold; 1, where absent.
        count "count": u64,
    }
}

object! { 'a;
    /// From when on a read is one in bulk.
    BulkBaseline {
        /// Records with personal data that one workload may be handed.
        records "records": u64,
        /// In how long; `PT1M`, where absent.
        within "within": Period,
    }
}

object! { 'a;
    /// Something that is let through. Its parts are joined by "and"; one without a part lets nothing through.
    DlpException {
        /// Why.
        reason "reason": &'a str,
        /// Only this data.
        category "category": DataCategory,
        /// Only what goes to these workloads.
        to "to": WorkloadSelector<'a>,
        /// Only what goes to this host; `*.` stands for any depth.
        host "host": &'a str,
        /// Only paths, tables or topics that begin so.
        target "target": &'a str,
        /// Only the field, parameter, column or header of this name.
        field "field": &'a str,
        /// The last day on which it holds.
        expires "expires": Date,
    }
}

vocabulary! {
    /// Which way data goes, seen from a workload: a store that answers a query sends.
    Direction {
        Egress = "egress": "the workload sends it",
        Ingress = "ingress": "the workload receives it",
    }
}

vocabulary! {
    /// How sure a detector must be.
    Certainty {
        Possible = "possible": "it could be: its form alone says so",
        Likely = "likely": "form and context agree",
        Certain = "certain": "form, checksum and context leave no reasonable doubt",
    }
}

vocabulary! {
    /// Protocols that are read.
    WireProtocol {
        Http = "http": "HTTP/1.0, 1.1 and 2",
        Grpc = "grpc": "gRPC, in HTTP/2",
        WebSocket = "websocket": "WebSocket (RFC 6455)",
        Postgres = "postgresql": "PostgreSQL",
        Mysql = "mysql": "MySQL and MariaDB",
        Redis = "redis": "Redis, RESP2 and RESP3",
        MongoDb = "mongodb": "MongoDB",
        Kafka = "kafka": "Kafka",
        Amqp = "amqp": "AMQP 0-9-1",
        Smtp = "smtp": "SMTP (RFC 5321)",
        Dns = "dns": "DNS (RFC 1035)",
        Other = "other": "anything else, searched as text",
    }
}

vocabulary! {
    /// What can be found on the wire.
    Leak {
        InTheClear = "personal-data-in-the-clear": "Art. 5(1)(f), 32(1)(a): it can be read on the way",
        CredentialsInTheClear = "credentials-in-the-clear": "Art. 32(1)(b): what opens a door can be read on the way",
        PurposeCrossed = "purpose-crossed": "Art. 5(1)(b): it goes to a workload of another purpose",
        WithoutPurpose = "workload-without-purpose": "Art. 5(1)(a), (b): it goes to a workload that no activity selects",
        UndeclaredRecipient = "undeclared-recipient": "Art. 30(1)(d): it goes to a recipient outside that nobody declared",
        UndeclaredThirdCountry = "undeclared-third-country": "Art. 30(1)(e), 44: it goes to a third country that nobody declared",
        InUrl = "personal-data-in-url": "Art. 5(1)(c), 25(1): addresses end up in logs, histories and other servers",
        InLogs = "personal-data-in-logs": "Art. 5(1)(c), (e): logs are kept, copied and read by others",
        UndeclaredCategory = "undeclared-category": "Art. 30(1)(c): data that neither the store nor the activity declares",
        BulkRead = "bulk-read": "Art. 32(1)(b), 33: more records than usual are handed out",
    }
}

vocabulary! {
    /// What is done about a finding.
    DlpAction {
        Record = "record": "it is written down",
        Alert = "alert": "it is written down, and told as an alert",
        Redact = "redact": "inline, values are replaced by their masked form; elsewhere, as alert",
        Block = "block": "inline, the message is stopped; elsewhere, as alert",
    }
}
