//! Checks what the user enters.

use std::fmt;
use std::net::IpAddr;

use crate::domain::count::count;
use crate::domain::text::{only_visible, trim_blanks};
use crate::domain::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, SITE_TITLE_CHARS};

/// Why an entry cannot be saved; displays as a sentence to show beside its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidEntry {
    /// A required field is empty.
    Missing,
    /// It has fewer code points than required.
    TooShort {
        /// The minimum.
        min_chars: usize,
    },
    /// It has more code points than allowed.
    TooLong {
        /// The maximum.
        max_chars: usize,
        /// How many were entered.
        chars: usize,
    },
    /// It is not an IP address.
    NotAnAddress,
    /// It does not name an existing site.
    NoSite,
}

impl fmt::Display for InvalidEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("Fill this in"),
            Self::TooShort { min_chars } => {
                write!(f, "Use at least {} characters", count(*min_chars))
            }
            Self::TooLong { max_chars, chars } => {
                let (most, these) = (count(*max_chars), count(*chars));
                write!(f, "Use at most {most} characters; these are {these}")
            }
            Self::NotAnAddress => {
                f.write_str("Enter an IPv4 or IPv6 address, such as 10.0.0.1 or 2001:db8::1")
            }
            Self::NoSite => f.write_str("Choose a site from the list, or create a new one"),
        }
    }
}

impl std::error::Error for InvalidEntry {}

/// Parses an IPv4 or IPv6 address in any legal spelling, ignoring surrounding blanks and what cannot be
/// seen.
///
/// # Errors
/// [`InvalidEntry::NotAnAddress`] for anything else, including the empty text.
pub fn parse_private_ip(text: &str) -> Result<IpAddr, InvalidEntry> {
    only_visible(text)
        .parse()
        .map_err(|_| InvalidEntry::NotAnAddress)
}

/// The private IP as it is saved: trimmed; empty for "Undefined".
///
/// # Errors
/// If it is not an address.
pub fn validate_private_ip(text: &str) -> Result<String, InvalidEntry> {
    let text = only_visible(text);
    if !text.is_empty() {
        parse_private_ip(&text)?;
    }
    Ok(text)
}

/// The agent's name as it is saved: trimmed; empty for "Auto Generated".
///
/// # Errors
/// If it is too long.
pub fn validate_name(text: &str) -> Result<String, InvalidEntry> {
    at_most(MAX_NAME_CHARS, trim_blanks(text))
}

/// The agent's description as it is saved: as entered.
///
/// # Errors
/// If it is too long.
pub fn validate_description(text: &str) -> Result<String, InvalidEntry> {
    at_most(MAX_DESCRIPTION_CHARS, text)
}

/// A new site's title as it is saved: trimmed.
///
/// # Errors
/// If it is missing, too short or too long.
pub fn validate_site_title(text: &str) -> Result<String, InvalidEntry> {
    let text = trim_blanks(text);
    match text.chars().count() {
        0 => Err(InvalidEntry::Missing),
        chars if chars < *SITE_TITLE_CHARS.start() => Err(InvalidEntry::TooShort {
            min_chars: *SITE_TITLE_CHARS.start(),
        }),
        _ => at_most(*SITE_TITLE_CHARS.end(), text),
    }
}

/// A new site's street address as it is saved: trimmed.
///
/// # Errors
/// If it is missing.
pub fn validate_street_address(text: &str) -> Result<String, InvalidEntry> {
    let text = trim_blanks(text);
    if text.is_empty() {
        Err(InvalidEntry::Missing)
    } else {
        Ok(text.to_owned())
    }
}

/// Counts code points, as the agent API does.
fn at_most(max_chars: usize, text: &str) -> Result<String, InvalidEntry> {
    let chars = text.chars().count();
    if chars > max_chars {
        Err(InvalidEntry::TooLong { max_chars, chars })
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // page.md#agent-dialog/5, agent-api.md#agent/5
    #[test]
    fn an_error_says_what_to_do() {
        let error = InvalidEntry::TooShort { min_chars: 3 };
        assert_eq!(error.to_string(), "Use at least 3 characters");
    }

    #[test]
    fn every_legal_spelling_of_an_address_is_one() {
        for text in [
            "10.0.0.1",
            " 192.168.1.254\n",
            "8.8.8.8",
            "0.0.0.0",
            "::",
            "::1",
            "2001:DB8:0:0:0:0:0:1",
            "2001:db8::1",
            "fe80::0001",
            "::ffff:10.0.0.1",
            "64:ff9b::192.0.2.33",
        ] {
            assert!(parse_private_ip(text).is_ok(), "{text:?}");
            assert_eq!(validate_private_ip(text).as_deref(), Ok(text.trim()));
        }
    }

    // page.md#agent-dialog/19
    #[test]
    fn what_cannot_be_seen_is_no_part_of_an_address_and_no_name() {
        for text in [
            "10.0.0.1\u{200b}",
            "\u{200e}10.0.0.1",
            "\u{feff} 10.0.\u{2060}0.1\u{202c}",
        ] {
            assert_eq!(
                validate_private_ip(text).as_deref(),
                Ok("10.0.0.1"),
                "{text:?}"
            );
        }
        for nothing in ["\u{200b}", " \u{feff}\u{ad}", "\u{200d}"] {
            assert_eq!(validate_private_ip(nothing).as_deref(), Ok(""));
            assert_eq!(validate_name(nothing).as_deref(), Ok(""));
            assert_eq!(validate_site_title(nothing), Err(InvalidEntry::Missing));
            assert_eq!(validate_street_address(nothing), Err(InvalidEntry::Missing));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "10.0.0",
            "10.0.0.256",
            "010.0.0.1",
            "10.0.0.1/24",
            "10.0.0.1:9995",
            "[::1]",
            "1::2::3",
            "fe80::1%eth0",
            "router.example.com",
            "10.0.0.1 10.0.0.2",
            "１０.0.0.1",
        ] {
            assert_eq!(
                parse_private_ip(text),
                Err(InvalidEntry::NotAnAddress),
                "{text:?}"
            );
            assert_eq!(
                validate_private_ip(text),
                Err(InvalidEntry::NotAnAddress),
                "{text:?}"
            );
        }
    }

    #[test]
    fn no_private_address_is_undefined_and_may_be_saved() {
        assert_eq!(validate_private_ip("  ").as_deref(), Ok(""));
        assert_eq!(parse_private_ip(""), Err(InvalidEntry::NotAnAddress));
    }

    // agent-api.md#field-violations/3, #field-violations/4
    #[test]
    fn lengths_count_code_points_after_trimming() {
        let longest = "🛰".repeat(MAX_NAME_CHARS);
        assert_eq!(
            validate_name(&format!(" {longest}\t")).as_deref(),
            Ok(longest.as_str())
        );
        assert_eq!(
            validate_name(&"é".repeat(129)),
            Err(InvalidEntry::TooLong {
                max_chars: 128,
                chars: 129
            })
        );
        assert_eq!(validate_name(" ").as_deref(), Ok(""));
    }

    #[test]
    fn a_description_is_kept_as_entered() {
        assert_eq!(
            validate_description("  a\n b \n").as_deref(),
            Ok("  a\n b \n")
        );
        assert!(validate_description(&"x".repeat(1024)).is_ok());
        assert!(validate_description(&"x".repeat(1025)).is_err());
    }

    // agent-api.md#site/2
    #[test]
    fn a_site_title_has_3_to_40_characters() {
        assert_eq!(validate_site_title("  "), Err(InvalidEntry::Missing));
        assert_eq!(
            validate_site_title(" ab "),
            Err(InvalidEntry::TooShort { min_chars: 3 })
        );
        assert_eq!(validate_site_title(" abc ").as_deref(), Ok("abc"));
        assert!(validate_site_title(&"x".repeat(40)).is_ok());
        assert!(validate_site_title(&"x".repeat(41)).is_err());
    }

    // agent-api.md#create-a-site/1
    #[test]
    fn a_street_address_is_needed() {
        assert_eq!(validate_street_address(" \n"), Err(InvalidEntry::Missing));
        assert_eq!(
            validate_street_address(" 1 Main St ").as_deref(),
            Ok("1 Main St")
        );
    }
}
