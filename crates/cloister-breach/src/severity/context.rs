//! DPC: what kind of data it is, and in which context.

use cloister_register::DataCategory as Data;

use super::Quarters;
use crate::category::Category;
use crate::facts::Facts;
use crate::vocabulary::words;

words! {
    /// ENISA's classes of data; their base points are 1, 2, 3 and 4.
    Class {
        Simple = "simple": "who somebody is, and how they are reached",
        Behavioural = "behavioural": "where somebody is, what they do, whom they talk to",
        Financial = "financial": "what somebody has, earns, owes and pays",
        Sensitive = "sensitive": "Art. 9 and 10",
    }
}

impl Class {
    /// Points before anything raises or lowers them.
    pub fn base(self) -> i64 {
        match self {
            Class::Simple => 1,
            Class::Behavioural => 2,
            Class::Financial => 3,
            Class::Sensitive => 4,
        }
    }

    /// The class of a category of the register.
    pub fn of(category: Data) -> Class {
        match category {
            sensitive if sensitive.is_sensitive() => Class::Sensitive,
            Data::BankDetails | Data::PaymentCard | Data::Financial | Data::Billing => Class::Financial,
            Data::Location | Data::UsageData | Data::CommunicationContent | Data::AudioOrVideo | Data::Appointments => {
                Class::Behavioural
            }
            _ => Class::Simple,
        }
    }
}

/// What the method itself says of a category: points up or down from the base, and why.
fn usual(category: Data) -> Option<(i64, &'static str)> {
    match category {
        Data::BankDetails => Some((-1, "an account number alone says little of how somebody stands")),
        Data::Billing => Some((-2, "an order or invoice alone says nothing of how somebody stands")),
        Data::PaymentCard => Some((1, "with the number of a card somebody can pay")),
        _ => None,
    }
}

/// The points, in quarters, and why.
pub(super) fn points(facts: &Facts) -> (Quarters, Vec<String>) {
    let categories = open(facts);
    let Some(highest) = categories.iter().copied().max_by_key(|category| of(*category, facts)) else {
        let why = "Nothing is said of the data: the highest points count until spec.affected.dataCategories is known.";
        return (16, vec![why.to_owned()]);
    };
    let class = Class::of(highest.0);
    let mut why = vec![format!("{} is {} data: {} from the start.", sentence(highest.0), class.as_str(), class.base())];
    why.extend(usual(highest.0).map(|(points, why)| format!("{points:+}: {why}.")));
    why.extend(
        profile(&categories).filter(|_| class == Class::Simple).map(|(points, why)| format!("{points:+}: {why}.")),
    );
    for one in applicable(facts, class) {
        why.push(format!("{:+} for {}: {}", one.points, one.factor.as_str(), one.reason));
    }
    let points = of(highest, facts);
    (u32::try_from(points).unwrap_or(1) * 4, why)
}

/// What could be read: of partly unintelligible data the rest, and all of it where nothing or everything is protected.
pub(crate) fn open(facts: &Facts) -> Vec<Category> {
    let all = &facts.affected.data_categories;
    let protection = facts.protection.as_ref().filter(|protection| protection.makes_unintelligible());
    let rest = |protection: &crate::facts::Protection| -> Vec<Category> {
        all.iter().copied().filter(|category| !protection.covers(*category)).collect()
    };
    protection.map(rest).filter(|rest| !rest.is_empty()).unwrap_or_else(|| all.clone())
}

fn applicable(facts: &Facts, class: Class) -> impl Iterator<Item = &super::Adjustment> {
    facts.severity.adjustments.iter().filter(move |one| one.class.is_none_or(|of| of == class))
}

fn of(category: Category, facts: &Facts) -> i64 {
    let class = Class::of(category.0);
    let usual = usual(category.0).map_or(0, |(points, _)| points);
    let profile = profile(&open(facts)).filter(|_| class == Class::Simple).map_or(0, |(points, _)| points);
    let adjusted: i64 = applicable(facts, class).map(|one| i64::from(one.points)).sum();
    (class.base() + usual + profile + adjusted).clamp(1, 4)
}

/// Much simple data of each person makes a picture of them.
fn profile(categories: &[Category]) -> Option<(i64, &'static str)> {
    let has = |data: Data| categories.contains(&Category(data));
    let mut kinds: Vec<Data> =
        categories.iter().map(|one| one.0).filter(|one| Class::of(*one) == Class::Simple).collect();
    kinds.iter_mut().filter(|one| Data::ContactDetails.covers(**one)).for_each(|one| *one = Data::ContactDetails);
    kinds.sort_unstable();
    kinds.dedup();
    let life = has(Data::Employment) && has(Data::Education);
    (life || kinds.len() > 5).then_some((1, "so much of each person lets others picture their life and standing"))
}

fn sentence(category: Data) -> String {
    let phrase = category.phrase();
    let mut letters = phrase.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
