//! Proto3 JSON's rules: `null` counts as missing, and missing as the default; times are RFC 3339.
//!
//! Times are read quickly in the form that backends write: a large fleet's answer holds tens of
//! thousands.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a field whose `null` means its type's default.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads an RFC 3339 time; `null` is none.
pub fn time_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let time: Option<Time> = Option::deserialize(deserializer)?;
    Ok(time.map(|Time(time)| time))
}

struct Time(DateTime<Utc>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
                usual_form(text)
                    .map_or_else(|| text.parse().map_err(E::custom), Ok)
                    .map(Time)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Reads the form that backends give: `2026-11-02T12:00:00Z`, with up to nine decimals. Others
/// are left to chrono, which takes ten times as long.
fn usual_form(text: &str) -> Option<DateTime<Utc>> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
        fraction @ ..,
        b'Z',
    ] = text.as_bytes()
    else {
        return None;
    };
    let nanos = match fraction {
        [] => 0,
        [b'.', decimals @ ..] if (1..=9).contains(&decimals.len()) => {
            number(decimals)? * 10_u32.pow(9 - decimals.len() as u32)
        }
        _ => return None,
    };
    let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[*mo1, *mo2])?, number(&[*d1, *d2])?)?
        .and_hms_nano_opt(
            number(&[*h1, *h2])?,
            number(&[*mi1, *mi2])?,
            number(&[*s1, *s2])?,
            nanos,
        )
        .map(|time| time.and_utc())
}

/// At most nine digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        let value = digit.wrapping_sub(b'0');
        (value <= 9).then_some(number * 10 + u32::from(value))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Result<Option<DateTime<Utc>>, serde_json::Error> {
        time_or_null(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn null_is_no_time_and_nonsense_an_error() {
        assert_eq!(read("null").unwrap(), None);
        for json in [
            "17",
            "\"noon\"",
            "\"\"",
            "\"2026-02-30T00:00:00Z\"",
            "\"2026-11-02T12:00:00\"",
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn unusual_forms_are_times_too() {
        let noon = usual_form("2026-11-02T12:00:00Z").unwrap();
        for text in [
            "2026-11-02T13:00:00+01:00",
            "2026-11-02 12:00:00Z",
            "2026-11-02T12:00:00.0000000000Z",
            "2026-11-02t12:00:00z",
        ] {
            assert_eq!(usual_form(text), None, "{text}");
            assert_eq!(read(&format!("\"{text}\"")).unwrap(), Some(noon), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_agrees_with_chrono(
            text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z"
        ) {
            if let Some(time) = usual_form(&text) {
                prop_assert_eq!(Ok(time), text.parse());
            }
        }

        #[test]
        fn what_chrono_writes_is_read_the_quick_way(
            secs in 0..4_102_444_800_i64, nanos in 0..1_000_000_000_u32,
        ) {
            let time = DateTime::from_timestamp(secs, nanos);
            let json = serde_json::to_string(&time).unwrap();
            prop_assert_eq!(usual_form(json.trim_matches('"')), time);
        }
    }
}
