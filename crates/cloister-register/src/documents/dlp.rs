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
        /// How values are recognised besides, and what is known: rules, allow-lists and detectors, as in a
        /// DetectionProfile.
        detection "detection": WireDetection<'a>,
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
        /// What is done with content that cannot be searched (unknown codings, media, archives, bodies that are not
        /// shown); where absent, `block` under `redact` and `block`, else `allow`.
        unsearchable "unsearchable": Unsearchable,
    }
}

object! { 'a;
    /// What a policy says of recognition, besides the thresholds of its categories.
    WireDetection {
        /// The name of a DetectionProfile in the same input; joined with what stands here. Its thresholds count where
        /// the policy names no categories.
        profile "profile": &'a str,
        /// Values and places that are known, and no finding of this policy.
        allow "allow": Vec<KnownValue<'a>>,
        /// What matters when it stands together in one record, whatever it is alone.
        rules "rules": Vec<DataTogether<'a>>,
        /// Detectors of one's own; only this policy sees what they find.
        detectors "detectors": Vec<OwnDetector<'a>>,
    }
}

object! { 'a;
    /// Values that are known: one of `hashes`, `patterns` or `domains` (any, where none of them is given), at one of
    /// `paths`, of one of the kinds of `of`.
    KnownValue {
        /// Why.
        reason "reason": &'a str,
        /// By keyed hash, `KEY:HEX`, as `cloister detect key hash` writes it.
        hashes "hashes": Vec<&'a str>,
        /// Regular expressions that match the whole value.
        patterns "patterns": Vec<&'a str>,
        /// Domains of e-mail addresses, with those below them.
        domains "domains": Vec<&'a str>,
        /// Places within bodies, as globs; indexes of lists are `*`: `/patients/*/id`.
        paths "paths": Vec<&'a str>,
        /// Only these categories or kinds.
        of "of": Vec<&'a str>,
    }
}

object! { 'a;
    /// Some of several kinds of data within one record: a row, an object of a list, a form; in texts, five lines.
    DataTogether {
        /// Its name, by which findings call it.
        name "name": &'a str,
        /// The same for people.
        title "title": &'a str,
        /// Categories or kinds, two or more.
        of "of": Vec<&'a str>,
        /// How many of them; all, where absent.
        at_least "atLeast": u64,
        /// How near to each other; in one record, where absent.
        within "within": Nearness<'a>,
        /// The category of the whole; that of its most sensitive part, where absent.
        category "category": DataCategory,
        /// How sure its parts must be; `likely`, where absent.
        from "from": Certainty,
    }
}

object! { 'a;
    /// How near values stand to each other.
    Nearness {
        /// No more lines between the first and the last.
        lines "lines": u64,
        /// No more bytes between their beginnings.
        bytes "bytes": u64,
    }
}

object! { 'a;
    /// A detector of one's own.
    OwnDetector {
        /// Its name, by which findings call it.
        name "name": &'a str,
        /// The same for people, with its article.
        title "title": &'a str,
        /// What kind of data.
        category "category": DataCategory,
        /// A regular expression; the group `value`, or the first one, is the value. No look-around, no back-references.
        pattern "pattern": &'a str,
        /// A check by its name: a kind of the catalogue, or an algorithm such as `luhn`.
        checksum "checksum": &'a str,
        /// Words before it on its line, or in the name of its field.
        context "context": Vec<&'a str>,
        /// Nothing without such a word.
        context_required "contextRequired": bool,
        /// Surer where one of these categories or kinds stands before it in its record.
        neighbours "neighbours": Vec<&'a str>,
        /// How sure without word and neighbour; `possible`, with a checksum `likely`, where absent.
        confidence "confidence": Certainty,
        /// What it must find, and what not: `cloister dlp try` holds it against them.
        examples "examples": DetectorExamples<'a>,
    }
}

object! { 'a;
    /// Texts that prove a detector.
    DetectorExamples {
        /// Each holds one.
        matches "matches": Vec<&'a str>,
        /// None holds one.
        no_matches "noMatches": Vec<&'a str>,
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
        /// What is usual is learnt, and then counts instead of `records`; it is not, where absent.
        learnt "learnt": LearntBaseline<'a>,
    }
}

object! { 'a;
    /// How what is usual is learnt: for each reader, store and category.
    LearntBaseline {
        /// For so long, and for thirty reads at least, `records` holds; `P14D`, where absent.
        warm_up "warmUp": Period,
        /// So many times what is usual are too many; 3, where absent.
        times "times": u64,
        /// Fewer records are never too many; 100, where absent.
        at_least "atLeast": u64,
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
        Never = "never": "alone no finding; rules see it all the same",
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
        Unsearched = "unsearched-content": "Art. 32(1)(b), (d): content that cannot be searched, where a policy may overwrite or block",
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

vocabulary! {
    /// What is done with content that cannot be searched.
    Unsearchable {
        Allow = "allow": "it passes, and is counted",
        Block = "block": "inline, it is stopped; elsewhere, as alert",
    }
}
