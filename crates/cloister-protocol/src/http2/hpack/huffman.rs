//! The Huffman code of HPACK (RFC 7541 appendix B).

/// How long the code of each symbol is, the end of a string last. The code is canonical: it follows from these.
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12,
    10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6,
    5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22,
    22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20,
    22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28,
    27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28,
    27, 27, 27, 27, 27, 26, 30,
];

/// The longest code.
const LONGEST: usize = 30;

/// For each length: the first code of that length, how many there are, and where their symbols begin.
struct Code {
    first: [u32; LONGEST + 1],
    count: [u32; LONGEST + 1],
    start: [u32; LONGEST + 1],
    symbols: [u16; 257],
}

static CODE: Code = code();

#[allow(clippy::indexing_slicing, reason = "worked out by the compiler")]
const fn code() -> Code {
    let mut code =
        Code { first: [0; LONGEST + 1], count: [0; LONGEST + 1], start: [0; LONGEST + 1], symbols: [0; 257] };
    let (mut length, mut next, mut filled) = (1, 0, 0);
    while length <= LONGEST {
        next <<= 1;
        code.first[length] = next;
        code.start[length] = filled;
        let mut symbol = 0;
        while symbol < LENGTHS.len() {
            if LENGTHS[symbol] as usize == length {
                code.symbols[filled as usize] = symbol as u16;
                filled += 1;
                next += 1;
            }
            symbol += 1;
        }
        code.count[length] = filled - code.start[length];
        length += 1;
    }
    code
}

/// Decodes a string; None where it breaks the code or is padded otherwise than by up to seven ones.
pub(super) fn decode(coded: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (mut bits, mut length) = (0_u32, 0_usize);
    for byte in coded {
        for shift in (0..8).rev() {
            bits = (bits << 1) | u32::from(byte >> shift & 1);
            length += 1;
            if let Some(symbol) = symbol(bits, length) {
                out.push(u8::try_from(symbol).ok()?);
                (bits, length) = (0, 0);
            } else if length >= LONGEST {
                return None;
            }
        }
    }
    (length < 8 && bits == (1 << length) - 1).then_some(())
}

fn symbol(bits: u32, length: usize) -> Option<u16> {
    let within = bits.checked_sub(*CODE.first.get(length)?)?;
    if within >= *CODE.count.get(length)? {
        return None;
    }
    CODE.symbols.get((CODE.start.get(length)? + within) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of RFC 7541 appendix C.4.
    #[test]
    fn strings_of_the_standard() {
        let cases: [(&[u8], Option<&str>); 5] = [
            (&[0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff], Some("www.example.com")),
            (&[0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf], Some("no-cache")),
            (&[], Some("")),
            (&[0xff], None),
            (&[0xff; 40], None),
        ];
        for (coded, expected) in cases {
            let mut out = Vec::new();
            let text = decode(coded, &mut out).map(|()| String::from_utf8(out).unwrap());
            assert_eq!(text.as_deref(), expected, "{coded:x?}");
        }
    }
}
