//! Percent-encoding, the one way that this page does it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A text as one segment of a path or one value of a query: as JavaScript's `encodeURIComponent`,
/// with `!'()*` encoded too.
pub fn encode_component(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, COMPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_unreserved_characters_is_encoded() {
        assert_eq!(
            encode_component("a-b.c_d~e/é?#!*").to_string(),
            "a-b.c_d~e%2F%C3%A9%3F%23%21%2A"
        );
    }
}
