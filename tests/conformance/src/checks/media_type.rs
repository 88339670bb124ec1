//! The media type of everything that was answered.

use std::collections::BTreeSet;

use super::skip;
use crate::report::Fault;
use crate::run::{Run, Stop};

/// Looks at all answers of the run once more.
pub fn check(run: &mut Run<'_>) {
    run.part("All answers");
    run.check(
        "Every answer with a body is application/json, in UTF-8",
        "docs/agent-api.md#conventions/2, #errors/9: bodies are application/json, UTF-8; but for \
         500, 502, 503 and 504, whose body may be anything",
        |backend| {
            let mut told = BTreeSet::new();
            let seen = backend.seen();
            if seen.is_empty() {
                return skip("there was no answer");
            }
            let faults: Vec<_> = seen
                .into_iter()
                .filter(|seen| {
                    seen.has_body && seen.status < 500 && !seen.route.starts_with("OPTIONS ")
                })
                .filter(|seen| !is_json(&seen.content_type))
                // Once for each kind of call.
                .filter(|seen| {
                    told.insert((seen.route.clone(), seen.status, seen.content_type.clone()))
                })
                .map(|seen| {
                    let found = if seen.content_type.is_empty() {
                        "missing"
                    } else {
                        &seen.content_type
                    };
                    Fault {
                        wrong: format!("Content-Type is {found}, not application/json"),
                        came: seen.status.to_string(),
                        asked: seen.asked,
                    }
                })
                .collect();
            if faults.is_empty() {
                Ok(())
            } else {
                Err(Stop::Fails(faults))
            }
        },
    );
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    parts.next().is_some_and(|kind| kind == "application/json")
        && parts.all(|part| {
            part.strip_prefix("charset=")
                .is_none_or(|charset| charset.trim_matches('"') == "utf-8")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_by_its_media_type() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/html",
            "text/json",
            "application/problem+json",
            "application/json; charset=latin1",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
