//! Who and what is affected, proposed from the register of processing.

use std::collections::BTreeSet;

use cloister_register::documents::Contact as Reached;
use cloister_register::{DataCategory, PersonalDataStore, ProcessingActivity, Register};

use crate::category::Category;
use crate::facts::{Affected, Contact, CrossBorder, Facts, Organisation};
use crate::fault::Refusal;

/// What was breached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'t> {
    /// A `PersonalDataStore`, by its name.
    Store(&'t str),
    /// All that runs in a namespace.
    Namespace(&'t str),
}

/// Facts to start from: who we are, whom we answer to, and what the targets hold.
pub fn propose(register: &Register<'_>, targets: &[Target<'_>]) -> Result<Facts, Refusal> {
    let mut stores = Vec::new();
    let mut activities = Vec::new();
    for target in targets {
        match *target {
            Target::Store(name) => stores.push(register.store(name).ok_or_else(|| unknown(register, name))?),
            Target::Namespace(name) => in_namespace(register, name, &mut stores, &mut activities)?,
        }
    }
    for store in &stores {
        activities.extend(register.activities_using(store.name()));
    }
    let mut facts = Facts { affected: affected(&stores, &activities), ..ours(register) };
    facts.consequences = consequences(&facts);
    Ok(facts)
}

fn unknown(register: &Register<'_>, name: &str) -> Refusal {
    let names: Vec<&str> = register.stores().iter().map(PersonalDataStore::name).collect();
    let near = cloister_model::spelling::nearest(name, names.iter().copied());
    let help = match near.first() {
        Some(near) => format!("did you mean {near}?"),
        None if names.is_empty() => "the register names no store; cloister register init drafts one".to_owned(),
        None => format!("there are {}", names.join(", ")),
    };
    Refusal::new(format!("no PersonalDataStore is called \"{name}\""), help)
}

fn in_namespace<'r, 'a>(
    register: &'r Register<'a>,
    name: &str,
    stores: &mut Vec<&'r PersonalDataStore<'a>>,
    activities: &mut Vec<&'r ProcessingActivity<'a>>,
) -> Result<(), Refusal> {
    let mut there = register.workloads().iter().filter(|workload| workload.namespace() == name).peekable();
    if there.peek().is_none() {
        let known: BTreeSet<&str> = register.workloads().iter().map(|workload| workload.namespace()).collect();
        let known: Vec<&str> = known.into_iter().collect();
        return Err(Refusal::new(
            format!("no workload is in the namespace \"{name}\""),
            format!("there are {}", known.join(", ")),
        ));
    }
    for workload in there {
        stores.extend(register.stores_of(workload.resource));
        activities.extend(register.activities_of(workload.resource));
    }
    Ok(())
}

fn affected(stores: &[&PersonalDataStore<'_>], activities: &[&ProcessingActivity<'_>]) -> Affected {
    let mut categories: BTreeSet<DataCategory> =
        stores.iter().flat_map(|store| store.data_categories().items()).collect();
    let mut subjects: BTreeSet<&str> = stores.iter().flat_map(|store| store.data_subjects().items()).collect();
    // What an activity works with counts where no store says more: an activity has other stores, too.
    if stores.is_empty() {
        categories.extend(activities.iter().flat_map(|activity| activity.data_categories().items()));
        subjects.extend(activities.iter().flat_map(|activity| activity.data_subjects().items()));
    }
    let recipients: BTreeSet<&str> = activities
        .iter()
        .flat_map(|activity| activity.recipients().items())
        .filter_map(|recipient| recipient.name().value())
        .collect();
    Affected {
        stores: names(stores.iter().map(|store| store.name())),
        activities: names(activities.iter().map(|activity| activity.name())),
        data_subjects: names(subjects),
        data_categories: categories.into_iter().map(Category).collect(),
        recipients: names(recipients),
        ..Affected::default()
    }
}

fn names<'n>(all: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let all: BTreeSet<&str> = all.into_iter().collect();
    all.into_iter().map(str::to_owned).collect()
}

/// What the register says of the organisation itself.
fn ours(register: &Register<'_>) -> Facts {
    let Some(organisation) = register.organisation() else { return Facts::default() };
    let text = |field: Option<&str>| field.unwrap_or_default().to_owned();
    let authority = organisation.supervisory_authority().value();
    let contact = organisation.data_protection_officer().value().or_else(|| organisation.contact().value());
    Facts {
        organisation: Some(Organisation {
            name: text(organisation.legal_name().value()),
            address: text(organisation.address().value()),
            country: organisation.country().value().map(|country| country.code().to_owned()).unwrap_or_default(),
            controller: String::new(),
        }),
        contact: contact.map(|contact| reached(&contact)),
        authority: text(authority.and_then(|authority| authority.name().value())),
        cross_border: None::<CrossBorder>,
        ..Facts::default()
    }
}

fn reached(contact: &Reached<'_>) -> Contact {
    let text = |field: Option<&str>| field.unwrap_or_default().to_owned();
    Contact {
        name: text(contact.name().value()),
        email: text(contact.email().value()),
        phone: text(contact.phone().value()),
        address: text(contact.address().value()),
    }
}

/// Likely consequences of disclosure, by the data: a list to keep from, recital 85.
pub(crate) fn consequences(facts: &Facts) -> Vec<String> {
    use DataCategory as D;
    let has = |list: &[D]| facts.affected.data_categories.iter().any(|one| list.contains(&one.0));
    let special = !facts.affected.sensitive().is_empty();
    let all = [
        (special, "Discrimination, or damage to reputation, where others learn of special categories of data"),
        (
            has(&[D::NationalIdentifier, D::IdentityDocument, D::SocialSecurityNumber, D::TaxIdentifier])
                || has(&[D::Name]) && has(&[D::DateOfBirth]),
            "Identity theft or fraud in the name of those affected",
        ),
        (has(&[D::BankDetails, D::PaymentCard, D::Financial]), "Financial loss by payments or orders that others make"),
        (
            has(&[D::ContactDetails, D::EmailAddress, D::PhoneNumber, D::PostalAddress]),
            "Unwanted contact, and messages that pretend to be ours",
        ),
        (has(&[D::Credentials]), "Others sign in to accounts, here and where the same password is used"),
        (
            has(&[D::Location, D::UsageData, D::CommunicationContent, D::Appointments]),
            "Others learn of habits, whereabouts and contacts",
        ),
    ];
    all.into_iter().filter(|(likely, _)| *likely).map(|(_, text)| text.to_owned()).collect()
}
