//! Flags among words, as `pflag` and Go's own `flag` find them.

/// One flag as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument<'w> {
    /// Index of the word that names it.
    pub index: usize,
    /// The value behind `=`, or in the next word; none where it only stands there.
    pub value: Option<&'w str>,
}

/// Each time that `name` (without dashes) is given. `switch` is one that takes its value behind `=` only.
pub fn arguments<'w>(words: &[&'w str], name: &str, switch: bool) -> Vec<Argument<'w>> {
    let words = words.split(|word| *word == "--").next().unwrap_or_default();
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Some(bare) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
        let (written, attached) = bare.split_once('=').map_or((bare, None), |(name, value)| (name, Some(value)));
        if !same(written, name) {
            continue;
        }
        let next = words.get(index + 1).copied().filter(|_| !switch);
        found.push(Argument { index, value: attached.or(next) });
    }
    found
}

/// Kubernetes' programs take `_` for `-` in the names of flags.
fn same(written: &str, name: &str) -> bool {
    written.len() == name.len()
        && written.bytes().zip(name.bytes()).all(|(one, other)| one == other || (one == b'_' && other == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_behind_the_sign_or_in_the_next_word() {
        let words = ["--read-only-port", "0", "--read_only_port=10255", "--", "--read-only-port=1"];
        let values: Vec<_> = arguments(&words, "read-only-port", false).iter().map(|it| it.value).collect();
        assert_eq!(values, [Some("0"), Some("10255")]);
    }

    #[test]
    fn a_switch_leaves_the_next_word_alone() {
        let words = ["--anonymous-auth", "false"];
        assert_eq!(arguments(&words, "anonymous-auth", true), [Argument { index: 0, value: None }]);
    }
}
