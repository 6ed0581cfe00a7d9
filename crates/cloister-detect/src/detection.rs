//! What was recognised, and where: never the value itself.

use std::sync::Arc;

/// What kind of data it is, in the words of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// What opens a door: passwords, keys, tokens.
    Credentials,
    /// A person's name.
    Name,
    /// A date of birth.
    DateOfBirth,
    /// An e-mail address.
    EmailAddress,
    /// A telephone number.
    PhoneNumber,
    /// Where somebody lives.
    PostalAddress,
    /// A number that a state gives to a person.
    NationalIdentifier,
    /// The number of a passport or an identity card.
    IdentityDocument,
    /// A number for taxes.
    TaxIdentifier,
    /// A number of social insurance.
    SocialSecurityNumber,
    /// A bank account.
    BankDetails,
    /// A payment card.
    PaymentCard,
    /// The number of a device.
    DeviceData,
    /// The number of a pupil or student.
    Education,
    /// Where a person is or was.
    Location,
    /// Health: a special category (Art. 9(1)), as are all that follow.
    Health,
    /// Religious or philosophical beliefs.
    Beliefs,
    /// Membership of a trade union.
    TradeUnion,
    /// Political opinions.
    PoliticalOpinions,
    /// Racial or ethnic origin.
    EthnicOrigin,
    /// Sex life and sexual orientation.
    SexualOrientation,
    /// What identifies a person by the body.
    Biometric,
    /// Genetic data.
    Genetic,
    /// Convictions and offences (Art. 10): no special category, but ranked with them.
    Convictions,
}

impl Category {
    /// The word of the register's list of data categories.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Credentials => "credentials",
            Category::Name => "name",
            Category::DateOfBirth => "date-of-birth",
            Category::EmailAddress => "email-address",
            Category::PhoneNumber => "phone-number",
            Category::PostalAddress => "postal-address",
            Category::NationalIdentifier => "national-identifier",
            Category::IdentityDocument => "identity-document",
            Category::TaxIdentifier => "tax-identifier",
            Category::SocialSecurityNumber => "social-security-number",
            Category::BankDetails => "bank-details",
            Category::PaymentCard => "payment-card",
            Category::DeviceData => "device-data",
            Category::Education => "education",
            Category::Location => "location",
            Category::Health => "health",
            Category::Beliefs => "religious-or-philosophical-beliefs",
            Category::TradeUnion => "trade-union-membership",
            Category::PoliticalOpinions => "political-opinions",
            Category::EthnicOrigin => "racial-or-ethnic-origin",
            Category::SexualOrientation => "sexual-orientation",
            Category::Biometric => "biometric",
            Category::Genetic => "genetic",
            Category::Convictions => "criminal-convictions",
        }
    }

    /// Whether it is a special category (Art. 9(1)).
    pub fn is_special(self) -> bool {
        self >= Category::Health && self != Category::Convictions
    }

    /// Whether it is data about a person, other than what opens a door.
    pub fn is_personal(self) -> bool {
        self != Category::Credentials
    }
}

/// How sure the detector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Could be; masked in texts, not worth a finding alone.
    Possible,
    /// Form and context agree.
    Likely,
    /// Form, checksum and context leave no reasonable doubt.
    Certain,
}

/// One value that was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// What kind of data.
    pub category: Category,
    /// Which detector, such as `aws-access-key` or `de-tax-number`.
    pub kind: &'static str,
    /// The same for people, with its article: "an e-mail address".
    pub title: &'static str,
    /// How sure.
    pub confidence: Confidence,
    /// Where it starts, in bytes.
    pub offset: usize,
    /// How long it is, in bytes.
    pub length: usize,
    /// What may be shown instead of it.
    pub masked: String,
    /// Why it was taken for this.
    pub reason: &'static str,
    /// Made for tests and documentation, such as an address at `example.org`.
    pub test_data: bool,
    /// What its column is called, where it stands in a table.
    pub column: Option<Arc<str>>,
}

impl Detection {
    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.offset.saturating_add(self.length)
    }
}
