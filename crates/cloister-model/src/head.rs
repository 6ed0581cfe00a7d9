//! The documentation at the head of a source file, as text of the program: without the code below it, which would add
//! to every program that explains its checks.

/// The `//!` lines at the head of the file beside the caller that is named.
#[macro_export]
macro_rules! head {
    ($file:expr) => {{
        const SOURCE: &str = include_str!($file);
        const HEAD: [u8; $crate::head::length(SOURCE)] = $crate::head::copy(SOURCE);
        const TEXT: &str = $crate::head::text(&HEAD);
        TEXT
    }};
}

/// How many bytes the lines at the head have that begin with `//!`.
pub const fn length(source: &str) -> usize {
    let mut rest = source.as_bytes();
    while let [b'/', b'/', b'!', line @ ..] = rest {
        rest = line;
        while let [byte, after @ ..] = rest {
            rest = after;
            if *byte == b'\n' {
                break;
            }
        }
    }
    source.len() - rest.len()
}

/// The first bytes of a text.
pub const fn copy<const LENGTH: usize>(source: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    bytes.copy_from_slice(source.as_bytes().split_at(LENGTH).0);
    bytes
}

/// What was cut behind a line, as the text that it is.
pub const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_head_of_a_file_is_there_and_its_code_is_not() {
        let head = crate::head!("head.rs");
        assert!(head.starts_with("//! The documentation at the head") && head.ends_with("explains its checks.\n"));
    }

    #[test]
    fn a_file_may_have_no_head_or_nothing_else() {
        assert_eq!(super::length("use std;\n//! no\n"), 0);
        assert_eq!(super::length("//! all"), 7);
        assert_eq!(super::length("//"), 0);
        assert_eq!(super::length("//! é\n//!\n\nfn"), 11);
    }
}
