//! Words of names and of the text before a value, whatever way they are written:
//! `taxId`, `TAX_ID`, `tax-id` and "Tax ID" are the same two words.

/// Lower-case words; accents are dropped, camel case and separators split.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for letter in text.chars() {
        let boundary = !letter.is_alphanumeric() || (letter.is_uppercase() && was_lower);
        if boundary && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            letter.to_lowercase().for_each(|letter| word.push(plain(letter)));
        }
        was_lower = letter.is_lowercase() || letter.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Letters of Europe without their accents.
pub fn plain(letter: char) -> char {
    match letter {
        'à'..='å' | 'ă' | 'ą' | 'ā' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ě' | 'ę' | 'ė' | 'ē' => 'e',
        'ì'..='ï' | 'ī' | 'į' => 'i',
        'ľ' | 'ł' | 'ļ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'š' | 'ś' | 'ș' | 'ş' => 's',
        'ť' | 'ț' | 'ţ' => 't',
        'ù'..='ü' | 'ů' | 'ű' | 'ū' | 'ų' => 'u',
        'ý' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    }
}

/// The words around a value, to look others up in: how the table of words is meant.
#[cfg(test)]
#[derive(Debug, Default)]
pub struct Context {
    words: Vec<String>,
    joined: String,
}

#[cfg(test)]
impl Context {
    /// The context that `text` gives.
    pub fn new(text: &str) -> Context {
        let words = words(text);
        let joined = words.concat();
        Context { words, joined }
    }

    /// Whether `word` stands here: a short one as a word of its own (or several
    /// joined), a longer one within others too.
    pub fn has(&self, word: &str) -> bool {
        if word.len() > 5 {
            return self.joined.contains(word);
        }
        self.words.iter().any(|own| own == word)
            || self.words.windows(2).any(|pair| matches!(pair, [a, b] if word.strip_prefix(a.as_str()) == Some(b)))
    }

    /// Whether any of `words` stands here.
    pub fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }
}
