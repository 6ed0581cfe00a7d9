//! Categories of personal data: a closed list, so that what a detector finds
//! can be compared with what the register declares.

use crate::macros::vocabulary;

vocabulary! {
    /// A category of personal data.
    DataCategory {
        RacialOrEthnicOrigin = "racial-or-ethnic-origin": "special, Art. 9(1)",
        PoliticalOpinions = "political-opinions": "special, Art. 9(1)",
        ReligiousOrPhilosophicalBeliefs = "religious-or-philosophical-beliefs": "special, Art. 9(1)",
        TradeUnionMembership = "trade-union-membership": "special, Art. 9(1)",
        Genetic = "genetic": "special, Art. 9(1)",
        Biometric = "biometric": "special, Art. 9(1), where it identifies a person",
        Health = "health": "special, Art. 9(1)",
        SexLife = "sex-life": "special, Art. 9(1)",
        SexualOrientation = "sexual-orientation": "special, Art. 9(1)",
        CriminalConvictions = "criminal-convictions": "Art. 10: convictions and offences; ranked as special",
        Name = "name": "names of a person",
        DateOfBirth = "date-of-birth": "date or year of birth, age",
        Gender = "gender": "gender or form of address",
        Nationality = "nationality": "citizenship",
        Family = "family": "family members and marital status",
        Photo = "photo": "pictures of a person",
        AudioOrVideo = "audio-or-video": "recordings of a person",
        Signature = "signature": "signatures",
        ContactDetails = "contact-details": "e-mail address, telephone number and postal address together",
        EmailAddress = "email-address": "e-mail addresses",
        PhoneNumber = "phone-number": "telephone numbers",
        PostalAddress = "postal-address": "postal addresses",
        NationalIdentifier = "national-identifier": "Art. 87: national identification numbers",
        IdentityDocument = "identity-document": "passports, identity cards, driving licences",
        TaxIdentifier = "tax-identifier": "tax numbers of persons",
        SocialSecurityNumber = "social-security-number": "social security and health insurance numbers",
        CustomerNumber = "customer-number": "numbers that an organisation gives to persons",
        OnlineIdentifiers = "online-identifiers": "recital 30: addresses, cookies and session identifiers",
        DeviceData = "device-data": "identifiers and properties of a person's devices",
        UsageData = "usage-data": "what a person does with a service",
        Location = "location": "where a person is or was",
        CommunicationContent = "communication-content": "letters, messages and calls",
        Credentials = "credentials": "passwords and keys of persons, hashed or not",
        BankDetails = "bank-details": "account numbers",
        PaymentCard = "payment-card": "card numbers",
        Financial = "financial": "income, wealth, debts and payments; bank details, cards and bills too",
        ContractData = "contract-data": "contracts with a person",
        Billing = "billing": "orders and invoices",
        Appointments = "appointments": "when a person meets whom",
        Employment = "employment": "work, pay and absence",
        Education = "education": "schools, degrees and marks",
        Vehicle = "vehicle": "number plates and vehicle numbers",
        Other = "other": "personal data of another kind, said in the description",
    }
}

impl DataCategory {
    /// Whether it is a special category of Art. 9(1). Convictions (Art. 10)
    /// are not, though they rank with them: see [`DataCategory::is_sensitive`].
    pub fn is_special(self) -> bool {
        use DataCategory as C;
        matches!(
            self,
            C::RacialOrEthnicOrigin
                | C::PoliticalOpinions
                | C::ReligiousOrPhilosophicalBeliefs
                | C::TradeUnionMembership
                | C::Genetic
                | C::Biometric
                | C::Health
                | C::SexLife
                | C::SexualOrientation
        )
    }

    /// Whether its loss harms most: Art. 9(1) or Art. 10.
    pub fn is_sensitive(self) -> bool {
        self.is_special() || self == DataCategory::CriminalConvictions
    }

    /// Whether a register that declares `self` has declared `other` too.
    pub fn covers(self, other: DataCategory) -> bool {
        use DataCategory as C;
        self == other
            || match self {
                C::ContactDetails => matches!(other, C::EmailAddress | C::PhoneNumber | C::PostalAddress),
                C::Financial => matches!(other, C::BankDetails | C::PaymentCard | C::Billing),
                C::OnlineIdentifiers => other == C::DeviceData,
                _ => false,
            }
    }

    /// As it reads before "data": `health`, `date of birth`.
    pub fn phrase(self) -> String {
        self.as_str().replace('-', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::DataCategory;

    #[test]
    fn the_special_categories_are_those_of_article_9() {
        let special: Vec<_> = DataCategory::ALL.iter().filter(|category| category.is_special()).collect();
        assert_eq!(special.len(), 9);
        assert!(special.iter().all(|category| category.meaning().starts_with("special, Art. 9(1)")));
        assert!(DataCategory::CriminalConvictions.is_sensitive() && !DataCategory::CriminalConvictions.is_special());
    }

    #[test]
    fn contact_details_cover_an_address_and_not_the_other_way_round() {
        assert!(DataCategory::ContactDetails.covers(DataCategory::EmailAddress));
        assert!(!DataCategory::EmailAddress.covers(DataCategory::ContactDetails));
        assert!(DataCategory::Health.covers(DataCategory::Health));
        assert!(!DataCategory::ContactDetails.covers(DataCategory::Health));
    }
}
