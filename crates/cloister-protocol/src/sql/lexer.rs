//! The words of SQL, from text that comes in pieces of any size.

use super::grammar::Ended;
use super::{Dialect, Grammar, Meaning, NAME};

/// What the reader finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text of the statement.
    Text(&'a [u8]),
    /// The next piece of a value whose meaning is known, unescaped; `last` says that it is whole.
    Value(&'a Meaning, &'a [u8], bool),
    /// A row of values is whole.
    Row,
}

/// In what the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    Word,
    Number,
    /// `quote`, whether backslashes count.
    Value(u8, bool),
    /// Behind a quote: the value ended, or the quote is doubled.
    ValueQuote(u8, bool),
    ValueBackslash(u8),
    Name(u8),
    NameQuote(u8),
    Dash,
    Slash,
    Line,
    /// Depth, and the byte before.
    Block(u8, u8),
    /// `$` and what follows, which may be a parameter or open a value.
    Dollar,
    /// Within `$tag$…$tag$`: so many bytes of the closing tag were seen.
    Tagged(usize),
}

/// Cuts text into words, and asks the grammar what each value means.
#[derive(Debug)]
pub(crate) struct Lexer {
    grammar: Grammar,
    state: State,
    word: Vec<u8>,
    meaning: Meaning,
    /// The value that is read is an option, which the grammar wants to see.
    option: bool,
}

/// The text at hand: what stands from `from` to `at` is not handed on yet.
struct Run<'a, 'o> {
    bytes: &'a [u8],
    from: usize,
    at: usize,
    out: &'o mut dyn FnMut(Piece<'_>),
}

impl Lexer {
    pub(crate) fn new(dialect: Dialect) -> Lexer {
        Lexer {
            grammar: Grammar::new(dialect),
            state: State::Between,
            word: Vec::new(),
            meaning: Meaning::Unknown,
            option: false,
        }
    }

    pub(crate) fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// The next text.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(Piece<'_>)) {
        let mut run = Run { bytes, from: 0, at: 0, out };
        while let Some(&byte) = bytes.get(run.at) {
            self.byte(byte, &mut run);
            run.at += 1;
            run.at += self.plain(bytes.get(run.at..).unwrap_or_default());
        }
        // What may be the beginning of a closing tag waits.
        let waits = if let State::Tagged(seen) = self.state { seen.min(run.at - run.from) } else { 0 };
        run.at -= waits;
        self.flush(&mut run);
    }

    /// The text ends.
    pub(crate) fn finish(mut self, out: &mut dyn FnMut(Piece<'_>)) -> Grammar {
        let mut run = Run { bytes: b"", from: 0, at: 0, out };
        match self.state {
            State::Value(..) | State::ValueQuote(..) | State::ValueBackslash(_) | State::Tagged(_) | State::Number => {
                self.close(&mut run);
            }
            _ => self.end_of_token(),
        }
        self.grammar
    }

    /// How many bytes from here on change nothing.
    fn plain(&self, rest: &[u8]) -> usize {
        let found = match self.state {
            _ if self.option => return 0,
            State::Value(quote, true) => memchr::memchr2(quote, b'\\', rest),
            State::Value(quote, false) => memchr::memchr(quote, rest),
            State::Line => memchr::memchr(b'\n', rest),
            _ => return 0,
        };
        found.unwrap_or(rest.len())
    }

    /// Whether the value that is read is handed on apart from the text.
    fn apart(&self) -> bool {
        self.meaning != Meaning::Unknown
    }

    fn flush(&mut self, run: &mut Run<'_, '_>) {
        let bytes = run.bytes.get(run.from..run.at).unwrap_or_default();
        run.from = run.at;
        if bytes.is_empty() {
            return;
        }
        if self.apart() {
            (run.out)(Piece::Value(&self.meaning, bytes, false));
        } else {
            (run.out)(Piece::Text(bytes));
        }
    }

    /// A value opens.
    fn open(&mut self, state: State, run: &mut Run<'_, '_>) {
        let meaning = self.grammar.value();
        self.option = self.grammar.wants_text();
        self.state = state;
        if meaning != Meaning::Unknown {
            self.flush(run);
            self.meaning = meaning;
            run.from = if state == State::Number { run.at } else { run.at + 1 };
        }
    }

    fn close(&mut self, run: &mut Run<'_, '_>) {
        if self.apart() {
            (run.out)(Piece::Value(&self.meaning, b"", true));
        }
        if std::mem::take(&mut self.option) {
            self.grammar.settle_choice();
        }
        self.meaning = Meaning::Unknown;
        self.state = State::Between;
    }

    /// Ends the run before this byte, which is handed on in no run.
    fn drop_byte(&mut self, run: &mut Run<'_, '_>) {
        if self.apart() {
            self.flush(run);
            run.from = run.at + 1;
        }
    }

    fn byte(&mut self, byte: u8, run: &mut Run<'_, '_>) {
        match self.state {
            State::Between => self.begin(byte, run),
            State::Word => self.in_word(byte, run),
            State::Number if byte.is_ascii_alphanumeric() || byte == b'.' => {}
            State::Number => {
                if self.apart() {
                    self.flush(run);
                }
                self.close(run);
                self.begin(byte, run);
            }
            State::Value(quote, _) if byte != quote && byte != b'\\' => self.look(byte),
            State::Value(..) | State::ValueQuote(..) | State::ValueBackslash(_) => self.in_value(byte, run),
            State::Name(quote) | State::NameQuote(quote) => self.in_name(quote, byte, run),
            State::Dollar => self.in_dollar(byte, run),
            State::Dash | State::Slash => {
                let comment = if self.state == State::Dash { b'-' } else { b'*' };
                if byte == comment {
                    self.state = if byte == b'-' { State::Line } else { State::Block(1, 0) };
                } else {
                    self.grammar.symbol(if comment == b'-' { b'-' } else { b'/' });
                    self.begin(byte, run);
                }
            }
            State::Line if byte == b'\n' => self.state = State::Between,
            State::Line => {}
            State::Block(depth, before) => {
                self.state = match (before, byte) {
                    (b'*', b'/') if depth <= 1 || self.grammar.dialect() == Dialect::Mysql => State::Between,
                    (b'*', b'/') => State::Block(depth - 1, 0),
                    (b'/', b'*') => State::Block(depth.saturating_add(1), 0),
                    _ => State::Block(depth, byte),
                };
            }
            State::Tagged(seen) => self.in_tagged(seen, byte, run),
        }
    }

    fn look(&mut self, byte: u8) {
        if self.option {
            self.grammar.text(&[byte]);
        }
    }

    fn in_value(&mut self, byte: u8, run: &mut Run<'_, '_>) {
        match self.state {
            State::Value(quote, backslash) if byte == quote => {
                self.drop_byte(run);
                self.state = State::ValueQuote(quote, backslash);
            }
            State::Value(quote, true) => {
                self.drop_byte(run);
                self.state = State::ValueBackslash(quote);
            }
            State::ValueQuote(quote, backslash) if byte == quote => {
                self.look(byte);
                if self.apart() {
                    run.from = run.at;
                }
                self.state = State::Value(quote, backslash);
            }
            State::ValueQuote(..) => {
                self.close(run);
                if run.from > run.at {
                    run.from = run.at;
                }
                self.begin(byte, run);
            }
            State::ValueBackslash(quote) => {
                let meant = unescaped(byte);
                self.look(meant);
                if self.apart() {
                    (run.out)(Piece::Value(&self.meaning, &[meant], false));
                    run.from = run.at + 1;
                }
                self.state = State::Value(quote, true);
            }
            _ => self.look(byte),
        }
    }

    fn in_name(&mut self, quote: u8, byte: u8, run: &mut Run<'_, '_>) {
        match self.state {
            State::Name(_) if byte == quote => self.state = State::NameQuote(quote),
            State::Name(_) => self.keep(byte),
            _ if byte == quote => {
                self.keep(byte);
                self.state = State::Name(quote);
            }
            _ => {
                self.end_of_token();
                self.begin(byte, run);
            }
        }
    }

    fn in_dollar(&mut self, byte: u8, run: &mut Run<'_, '_>) {
        let number = self.word.first().is_some_and(u8::is_ascii_digit);
        if (byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80) && self.word.len() < 64 {
            self.keep(byte);
        } else if byte == b'$' && !number {
            self.open(State::Tagged(0), run);
        } else {
            self.end_of_token();
            self.begin(byte, run);
        }
    }

    fn in_tagged(&mut self, seen: usize, byte: u8, run: &mut Run<'_, '_>) {
        let expected = if seen == 0 { b'$' } else { self.word.get(seen - 1).copied().unwrap_or(b'$') };
        if byte == expected && seen == self.word.len() + 1 {
            if self.apart() {
                let tag = seen.min(run.at.saturating_sub(run.from));
                run.at -= tag;
                self.flush(run);
                run.at += tag;
                run.from = run.at + 1;
            }
            self.close(run);
        } else if byte == expected {
            self.state = State::Tagged(seen + 1);
        } else {
            let at_hand = run.at.saturating_sub(run.from);
            if seen > at_hand {
                self.give_back(seen - at_hand, run);
            }
            self.state = State::Tagged(usize::from(byte == b'$'));
        }
    }

    /// Hands on what looked like a closing tag and was none.
    fn give_back(&mut self, count: usize, run: &mut Run<'_, '_>) {
        let tag = [b"$", self.word.as_slice()].concat();
        let bytes = tag.get(..count).unwrap_or_default();
        if self.apart() {
            (run.out)(Piece::Value(&self.meaning, bytes, false));
        } else {
            (run.out)(Piece::Text(bytes));
        }
    }

    fn begin(&mut self, byte: u8, run: &mut Run<'_, '_>) {
        let mysql = self.grammar.dialect() == Dialect::Mysql;
        self.state = State::Between;
        match byte {
            b'\'' => self.open(State::Value(byte, mysql), run),
            b'"' if mysql => self.open(State::Value(byte, true), run),
            b'"' | b'`' => {
                self.word.clear();
                self.state = State::Name(byte);
            }
            b'0'..=b'9' => self.open(State::Number, run),
            b'-' => self.state = State::Dash,
            b'/' => self.state = State::Slash,
            b'#' if mysql => self.state = State::Line,
            b'$' => {
                self.word.clear();
                self.state = State::Dollar;
            }
            b'?' if mysql => self.grammar.parameter(None),
            b'_' | b'@' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                self.word.clear();
                self.keep(byte);
                self.state = State::Word;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                if self.grammar.symbol(byte) == Some(Ended::Row) {
                    self.flush(run);
                    (run.out)(Piece::Row);
                }
            }
        }
    }

    fn in_word(&mut self, byte: u8, run: &mut Run<'_, '_>) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..) {
            self.keep(byte);
            return;
        }
        let prefix = self.word.first().map(u8::to_ascii_lowercase).filter(|_| self.word.len() == 1);
        let charset = self.word.first() == Some(&b'_');
        if byte == b'\'' && (charset || matches!(prefix, Some(b'e' | b'n' | b'x' | b'b'))) {
            let backslash = prefix == Some(b'e') || self.grammar.dialect() == Dialect::Mysql;
            self.word.clear();
            self.open(State::Value(byte, backslash), run);
            return;
        }
        self.end_of_token();
        self.begin(byte, run);
    }

    /// A word, a name or a parameter is whole.
    fn end_of_token(&mut self) {
        let word = std::mem::take(&mut self.word);
        let text = String::from_utf8_lossy(&word);
        match self.state {
            State::Word => self.grammar.word(&text),
            State::NameQuote(_) => self.grammar.name(&text),
            State::Dollar => {
                if let Ok(number) = text.parse::<usize>() {
                    self.grammar.parameter(Some(number));
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.word.len() < NAME {
            self.word.push(byte);
        }
    }
}

fn unescaped(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'0' => 0,
        b'b' => 8,
        b'Z' => 26,
        other => other,
    }
}
