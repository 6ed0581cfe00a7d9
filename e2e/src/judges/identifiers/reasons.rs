//! Where python-stdnum and the rule differ, and what the rule says. Each difference must have one of these.

/// A number that is judged differently.
pub(super) struct Difference<'a> {
    /// The kind here.
    pub kind: &'static str,
    /// The number.
    pub text: &'a str,
    /// Whether it is valid here; there, it is the other.
    pub ours: bool,
    /// Whether it was made to a form, without an error put into it.
    pub formed: bool,
}

/// A class of differences.
pub(super) struct Reason {
    /// Which numbers.
    pub what: &'static str,
    /// What python-stdnum does, and what the rule says.
    pub why: &'static str,
    holds: fn(&Difference<'_>) -> bool,
}

/// The reasons, the first that holds counts. All of them are numbers that are valid to python-stdnum only.
pub(super) const REASONS: &[Reason] = &[
    Reason {
        what: "at-social-security: no such date",
        why: "stdnum asks for no date; the last six digits are the date of birth, months 13 to 15 included (ASVG § 30c(1) 1)",
        holds: |it| it.kind == "at-social-security" && it.text.len() == 10 && !dated(it.text),
    },
    Reason {
        what: "fr-social-security: no such sex or month",
        why: "stdnum asks for the key only; décret 82-103, Art. 4: sex 1 or 2 (3, 4, 7, 8 for waiting), month 1 to 12, 20, 30 to 42 or from 50 on",
        holds: |it| {
            let sex = it.text.starts_with(['1', '2', '3', '4', '7', '8']);
            let month = number(it.text, 3, 2);
            it.kind == "fr-social-security" && !(sex && matches!(month, Some(1..=12 | 20 | 30..=42 | 50..)))
        },
    },
    Reason {
        what: "lv-personal-code, lv-vat: a seventh digit above 2",
        why: "stdnum counts centuries up to the 28th; 0, 1 and 2 stand for the 19th to the 21st",
        holds: |it| {
            let code = it.text.strip_prefix("LV").unwrap_or(it.text);
            matches!(it.kind, "lv-personal-code" | "lv-vat") && number(code, 6, 1) > Some(2)
        },
    },
    Reason {
        what: "cz-birth-number, cz-vat, sk-vat: months 41 to 49 and 91 to 99",
        why: "stdnum takes the month mod 50, then mod 20; act 133/2000, § 13: raised by 20, 50 or 70, nothing else",
        holds: |it| {
            let code = it.text.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
            let kinds = matches!(it.kind, "cz-birth-number" | "cz-vat" | "sk-vat");
            kinds && matches!(number(code, 2, 2), Some(41..=49 | 91..=99))
        },
    },
    Reason {
        what: "is-kennitala: a day above 40",
        why: "the number of an organisation, which is no person",
        holds: |it| it.kind == "is-kennitala" && matches!(number(it.text, 0, 2), Some(41..=71)),
    },
    Reason {
        what: "se-personal-number, se-coordination-number: a year before 1800 or after 2099",
        why: "stdnum takes any year; nobody in the register (folkbokföringslagen § 18) was born then",
        holds: |it| {
            let kinds = matches!(it.kind, "se-personal-number" | "se-coordination-number");
            kinds && it.text.len() == 12 && !matches!(number(it.text, 0, 2), Some(18..=20))
        },
    },
    Reason {
        what: "nl-citizen-number, nl-education-number, nl-vat, gr-tax-number, gr-vat: a digit less",
        why: "stdnum fills with zeros; the numbers have nine digits (Besluit burgerservicenummer, Art. 2; ΑΑΔΕ)",
        holds: |it| {
            let whole = match it.kind {
                "nl-citizen-number" | "nl-education-number" | "gr-tax-number" => 9,
                "gr-vat" => 11,
                "nl-vat" => 14,
                _ => return false,
            };
            !it.formed && it.text.len() < whole
        },
    },
    Reason {
        what: "pt-citizen-card: eleven or thirteen signs",
        why: "stdnum asks for no length; the number of the document has twelve (AMA)",
        holds: |it| it.kind == "pt-citizen-card" && !it.formed && it.text.len() != 12,
    },
    Reason {
        what: "imei: fourteen or sixteen digits",
        why: "stdnum takes what has no check digit (3GPP TS 23.003, 6.2.2) as well; any row of digits would do",
        holds: |it| it.kind == "imei" && !it.formed && matches!(it.text.len(), 14 | 16),
    },
    Reason {
        what: "li-person-number: thirteen digits, zeros first",
        why: "stdnum drops zeros before it counts; a PEID has twelve at most",
        holds: |it| it.kind == "li-person-number" && it.text.len() > 12 && it.text.starts_with('0'),
    },
    Reason {
        what: "payment-card: no issuer's range, or none of its lengths",
        why: "Luhn alone accepts it; ISO/IEC 7812 gives the range to nobody whom we know",
        holds: |it| it.kind == "payment-card" && !it.formed,
    },
    Reason {
        what: "iban: a letter among the check digits",
        why: "stdnum counts it as a number; ISO 13616-1: two digits",
        holds: |it| {
            it.kind == "iban" && !it.text.get(2..4).is_some_and(|check| check.bytes().all(|byte| byte.is_ascii_digit()))
        },
    },
    Reason {
        what: "gb-tax-reference: a K before it",
        why: "stdnum drops it; HMRC writes it behind the number, of which it is no part",
        holds: |it| it.kind == "gb-tax-reference" && it.text.starts_with('K'),
    },
];

/// Which reason a difference has.
pub(super) fn reason(difference: &Difference<'_>) -> Option<usize> {
    // What is valid here and not there has no excuse.
    let index = REASONS.iter().position(|reason| (reason.holds)(difference));
    index.filter(|_| !difference.ours)
}

fn number(text: &str, start: usize, length: usize) -> Option<u32> {
    text.get(start..start + length)?.parse().ok()
}

/// Whether the last six digits are a date of which the month may run to 15.
fn dated(text: &str) -> bool {
    let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (Some(day), Some(month), Some(year)) = (number(text, 4, 2), number(text, 6, 2), number(text, 8, 2)) else {
        return false;
    };
    let known = usize::try_from(month).ok().and_then(|index| days.get(index.checked_sub(1)?));
    let most = known.copied().unwrap_or(31) - u32::from(month == 2 && !year.is_multiple_of(4));
    (1..=15).contains(&month) && (1..=most).contains(&day)
}
