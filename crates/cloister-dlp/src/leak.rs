//! What each finding means: how bad, against which paragraphs, and what helps.

use cloister_model::Severity;
use cloister_register::documents::Leak;

/// The paragraphs of the GDPR that it speaks to: ids of the framework `gdpr`.
pub fn articles(leak: Leak) -> &'static [&'static str] {
    match leak {
        Leak::InTheClear => &["5(1)(f)", "32(1)(a)"],
        Leak::CredentialsInTheClear => &["5(1)(f)", "32(1)(b)"],
        Leak::PurposeCrossed => &["5(1)(b)", "32(1)(b)"],
        Leak::WithoutPurpose => &["5(1)(a)", "5(1)(b)", "30(1)"],
        Leak::UndeclaredRecipient => &["28(1)", "30(1)(d)"],
        Leak::UndeclaredThirdCountry => &["30(1)(e)", "44"],
        Leak::InUrl => &["5(1)(c)", "5(1)(f)", "25(1)"],
        Leak::InLogs => &["5(1)(c)", "5(1)(e)"],
        Leak::UndeclaredCategory => &["5(1)(c)", "30(1)(c)"],
        Leak::BulkRead => &["32(1)(b)", "33(1)"],
        Leak::Unsearched => &["32(1)(b)", "32(1)(d)"],
    }
}

/// How bad it is: more where it leaves the cluster, and where the data is of a special category, or a credential.
pub fn severity(leak: Leak, outside: bool, special: bool) -> Severity {
    let base = match leak {
        Leak::InTheClear | Leak::InUrl | Leak::InLogs | Leak::UndeclaredCategory | Leak::Unsearched => Severity::Medium,
        Leak::WithoutPurpose | Leak::CredentialsInTheClear | Leak::PurposeCrossed | Leak::BulkRead => Severity::High,
        Leak::UndeclaredRecipient | Leak::UndeclaredThirdCountry => Severity::High,
    };
    let worse = usize::from(outside && matches!(leak, Leak::InTheClear | Leak::CredentialsInTheClear | Leak::BulkRead))
        + usize::from(special);
    let order = [Severity::Medium, Severity::High, Severity::Critical];
    let at = order.iter().position(|one| *one == base).unwrap_or(0);
    order.get(at + worse).copied().unwrap_or(Severity::Critical)
}

/// What happened, to stand behind "health data of clinic/api".
pub(crate) fn verb(leak: Leak) -> &'static str {
    match leak {
        Leak::InTheClear | Leak::CredentialsInTheClear => "can be read on its way",
        Leak::PurposeCrossed => "goes to another purpose",
        Leak::WithoutPurpose => "goes where no activity has a purpose for it",
        Leak::UndeclaredRecipient => "goes to a recipient that is not declared",
        Leak::UndeclaredThirdCountry => "goes to a third country that is not declared",
        Leak::InUrl => "stands in an address",
        Leak::InLogs => "is written into a log",
        Leak::UndeclaredCategory => "is not declared there",
        Leak::BulkRead => "is handed out in bulk",
        Leak::Unsearched => "cannot be searched",
    }
}

/// What helps.
pub(crate) fn help(leak: Leak) -> &'static str {
    match leak {
        Leak::InTheClear | Leak::CredentialsInTheClear => {
            "encrypt this connection: TLS of the server, or a mesh with mutual TLS (cloister harden mesh-mtls)"
        }
        Leak::PurposeCrossed => {
            "close this way (cloister network generate), or state in compatibleWith why the purposes agree (Art. 6(4))"
        }
        Leak::WithoutPurpose => "let a ProcessingActivity select this workload, or close the way to it",
        Leak::UndeclaredRecipient => "declare a Processor with this host and name it among the activity's recipients",
        Leak::UndeclaredThirdCountry => "state the transfer and its safeguard in the activity, or keep the data here",
        Leak::InUrl => "send it in the body of a POST: addresses stand in the logs of every server on the way",
        Leak::InLogs => "leave it out of the log, or write a pseudonym",
        Leak::UndeclaredCategory => "stop sending it, or declare the category where the data is kept and used",
        Leak::BulkRead => "ask for pages and for the columns that are needed, or raise the policy's baseline",
        Leak::Unsearched => {
            "send it in a coding that is read (gzip, deflate, br, zstd), except its target or host in the policy, or state unsearchable: allow"
        }
    }
}
