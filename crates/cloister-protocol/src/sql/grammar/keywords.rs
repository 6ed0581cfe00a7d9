//! Words of the language.

use super::{Choice, Expect, Grammar, Mode};

impl Grammar {
    /// Whether it is a word of the language here.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let inserts = matches!(self.now.verb.as_str(), "INSERT" | "REPLACE");
        match word {
            "select" => {
                if self.depth < 64 {
                    self.selects |= 1 << self.depth;
                }
                self.over();
                if self.depth == 0 {
                    self.mode = Mode::Plain;
                }
            }
            "from" => {
                let deletes = self.now.verb == "DELETE" && self.depth == 0;
                let copies = self.now.verb == "COPY" && self.depth == 0;
                if copies {
                    self.begin_copy();
                } else if (self.selecting() || deletes) && self.previous != "distinct" {
                    self.over();
                    self.expect = Expect::Table;
                }
            }
            "to" if self.now.verb == "COPY" && self.depth == 0 => self.begin_copy(),
            "join" | "into" | "using" if self.now.verb != "CREATE" => {
                self.over();
                self.expect =
                    if word == "using" && self.now.verb != "DELETE" { Expect::Nothing } else { Expect::Table };
            }
            "update" => {
                let conflict = matches!(self.previous.as_str(), "do" | "key" | "for");
                self.over();
                self.expect = if conflict { Expect::Nothing } else { Expect::Table };
                self.mode = Mode::Plain;
            }
            "insert" | "replace" if self.depth == 0 && !self.now.verb.is_empty() && self.previous.is_empty() => {
                self.over();
                self.now.verb = word.to_ascii_uppercase();
            }
            "copy" if self.now.verb == "COPY" && self.previous.is_empty() => self.expect = Expect::Table,
            "table" => {
                if self.now.verb != "LOAD" && matches!(self.now.verb.as_str(), "TRUNCATE" | "LOCK") {
                    self.expect = Expect::Table;
                }
            }
            "values" | "value" if inserts && self.depth == 0 => {
                self.over();
                self.mode = Mode::Values(0);
            }
            "fields" | "columns" | "lines" if self.now.verb == "LOAD" => {
                self.over();
                self.mode = Mode::Options;
                self.choice = Choice::None;
                self.previous = word.to_owned();
            }
            "local" if self.now.verb == "LOAD" => self.now.copies = true,
            "as" | "only" | "lateral" | "ignore" | "low_priority" | "outer" => {}
            "like" | "ilike" | "in" | "similar" | "regexp" | "rlike" | "is" => self.compared = self.left.is_some(),
            "between" => {
                self.compared = self.left.is_some();
                self.between = self.compared;
            }
            "and" if self.between => self.between = false,
            "not" | "any" | "all" | "some" | "array" | "null" | "true" | "false" | "default" | "distinct"
            | "binary" | "interval" | "date" | "timestamp" | "escape" | "collate" => {}
            "password" if matches!(self.now.verb.as_str(), "CREATE" | "ALTER" | "SET" | "GRANT") => {
                self.credential = true
            }
            "identified" => self.credential = true,
            "by" | "with" if self.credential => {}
            "with" if self.now.verb == "COPY" => self.mode = Mode::Options,
            "set" | "where" | "and" | "or" | "on" | "having" | "group" | "order" | "by" | "limit" | "offset"
            | "returning" | "inner" | "left" | "right" | "full" | "cross" | "union" | "except" | "intersect"
            | "when" | "then" | "else" | "end" | "case" | "delete" | "with" | "fetch" | "for" | "natural"
            | "straight_join" | "conflict" | "do" | "key" | "duplicate" | "window" | "merge" => self.over(),
            _ => return false,
        }
        true
    }

    /// What was compared is behind.
    pub(super) fn over(&mut self) {
        self.left = None;
        self.fresh = None;
        self.compared = false;
        self.between = false;
        self.list = None;
        self.expect = Expect::Nothing;
        if matches!(self.mode, Mode::Values(_)) && self.depth == 0 {
            self.mode = Mode::Plain;
        }
    }

    fn begin_copy(&mut self) {
        self.over();
        self.now.copies = true;
        self.mode = Mode::Options;
    }

    fn selecting(&self) -> bool {
        self.depth < 64 && self.selects >> self.depth & 1 == 1
    }
}
