//! The programs that a container starts, as far as its command line shows: the
//! argument vector itself, and the shell scripts in it.

use cloister_inventory::Container;
use cloister_model::{Node, Place};

/// One simple command of a command line.
#[derive(Debug)]
pub(crate) struct Command<'a> {
    /// The word of `command` or `args` that it stands in.
    node: &'a Node,
    /// The program and its arguments, quotes taken off.
    pub words: Vec<String>,
    /// The line of that word on which it starts, from 0.
    line: usize,
    /// Whether the output of the command before it is piped into this one.
    pub piped: bool,
}

/// Words of a shell before which no program stands.
const KEYWORDS: [&str; 17] = [
    "then", "do", "else", "elif", "if", "while", "until", "!", "{", "time", "exec", "eval", "env", "nohup", "command",
    "nice", "&&",
];

impl<'a> Command<'a> {
    /// Where it is written in `container`: its own line of a script where that is certain.
    pub(crate) fn place(&self, container: &Container<'a>) -> Place<'a> {
        container.place(self.node).line(self.line, 0)
    }

    /// The program's name without its directory; empty when there is none.
    pub(crate) fn program(&self) -> &str {
        let program = self.words.first().map_or("", String::as_str);
        program.rsplit('/').next().unwrap_or(program)
    }

    /// Whether one of the arguments is `word`.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|other| other == word)
    }
}

/// Every simple command of `command` and `args`.
pub(crate) fn commands<'a>(container: &Container<'a>) -> Vec<Command<'a>> {
    let vector: Vec<(&Node, &str)> = container.words().filter_map(|node| Some((node, node.as_str()?))).collect();
    let mut found = Vec::new();
    // A first word with a space in it is a script that someone forgot to split.
    if let Some((node, _)) = vector.first().filter(|(_, word)| !is_script(word)) {
        let words = strip(vector.iter().map(|(_, word)| (*word).to_owned()).collect());
        found.push(Command { node, words, line: 0, piped: false });
    }
    for (node, script) in vector.iter().filter(|(_, word)| is_script(word)) {
        split(script, |Found { words, line, piped }| found.push(Command { node, words, line, piped }));
    }
    found
}

fn is_script(word: &str) -> bool {
    word.contains(|c: char| c.is_whitespace() || matches!(c, ';' | '|'))
}

/// Splits a script into simple commands. A reader of shell it is not: quotes,
/// separators, substitutions and comments are all it knows.
fn split(script: &str, mut each: impl FnMut(Found)) {
    let mut reader = Reader::default();
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (reader.quote, c) {
            (Some(quote), c) if c == quote => reader.quote = None,
            // In double quotes substitutions still run.
            (Some('"') | None, '`') => reader.end_command(false, &mut each),
            (Some('"') | None, '$') if chars.peek() == Some(&'(') => {
                chars.next();
                reader.quote = None;
                reader.end_command(false, &mut each);
            }
            (Some(_), c) => reader.push(c),
            (None, '\'' | '"') => reader.quote = Some(c),
            (None, '\\') => match chars.next() {
                Some('\n') => {
                    reader.end_word();
                    reader.line += 1;
                }
                escaped => escaped.into_iter().for_each(|c| reader.push(c)),
            },
            (None, '#') if reader.word.is_empty() => while chars.next_if(|c| *c != '\n').is_some() {},
            (None, '|') => {
                let piped = chars.next_if_eq(&'|').is_none();
                reader.end_command(piped, &mut each);
            }
            (None, ';' | '&' | '(' | ')') => reader.end_command(false, &mut each),
            (None, '\n') => {
                reader.end_command(false, &mut each);
                reader.line += 1;
            }
            (None, c) if c.is_whitespace() => reader.end_word(),
            (None, c) => reader.push(c),
        }
    }
    reader.end_command(false, &mut each);
}

/// A simple command in a script.
#[derive(Default)]
struct Found {
    words: Vec<String>,
    piped: bool,
    line: usize,
}

#[derive(Default)]
struct Reader {
    quote: Option<char>,
    line: usize,
    word: String,
    now: Found,
}

impl Reader {
    fn push(&mut self, c: char) {
        if self.word.is_empty() && self.now.words.is_empty() {
            self.now.line = self.line;
        }
        self.line += usize::from(c == '\n');
        self.word.push(c);
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.now.words.push(std::mem::take(&mut self.word));
        }
    }

    fn end_command(&mut self, pipes: bool, each: &mut impl FnMut(Found)) {
        self.end_word();
        let mut found = std::mem::replace(&mut self.now, Found { piped: pipes, ..Found::default() });
        found.words = strip(found.words);
        if !found.words.is_empty() {
            each(found);
        }
    }
}

/// Takes away what stands before the program: keywords and variables.
fn strip(words: Vec<String>) -> Vec<String> {
    let before = |word: &String| KEYWORDS.contains(&word.as_str()) || is_assignment(word);
    words.into_iter().skip_while(before).collect()
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(script: &str) -> Vec<String> {
        let mut found = Vec::new();
        split(script, |command| {
            found.push(format!("{}{}", if command.piped { "|" } else { "" }, command.words.join(" ")));
        });
        found
    }

    #[test]
    fn scripts_are_split_where_a_program_starts() {
        assert_eq!(
            programs("set -e; sudo cat /x && echo 'a; b' | tee y"),
            ["set -e", "sudo cat /x", "echo a; b", "|tee y"]
        );
        assert_eq!(programs("if true; then A=1 exec sudo x; fi || false"), ["true", "sudo x", "fi", "false"]);
        assert_eq!(programs("sh -c \"$(curl -fsSL https://x.example)\""), ["sh -c", "curl -fsSL https://x.example"]);
        assert_eq!(programs("# sudo here\napt-get install -y \\\n  sudo"), ["apt-get install -y sudo"]);
        assert_eq!(programs("bash <(curl x)"), ["bash <", "curl x"]);
    }
}
