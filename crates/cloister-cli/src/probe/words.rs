//! What was found at endpoints, for people.

use cloister_certificate::Certificate;
use cloister_model::Severity;
use cloister_probe::tls::suites;
use cloister_probe::{Access, Demand, Finding, Order, Report, Tls, Version, Voice};
use cloister_report::clean;

use crate::columns::described;
use crate::terminal::Terminal;

/// Where texts begin.
const COLUMN: usize = 14;

/// All of them.
pub fn text(reports: &[Report], terminal: &Terminal) -> String {
    reports.iter().map(|report| one(report, terminal)).collect::<Vec<_>>().join("\n")
}

fn one(report: &Report, terminal: &Terminal) -> String {
    let told = Told { width: terminal.width(), colour: terminal.colour() };
    let address = report.address.as_deref().filter(|address| *address != report.endpoint);
    let mut text = told.strong(&report.endpoint);
    text += &address.map(|address| format!(" ({address})")).unwrap_or_default();
    if let Some(why) = &report.unreached {
        return format!("{text}\n{}", told.row("", &format!("not reached: {}", clean(why))));
    }
    let version = report.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    text += &format!(" · {}{version}\n", report.kind.as_str());
    match &report.tls {
        Some(tls) => text += &told.tls(tls),
        None => text += &told.row("TLS", "not spoken"),
    }
    text += &told.row("plain HTTP", plain(report));
    text += &told.anonymous(report);
    text += &told.findings(&report.findings);
    let cut = report.cut_short.as_deref().map(|why| format!("; not everything was asked: {why}")).unwrap_or_default();
    let word = if report.connections == 1 { "connection" } else { "connections" };
    text + &told.row("", &format!("{} {word}{cut}", report.connections))
}

fn plain(report: &Report) -> &'static str {
    match (report.plain.answers, report.plain.redirects) {
        (true, true) => "only sends on to https",
        (true, false) => "answers",
        (false, _) => "does not answer",
    }
}

struct Told {
    width: usize,
    colour: bool,
}

impl Told {
    fn row(&self, lead: &str, text: &str) -> String {
        described(&format!("  {lead}"), COLUMN, text, Some(self.width))
    }

    fn strong(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn tls(&self, tls: &Tls) -> String {
        let mut text: String = tls.versions.iter().map(|version| self.version(version)).collect();
        for chain in &tls.chains {
            for (depth, own) in chain.certificates.iter().enumerate() {
                let lead = if depth == 0 { "certificate" } else { "" };
                text += &self.row(lead, &certificate(own));
            }
            chain.problems.iter().for_each(|problem| text += &self.row("", &clean(problem)));
        }
        let demand = match tls.client_certificate {
            Demand::NotAsked => "not asked for",
            Demand::Asked => "asked for, and not required",
            Demand::Required => "required",
        };
        text += &self.row("clients'", &format!("certificate {demand}"));
        if let Some(protocol) = &tls.protocol {
            text += &self.row("ALPN", &clean(protocol));
        }
        if let Some(why) = &tls.unfinished {
            text += &self.row("", &format!("no handshake came to its end: {}", clean(why)));
        }
        text
    }

    fn version(&self, version: &Version) -> String {
        let name = version.protocol.as_str();
        let why = version.why.as_deref().map(|why| format!(" ({})", clean(why))).unwrap_or_default();
        match version.accepted {
            Voice::No => return self.row(name, &format!("refused{why}")),
            Voice::Unknown => return self.row(name, &format!("not known{why}")),
            Voice::Yes => {}
        }
        let order = match version.order {
            Some(Order::Server) => ", in the server's order",
            Some(Order::Client) => ", in the client's order",
            None => "",
        };
        let plural = if version.suites.len() == 1 { "suite" } else { "suites" };
        let mut text = self.row(name, &format!("accepted: {} {plural}{order}{why}", version.suites.len()));
        for suite in &version.suites {
            let fault = suites::fault(suite).map(|(_, why)| format!(" ({why})")).unwrap_or_default();
            text += &self.row("", &format!("  {suite}{fault}"));
        }
        if !version.groups.is_empty() {
            text += &self.row("", &format!("groups: {}", version.groups.join(", ")));
        }
        if let Some(bits) = version.prime_bits {
            text += &self.row("", &format!("Diffie-Hellman with a prime of {bits} bits"));
        }
        text
    }

    /// Paths by what was answered.
    fn anonymous(&self, report: &Report) -> String {
        let mut text = String::new();
        for (access, word) in [
            (Access::Answered, "answered"),
            (Access::Forbidden, "no right"),
            (Access::Unauthenticated, "who are you?"),
            (Access::Other, "otherwise"),
            (Access::Failed, "no answer"),
        ] {
            let paths: Vec<&str> = report
                .anonymous
                .iter()
                .filter(|answer| answer.access == access)
                .map(|answer| answer.path.split('?').next().unwrap_or_default())
                .collect();
            if !paths.is_empty() {
                let lead = if text.is_empty() { "anonymous" } else { "" };
                text += &self.row(lead, &format!("{word}: {}", paths.join(" ")));
            }
        }
        text
    }

    fn findings(&self, findings: &[Finding]) -> String {
        let mut text = String::new();
        for finding in findings {
            let severity = finding.severity.as_str();
            let painted = match (self.colour, finding.severity) {
                (true, Severity::Critical | Severity::High) => format!("\x1b[31m{severity:<8}\x1b[0m"),
                (true, Severity::Medium) => format!("\x1b[33m{severity:<8}\x1b[0m"),
                _ => format!("{severity:<8}"),
            };
            let body = described("", COLUMN, &clean(&finding.text), Some(self.width));
            text += &format!("  {painted}    {}", body.trim_start());
            text += &self.row("", &format!("→ {} [{}]", finding.fix, finding.name));
        }
        if text.is_empty() { self.row("findings", "none") } else { text }
    }
}

fn certificate(own: &Certificate) -> String {
    let names: Vec<String> = own.names.iter().map(|name| clean(&name.to_string()).into_owned()).collect();
    let names = if names.is_empty() { String::new() } else { format!(" for {}", names.join(", ")) };
    let day = |at: jiff::Timestamp| at.to_string().chars().take(10).collect::<String>();
    let by = if own.self_signed { "itself".to_owned() } else { clean(&own.issuer).into_owned() };
    format!(
        "{}{names}; {}, {}; {} to {}; by {by}",
        clean(&own.subject),
        own.key,
        own.signature,
        day(own.not_before),
        day(own.not_after)
    )
}
