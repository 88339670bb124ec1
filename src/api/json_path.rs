//! Where in a JSON text something stands. `serde_json` tells line and column; a reader who looks at a
//! list of agents wants `agents[3].name`.

use std::fmt::Write;

/// An object or array that has begun and has not ended, with how far it has come.
enum Open<'a> {
    /// With the key, once that has been read.
    Object(Option<&'a str>),
    /// With the index of the element that has begun.
    Array(Option<usize>),
}

/// The path to the place of an error in a JSON text, such as `agents[3].name`; empty: the whole. Keys stand as
/// they are written.
pub fn path_of(text: &str, error: &serde_json::Error) -> String {
    let lines = text.split_inclusive('\n');
    let line_start: usize = lines
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let end = text.floor_char_boundary(line_start + error.column());
    let (read, rest) = text.split_at(end);
    let reason = error.to_string();
    let next = rest.trim_start();
    let is_refused = match next.as_bytes().first() {
        Some(b'{') => reason.starts_with("invalid type: map"),
        Some(b'[') => reason.starts_with("invalid type: sequence"),
        _ => false,
    };
    let end = if is_refused {
        // What an object or array that is refused begins with has not been read.
        text.len() - next.len() + 1
    } else if error.is_data() && read.ends_with(['}', ']']) && !reason.starts_with("missing field")
    {
        // What is wrong with the last value has been found out only after the end.
        end - 1
    } else {
        end
    };
    path_to_end(text.get(..end).unwrap_or(text))
}

/// The path to where the text ends, which may be in the middle of a value.
fn path_to_end(text: &str) -> String {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if first == '"' {
            string_len(rest)
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(len);
        rest = after;
        match (token, open.last_mut()) {
            ("}" | "]", _) => {
                open.pop();
            }
            (",", Some(Open::Object(key))) => *key = None,
            (",", Some(Open::Array(index))) => *index = Some(index.map_or(0, |index| index + 1)),
            (":" | "," | " " | "\n" | "\r" | "\t", _) => {}
            (_, Some(Open::Object(key @ None))) => {
                *key = token
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'));
            }
            (_, within) => {
                if let Some(Open::Array(index @ None)) = within {
                    *index = Some(0);
                }
                match token {
                    "{" => open.push(Open::Object(None)),
                    "[" => open.push(Open::Array(None)),
                    _ => {}
                }
            }
        }
    }
    let mut path = String::new();
    for open in open {
        // Writing to a string cannot fail.
        let _ = match open {
            Open::Object(Some(key)) if path.is_empty() => write!(path, "{key}"),
            Open::Object(Some(key)) => write!(path, ".{key}"),
            Open::Array(Some(index)) => write!(path, "[{index}]"),
            Open::Object(None) | Open::Array(None) => Ok(()),
        };
    }
    path
}

/// How many bytes the JSON string takes with which the text begins.
pub fn string_len(text: &str) -> usize {
    let mut is_escaped = true;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use std::fmt::Formatter;

    use proptest::prelude::*;
    use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
    use serde::{Deserialize, de};
    use serde_json::{Value, json};

    use super::*;

    /// Numbers, however deep in objects and arrays. Whatever else is there is an error.
    struct Numbers;

    impl<'de> Deserialize<'de> for Numbers {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Self)
        }
    }

    impl<'de> Visitor<'de> for Numbers {
        type Value = Self;

        fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("numbers")
        }

        fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
            while elements.next_element::<Self>()?.is_some() {}
            Ok(self)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
            while entries.next_entry::<String, Self>()?.is_some() {}
            Ok(self)
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            9 => (0..100_u64).prop_map(|number| json!(number)),
            1 => prop::sample::select(vec![json!("no \" number"), json!(null), json!(-1), json!(true)]),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[abé :,{]{1,3}", inner, 0..4)
                    .prop_map(|entries| entries.into_iter().collect()),
            ]
        })
    }

    proptest! {
        /// The same library that reads each value with its path at hand, which is large.
        #[test]
        fn the_path_is_that_of_serde_path_to_error(
            value in any_value(),
            is_pretty in any::<bool>(),
            cut in prop::option::of(0..200_usize),
        ) {
            let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
            let text = text.get(..cut.unwrap_or(text.len())).unwrap_or(&text);
            let deserializer = &mut serde_json::Deserializer::from_str(text);
            if let Err(error) = serde_path_to_error::deserialize::<_, Numbers>(deserializer) {
                let expected = error.path().to_string();
                let expected = expected.trim_end_matches(['?', '.']);
                let path = path_of(text, error.inner());
                // Where the text ends too soon, ours tells what it ends in, too.
                if error.inner().is_eof() {
                    prop_assert!(path.starts_with(expected), "{path} {expected} {text}");
                } else {
                    prop_assert_eq!(path, expected, "{}: {}", text, error);
                }
            }
        }
    }

    #[test]
    fn a_path_leads_to_what_has_begun() {
        for (text, path) in [
            ("", ""),
            ("7", ""),
            ("{", ""),
            (r#"{"ag"#, ""),
            (r#"{"agents""#, "agents"),
            (r#"{"agents":"#, "agents"),
            (r#"{"agents":["#, "agents"),
            (r#"{"agents":[{"#, "agents[0]"),
            (r#"{"agents":[{"name":7"#, "agents[0].name"),
            (r#"{"agents":[{"name":7,"#, "agents[0]"),
            (r#"{"agents":[{"name":7}"#, "agents[0]"),
            (r#"{"agents":[{"name":7},"#, "agents[1]"),
            (r#"{"agents":[1,[2,3"#, "agents[1][1]"),
            (r#"{"agents":[{}],"a\"b":{"c":"d]}"#, r#"a\"b.c"#),
            (r#"{"agents":[]}"#, ""),
            ("[[]", "[0]"),
            ("{\n  \"é\": [\"ü\", 7", "é[1]"),
        ] {
            assert_eq!(path_to_end(text), path, "{text}");
        }
    }
}
