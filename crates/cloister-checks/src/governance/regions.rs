//! In which country the regions of clouds stand, and what that means for a transfer.

use cloister_register::Register;

use cloister_register::countries::is_eea;

/// Countries with the regions that stand there, of AWS, Azure, Google Cloud,
/// Oracle, IBM, OVHcloud, Hetzner, Scaleway, Exoscale, DigitalOcean, Vultr,
/// Akamai, UpCloud, IONOS and Open Telekom Cloud. Source: each one's own list.
const REGIONS: &[(&str, &str)] = &[
    ("AE", "me-central-1 uaenorth uaecentral me-dubai-1 me-abudhabi-1"),
    ("AT", "austriaeast at-vie-1 at-vie-2"),
    (
        "AU",
        "ap-southeast-2 ap-southeast-4 australiaeast australiasoutheast australiacentral australiacentral2 \
            australia-southeast1 australia-southeast2 ap-sydney-1 ap-melbourne-1 au-syd syd1 syd au-mel au-syd1 ",
    ),
    ("BE", "europe-west1 belgiumcentral"),
    ("BG", "bg-sof-1"),
    ("BH", "me-south-1"),
    ("BR", "sa-east-1 brazilsouth brazilsoutheast southamerica-east1 sa-saopaulo-1 sa-vinhedo-1 br-sao br-gru "),
    (
        "CA",
        "ca-central-1 ca-west-1 canadacentral canadaeast northamerica-northeast1 northamerica-northeast2 \
            ca-toronto-1 ca-montreal-1 ca-tor ca-mon tor1 yto bhs ca-east-bhs ca-central",
    ),
    ("CH", "eu-central-2 switzerlandnorth switzerlandwest europe-west6 eu-zurich-1 ch-gva-2 ch-dk-2 eu-ch2"),
    ("CL", "sa-santiago-1 southamerica-west1 chilecentral sa-valparaiso-1 us-west-scl"),
    ("CN", "cn-north-1 cn-northwest-1 chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3"),
    (
        "DE",
        "eu-central-1 eusc-de-east-1 germanywestcentral germanynorth europe-west3 europe-west10 eu-frankfurt-1 eu-de \
            fra1 fra fsn1 nbg1 de-fra-1 de-muc-1 de-fra1 de-txl de-fra de-fra-2 eu-central de de1 eu-west-lim",
    ),
    ("DK", "denmarkeast dk-cph1"),
    ("ES", "eu-south-2 spaincentral europe-southwest1 eu-madrid-1 eu-madrid-3 eu-es es-mad1 es-vit mad"),
    ("FI", "europe-north1 hel1 fi-hel1 fi-hel2 finlandcentral"),
    (
        "FR",
        "eu-west-3 francecentral francesouth europe-west9 eu-paris-1 eu-marseille-1 fr-par gra gra5 gra7 gra9 gra11 \
            sbg sbg5 sbg7 rbx eu-west-par eu-west-gra eu-west-sbg eu-west-rbx cdg",
    ),
    (
        "GB",
        "eu-west-2 uksouth ukwest europe-west2 uk-london-1 uk-cardiff-1 eu-gb lon1 lhr uk1 gb-lon uk-lon1 gb-lhr \
            gb-bhx eu-west-lon",
    ),
    ("GR", "greececentral"),
    ("HK", "ap-east-1 eastasia asia-east2"),
    ("HR", "hr-zag-1"),
    ("ID", "ap-southeast-3 indonesiacentral asia-southeast2 ap-batam-1 id-cgk"),
    ("IE", "eu-west-1 northeurope eu-dublin-1"),
    ("IL", "il-central-1 israelcentral me-west1 il-jerusalem-1 "),
    (
        "IN",
        "ap-south-1 ap-south-2 centralindia southindia westindia jioindiawest jioindiacentral asia-south1 asia-south2 \
            ap-mumbai-1 ap-hyderabad-1 blr1 in-maa in-bom-2 ",
    ),
    ("IT", "eu-south-1 italynorth europe-west8 europe-west12 eu-milan-1 eu-turin-1 it-mil"),
    (
        "JP",
        "ap-northeast-1 ap-northeast-3 japaneast japanwest asia-northeast1 asia-northeast2 ap-tokyo-1 ap-osaka-1 jp-tok \
            jp-osa nrt itm jp-tyo-3",
    ),
    ("KR", "ap-northeast-2 koreacentral koreasouth asia-northeast3 ap-seoul-1 ap-chuncheon-1 icn"),
    ("MX", "mx-central-1 mexicocentral northamerica-south1 mx-queretaro-1 mx-monterrey-1 "),
    ("MY", "ap-southeast-5 malaysiawest"),
    ("NL", "westeurope europe-west4 eu-amsterdam-1 ams2 ams3 ams nl-ams nl-ams1 eu-nl"),
    ("NO", "norwayeast norwaywest no-svg1"),
    ("NZ", "ap-southeast-6 newzealandnorth"),
    ("PL", "polandcentral europe-central2 pl-waw pl-waw1 waw waw1 eu-central-waw"),
    ("QA", "qatarcentral me-central1"),
    ("SA", "me-central2 me-jeddah-1 me-riyadh-1"),
    ("SE", "eu-north-1 swedencentral swedensouth europe-north2 eu-stockholm-1 se-sto se-sto1"),
    ("SG", "ap-southeast-1 southeastasia asia-southeast1 ap-singapore-1 ap-singapore-2 sgp1 sgp sg-sin sg-sin1"),
    ("TH", "ap-southeast-7 asia-southeast3"),
    ("TW", "ap-east-2 asia-east1 taiwannorth"),
    (
        "US",
        "us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 eastus eastus2 centralus northcentralus \
            southcentralus westcentralus westus westus2 westus3 usgovvirginia usgovtexas usgovarizona us-central1 us-east1 \
            us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4 us-ashburn-1 us-phoenix-1 us-sanjose-1 \
            us-chicago-1 us-east us-south us-west us-central us-southeast us-ord us-iad us-sea us-lax us-mia nyc1 nyc2 nyc3 \
            sfo1 sfo2 sfo3 atl1 ash hil ewr ord dfw lax us-nyc1 us-chi1 us-sjo1 us-las us-ewr \
            us-east-va us-west-or",
    ),
    ("ZA", "af-south-1 southafricanorth southafricawest africa-south1 af-johannesburg-1 za-jnb "),
];

/// Third countries whose protection the Commission has found adequate (Art. 45).
/// The United States are not among them: the decision covers only those who are
/// certified under the Data Privacy Framework.
const ADEQUATE: [&str; 15] = ["AD", "AR", "BR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY"];

/// Where data goes when it goes to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Abroad<'a> {
    /// The country, as two letters.
    pub(crate) country: &'a str,
    /// Whether the Commission has found its protection adequate.
    pub(crate) adequate: bool,
}

/// The third country that a region or zone stands in; `None` inside the EEA,
/// where the region is unknown, and where the register states a safeguard for
/// transfers to that country.
pub(crate) fn abroad<'a>(region: &str, register: &Register<'a>) -> Option<Abroad<'a>> {
    let country = country_of(region, register).filter(|country| !is_eea(country))?;
    (!has_safeguard(country, register)).then(|| Abroad { country, adequate: ADEQUATE.contains(&country) })
}

/// The country of a region or zone: as the organisation names its own, else as
/// the clouds name theirs.
pub(crate) fn country_of<'a>(region: &str, register: &Register<'a>) -> Option<&'a str> {
    let own = register.organisation().map(|it| it.regions().items()).unwrap_or_default();
    let own = own.iter().find(|it| it.region().value() == Some(region));
    if let Some(country) = own.and_then(|it| it.country().value()) {
        return Some(country.code());
    }
    let region = region.to_ascii_lowercase();
    let spellings = spellings(&region);
    let stands_in = |regions: &str| regions.split_whitespace().any(|name| spellings.contains(&name));
    REGIONS.iter().find(|(_, regions)| stands_in(regions)).map(|(country, _)| *country)
}

/// A region itself, and what a zone's name begins with: `eu-west-1a`,
/// `europe-west1-b`, `westeurope-2`, `fr-par-1`, `fsn1-dc14`.
fn spellings(region: &str) -> Vec<&str> {
    let letter = region.strip_suffix(|last: char| last.is_ascii_alphabetic());
    let letter = letter.filter(|rest| rest.ends_with(|last: char| last.is_ascii_digit()));
    let dashed = region.rsplit_once('-').map(|(rest, _)| rest);
    [Some(region), letter, dashed].into_iter().flatten().collect()
}

fn has_safeguard(country: &str, register: &Register<'_>) -> bool {
    let stated = register.activities().iter().flat_map(|activity| activity.transfers().items());
    let stated = stated
        .filter(|transfer| transfer.safeguard().is_stated())
        .filter_map(|it| it.country().value().map(|it| it.code().to_owned()));
    let processors =
        register.processors().iter().filter(|it| it.transfer().value().is_some_and(|it| it.safeguard().is_stated()));
    let processors = processors.filter_map(|it| it.country().value().map(|it| it.code().to_owned()));
    stated.chain(processors).any(|other| other == country)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(region: &str) -> Option<&'static str> {
        country_of(region, &Register::default())
    }

    #[test]
    fn regions_and_their_zones_stand_in_one_country() {
        for (region, expected) in [
            ("eu-west-1", "IE"),
            ("eu-west-1a", "IE"),
            ("eu-west-2", "GB"),
            ("europe-west1-b", "BE"),
            ("europe-west12-a", "IT"),
            ("westeurope-2", "NL"),
            ("westus2", "US"),
            ("fr-par-1", "FR"),
            ("fsn1-dc14", "DE"),
            ("us-east1-b", "US"),
            ("ap-southeast-2b", "AU"),
            ("WestEurope", "NL"),
        ] {
            assert_eq!(country(region), Some(expected), "{region}");
        }
    }

    #[test]
    fn other_names_stand_nowhere() {
        for region in ["", "a", "rack-1", "0", "dc-west-1"] {
            assert_eq!(country(region), None, "{region}");
        }
    }

    #[test]
    fn no_region_stands_in_two_countries() {
        let mut seen = std::collections::BTreeMap::new();
        for (country, regions) in REGIONS {
            for region in regions.split_whitespace() {
                assert_eq!(seen.insert(region, country), None, "{region}");
            }
        }
    }
}
