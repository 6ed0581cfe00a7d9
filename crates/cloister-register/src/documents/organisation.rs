//! The controller.

use super::Contact;
use crate::macros::{document, object};
use crate::view::Country;

document! { 'a;
    /// The controller and whom it answers to, Art. 30(1)(a).
    Organisation {
        /// Name of the controller.
        legal_name "legalName": &'a str,
        /// Postal address.
        address "address": &'a str,
        /// Where it is established.
        country "country": Country<'a>,
        /// How it is reached.
        contact "contact": Contact<'a>,
        /// Representative in the Union, Art. 27.
        representative "representative": Contact<'a>,
        /// Data protection officer, Art. 37.
        data_protection_officer "dataProtectionOfficer": Contact<'a>,
        /// Why none is needed, instead of the officer.
        data_protection_officer_not_required "dataProtectionOfficerNotRequired": &'a str,
        /// The supervisory authority, Art. 51.
        supervisory_authority "supervisoryAuthority": SupervisoryAuthority<'a>,
        /// Image registries that it runs itself: a host, or a host and a prefix.
        registries "registries": Vec<&'a str>,
        /// Its own domain names; `*.` stands for any depth.
        hosts "hosts": Vec<&'a str>,
        /// Regions and zones that no cloud defines, with their country.
        regions "regions": Vec<Region<'a>>,
    }
}

object! { 'a;
    /// The authority that supervises the controller.
    SupervisoryAuthority {
        /// Its name.
        name "name": &'a str,
        /// Its country.
        country "country": Country<'a>,
    }
}

object! { 'a;
    /// Where a region lies.
    Region {
        /// Name, as in the label `topology.kubernetes.io/region` or `…/zone`.
        region "region": &'a str,
        /// Its country.
        country "country": Country<'a>,
    }
}
