//! Processing activities.

use jiff::civil::Date;

use super::{Contact, Proof, Retention, WorkloadSelector};
use crate::category::DataCategory;
use crate::macros::{document, object};
use crate::view::Country;
use crate::words::{ActivityRole, Basis, Condition, Safeguard};

document! { 'a;
    /// One processing activity of the record, Art. 30.
    ProcessingActivity {
        /// Its name for people.
        title "title": &'a str,
        /// What happens, in a few sentences.
        description "description": &'a str,
        /// Whether it is carried out as controller (where absent) or as processor.
        role "role": ActivityRole,
        /// The controllers for whom a processor acts, Art. 30(2)(a).
        on_behalf_of "onBehalfOf": Vec<&'a str>,
        /// Purposes, Art. 5(1)(b) and 30(1)(b).
        purposes "purposes": Vec<&'a str>,
        /// Lawful basis, Art. 6(1). Purposes on different bases are different activities.
        lawful_basis "lawfulBasis": LawfulBasis<'a>,
        /// What allows special categories, Art. 9(2).
        special_category_condition "specialCategoryCondition": SpecialCategoryCondition<'a>,
        /// Categories of data subjects, Art. 30(1)(c): `patients`, `children`, `employees` …
        data_subjects "dataSubjects": Vec<&'a str>,
        /// Categories of personal data, Art. 30(1)(c).
        data_categories "dataCategories": Vec<DataCategory>,
        /// Whether it is done on a large scale, Art. 35(3)(b).
        large_scale "largeScale": bool,
        /// Whether it monitors systematically, Art. 35(3)(c).
        systematic_monitoring "systematicMonitoring": bool,
        /// Whether it decides or profiles automatically, Art. 22 and 35(3)(a).
        automated_decisions "automatedDecisions": bool,
        /// Where the data comes from, Art. 14(2)(f): `data-subject`, or another source.
        obtained_from "obtainedFrom": Vec<&'a str>,
        /// Recipients, Art. 30(1)(d); `[]` says that there are none.
        recipients "recipients": Vec<Recipient<'a>>,
        /// Transfers to third countries, Art. 30(1)(e); `[]` says that there are none.
        transfers "transfers": Vec<Transfer<'a>>,
        /// How long the data is kept, Art. 30(1)(f).
        retention "retention": Retention<'a>,
        /// What data subjects are told, Art. 13 and 14.
        notice "notice": Proof<'a>,
        /// Data protection impact assessment, Art. 35.
        impact_assessment "impactAssessment": ImpactAssessment<'a>,
        /// Technical and organisational measures, Art. 30(1)(g) and 32(1).
        security_measures "securityMeasures": Vec<&'a str>,
        /// Those who decide with us, Art. 26.
        joint_controllers "jointControllers": Vec<JointController<'a>>,
        /// Activities that may share workloads and stores with this one, Art. 6(4).
        compatible_with "compatibleWith": Vec<CompatibleActivity<'a>>,
        /// Names of the PersonalDataStores that it uses.
        stores "stores": Vec<&'a str>,
        /// The workloads that carry it out.
        selector "selector": WorkloadSelector<'a>,
        /// When a person last looked at this entry.
        reviewed "reviewed": Date,
    }
}

impl ProcessingActivity<'_> {
    /// Whether one of the two names the other in `compatibleWith` (Art. 6(4)), or they are the same.
    pub fn is_compatible_with(&self, other: &ProcessingActivity<'_>) -> bool {
        let names = |activity: &ProcessingActivity<'_>, name: &str| {
            activity.compatible_with().items().iter().any(|entry| entry.activity().value() == Some(name))
        };
        self.name() == other.name() || names(self, other.name()) || names(other, self.name())
    }
}

object! { 'a;
    /// The lawful basis of an activity.
    LawfulBasis {
        /// Which one.
        basis "basis": Basis,
        /// The law, the contract, the form of consent.
        reference "reference": &'a str,
        /// The balancing test that legitimate interests need.
        assessment "assessment": Proof<'a>,
    }
}

object! { 'a;
    /// What allows an activity to process special categories.
    SpecialCategoryCondition {
        /// Which one; the letter alone is read too.
        condition "condition": Condition,
        /// The law or document behind it.
        reference "reference": &'a str,
    }
}

object! { 'a;
    /// Somebody to whom personal data is disclosed.
    Recipient {
        /// Who, or which category of recipients.
        name "name": &'a str,
        /// The name of a Processor of this register.
        processor "processor": &'a str,
        /// What for.
        purpose "purpose": &'a str,
    }
}

object! { 'a;
    /// A transfer to a third country.
    Transfer {
        /// The country.
        country "country": Country<'a>,
        /// The recipient's name, as in `recipients` or as a Processor.
        recipient "recipient": &'a str,
        /// What allows it.
        safeguard "safeguard": Safeguard,
        /// The document behind the safeguard.
        reference "reference": &'a str,
        /// Its date.
        date "date": Date,
    }
}

object! { 'a;
    /// An impact assessment, or why none is needed.
    ImpactAssessment {
        /// Where it is found.
        reference "reference": &'a str,
        /// When it was made.
        date "date": Date,
        /// Why none is needed, instead of the reference.
        not_required "notRequired": &'a str,
    }
}

object! { 'a;
    /// A joint controller.
    JointController {
        /// Its name.
        name "name": &'a str,
        /// How it is reached.
        contact "contact": Contact<'a>,
        /// The arrangement, Art. 26(1).
        arrangement "arrangement": Proof<'a>,
    }
}

object! { 'a;
    /// An activity with compatible purposes.
    CompatibleActivity {
        /// Its name.
        activity "activity": &'a str,
        /// Why the purposes are compatible.
        reference "reference": &'a str,
    }
}
