//! What names say about the data behind them. A hint is enough for a draft
//! that a person will read, and for nothing else.

use std::collections::BTreeSet;

use crate::category::DataCategory as C;

/// Words in names, and what they let us expect.
const HINTS: [(&[&str], &[C], &[&str]); 15] = [
    (
        &["patient", "patients", "clinic", "medical", "health", "diagnosis", "therapy", "ehr", "hospital"],
        &[C::Name, C::ContactDetails, C::Health],
        &["patients"],
    ),
    (&["appointment", "appointments", "booking", "bookings", "calendar"], &[C::Name, C::Appointments], &[]),
    (
        &["invoice", "invoices", "billing", "payment", "payments", "checkout"],
        &[C::Name, C::PostalAddress, C::Billing, C::BankDetails],
        &["customers"],
    ),
    (
        &["customer", "customers", "crm", "shop", "order", "orders", "cart", "commerce"],
        &[C::Name, C::ContactDetails, C::Billing],
        &["customers"],
    ),
    (
        &["user", "users", "account", "accounts", "identity", "login", "keycloak", "auth", "profile", "profiles"],
        &[C::Name, C::EmailAddress, C::Credentials],
        &["users"],
    ),
    (&["session", "sessions"], &[C::OnlineIdentifiers], &["users"]),
    (
        &["employee", "employees", "hr", "payroll", "salary", "recruiting", "applicants"],
        &[C::Name, C::ContactDetails, C::Employment, C::BankDetails],
        &["employees"],
    ),
    (
        &["student", "students", "school", "course", "courses", "moodle", "learning"],
        &[C::Name, C::EmailAddress, C::Education],
        &["students"],
    ),
    (&["child", "children", "kids", "kindergarten"], &[C::Name], &["children"]),
    (&["mail", "smtp", "email", "newsletter", "mailer", "reminder", "reminders"], &[C::Name, C::EmailAddress], &[]),
    (&["sms", "phone", "telephony", "call", "calls"], &[C::PhoneNumber], &[]),
    (
        &["chat", "message", "messages", "messenger", "comments", "forum"],
        &[C::Name, C::CommunicationContent],
        &["users"],
    ),
    (
        &["analytics", "tracking", "events", "clickstream", "statistics", "matomo"],
        &[C::OnlineIdentifiers, C::UsageData],
        &["users"],
    ),
    (&["location", "gps", "geo", "tracking", "fleet"], &[C::Location], &[]),
    (
        &["wordpress", "blog", "cms", "drupal", "joomla", "ghost", "nextcloud", "wiki"],
        &[C::Name, C::EmailAddress, C::OnlineIdentifiers],
        &["users"],
    ),
];

/// Categories and data subjects that names let us expect.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    categories: BTreeSet<C>,
    subjects: BTreeSet<&'static str>,
}

impl Hints {
    /// Reads the words of a name such as `patients-db` or `INVOICE_QUEUE`.
    pub fn read(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        for word in lower.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
            for (_, categories, subjects) in HINTS.iter().filter(|(words, ..)| words.contains(&word)) {
                self.categories.extend(categories.iter().copied());
                self.subjects.extend(subjects.iter().copied());
            }
        }
    }

    /// What both say.
    pub fn joined(&self, other: &Hints) -> Hints {
        let mut joined = self.clone();
        joined.categories.extend(&other.categories);
        joined.subjects.extend(&other.subjects);
        joined
    }

    /// What to write as `dataCategories`; without what another one covers.
    pub fn categories(&self) -> Vec<String> {
        let covered = |category: &C| self.categories.iter().any(|other| other != category && other.covers(*category));
        self.categories
            .iter()
            .filter(|category| !covered(category))
            .map(|category| category.as_str().to_owned())
            .collect()
    }

    /// What to write as `dataSubjects`.
    pub fn subjects(&self) -> Vec<String> {
        self.subjects.iter().map(|subject| (*subject).to_owned()).collect()
    }
}
