//! Proto3 JSON's rules: `null` counts as missing, and missing as the default; numbers may be quoted;
//! times are RFC 3339. Ids may be numbers, besides.
//!
//! Times are read quickly in the form that backends write: a large fleet's answer holds tens of
//! thousands.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::de::{DeserializeOwned, Error, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::value::RawValue;

/// Reads a message only where it is a JSON object: serde's derive takes an array of its fields, too.
pub struct ObjectOnly<D>(pub D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Lets types that derive with `remote = "Self"` be read from JSON objects alone.
macro_rules! messages {
    ($($message:ident $(<$inner:ident>)?),+ $(,)?) => {$(
        impl<'de $(, $inner: serde::Deserialize<'de>)?> serde::Deserialize<'de> for $message$(<$inner>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize($crate::domain::proto3::ObjectOnly(deserializer))
            }
        }

        impl$(<$inner: serde::Serialize>)? serde::Serialize for $message$(<$inner>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    )+};
}
pub(crate) use messages;

/// Reads a field whose `null` means its type's default.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads an id or token, which is text, also where it is written as a number.
pub fn opaque<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_opaque(deserializer).map(Option::unwrap_or_default)
}

/// As [`opaque`]; `null` is none.
pub fn optional_opaque<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text: Option<Opaque> = Option::deserialize(deserializer)?;
    Ok(text.map(|Opaque(text)| text))
}

/// Reads a list of what [`opaque`] reads.
pub fn opaque_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let list: Option<Vec<Opaque>> = Option::deserialize(deserializer)?;
    let texts = list
        .unwrap_or_default()
        .into_iter()
        .map(|Opaque(text)| text);
    Ok(texts.collect())
}

struct Opaque(String);

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Opaque;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Opaque, E> {
                Ok(Opaque(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Opaque, E> {
                Ok(Opaque(text))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Opaque, E> {
                Ok(Opaque(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Opaque, E> {
                Ok(Opaque(number.to_string()))
            }

            /// Only what has been read to the last digit: another id is worse than none. Above, `serde_json`
            /// may be one off, with up to five zeros after the point.
            fn visit_f64<E: Error>(self, number: f64) -> Result<Opaque, E> {
                const EXACT_BELOW: f64 = 1e12;
                if number.fract() == 0.0 && number.abs() < EXACT_BELOW {
                    self.visit_i64(number as i64)
                } else {
                    Err(E::custom("this number is no id"))
                }
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// Reads a number, in quotes or not. `null` and the empty text are none; `"NaN"` and `"Infinity"`
/// are numbers.
pub fn number_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number: Option<Number> = Option::deserialize(deserializer)?;
    Ok(number.and_then(|Number(number)| number))
}

struct Number(Option<f64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
                Ok(Number(Some(number)))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
                self.visit_f64(number as f64)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
                self.visit_f64(number as f64)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
                match text {
                    "" => Ok(Number(None)),
                    _ => number_in(text)
                        .ok_or_else(|| E::custom("no number"))
                        .and_then(|number| self.visit_f64(number)),
                }
            }
        }
        deserializer.deserialize_any(Digits)
    }
}

/// The number in a text, as JSON writes numbers, or one of proto3's three words. JSON's reader is in
/// the program anyway; the standard library's, with its tables, is 11 kB more over the wire.
pub fn number_in(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => serde_json::from_str(text).ok().or_else(|| {
            let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
            // What JSON's reader refuses as a number, but skips as one, is too large.
            let is_json = is_number && serde_json::from_str::<IgnoredAny>(text).is_ok();
            is_json.then_some(f64::INFINITY)
        }),
    }
}

/// Reads a count; what is no count is 0, whatever it is.
pub fn count_or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let count = unless_nonsense::<Number, D>(deserializer)?.and_then(|Number(count)| count);
    // A negative count and one that is none become 0; a huge one the largest.
    Ok(count
        .filter(|count| count.is_finite())
        .map_or(0, |count| count as u32))
}

/// Reads an RFC 3339 time; `null` is none, and so is what stands for "never".
pub fn time_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let time: Option<Time> = Option::deserialize(deserializer)?;
    Ok(time.and_then(|Time(time)| time))
}

/// As [`time_or_null`]; what is no time is none, too.
pub fn time_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(unless_nonsense::<Time, D>(deserializer)?.and_then(|Time(time)| time))
}

/// Reads a `T` by itself: nothing in it is an error.
pub fn unless_nonsense<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// A time; none where it stands for "never".
struct Time(Option<DateTime<Utc>>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
                // Never is written in the writer's own time zone, too.
                let (time, on_the_wall) =
                    rfc_3339(text).ok_or_else(|| E::custom("not an RFC 3339 time"))?;
                let is_never = is_never(time) || is_never(on_the_wall);
                Ok(Time((!is_never).then_some(time)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Programs write a time that was never set as the first moment of year 1 or of 1970. Nothing was
/// heard of an agent before.
fn is_never(time: DateTime<Utc>) -> bool {
    time <= DateTime::UNIX_EPOCH
}

/// Reads a time such as `2026-11-02T12:00:00Z`; the second is what the clock on the wall said then, as if that
/// were UTC. A blank may stand for the `T`, and the offset may be without its colon. chrono takes ten times as
/// long, and is large.
fn rfc_3339(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
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
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
        rest @ ..,
    ] = text.as_bytes()
    else {
        return None;
    };
    let (decimals, offset) = match rest {
        [b'.', rest @ ..] => {
            let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest.split_at_checked(len).filter(|_| len > 0)?
        }
        _ => ([].as_slice(), rest),
    };
    let offset_minutes = match offset {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', mi1, mi2]
        | [sign @ (b'+' | b'-'), h1, h2, mi1, mi2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*mi1, *mi2])?);
            let minutes =
                i32::try_from((hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?)
                    .ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    // Finer than a nanosecond is nothing.
    let decimals = decimals.get(..9).unwrap_or(decimals);
    let nanos = number(decimals)? * 10_u32.pow(9 - decimals.len() as u32);
    // To chrono, a leap second is the one before, grown longer.
    let (secs, nanos) = match number(&[*s1, *s2])? {
        60 => (59, 1_000_000_000 + nanos),
        secs => (secs, nanos),
    };
    let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    let on_the_wall = NaiveDate::from_ymd_opt(year, number(&[*mo1, *mo2])?, number(&[*d1, *d2])?)?
        .and_hms_nano_opt(number(&[*h1, *h2])?, number(&[*mi1, *mi2])?, secs, nanos)?;
    let offset = FixedOffset::east_opt(offset_minutes * 60)?;
    let time = on_the_wall.checked_sub_offset(offset)?;
    Some((time.and_utc(), on_the_wall.and_utc()))
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
    fn a_number_is_an_id_only_where_it_is_exact() {
        let read = |json: &str| opaque(&mut serde_json::Deserializer::from_str(json)).ok();
        for (json, id) in [
            ("7", Some("7")),
            ("7.0", Some("7")),
            ("-7", Some("-7")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("999999999999.0", Some("999999999999")),
            ("-999999999999.00000", Some("-999999999999")),
            ("1000000000000.0", None),
            ("-1000000000000.0", None),
            // It would be read as …990.
            ("9007199254740991.0", None),
            ("7.5", None),
        ] {
            assert_eq!(read(json).as_deref(), id, "{json}");
        }
    }

    #[test]
    fn a_text_is_a_number_where_json_writes_one() {
        for (text, number) in [
            ("-7.5", Some(-7.5)),
            ("1e3", Some(1_000.0)),
            ("1e999", Some(f64::INFINITY)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("true", None),
            ("[1]", None),
            ("-", None),
            ("7x", None),
            ("", None),
        ] {
            assert_eq!(number_in(text), number, "{text}");
        }
        assert!(number_in("-1e999").is_some_and(f64::is_infinite));
    }

    #[test]
    fn an_error_says_what_was_expected() {
        let deserializer = &mut serde_json::Deserializer::from_str("{}");
        let of_id = opaque(deserializer).unwrap_err();
        let deserializer = &mut serde_json::Deserializer::from_str("{}");
        let of_number = number_or_null(deserializer).unwrap_err();
        for (error, expected) in [
            (of_id, "expected a string"),
            (of_number, "expected a number"),
            (read("17").unwrap_err(), "expected an RFC 3339 time"),
        ] {
            assert!(error.to_string().contains(expected), "{error}");
        }
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
        let noon = "2026-11-02T12:00:00Z".parse().unwrap();
        for text in [
            "2026-11-02T13:00:00+01:00",
            "2026-11-02T06:30:00-0530",
            "2026-11-02 12:00:00Z",
            "2026-11-02T12:00:00.0000000000Z",
            "2026-11-02t12:00:00z",
        ] {
            assert_eq!(read(&format!("\"{text}\"")).unwrap(), Some(noon), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_time_is_none() {
        for text in [
            "2026-11-02T12:00:00.Z",
            "2026-11-02T12:00:00+1:00",
            "2026-11-02T12:00:00+24:00",
            "2026-11-02T12:00:00+00:60",
            "2026-11-02T12:00:00ZZ",
            "2026-11-02T12:00:61Z",
            "2026-11-02_12:00:00Z",
            "12026-11-02T12:00:00Z",
            "2O26-11-02T12:00:00Z",
        ] {
            assert!(read(&format!("\"{text}\"")).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_form_is_read_as_by_chrono(
            text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,10})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])"
        ) {
            let expected: Option<DateTime<Utc>> = text.parse().ok();
            let read = rfc_3339(&text).map(|(time, _)| time);
            prop_assert_eq!(read, expected, "{}", text);
        }

        #[test]
        fn what_chrono_writes_is_read(
            secs in 0..4_102_444_800_i64, nanos in 0..1_000_000_000_u32,
        ) {
            let time = DateTime::from_timestamp(secs, nanos);
            let json = serde_json::to_string(&time).unwrap();
            let read = rfc_3339(json.trim_matches('"')).map(|(time, _)| time);
            prop_assert_eq!(read, time);
        }
    }
}
