//! Text folded into words: for what a scan meets, and for the table that `build.rs` makes of `data/words/`.

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
        'ç' | 'ć' | 'č' | 'ċ' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ě' | 'ę' | 'ė' | 'ē' => 'e',
        'ġ' | 'ģ' | 'ğ' => 'g',
        'ħ' => 'h',
        'ķ' => 'k',
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
        // Greek capitals lose their tonos, and the last sigma has a form of its own.
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'ё' => 'е',
        'ѝ' => 'и',
        other => other,
    }
}
