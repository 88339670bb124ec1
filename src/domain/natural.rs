//! Names in the order that a person expects: `kp-2` before `kp-10`, case and accents ignored.

use std::cmp::Ordering;

use super::text::folded;

/// A text to sort by, in natural order. Those that differ only in case, accents or leading zeros are
/// ordered as they are written, so that the order is total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NaturalKey {
    folded: String,
    text: String,
}

impl NaturalKey {
    /// The key of a text.
    pub(super) fn of(text: &str) -> Self {
        Self {
            folded: folded(text),
            text: text.to_owned(),
        }
    }
}

impl Ord for NaturalKey {
    fn cmp(&self, other: &Self) -> Ordering {
        cmp_folded(&self.folded, &other.folded).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for NaturalKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The natural order of [folded](super::text::push_folded) texts, without what tells equals apart. Quick: a
/// large fleet is sorted by it.
pub(super) fn cmp_folded(a: &str, b: &str) -> Ordering {
    // UTF-8 sorts in the order of its characters, so bytes are enough.
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_a, number_b) = (take_number(&mut a), take_number(&mut b));
            // Of two numbers without leading zeros the longer is the larger.
            number_a
                .len()
                .cmp(&number_b.len())
                .then_with(|| number_a.cmp(number_b))
        } else {
            (a, b) = (rest_a, rest_b);
            x.cmp(y)
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Takes the digits off the front; returns them without leading zeros.
fn take_number<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut digits, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    *text = rest;
    while let [b'0', significant @ ..] = digits {
        digits = significant;
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn natural_cmp(a: &str, b: &str) -> Ordering {
        NaturalKey::of(a).cmp(&NaturalKey::of(b))
    }

    // page.md#sorting/11
    #[test]
    fn letters_with_accents_stand_beside_those_without() {
        let mut names = [
            "Zagreb",
            "Älmhult 10",
            "Äland",
            "Alba",
            "älmhult 9",
            "Østby",
            "Éire",
            "Erfurt",
        ];
        names.sort_by_cached_key(|name| NaturalKey::of(name));
        assert_eq!(
            names,
            [
                "Äland",
                "Alba",
                "älmhult 9",
                "Älmhult 10",
                "Éire",
                "Erfurt",
                "Zagreb",
                "Østby"
            ]
        );
    }

    // page.md#sorting/4
    #[test]
    fn numbers_in_names_count_by_value() {
        let mut names = [
            "kp-10",
            "kp-2",
            "KP-1",
            "kp-99999999999999999999999",
            "kp",
            "edge",
        ];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(
            names,
            [
                "edge",
                "kp",
                "KP-1",
                "kp-2",
                "kp-10",
                "kp-99999999999999999999999"
            ]
        );
    }

    #[test]
    fn long_numbers_and_leading_zeros_count_by_value() {
        assert!(natural_cmp(&"9".repeat(80), &format!("1{}", "0".repeat(80))).is_lt());
        assert!(natural_cmp(&format!("{}7", "0".repeat(99)), "8").is_lt());
    }

    proptest! {
        #[test]
        fn the_order_of_any_texts_is_total(
            a in "[İi\u{307}ßS0 -]{0,4}|\\PC{0,4}", b in "[İi\u{307}ßS0 -]{0,4}|\\PC{0,4}",
            c in "[İi\u{307}ßS0 -]{0,4}|\\PC{0,4}",
        ) {
            prop_assert_eq!(natural_cmp(&a, &b), natural_cmp(&b, &a).reverse());
            if natural_cmp(&a, &b).is_le() && natural_cmp(&b, &c).is_le() {
                prop_assert!(natural_cmp(&a, &c).is_le());
            }
        }

        #[test]
        fn the_order_is_total(a in "[a-cA-C0-2]{0,6}", b in "[a-cA-C0-2]{0,6}", c in "[a-cA-C0-2]{0,6}") {
            prop_assert_eq!(natural_cmp(&a, &b), natural_cmp(&b, &a).reverse());
            prop_assert_eq!(natural_cmp(&a, &b).is_eq(), a == b);
            if natural_cmp(&a, &b).is_le() && natural_cmp(&b, &c).is_le() {
                prop_assert!(natural_cmp(&a, &c).is_le());
            }
        }
    }
}
