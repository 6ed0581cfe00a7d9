//! Text without personal data, in which every detection is a false alarm, or a person whom nobody planted: generated
//! logs, and whatever files of others a caller reads.

use std::collections::BTreeMap;

use cloister_dice::Dice;

use crate::document::Form;
use crate::measure::counts;
use crate::near;

/// What was detected in quiet text.
#[derive(Clone, Debug, Default)]
pub struct Quiet {
    /// Bytes read.
    pub bytes: usize,
    /// Detections at default thresholds, by kind.
    pub alarms: BTreeMap<&'static str, usize>,
    /// Those that are known to be for tests and manuals.
    pub test_data: usize,
    /// Where a few of each kind stand: no values, for these may be anybody's.
    pub places: BTreeMap<&'static str, Vec<String>>,
    /// What was drawn by chance, piece by piece: false alarms, and bytes.
    drawn: Vec<(usize, usize)>,
}

/// How many places of a kind are kept.
const PLACES: usize = 12;

impl Quiet {
    /// Reads one more text.
    pub fn read(&mut self, place: &str, text: &str) {
        self.bytes += text.len();
        for detection in crate::detect(Form::Log, text) {
            self.test_data += usize::from(detection.test_data);
            if !counts(&detection) {
                continue;
            }
            *self.alarms.entry(detection.kind).or_default() += 1;
            let places = self.places.entry(detection.kind).or_default();
            if places.len() < PLACES {
                let line = text.get(..detection.offset).map_or(0, |before| before.matches('\n').count()) + 1;
                places.push(format!("{place}:{line}: {}", detection.reason));
            }
        }
    }

    /// Detections of the kinds that `test` lets through, for each million bytes.
    pub fn rate(&self, test: impl Fn(&str) -> bool) -> f64 {
        let count: usize = self.alarms.iter().filter(|(kind, _)| test(kind)).map(|(_, count)| count).sum();
        crate::share(count * 1_000_000, self.bytes.max(1))
    }

    /// Adds what was read of one piece that was drawn by chance.
    pub fn draw(&mut self, piece: Quiet) {
        let count = piece.alarms.iter().filter(|(kind, _)| is_false(kind)).map(|(_, count)| count).sum();
        self.drawn.push((count, piece.bytes));
        self.bytes += piece.bytes;
        self.test_data += piece.test_data;
        piece.alarms.into_iter().for_each(|(kind, count)| *self.alarms.entry(kind).or_default() += count);
        for (kind, places) in piece.places {
            let own = self.places.entry(kind).or_default();
            own.extend(places.into_iter().take(PLACES.saturating_sub(own.len())));
        }
    }

    /// False alarms for each million bytes of which chance leaves no doubt: of what was drawn, the rate without
    /// [`DOUBT`] times its standard error. Alarms come in crowds (one file of tests has ten of them), so that the error
    /// is that of the pieces, and not that of single alarms.
    pub fn surely(&self) -> f64 {
        let float = |number: usize| crate::share(number, 1);
        let rate = self.rate(is_false) / 1_000_000.0;
        let deviation = |(count, bytes): &(usize, usize)| (float(*count) - rate * float(*bytes)).powi(2);
        let error = self.drawn.iter().map(deviation).sum::<f64>().sqrt() / float(self.bytes.max(1));
        ((rate - DOUBT * error) * 1_000_000.0).max(0.0)
    }
}

/// Once in a thousand samples what is drawn is worse than it is by more than this (the normal distribution, one side).
const DOUBT: f64 = 3.09;

/// Kinds that are seen in such text, and what they are there.
const EXPLAINED: &[(&str, &str)] = &[
    ("email-address", "addresses of authors: real persons, no false alarm"),
    ("name", "names of authors (`family-names: …`), and of people in examples of manuals"),
    ("password", "passwords in tests and examples, and fields of structures so named; their own class"),
    ("known-password", "passwords in tests and examples; their own class"),
    ("url-password", "URLs with a password in tests of readers of URLs; their own class"),
    ("token", "tokens in tests and examples, and long constants so named; their own class"),
    ("authorization-header", "headers in tests of clients; their own class"),
    ("private-key", "keys that tests sign with; their own class"),
    ("json-web-token", "tokens in tests; their own class"),
    ("phone-number", "numbers of nobody in examples of manuals, and numbers with a sign in tests of readers of times"),
    ("health", "fields of programs called diagnosis or diagnostic"),
    ("postal-address", "fields of programs called address, with a text that has a number in it"),
    ("passport", "constants of the look of a number, whose names hold the word"),
];

/// What a detection of this kind is in such text.
pub fn explained(kind: &str) -> &'static str {
    EXPLAINED.iter().find(|(own, _)| *own == kind).map_or("not explained", |(_, what)| *what)
}

/// Whether a detection of this kind is a false alarm about a person: not an author's address, nor a credential.
pub fn is_false(kind: &str) -> bool {
    let credentials = ["password", "token", "key", "authorization-header", "sas", "webhook"];
    kind != "email-address" && !credentials.iter().any(|class| kind.contains(class))
}

/// Where some false alarms stand, a line each.
pub fn places(quiet: &Quiet) -> String {
    let all = quiet.places.iter().filter(|(kind, _)| is_false(kind));
    all.flat_map(|(kind, places)| places.iter().map(move |place| format!("\n  {kind} at {place}"))).collect()
}

/// What is detected in a generated log of about so many bytes.
pub fn generated(dice: &mut Dice, bytes: usize) -> Quiet {
    let mut quiet = Quiet::default();
    quiet.read("log", &log(dice, bytes));
    quiet
}

/// What happens in a log in which nobody appears.
const MESSAGES: [&str; 12] = [
    "{stamp} INFO  [main] c.e.cache.Evictor - evicted {n} entries in {n} ms, {n} bytes free, trace={uuid}",
    "{stamp} WARN  pool-{n}-thread-{n} slow query took {n}ms: SELECT id, name FROM items WHERE batch_id = {n} LIMIT {n}",
    "10.{b}.{b}.{b} - - [{b}/Mar/2025:10:11:12 +0000] \"GET /api/v2/items/{n}?page={b}&sort=name HTTP/1.1\" 200 {n} \"-\" \"kube-probe/1.37\"",
    "{\"level\":\"info\",\"ts\":{epoch}.{n},\"msg\":\"reconciled\",\"controller\":\"deployment\",\"generation\":{n},\"requestId\":\"{uuid}\"}",
    "time={stamp} level=info msg=\"compacted blocks\" ulid={hash} mint={epoch}{b} maxt={epoch}{b} duration={n}ms",
    "I0312 10:{b}:{b}.{n} {n} controller.go:{b}] Starting workers for address 10.{b}.{b}.{b}:{n}",
    "[{epoch}.{n}] IPv4: martian source 10.{b}.{b}.{b} from 10.{b}.{b}.{b}, on dev eth{b}",
    "{stamp} DEBUG order {order} invoice {invoice} price {price} shipped as {tracking}",
    "{stamp} INFO image registry.local/shop/api@sha256:{hash} pulled in {n}ms",
    "{stamp} ERROR upstream connect error, reset reason: connection timeout, version {version}, ean {ean} isbn {isbn}",
    "GC(%{n}) Pause Young (Normal) {n}M->{n}M({n}M) {b}.{n}ms",
    "metric http_requests_total{code=\"200\",handler=\"/api\"} {n}{n} {epoch}{n}",
];

/// A log of about so many bytes.
pub fn log(dice: &mut Dice, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 512);
    while text.len() < bytes {
        let mut line = dice.pick(&MESSAGES).to_owned();
        for (name, class) in
            [("{stamp}", "timestamp"), ("{uuid}", "uuid"), ("{hash}", "hash"), ("{version}", "version")]
                .into_iter()
                .chain([
                    ("{order}", "order-number"),
                    ("{invoice}", "invoice-number"),
                    ("{tracking}", "tracking-number"),
                ])
                .chain([("{price}", "price"), ("{ean}", "ean"), ("{isbn}", "isbn")])
        {
            if line.contains(name) {
                line = line.replace(name, &near::text(class, dice));
            }
        }
        while let Some((before, after)) = line.split_once("{n}") {
            line = format!("{before}{}{after}", dice.below(1_000_000));
        }
        while let Some((before, after)) = line.split_once("{b}") {
            line = format!("{before}{}{after}", dice.below(255));
        }
        while let Some((before, after)) = line.split_once("{epoch}") {
            line = format!("{before}{}{after}", 1_700_000_000 + dice.below(60_000_000));
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(alarms: usize, bytes: usize) -> Quiet {
        Quiet { bytes, alarms: BTreeMap::from([("phone-number", alarms)]), ..Quiet::default() }
    }

    #[test]
    fn one_crowded_file_is_chance_and_alarms_everywhere_are_none() {
        let (mut chance, mut certain) = (Quiet::default(), Quiet::default());
        for drawn in 0..30 {
            chance.draw(piece(if drawn == 7 { 12 } else { 0 }, 300_000));
            certain.draw(piece(1 + drawn % 3, 300_000));
        }
        assert!(chance.rate(is_false) > 1.3 && chance.surely() < 1.0);
        assert!(certain.surely() > 4.0, "{}", certain.surely());
        assert_eq!(chance.bytes, 9_000_000);
        // What was not drawn has no error.
        assert!((piece(3, 1_000_000).surely() - 3.0).abs() < 1e-9);
    }
}
