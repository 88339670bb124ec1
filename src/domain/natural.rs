//! Names in the order that a person expects: `kp-2` before `kp-10`, case ignored.

use std::cmp::Ordering;

/// Compares in natural order. Names that differ only in case or in leading zeros are ordered by their
/// text, so that the order is total.
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    cmp_lowercase(&lower_case(a), &lower_case(b)).then_with(|| a.cmp(b))
}

/// The natural order of texts in [lower case](push_lower_case), without the case and leading zeros
/// to tell equals apart. Quick: a large fleet is sorted by it.
pub(super) fn cmp_lowercase(a: &str, b: &str) -> Ordering {
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

fn lower_case(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    push_lower_case(&mut lower, text);
    lower
}

/// The lower case in which texts are searched and sorted. Unlike `str::to_lowercase` it goes
/// character by character, so that a part of a text reads the same by itself.
pub(super) fn push_lower_case(lower: &mut String, text: &str) {
    if text.is_ascii() {
        let start = lower.len();
        lower.push_str(text);
        if let Some(pushed) = lower.get_mut(start..) {
            pushed.make_ascii_lowercase();
        }
    } else {
        lower.extend(text.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        fn a_part_in_lower_case_is_part_of_the_whole_in_lower_case(a in "\\PC*", b in "\\PC*") {
            prop_assert_eq!(lower_case(&a) + &lower_case(&b), lower_case(&(a + &b)));
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
