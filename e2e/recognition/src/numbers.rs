//! Numbers of persons: where each is used, how it is called there, what it looks like. Valid ones are found by search:
//! the rule itself says which of the numbers of a shape it accepts.

use cloister_dice::Dice;

/// One kind of number.
#[derive(Debug)]
pub struct Number {
    /// The detector's kind.
    pub kind: &'static str,
    /// The category that the register gives it.
    pub category: &'static str,
    /// Languages of the documents in which it stands.
    pub languages: &'static [&'static str],
    /// What people call it there.
    pub labels: &'static [&'static str],
    /// What programmers call it, as words.
    pub keys: &'static [&'static str],
    /// What it is made of: see [`fill`].
    shape: &'static str,
    /// How it is written; `#` stands for its next sign.
    formats: &'static [&'static str],
    /// Whether a checksum or a rule as strict decides.
    pub checked: bool,
}

const NATIONAL: &str = "national-identifier";
const TAX: &str = "tax-identifier";
const SOCIAL: &str = "social-security-number";
const HEALTH: &str = "health";
const DOCUMENT: &str = "identity-document";

macro_rules! numbers {
    ($($kind:literal $category:ident $languages:tt $labels:tt $keys:tt $shape:literal $formats:tt $checked:literal;)*) => {
        &[$(Number {
            kind: $kind, category: $category, languages: &$languages, labels: &$labels, keys: &$keys, shape: $shape,
            formats: &$formats, checked: $checked,
        }),*]
    };
}

/// All of them.
#[rustfmt::skip]
pub const NUMBERS: &[Number] = numbers! {
    "de-tax-number" TAX ["de"] ["Steuer-ID", "Steueridentifikationsnummer", "IdNr.", "Steuerliche Identifikationsnummer"] ["steuer id", "steuer identifikationsnummer", "tax id"] "%##########" ["###########", "## ### ### ###"] true;
    "de-pension-number" SOCIAL ["de"] ["Rentenversicherungsnummer", "RVNR", "Sozialversicherungsnummer", "SV-Nummer"] ["rentenversicherungsnummer", "sozialversicherungsnummer", "sv nummer"] "[12345]#<DDMMYY>@###" ["############", "## ###### # ###"] true;
    "de-health-insurance" HEALTH ["de"] ["Krankenversichertennummer", "KVNR", "Versichertennummer", "Krankenversicherungsnummer"] ["krankenversichertennummer", "kvnr", "health insurance number"] "@#########" ["##########"] true;
    "de-identity-card" DOCUMENT ["de"] ["Personalausweisnummer", "Ausweisnummer", "Reisepassnummer"] ["personalausweis nr", "ausweisnummer", "passport number"] "[LMNPRTVWXY][0123456789CFGHJKLMNPRTVWXYZ][0123456789CFGHJKLMNPRTVWXYZ]######%" ["##########"] true;
    "at-social-security" SOCIAL ["de"] ["Sozialversicherungsnummer", "SVNR", "Versicherungsnummer"] ["svnr", "sozialversicherungsnummer"] "%###<DDMMYY>" ["##########", "#### ######"] true;
    "ch-social-security" SOCIAL ["de", "fr", "it"] ["AHV-Nummer", "AHV-Nr.", "Numéro AVS", "Numero AVS"] ["ahv nummer", "ahvn13", "avs number"] "756##########" ["#############", "###.####.####.##"] true;
    "pl-pesel" NATIONAL ["pl"] ["PESEL", "Numer PESEL", "Nr PESEL"] ["pesel", "numer pesel"] "<YYMMDD>#####" ["###########"] true;
    "pl-nip" TAX ["pl"] ["NIP", "Numer identyfikacji podatkowej", "Nr NIP"] ["nip", "numer nip"] "[123456789][123456789]########" ["##########", "###-###-##-##"] true;
    "cz-birth-number" NATIONAL ["cs", "sk"] ["Rodné číslo", "RČ", "r. č."] ["rodne cislo", "rc", "birth number"] "<YYMMDD>####" ["######/####", "##########"] true;
    "si-emso" NATIONAL ["sl"] ["EMŠO", "Številka EMŠO", "Enotna matična številka občana"] ["emso"] "<DDMMYYY>50####" ["#############"] true;
    "si-tax-number" TAX ["sl"] ["Davčna številka", "Davčna št."] ["davcna stevilka", "tax number"] "%#######" ["########"] true;
    "hr-oib" NATIONAL ["hr"] ["OIB", "Osobni identifikacijski broj", "OIB broj"] ["oib", "osobni identifikacijski broj"] "###########" ["###########"] true;
    "dk-cpr" NATIONAL ["da"] ["CPR-nummer", "CPR-nr.", "Personnummer"] ["cpr nummer", "cpr", "person nummer"] "<DDMMYY>####" ["######-####", "##########"] false;
    "ee-identity-code" NATIONAL ["et"] ["Isikukood", "Isikukoodi number"] ["isikukood", "personal code"] "[3456]<YYMMDD>####" ["###########"] true;
    "lt-personal-code" NATIONAL ["lt"] ["Asmens kodas", "Asmens kodo numeris"] ["asmens kodas", "personal code"] "[3456]<YYMMDD>####" ["###########"] true;
    "lv-personal-code" NATIONAL ["lv"] ["Personas kods", "Personas kodu"] ["personas kods", "personal code"] "<DDMMYY>[12]####" ["######-#####", "###########"] true;
    "fi-identity-code" NATIONAL ["fi"] ["Henkilötunnus", "HETU", "Henkilötunnuksesi"] ["henkilotunnus", "hetu"] "<DDMMYY>###[0123456789ABCDEFHJKLMNPRSTUVWXY]" ["######-####"] true;
    "is-kennitala" NATIONAL ["is"] ["Kennitala", "Kt."] ["kennitala"] "<DDMMYY>###[90]" ["######-####", "##########"] true;
    "no-birth-number" NATIONAL ["no"] ["Fødselsnummer", "Fødselsnr.", "Personnummer"] ["fodselsnummer", "fnr", "national id"] "<DDMMYY>#####" ["###########", "###### #####"] true;
    "se-personal-number" NATIONAL ["sv"] ["Personnummer", "Personnr"] ["personnummer", "pnr", "personal number"] "<YYMMDD>####" ["######-####", "##########"] true;
    "bg-egn" NATIONAL ["bg"] ["ЕГН", "Единен граждански номер", "ЕГН №"] ["egn", "егн"] "<YYMMDD>####" ["##########"] true;
    "bg-foreigner-number" NATIONAL ["bg"] ["ЛНЧ", "Личен номер на чужденец"] ["lnch", "личен номер на чужденец"] "##########" ["##########"] true;
    "gr-amka" SOCIAL ["el"] ["ΑΜΚΑ", "Αριθμός ΑΜΚΑ", "Α.Μ.Κ.Α."] ["amka", "αμκα"] "<DDMMYY>#####" ["###########"] true;
    "gr-tax-number" TAX ["el"] ["ΑΦΜ", "Αριθμός Φορολογικού Μητρώου", "Α.Φ.Μ."] ["afm", "αφμ"] "#########" ["#########"] true;
    "cy-tax-number" TAX ["el"] ["Αριθμός Φορολογικής Ταυτότητας", "ΑΦΤ"] ["αριθμος φορολογικης ταυτοτητας", "tax id"] "[09]#######@" ["#########"] true;
    "it-fiscal-code" TAX ["it"] ["Codice fiscale", "C.F.", "Cod. fiscale"] ["codice fiscale", "cod fiscale"] "@@@@@@##[ABCDEHLMPRST][0123]#[ABCDEFGHILM]###@" ["################"] true;
    "pt-tax-number" TAX ["pt"] ["NIF", "Número de contribuinte", "Número de identificação fiscal"] ["nif", "numero contribuinte"] "[123]########" ["#########", "### ### ###"] true;
    "pt-citizen-card" DOCUMENT ["pt"] ["Cartão de cidadão", "N.º do Cartão de Cidadão"] ["cartao cidadao", "citizen card"] "#########@@#" ["############", "######## # ###"] true;
    "ro-cnp" NATIONAL ["ro"] ["CNP", "Cod numeric personal"] ["cnp", "cod numeric personal"] "[1256]<YYMMDD>[01234]#####" ["#############"] true;
    "es-dni" NATIONAL ["es"] ["DNI", "Número de DNI", "NIF"] ["dni", "numero dni"] "########@" ["#########", "########-#"] true;
    "es-nie" NATIONAL ["es"] ["NIE", "Número de identidad de extranjero"] ["nie", "numero nie"] "[XYZ]#######@" ["#########", "#-#######-#"] true;
    "be-national-number" NATIONAL ["nl", "fr"] ["Rijksregisternummer", "INSZ", "Numéro de registre national", "Numéro national"] ["rijksregisternummer", "insz", "niss"] "<YYMMDD>#####" ["###########", "##.##.##-###.##"] true;
    "be-identity-card" DOCUMENT ["nl"] ["Nummer identiteitskaart", "Identiteitskaartnummer", "Numéro de carte d’identité"] ["identiteitskaart nummer", "eid number"] "############" ["############", "###-#######-##"] true;
    "fr-social-security" SOCIAL ["fr"] ["Numéro de sécurité sociale", "NIR", "N° de sécurité sociale", "Numéro INSEE"] ["numero securite sociale", "nir", "num secu"] "[12]##[01]#[01234567]########" ["###############", "# ## ## ## ### ### ##"] true;
    "fr-tax-number" TAX ["fr"] ["Numéro fiscal", "Numéro fiscal de référence", "Numéro SPI"] ["numero fiscal", "spi"] "[0123]############" ["#############", "## ## ### ### ###"] true;
    "ie-pps-number" SOCIAL ["en", "ga"] ["PPS number", "PPSN", "Uimhir PSP", "PPS No."] ["ppsn", "pps number"] "#######@[ABWH]" ["#########"] true;
    "lu-national-number" NATIONAL ["fr", "de"] ["Matricule", "Numéro de matricule", "Matricule nationale"] ["matricule", "matricule nationale"] "<YYYYMMDD>#####" ["#############", "######## #####"] true;
    "nl-citizen-number" NATIONAL ["nl"] ["BSN", "Burgerservicenummer", "BSN-nummer"] ["bsn", "burgerservicenummer"] "#########" ["#########", "####.##.###"] true;
    "nl-education-number" EDUCATION ["nl"] ["Onderwijsnummer"] ["onderwijsnummer"] "10#######" ["#########"] true;
    "gb-nhs-number" HEALTH ["en"] ["NHS number", "NHS No.", "NHS no"] ["nhs number", "nhs no"] "##########" ["##########", "### ### ####"] true;
    "gb-national-insurance" SOCIAL ["en"] ["National Insurance number", "NI number", "NINO"] ["nino", "national insurance number"] "@@######[ABCD]" ["#########", "## ## ## ## #"] false;
    "gb-tax-reference" TAX ["en"] ["UTR", "Unique Taxpayer Reference"] ["utr", "taxpayer reference"] "##########" ["##########", "##### #####"] true;
    "at-tax-number" TAX ["de"] ["Abgabenkontonummer", "Steuernummer (Österreich)"] ["abgabenkontonummer", "steuernummer"] "#########" ["## ###/####", "#########"] true;
    "be-bis-number" NATIONAL ["nl", "fr"] ["BIS-nummer", "Numéro BIS"] ["bis nummer", "numero bis"] "##[234]########" ["###########", "##.##.##-###.##"] true;
    "hu-personal-identifier" NATIONAL ["hu"] ["Személyi azonosító", "Személyi szám"] ["szemelyi azonosito", "személyi szám"] "[1234]<YYMMDD>####" ["###########", "#-######-####"] true;
    "hu-social-security" SOCIAL ["hu"] ["TAJ szám", "TAJ-szám", "Társadalombiztosítási azonosító jel"] ["taj szam", "taj"] "#########" ["#########", "### ### ###"] true;
    "hu-tax-identifier" TAX ["hu"] ["Adóazonosító jel", "Adóazonosító"] ["adoazonosito jel", "adóazonosító"] "8#########" ["##########"] true;
    "pt-social-security" SOCIAL ["pt"] ["NISS", "Número de segurança social"] ["niss", "numero seguranca social"] "1##########" ["###########"] true;
    "es-social-security" SOCIAL ["es"] ["Número de la Seguridad Social", "NUSS", "N.º de afiliación"] ["nuss", "numero seguridad social"] "[01234]###########" ["############", "## ######## ##", "##/########/##"] true;
    "se-coordination-number" NATIONAL ["sv"] ["Samordningsnummer"] ["samordningsnummer"] "##[01]#[6789]#####" ["######-####", "##########"] true;
    "gb-pupil-number" EDUCATION ["en"] ["Unique Pupil Number", "UPN"] ["upn", "unique pupil number"] "@############" ["#############"] true;
    "mt-identity-card" NATIONAL ["mt", "en"] ["Numru tal-karta tal-identità", "Identity card (Malta)"] ["karta tal identita", "identity card"] "0######[MGAPLHBZ]" ["########"] false;
    "passport" DOCUMENT ["en", "de", "fr", "es", "it", "pl", "cs", "el", "bg", "fi", "hu", "ro"] ["Passport number", "Passport no."] ["passport number", "passport no"] "[ACHPX][ABCDEFGHKLMNPR]#######" ["#########"] false;
};
const EDUCATION: &str = "education";

impl Number {
    /// A valid number, without separators; nothing where the detector has no rule of this kind.
    pub fn valid(&self, dice: &mut Dice) -> Option<String> {
        (0..300_000).find_map(|_| Some(fill(self.shape, dice)).filter(|number| self.is_anybodys(number)))
    }

    /// Accepted by the rule, and not kept for tests: such a number is nobody's, and no default threshold lets it through.
    fn is_anybodys(&self, number: &str) -> bool {
        holds(self.kind, number) && !cloister_detect::is_specimen(self.kind, number.as_bytes())
    }

    /// Nearly the same number, which the rule refuses.
    pub fn wrong(&self, dice: &mut Dice) -> Option<String> {
        let valid = self.valid(dice)?;
        (0..50).find_map(|_| {
            let at = dice.below(valid.len());
            let other = char::from_digit(u32::try_from(dice.below(10)).ok()?, 10)?;
            let changed = valid
                .chars()
                .enumerate()
                .map(|(index, sign)| if index == at && sign.is_ascii_digit() { other } else { sign });
            Some(changed.collect::<String>()).filter(|number| !holds(self.kind, number))
        })
    }

    /// As people write it.
    pub fn written(&self, number: &str, dice: &mut Dice) -> String {
        format(number, dice.pick(self.formats))
    }

    /// Those of documents in this language.
    pub fn of(language: &str) -> impl Iterator<Item = &'static Number> {
        NUMBERS.iter().filter(move |number| number.languages.contains(&language))
    }
}

/// Whether the detector's rule of this kind accepts a number.
pub fn holds(kind: &str, number: &str) -> bool {
    cloister_detect::checksum(kind, number.as_bytes()) == Some(true)
}

/// The signs of `number` in the places of `#`.
fn format(number: &str, format: &str) -> String {
    let mut signs = number.chars();
    let mut written: String =
        format.chars().filter_map(|place| if place == '#' { signs.next() } else { Some(place) }).collect();
    written.extend(signs);
    written
}

/// Fills a shape: `#` is a digit, `%` one that is not 0, `@` a letter, `[…]` one of these, `<…>` a date; all
/// else is itself.
pub fn fill(shape: &str, dice: &mut Dice) -> String {
    let mut filled = String::new();
    let mut rest = shape.chars();
    while let Some(sign) = rest.next() {
        match sign {
            '#' => filled.push(digit(dice)),
            '%' => filled.push(dice.pick(&['1', '2', '3', '4', '5', '6', '7', '8', '9'])),
            '@' => filled.push(letter(dice)),
            '[' => {
                let choices: Vec<char> = rest.by_ref().take_while(|end| *end != ']').collect();
                filled.push(dice.pick(&choices));
            }
            '<' => {
                let name: String = rest.by_ref().take_while(|end| *end != '>').collect();
                filled.push_str(&date(&name, dice));
            }
            other => filled.push(other),
        }
    }
    filled
}

fn digit(dice: &mut Dice) -> char {
    char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0))
}

fn letter(dice: &mut Dice) -> char {
    char::from(b'A' + u8::try_from(dice.below(26)).unwrap_or(0))
}

/// A day of a person's birth, in the digits that a shape asks for.
fn date(name: &str, dice: &mut Dice) -> String {
    let (year, month, day) = (1938 + dice.below(66), 1 + dice.below(12), 1 + dice.below(28));
    let short = year % 100;
    match name {
        "DDMMYY" => format!("{day:02}{month:02}{short:02}"),
        "YYMMDD" => format!("{short:02}{month:02}{day:02}"),
        "YYYYMMDD" => format!("{year}{month:02}{day:02}"),
        "DDMMYYY" => format!("{day:02}{month:02}{:03}", year % 1000),
        _ => String::new(),
    }
}
