//! The regulation's closed lists.

use crate::macros::vocabulary;

vocabulary! {
    /// The lawful bases of Art. 6(1).
    Basis {
        Consent = "consent": "Art. 6(1)(a): the data subject has agreed",
        Contract = "contract": "Art. 6(1)(b): a contract with the data subject needs it",
        LegalObligation = "legal-obligation": "Art. 6(1)(c): the law demands it",
        VitalInterests = "vital-interests": "Art. 6(1)(d): somebody's life depends on it",
        PublicTask = "public-task": "Art. 6(1)(e): a task in the public interest or official authority",
        LegitimateInterests = "legitimate-interests": "Art. 6(1)(f): interests that outweigh the data subject's; needs a balancing test",
    }
}

vocabulary! {
    /// The conditions of Art. 9(2), under which special categories may be processed.
    Condition {
        ExplicitConsent = "a-explicit-consent" | "a": "Art. 9(2)(a): the data subject has agreed explicitly",
        Employment = "b-employment" | "b": "Art. 9(2)(b): employment, social security and social protection law",
        VitalInterests = "c-vital-interests" | "c": "Art. 9(2)(c): somebody's life depends on it and they cannot consent",
        NotForProfitBody = "d-not-for-profit-body" | "d": "Art. 9(2)(d): members of a political, philosophical, religious or trade-union body",
        MadePublic = "e-made-public" | "e": "Art. 9(2)(e): the data subject has made it public",
        LegalClaims = "f-legal-claims" | "f": "Art. 9(2)(f): legal claims and courts",
        SubstantialPublicInterest = "g-substantial-public-interest" | "g": "Art. 9(2)(g): substantial public interest, on the basis of law",
        HealthCare = "h-health-care" | "h": "Art. 9(2)(h): medicine, diagnosis, care and treatment, under professional secrecy",
        PublicHealth = "i-public-health" | "i": "Art. 9(2)(i): public health",
        ArchivingResearchStatistics = "j-archiving-research-statistics" | "j": "Art. 9(2)(j): archives, research and statistics",
    }
}

vocabulary! {
    /// What allows a transfer to a third country, Art. 45, 46 and 49.
    Safeguard {
        Adequacy = "adequacy": "Art. 45: the Commission has decided that the country protects personal data adequately",
        StandardContractualClauses = "scc": "Art. 46(2)(c), (d): standard contractual clauses",
        BindingCorporateRules = "bcr": "Art. 46(2)(b), 47: binding corporate rules",
        CodeOfConduct = "code-of-conduct": "Art. 46(2)(e): an approved code of conduct with binding commitments",
        Certification = "certification": "Art. 46(2)(f): an approved certification with binding commitments",
        PublicInstrument = "public-instrument": "Art. 46(2)(a): a binding instrument between public bodies",
        AdHocClauses = "ad-hoc-clauses": "Art. 46(3)(a): clauses that the supervisory authority has authorised",
        DerogationConsent = "derogation-consent": "Art. 49(1)(a): explicit consent to this transfer",
        DerogationContract = "derogation-contract": "Art. 49(1)(b), (c): a contract with, or in the interest of, the data subject",
        DerogationPublicInterest = "derogation-public-interest": "Art. 49(1)(d): important reasons of public interest",
        DerogationLegalClaims = "derogation-legal-claims": "Art. 49(1)(e): legal claims",
        DerogationVitalInterests = "derogation-vital-interests": "Art. 49(1)(f): somebody's life depends on it",
        DerogationPublicRegister = "derogation-public-register": "Art. 49(1)(g): a register that is open to the public",
        DerogationLegitimateInterests = "derogation-legitimate-interests": "Art. 49(1), second subparagraph: a single transfer for compelling interests",
    }
}

vocabulary! {
    /// For whom an activity is carried out.
    ActivityRole {
        Controller = "controller": "Art. 4(7): decides on purposes and means",
        Processor = "processor": "Art. 4(8): acts for the controllers named in onBehalfOf; Art. 30(2) applies",
    }
}

vocabulary! {
    /// What another organisation is to us.
    ProcessorRole {
        Processor = "processor": "Art. 28: processes on our behalf and needs an agreement",
        JointController = "joint-controller": "Art. 26: decides with us",
        Recipient = "recipient": "Art. 4(9): a controller of its own that receives data",
    }
}
