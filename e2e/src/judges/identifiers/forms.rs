//! Numbers made up from forms, and what typing errors make of them.
//!
//! In a form, `#` is a random digit, `@` a letter, `?` either and `[abc]` one of these; `{d}`, `{m}`, `{y}` are day, month and
//! year of one random date (`{y3}`, `{Y}`: the year's last three or all digits; `{m+20}`: raised), `{idnr}` ten digits of
//! which one stands twice or thrice. Open places stay for who completes the number: `*` a digit, `^` a letter, `%` either.

use super::Dice;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A number of this form, with its open places.
pub(super) fn open(form: &str, dice: &mut Dice) -> String {
    let date = Date::random(dice);
    let mut made = String::new();
    let mut rest = form.chars();
    while let Some(sign) = rest.next() {
        match sign {
            '#' => made.push(digit(dice)),
            '@' => made.push(letter(dice)),
            '?' => made.push(either(dice)),
            '[' => {
                let choices: Vec<char> = rest.by_ref().take_while(|sign| *sign != ']').collect();
                made.push(dice.pick(&choices));
            }
            '{' => {
                let name: String = rest.by_ref().take_while(|sign| *sign != '}').collect();
                made.push_str(&if name == "idnr" { repeated(dice) } else { date.part(&name) });
            }
            other => made.push(other),
        }
    }
    made
}

fn digit(dice: &mut Dice) -> char {
    char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0))
}

fn letter(dice: &mut Dice) -> char {
    char::from(dice.pick(LETTERS))
}

fn either(dice: &mut Dice) -> char {
    if dice.chance(50) { digit(dice) } else { letter(dice) }
}

struct Date {
    year: usize,
    month: usize,
    day: usize,
}

impl Date {
    fn random(dice: &mut Dice) -> Date {
        // Leap days and ends of months often.
        let month = if dice.chance(15) { 2 } else { 1 + dice.below(12) };
        let day = if dice.chance(20) { 28 + dice.below(4) } else { 1 + dice.below(28) };
        let year = if dice.chance(10) { dice.pick(&[1900, 2000, 1896, 2024]) } else { 1880 + dice.below(146) };
        Date { year, month, day }
    }

    fn part(&self, name: &str) -> String {
        let (part, raised) = name.split_once('+').unwrap_or((name, "0"));
        let raised: usize = raised.parse().unwrap_or(0);
        match part {
            "d" => format!("{:02}", self.day + raised),
            "m" => format!("{:02}", self.month + raised),
            "y" => format!("{:02}", self.year % 100),
            "y3" => format!("{:03}", self.year % 1000),
            _ => format!("{:04}", self.year),
        }
    }
}

/// Ten digits of which one stands twice or three times.
fn repeated(dice: &mut Dice) -> String {
    let mut digits: Vec<char> = ('0'..='9').collect();
    for index in 0..digits.len() {
        digits.swap(index, index + dice.below(10 - index));
    }
    let again = digits.first().copied().unwrap_or('1');
    let times = 1 + dice.below(2);
    digits.truncate(10 - times);
    for _ in 0..times {
        digits.insert(dice.below(digits.len() + 1), again);
    }
    digits.into_iter().collect()
}

/// How many numbers the open places allow.
pub(super) fn combinations(open: &str) -> usize {
    open.chars().map(|sign| signs(sign).len().max(1)).product()
}

fn signs(sign: char) -> &'static str {
    match sign {
        '*' => "0123456789",
        '^' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        '%' => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        _ => "",
    }
}

/// Fills the open places at random.
pub(super) fn filled(open: &str, dice: &mut Dice) -> String {
    let fill = |sign: char| {
        let choices: Vec<char> = signs(sign).chars().collect();
        if choices.is_empty() { sign } else { dice.pick(&choices) }
    };
    open.chars().map(fill).collect()
}

/// Fills the open places so that `valid` holds, if they can be.
pub(super) fn completed(open: &str, valid: &dyn Fn(&str) -> bool, dice: &mut Dice) -> Option<String> {
    let start = dice.below(combinations(open));
    (0..combinations(open)).map(|index| nth(open, (start + index) % combinations(open))).find(|text| valid(text))
}

fn nth(open: &str, index: usize) -> String {
    let mut rest = index;
    let fill = |sign: char| {
        let choices = signs(sign);
        if choices.is_empty() {
            return sign;
        }
        let chosen = choices.chars().nth(rest % choices.len());
        rest /= choices.len();
        chosen.unwrap_or(sign)
    };
    open.chars().map(fill).collect()
}

/// An error of typing, or a field out of its range.
pub(super) fn mutated(number: &str, dice: &mut Dice) -> String {
    let mut signs: Vec<char> = number.chars().collect();
    let at = dice.below(signs.len());
    let mut put = |index: usize, sign: char| {
        if let Some(place) = signs.get_mut(index) {
            *place = sign;
        }
    };
    match dice.below(20) {
        0..=7 => put(at, digit(dice)),
        8..=10 => {
            let next = (at + 1) % number.len();
            signs.swap(at, next);
        }
        11 | 12 => signs.insert(at, digit(dice)),
        13 => {
            signs.remove(at);
        }
        14 | 15 => put(at, letter(dice)),
        16 | 17 => {
            // Days, months and places out of range.
            put(at, digit(dice));
            put(at + 1, digit(dice));
        }
        18 => {
            put(at, digit(dice));
            put(dice.below(number.len()), digit(dice));
        }
        _ => put(0, either(dice)),
    }
    signs.into_iter().collect()
}
