//! The parser's window on a text. The parser asks for one character after the other: of nearly all manifests each is
//! one byte, and is taken as such.

use saphyr_parser::Input;
use saphyr_parser::input::{SkipTabs, is_alpha, is_blank, is_blank_or_breakz, is_break, is_breakz, is_flow, is_z};

/// For so many characters the parser makes room when a word begins. One more than these fit what it starts with, so
/// that no word is moved before it is longer.
const WINDOW: usize = 31;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What is still to be read. Behind the end stand NULs.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    text: &'a str,
    /// Where reading stands, in bytes: to count on is cheaper than to cut.
    at: usize,
    /// How many characters the parser has asked for at once: it wants to be told.
    asked: usize,
}

impl<'a> Text<'a> {
    /// From the start.
    pub fn new(text: &'a str) -> Text<'a> {
        Text { text, at: 0, asked: 0 }
    }

    #[inline]
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or_default()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn skip_bytes(&mut self, count: usize) {
        self.at = (self.at + count).min(self.text.len());
    }

    /// Bytes of the characters at the start for which a test holds, and how many there are.
    fn span(&self, test: impl Fn(char) -> bool) -> (usize, usize) {
        let (rest, mut count) = (self.rest(), 0);
        for (at, letter) in rest.char_indices() {
            if !test(letter) {
                return (at, count);
            }
            count += 1;
        }
        (rest.len(), count)
    }

    /// Moves what a test holds for to `out`.
    fn fetch(&mut self, out: &mut String, test: impl Fn(char) -> bool) -> usize {
        let (bytes, count) = self.span(test);
        out.push_str(self.rest().get(..bytes).unwrap_or_default());
        self.skip_bytes(bytes);
        count
    }

    fn is_indicator(&self, mark: u8) -> bool {
        (0..3).all(|at| self.byte(at) == mark) && is_blank_or_breakz(char::from(self.byte(3)))
    }
}

fn is_non_break(letter: char) -> bool {
    !is_breakz(letter) && letter != BYTE_ORDER_MARK
}

impl Input for Text<'_> {
    fn lookahead(&mut self, count: usize) {
        self.asked = self.asked.max(count);
    }

    fn buflen(&self) -> usize {
        self.asked
    }

    fn bufmaxlen(&self) -> usize {
        WINDOW
    }

    fn raw_read_ch(&mut self) -> char {
        let letter = self.peek();
        self.skip();
        letter
    }

    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        let letter = self.peek_opt().filter(|letter| is_non_break(*letter))?;
        self.skip();
        Some(letter)
    }

    #[inline]
    fn skip(&mut self) {
        let length = if self.byte(0).is_ascii() { 1 } else { self.rest().chars().next().map_or(0, char::len_utf8) };
        self.skip_bytes(length);
    }

    fn skip_n(&mut self, count: usize) {
        (0..count).for_each(|_| self.skip());
    }

    #[inline]
    fn peek(&self) -> char {
        match self.byte(0) {
            byte if byte.is_ascii() => char::from(byte),
            _ => self.rest().chars().next().unwrap_or_default(),
        }
    }

    #[inline]
    fn peek_nth(&self, n: usize) -> char {
        match (0..=n).all(|at| self.byte(at).is_ascii()) {
            true => char::from(self.byte(n)),
            false => self.rest().chars().nth(n).unwrap_or_default(),
        }
    }

    fn peek_opt(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next_2_are(&self, first: char, second: char) -> bool {
        let mut letters = self.rest().chars();
        letters.next() == Some(first) && letters.next() == Some(second)
    }

    fn next_3_are(&self, first: char, second: char, third: char) -> bool {
        self.next_2_are(first, second) && self.rest().chars().nth(2) == Some(third)
    }

    fn next_is_document_indicator(&self) -> bool {
        self.next_is_document_start() || self.next_is_document_end()
    }

    fn next_is_document_start(&self) -> bool {
        self.is_indicator(b'-')
    }

    fn next_is_document_end(&self) -> bool {
        self.is_indicator(b'.')
    }

    fn skip_ws_to_eol(&mut self, tabs: SkipTabs) -> (usize, Result<SkipTabs, &'static str>) {
        let takes = |letter: char| letter == ' ' || letter == '\t' && tabs != SkipTabs::No;
        let (blanks, _) = self.span(takes);
        let taken = self.rest().as_bytes().get(..blanks).unwrap_or_default();
        let (spaces, tabs) = (taken.contains(&b' '), taken.contains(&b'\t'));
        let mut count = blanks;
        if self.byte(blanks) == b'#' {
            if blanks == 0 {
                return (0, Err("comments must be separated from other tokens by whitespace"));
            }
            self.skip_bytes(blanks);
            count += self.skip_while_non_breakz();
        } else {
            self.skip_bytes(blanks);
        }
        (count, Ok(SkipTabs::Result(tabs, spaces)))
    }

    #[inline]
    fn next_can_be_plain_scalar(&self, in_flow: bool) -> bool {
        match self.byte(0) {
            b':' => {
                let next = char::from(self.byte(1));
                !(is_blank_or_breakz(next) || in_flow && is_flow(next))
            }
            byte if byte.is_ascii() => !(in_flow && is_flow(char::from(byte))),
            _ => self.peek() != BYTE_ORDER_MARK,
        }
    }

    // What these look for is one byte each, and no part of a longer character.

    #[inline]
    fn next_is_blank_or_break(&self) -> bool {
        is_blank(char::from(self.byte(0))) || is_break(char::from(self.byte(0)))
    }

    #[inline]
    fn next_is_blank_or_breakz(&self) -> bool {
        is_blank_or_breakz(char::from(self.byte(0)))
    }

    #[inline]
    fn next_is_blank(&self) -> bool {
        is_blank(char::from(self.byte(0)))
    }

    #[inline]
    fn next_is_break(&self) -> bool {
        is_break(char::from(self.byte(0)))
    }

    #[inline]
    fn next_is_breakz(&self) -> bool {
        is_breakz(char::from(self.byte(0)))
    }

    #[inline]
    fn next_is_z(&self) -> bool {
        is_z(char::from(self.byte(0)))
    }

    fn skip_while_non_breakz(&mut self) -> usize {
        let (bytes, count) = self.span(is_non_break);
        self.skip_bytes(bytes);
        count
    }

    fn skip_while_blank(&mut self) -> usize {
        let (bytes, count) = self.span(is_blank);
        self.skip_bytes(bytes);
        count
    }

    fn fetch_while_is_alpha(&mut self, out: &mut String) -> usize {
        self.fetch(out, is_alpha)
    }

    fn fetch_while_is_yaml_non_space(&mut self, out: &mut String) -> usize {
        self.fetch(out, |letter| is_non_break(letter) && !is_blank(letter))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use saphyr_parser::{Parser, StrInput};

    use super::*;

    /// All that a parser tells of an input, with places, until it ends or fails.
    fn told<T: Input>(input: T) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        let mut parser = Parser::new(input);
        while let Some(event) = parser.next_event() {
            let failed = event.is_err();
            told.push(format!("{event:?}"));
            if failed {
                break;
            }
        }
        told
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// The library's own input is the judge.
        #[test]
        fn the_parser_reads_the_same_as_by_its_own_input(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "key: ", "é", "\u{feff}", "\u{1f980}", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\r\n",
                    "\r", " ", "\t", "#", " # note é\n", "|\n", "|2-\n", ">+\n", "'", "\"", "\\n", "{", "}", "[", "]",
                    ",", "? ", "&a ", "*a ", "!!str ", "!t ", "%YAML 1.2\n", "---", "...", "\0", "0x1f", "<<: ",
                    "                                        ", "a word that is longer than the window of the parser",
                ]),
                0..24,
            )
        ) {
            let text = parts.concat();
            prop_assert_eq!(told(Text::new(&text)), told(StrInput::new(&text)), "{:?}", text);
        }
    }
}
