//! What the arguments of a command are, and what its answer holds.

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The key of what is kept.
    Key,
    /// What is kept.
    Value,
    /// The name of the next argument.
    Name,
    /// What stands under the name before.
    Named,
    /// A script.
    Script,
    /// A password.
    Password,
    /// Any other text.
    Text,
    /// A word of the command, a number.
    Word,
}

/// What an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Values.
    Values,
    /// Names and values in turn, at the top.
    Pairs,
    /// Values of these names.
    Fields(Vec<Box<str>>),
    /// Keys.
    Keys,
    /// Answers of what was queued.
    Queued,
}

/// Follows the arguments of one command.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) command: String,
    index: usize,
    /// Where fields of an entry of a stream begin.
    fields_from: Option<usize>,
    previous: String,
    numeric: u8,
}

impl Arguments {
    pub(super) fn new(command: &[u8]) -> Arguments {
        Arguments { command: String::from_utf8_lossy(command).to_ascii_uppercase(), ..Arguments::default() }
    }

    /// Whether this command must be seen word by word to be understood.
    pub(super) fn wants_words(&self) -> bool {
        matches!(self.command.as_str(), "XADD" | "HELLO" | "AUTH" | "CONFIG" | "ACL" | "SET" | "CLIENT")
    }

    /// What the next argument is, of which there are `count` in all.
    pub(super) fn next(&mut self, count: Option<u64>) -> Role {
        self.index += 1;
        let index = self.index;
        let odd = index % 2 == 1;
        match self.command.as_str() {
            "SET" if index > 2 => Role::Word,
            "SET" | "SETNX" | "GETSET" | "APPEND" => {
                [Role::Key, Role::Value].get(index - 1).copied().unwrap_or(Role::Word)
            }
            "SETEX" | "PSETEX" | "SETRANGE" | "LREM" | "LSET" | "HINCRBY" if index == 2 => Role::Word,
            "MSET" | "MSETNX" => {
                if odd {
                    Role::Key
                } else {
                    Role::Value
                }
            }
            "HSET" | "HMSET" | "HSETNX" if index > 1 => {
                if odd {
                    Role::Named
                } else {
                    Role::Name
                }
            }
            "XADD" if index > 1 => self.stream(),
            "PUBLISH" | "SPUBLISH" => {
                if index == 1 {
                    Role::Key
                } else {
                    Role::Value
                }
            }
            "ZADD" | "GEOADD" if index > 1 => Role::Text,
            "JSON.SET" if index == 2 => Role::Word,
            "EVAL" | "EVAL_RO" if index == 1 => Role::Script,
            "EVALSHA" | "EVALSHA_RO" | "EVAL" | "EVAL_RO" | "FCALL" => {
                if index < 3 {
                    Role::Word
                } else {
                    Role::Text
                }
            }
            "AUTH" => {
                if count == Some(2) || index == 2 {
                    Role::Password
                } else {
                    Role::Text
                }
            }
            "HELLO" => self.hello(),
            "CONFIG" => {
                if matches!(self.previous.as_str(), "REQUIREPASS" | "MASTERAUTH") {
                    Role::Password
                } else {
                    Role::Word
                }
            }
            "ACL" => {
                if index > 2 {
                    Role::Password
                } else {
                    Role::Word
                }
            }
            "CLIENT" | "SELECT" | "PING" | "EXPIRE" | "SCAN" | "INFO" | "COMMAND" | "DEBUG"
                if index > 1 || self.command != "EXPIRE" =>
            {
                Role::Word
            }
            "LPUSH" | "RPUSH" | "LPUSHX" | "RPUSHX" | "SADD" | "SREM" | "SISMEMBER" | "SMISMEMBER" | "PFADD"
            | "LREM" | "LSET" | "LINSERT" | "SETEX" | "PSETEX" | "SETRANGE" | "JSON.SET" | "ZREM" | "ZSCORE"
                if index > 1 =>
            {
                Role::Value
            }
            "HGET" | "HMGET" | "HDEL" | "HEXISTS" | "HSTRLEN" | "HGETDEL" if index > 1 => Role::Text,
            "DEL" | "UNLINK" | "EXISTS" | "MGET" | "TOUCH" | "WATCH" | "SUNION" | "SINTER" | "SDIFF" | "SUBSCRIBE"
            | "PSUBSCRIBE" | "UNSUBSCRIBE" => Role::Key,
            _ if index == 1 => Role::Key,
            _ => Role::Text,
        }
    }

    /// A word, as far as it is short.
    pub(super) fn word(&mut self, word: &[u8]) {
        self.previous = String::from_utf8_lossy(word).to_ascii_uppercase();
        if self.command == "XADD" && self.fields_from.is_none() && self.index > 1 {
            match self.previous.as_str() {
                "NOMKSTREAM" | "KEEPREF" | "DELREF" | "ACKED" | "~" | "=" => {}
                "MAXLEN" | "MINID" | "LIMIT" => self.numeric = 1,
                _ if self.numeric > 0 => self.numeric = 0,
                // The number of the entry.
                _ => self.fields_from = Some(self.index + 1),
            }
        }
    }

    fn stream(&self) -> Role {
        match self.fields_from {
            None => Role::Word,
            Some(from) if (self.index - from).is_multiple_of(2) => Role::Name,
            Some(_) => Role::Named,
        }
    }

    fn hello(&mut self) -> Role {
        if self.previous == "AUTH" {
            self.numeric = 2;
        }
        if self.previous == "SETNAME" {
            return Role::Text;
        }
        self.numeric = self.numeric.saturating_sub(1);
        match self.numeric {
            1 => Role::Text,
            0 if self.index > 3 && self.fields_from.is_none() => {
                self.fields_from = Some(0);
                Role::Password
            }
            _ => Role::Word,
        }
    }

    /// What the answer holds; `names` were told as text.
    pub(super) fn answer(&self, names: Vec<Box<str>>) -> Answer {
        match self.command.as_str() {
            "HGETALL" | "CONFIG" | "XINFO" => Answer::Pairs,
            "HGET" | "HMGET" => Answer::Fields(names),
            "KEYS" | "SCAN" | "RANDOMKEY" | "HKEYS" | "SUBSCRIBE" => Answer::Keys,
            "EXEC" => Answer::Queued,
            _ => Answer::Values,
        }
    }
}
