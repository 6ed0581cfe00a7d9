//! Mappings that several kinds share.

use jiff::civil::Date;

use crate::macros::object;
use crate::period::Period;

object! { 'a;
    /// How a person or an organisation is reached.
    Contact {
        /// Name of the person or office.
        name "name": &'a str,
        /// E-mail address.
        email "email": &'a str,
        /// Telephone number.
        phone "phone": &'a str,
        /// Postal address.
        address "address": &'a str,
        /// Web address.
        url "url": &'a str,
    }
}

object! { 'a;
    /// A document that proves something.
    Proof {
        /// Where it is found: a link or a file number.
        reference "reference": &'a str,
        /// When it was made.
        date "date": Date,
    }
}

object! { 'a;
    /// How long personal data is kept, Art. 5(1)(e) and 30(1)(f).
    Retention {
        /// How long, such as `P10Y`.
        period "period": Period,
        /// From when the period counts, such as "the last treatment".
        after "after": &'a str,
        /// The event that ends it, where no period is fixed.
        until "until": &'a str,
        /// The law or schedule that sets it.
        reference "reference": &'a str,
    }
}

impl Retention<'_> {
    /// Whether it says when personal data goes: a period, or an event.
    pub fn is_complete(&self) -> bool {
        self.period().is_stated() || self.until().is_stated()
    }
}

object! { 'a;
    /// How a right of the data subject is served.
    Means {
        /// What is done, in a sentence.
        means "means": &'a str,
        /// The procedure.
        reference "reference": &'a str,
    }
}
