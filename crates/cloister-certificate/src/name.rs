//! Distinguished names as text (RFC 4514).

use x509_parser::der_parser::asn1_rs::Tag;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Attributes with a short name: RFC 4514 section 3, and those that certificates carry besides.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "GN"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// The name as text: the last attribute first (as openssl does it within a set, too), those of one set joined by `+`.
pub(crate) fn text(name: &X509Name<'_>) -> String {
    let reversed = |mut parts: Vec<String>, between: &str| {
        parts.reverse();
        parts.join(between)
    };
    reversed(name.iter_rdn().map(|set| reversed(set.iter().map(attribute).collect(), "+")).collect(), ",")
}

/// The values of one attribute, in the order of the certificate.
pub(crate) fn values(name: &X509Name<'_>, short: &str) -> Vec<String> {
    let id = ATTRIBUTES.iter().find(|(_, known)| *known == short).map_or("", |(id, _)| id);
    name.iter_attributes().filter(|each| each.attr_type().to_id_string() == id).filter_map(value).collect()
}

fn attribute(each: &AttributeTypeAndValue<'_>) -> String {
    let id = each.attr_type().to_id_string();
    let short = ATTRIBUTES.iter().find(|(known, _)| *known == id).map(|(_, short)| *short);
    match (short, value(each)) {
        (Some(short), Some(text)) => format!("{short}={}", escaped(&text)),
        (short, _) => format!("{}=#{}", short.unwrap_or(&id), crate::der::hexadecimal(each.as_slice())),
    }
}

/// The value of any of the string types; `None` where it is none of them or not of its alphabet.
fn value(each: &AttributeTypeAndValue<'_>) -> Option<String> {
    let any = each.attr_value();
    match any.tag() {
        Tag::BmpString => utf16(any.data),
        Tag::UniversalString => utf32(any.data),
        // Latin-1 by use (RFC 5280 appendix B leaves it open).
        Tag::T61String => Some(any.data.iter().map(|byte| char::from(*byte)).collect()),
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(any.data).ok().map(str::to_owned)
        }
        _ => None,
    }
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))).collect::<Result<_, _>>();
    text.ok().filter(|_| rest.is_empty())
}

fn utf32(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let text = units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect();
    Option::filter(text, |_: &String| rest.is_empty())
}

/// RFC 4514 section 2.4. Control characters are escaped by their bytes, so that text can be shown anywhere.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let edge = (index == 0 && matches!(character, ' ' | '#')) || (index == last && character == ' ');
        if edge || matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            out.push('\\');
            out.push(character);
        } else if character.is_control() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("\\{byte:02X}"));
            }
        } else {
            out.push(character);
        }
    }
    out
}
