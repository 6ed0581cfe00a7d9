//! What words speak of: the concepts, and what the files of `data/words/` call them. Read by `build.rs`, too.

macro_rules! concepts {
    ($($(#[doc = $doc:literal])* $name:ident = $key:literal,)*) => {
        /// What a word speaks of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Concept { $($(#[doc = $doc])* $name,)* }

        impl Concept {
            /// The concept that a file of words calls so.
            #[cfg_attr(not(test), allow(dead_code, reason = "only build.rs reads files of words"))]
            pub(crate) fn of_key(key: &str) -> Option<Concept> {
                match key {
                    $($key => Some(Concept::$name),)*
                    _ => None,
                }
            }

            /// What files of words call them.
            #[cfg_attr(not(test), allow(dead_code, reason = "only build.rs reads files of words"))]
            pub(crate) const KEYS: &[&str] = &[$($key),*];
        }
    };
}

concepts! {
    /// The number that a state gives to a person.
    NationalId = "national-id",
    /// A number for taxes.
    TaxNumber = "tax-number",
    /// A number of social insurance.
    SocialSecurity = "social-security",
    /// A number of health insurance.
    HealthInsurance = "health-insurance",
    /// The number of a patient.
    Patient = "patient",
    /// An identity card.
    IdentityCard = "identity-card",
    /// A passport.
    Passport = "passport",
    /// A driving licence.
    DrivingLicence = "driving-licence",
    /// When somebody was born.
    DateOfBirth = "date-of-birth",
    /// Where somebody was born.
    PlaceOfBirth = "place-of-birth",
    /// A given name.
    GivenName = "given-name",
    /// A family name.
    FamilyName = "family-name",
    /// The whole name of a person.
    FullName = "full-name",
    /// A name, of whatever.
    Name = "name",
    /// Where somebody lives.
    Address = "address",
    /// A telephone number.
    PhoneNumber = "phone-number",
    /// An e-mail address.
    EmailAddress = "email-address",
    /// A bank account.
    Account = "account",
    /// A payment card.
    Card = "card",
    /// The number of a pupil or student.
    Student = "student",
    /// What somebody suffers from.
    Diagnosis = "diagnosis",
    /// What somebody takes, and what a doctor must know.
    Medication = "medication",
    /// What somebody believes (Art. 9).
    Religion = "religion",
    /// Membership of a trade union (Art. 9).
    Union = "union",
    /// Political opinions (Art. 9).
    Politics = "politics",
    /// Racial or ethnic origin (Art. 9).
    Ethnicity = "ethnicity",
    /// Sex life and sexual orientation (Art. 9).
    Orientation = "orientation",
    /// What identifies a person by the body (Art. 9).
    Biometric = "biometric",
    /// Genetic data (Art. 9).
    Genetic = "genetic",
    /// Convictions and offences (Art. 10).
    Conviction = "conviction",
    /// A password.
    Password = "password",
    /// Numbers of orders, invoices, parcels, things: of no person.
    Other = "other",
}
