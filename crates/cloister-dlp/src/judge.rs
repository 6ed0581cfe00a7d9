//! Whether what was seen may be: pure questions about one message.

use cloister_detect::profile::Owners;
use cloister_detect::{Category, Confidence};
use cloister_register::DataCategory;
use cloister_register::countries::is_eea;
use cloister_register::documents::{Certainty, DlpAction, Leak, WireProtocol};
use cloister_register::hosts::covers;
use jiff::civil::Date;

use crate::aggregate::Tally;
use crate::directory::{Directory, Workload};
use crate::knowledge::Knowledge;
use crate::party::{Outside, Party};
use crate::policy::{Exception, Policy, Threshold};

/// A message on its way from one party to another.
#[derive(Clone, Copy, Debug)]
pub struct Passage<'a> {
    /// Who sent the data.
    pub sender: &'a Party,
    /// Who gets it.
    pub recipient: &'a Party,
    /// What they speak.
    pub protocol: WireProtocol,
    /// Whether it was encrypted on its way (and seen inside a proxy).
    pub encrypted: bool,
    /// The host that it was sent to, as the message says it; may be empty.
    pub host: &'a str,
    /// The path, table or topic, as the message says it; may be empty.
    pub target: &'a str,
}

/// Where in a message something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Where {
    /// In the path of a URL.
    Path,
    /// In a parameter of a URL.
    Query,
    /// In a field of the head.
    Header,
    /// In the content.
    Body,
    /// In a column of a row.
    Column,
    /// In a statement or its parameters.
    Statement,
    /// In a key or a named field.
    Field,
    /// Anywhere else.
    Text,
}

/// What was recognised in a message: a value, or a record in which a rule was met.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What kind of data.
    pub category: Category,
    /// How sure.
    pub confidence: Confidence,
    /// Where.
    pub place: Where,
    /// The name of the field, parameter, column or header, or the place in a body; may be empty.
    pub field: &'a str,
    /// For whom it counts.
    pub counts_for: Owners,
    /// A rule was met: thresholds do not matter.
    pub is_rule: bool,
    /// What else the message holds so far.
    pub all: &'a [Tally],
}

/// What a policy says of it.
#[derive(Clone, Debug)]
pub struct Decision<'k> {
    /// Which policy.
    pub policy: &'k Policy,
    /// What is wrong.
    pub leak: Leak,
    /// What is done.
    pub action: DlpAction,
}

impl Knowledge {
    /// What is wrong with this, in the order of [`Leak`]; of several policies, the one that does most speaks. Nothing,
    /// where no policy minds.
    pub fn decide(&self, passage: &Passage<'_>, seen: &Seen<'_>, today: Date) -> Vec<Decision<'_>> {
        let mut decisions: Vec<Decision<'_>> = Vec::new();
        let Some(category) = DataCategory::from_word(seen.category.as_str()) else { return decisions };
        for policy in self.policies.iter() {
            if self.verdict(policy, passage, seen, category, today) != Verdict::Counts {
                continue;
            }
            let facts = Facts { directory: &self.directory, passage, policy, category };
            for leak in facts.leaks(seen) {
                if !policy.findings.is_empty() && !policy.findings.contains(&leak) {
                    continue;
                }
                let decision = Decision { policy, leak, action: policy.action };
                match decisions.iter_mut().find(|known| known.leak == leak) {
                    Some(known) if known.action >= decision.action => {}
                    Some(known) => *known = decision,
                    None => decisions.push(decision),
                }
            }
        }
        decisions.sort_by_key(|decision| decision.leak);
        decisions
    }

    /// What is to be done about a message inline, with the policy and the finding that ask most; `None`: nothing.
    pub fn action(&self, passage: &Passage<'_>, seen: &Seen<'_>, today: Date) -> Option<Decision<'_>> {
        self.decide(passage, seen, today).into_iter().max_by_key(|decision| decision.action)
    }

    /// What may be done at most about a message that goes this way, whatever is in it.
    pub fn most(&self, passage: &Passage<'_>) -> Option<DlpAction> {
        let subject = self.policies.iter().filter(|policy| is_subject(policy, passage));
        subject.map(|policy| policy.action).max()
    }

    /// Whether a policy minds this at all, and if not, why.
    pub(crate) fn verdict(
        &self,
        policy: &Policy,
        passage: &Passage<'_>,
        seen: &Seen<'_>,
        category: DataCategory,
        today: Date,
    ) -> Verdict {
        if !looks_at(policy, passage) {
            return Verdict::Elsewhere;
        }
        if !seen.counts_for.has(policy.owner) {
            return Verdict::NotItsOwn;
        }
        match self.reaches(policy, seen, category) {
            Verdict::Counts => {}
            less => return less,
        }
        let excepts = |exception: &Exception| excepts(exception, passage, Some((seen.field, category)), today);
        match policy.exceptions.iter().position(excepts) {
            Some(number) => Verdict::Excepted(number),
            None => Verdict::Counts,
        }
    }

    fn reaches(&self, policy: &Policy, seen: &Seen<'_>, category: DataCategory) -> Verdict {
        if seen.is_rule {
            return Verdict::Counts;
        }
        if policy.thresholds.is_empty() {
            let profile = self.lens.profile(policy.owner);
            let sure = match profile {
                Some(profile) => profile.reports(seen.category, seen.confidence),
                None => seen.confidence >= Confidence::Likely,
            };
            return if sure { Verdict::Counts } else { Verdict::Unsure };
        }
        let mut verdict = Verdict::NotNamed;
        for threshold in policy.thresholds.iter().filter(|it| it.category.covers(category)) {
            if certainty(seen.confidence) < threshold.confidence {
                verdict = verdict.max(Verdict::Unsure);
            } else if threshold.count > 1 && so_many(policy, seen, threshold) < threshold.count {
                verdict = verdict.max(Verdict::TooFew);
            } else {
                return Verdict::Counts;
            }
        }
        verdict
    }

    /// What is done with content of this passage that cannot be searched, by the policy that does most.
    pub fn unsearchable(&self, passage: &Passage<'_>, today: Date) -> Option<&Policy> {
        let minds = |policy: &&Policy| {
            policy.refuses_unsearchable
                && looks_at(policy, passage)
                && (policy.findings.is_empty() || policy.findings.contains(&Leak::Unsearched))
                && !policy.exceptions.iter().any(|exception| excepts(exception, passage, None, today))
        };
        self.policies.iter().filter(minds).max_by_key(|policy| policy.action)
    }
}

/// Whether a policy minds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// It does not look at this message.
    Elsewhere,
    /// What recognised it is another policy's, or a list of its own lets it through.
    NotItsOwn,
    /// It names other categories.
    NotNamed,
    /// It asks for more confidence.
    Unsure,
    /// It asks for more values.
    TooFew,
    /// An exception lets it through, by its number.
    Excepted(usize),
    /// It does.
    Counts,
}

/// How many values of a threshold's category the message holds, for one policy and as sure as it asks.
fn so_many(policy: &Policy, seen: &Seen<'_>, threshold: &Threshold) -> u64 {
    let counts = |tally: &&Tally| {
        tally.category == seen.category
            && !tally.is_rule
            && certainty(tally.confidence) >= threshold.confidence
            && tally.counts_for.has(policy.owner)
    };
    seen.all.iter().filter(counts).map(|tally| tally.count).sum()
}

fn certainty(confidence: Confidence) -> Certainty {
    match confidence {
        Confidence::Possible => Certainty::Possible,
        Confidence::Likely => Certainty::Likely,
        Confidence::Certain => Certainty::Certain,
    }
}

/// Whether a policy looks at such messages.
fn looks_at(policy: &Policy, passage: &Passage<'_>) -> bool {
    is_subject(policy, passage)
        && (policy.protocols.is_empty() || policy.protocols.contains(&passage.protocol))
        && policy.encrypted.is_none_or(|encrypted| encrypted == passage.encrypted)
}

pub(crate) fn is_subject(policy: &Policy, passage: &Passage<'_>) -> bool {
    let is = |party: &Party| match (&policy.subjects, party.workload()) {
        (None, _) => true,
        (Some(subjects), Some(number)) => at(subjects, number),
        (Some(_), None) => false,
    };
    (policy.egress && is(passage.sender)) || (policy.ingress && is(passage.recipient))
}

fn at(list: &[bool], number: u32) -> bool {
    usize::try_from(number).ok().and_then(|number| list.get(number)).copied().unwrap_or(false)
}

/// `of`: the field and the category of a value; none of content that could not be searched, which only exceptions let
/// through that speak of neither.
fn excepts(exception: &Exception, passage: &Passage<'_>, of: Option<(&str, DataCategory)>, today: Date) -> bool {
    let to = |selected: &Vec<bool>| passage.recipient.workload().is_some_and(|number| at(selected, number));
    let called = match passage.recipient {
        Party::Outside(Outside { name: Some(name), .. }) => name,
        _ => passage.host,
    };
    let category = |it: DataCategory| of.is_some_and(|(_, category)| it.covers(category));
    let field = |name: &String| of.is_some_and(|(field, _)| is_field(name, field));
    exception.expires.is_none_or(|last| today <= last)
        && exception.category.is_none_or(category)
        && exception.to.as_ref().is_none_or(to)
        && exception.host.as_ref().is_none_or(|pattern| covers(pattern, called))
        && exception.target.as_ref().is_none_or(|start| passage.target.starts_with(start.as_str()))
        && exception.field.as_ref().is_none_or(field)
}

/// The whole place, or its last name.
fn is_field(name: &str, field: &str) -> bool {
    let last = field.rsplit('/').find(|step| *step != "*").unwrap_or(field);
    name.eq_ignore_ascii_case(field) || name.eq_ignore_ascii_case(last)
}

/// What the register, the directory and a policy say of one category in one message.
struct Facts<'a> {
    directory: &'a Directory,
    passage: &'a Passage<'a>,
    policy: &'a Policy,
    category: DataCategory,
}

impl Facts<'_> {
    fn leaks(&self, seen: &Seen<'_>) -> Vec<Leak> {
        let personal = seen.category.is_personal();
        let clear = if personal { Leak::InTheClear } else { Leak::CredentialsInTheClear };
        let in_url = matches!(seen.place, Where::Path | Where::Query);
        let known = [
            (!self.passage.encrypted, clear),
            (personal && self.crosses_purpose(), Leak::PurposeCrossed),
            (personal && self.lacks_purpose(), Leak::WithoutPurpose),
            (personal && self.is_undeclared_recipient(), Leak::UndeclaredRecipient),
            (personal && self.is_undeclared_country(), Leak::UndeclaredThirdCountry),
            (in_url, Leak::InUrl),
            (self.goes_to_logs(), Leak::InLogs),
            (personal && self.is_undeclared_category(), Leak::UndeclaredCategory),
        ];
        known.into_iter().filter(|(is, _)| *is).map(|(_, leak)| leak).collect()
    }

    fn sender(&self) -> Option<&Workload> {
        self.directory.workload_of(self.passage.sender)
    }

    fn recipient(&self) -> Option<&Workload> {
        self.directory.workload_of(self.passage.recipient)
    }

    /// Both have purposes, and none of them agree; or the policy allows others.
    fn crosses_purpose(&self) -> bool {
        let Some(recipient) = self.recipient() else { return false };
        if let Some(allowed) = &self.policy.purposes {
            return !recipient.purposes.is_empty() && !recipient.purposes.iter().any(|it| allowed.contains(it));
        }
        let Some(sender) = self.sender() else { return false };
        let both = !sender.purposes.is_empty() && !recipient.purposes.is_empty();
        both && !self.directory.compatible(&sender.purposes, &recipient.purposes)
    }

    /// No activity selects it; a store that is in no register is told of by the scan, but gets data without a purpose too.
    fn lacks_purpose(&self) -> bool {
        let known = !self.directory.activities.is_empty();
        known && self.recipient().is_some_and(|it| it.purposes.is_empty() && it.stores.is_empty())
    }

    /// Where the data leaves to, if it goes to somebody outside whom we called, and who is not ourselves.
    fn outside(&self) -> Option<&Outside> {
        match self.passage.recipient {
            Party::Outside(outside) if outside.called && !self.directory.is_own(outside) => Some(outside),
            _ => None,
        }
    }

    fn is_undeclared_recipient(&self) -> bool {
        let Some(outside) = self.outside() else { return false };
        let organisation = self.directory.organisation(outside);
        if let Some(allowed) = &self.policy.recipients {
            let named = |pattern: &String| outside.name.as_deref().is_some_and(|name| covers(pattern, name));
            return !allowed.iter().any(|it| organisation.is_some_and(|known| known.name == *it) || named(it));
        }
        let Some(organisation) = organisation else { return true };
        if organisation.store.is_some() {
            return false;
        }
        let activities = self.sender().map(|it| it.purposes.as_slice()).unwrap_or_default();
        let names = |number: &u32| {
            self.directory.activity(*number).is_some_and(|it| it.recipients.contains(&organisation.name))
        };
        !activities.is_empty() && !activities.iter().any(names)
    }

    fn is_undeclared_country(&self) -> bool {
        let Some(organisation) = self.outside().and_then(|it| self.directory.organisation(it)) else { return false };
        let Some(country) = organisation.country.as_deref().filter(|country| !is_eea(country)) else { return false };
        if let Some(allowed) = &self.policy.countries {
            return !allowed.iter().any(|it| it == country);
        }
        let activities = self.sender().map(|it| it.purposes.as_slice()).unwrap_or_default();
        let states = |number: &u32| {
            self.directory.activity(*number).is_some_and(|it| it.countries.iter().any(|known| known == country))
        };
        !organisation.safeguarded && !activities.iter().any(states)
    }

    fn goes_to_logs(&self) -> bool {
        let pushed = ["/loki/api/v1/push", "/services/collector", "/insert/jsonline"];
        self.recipient().is_some_and(|it| it.logs) || pushed.iter().any(|path| self.passage.target.starts_with(path))
    }

    /// Neither the store that keeps it, nor the activities of who gets it, declare this.
    fn is_undeclared_category(&self) -> bool {
        let undeclared = |workload: &Workload| {
            let declared = match workload.stores.is_empty() {
                false => self.directory.stores_declare(&workload.stores, self.category),
                true => self.directory.activities_declare(&workload.activities, self.category),
            };
            declared == Some(false)
        };
        let keeper = self.sender().filter(|it| !it.stores.is_empty());
        self.recipient().is_some_and(undeclared) || keeper.is_some_and(undeclared)
    }
}
