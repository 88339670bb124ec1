//! What came back, whatever it is.

use std::collections::BTreeMap;

use kproxy_agents::api::wire::{BAD_REQUEST_TYPE, code};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use ureq::http::HeaderMap;

use crate::report::Fault;
use crate::run::{Checked, Stop};

/// No more of a body is told, in characters.
const MOST_TOLD: usize = 300;
/// Stands where a text was cut short.
pub const CUT: &str = "…";

/// The fields of an object, each still text: one that cannot be read costs only itself.
pub type Fields = BTreeMap<String, Box<RawValue>>;

/// An answer, received whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked, as it is told.
    pub asked: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// Nothing of the body is to be told.
    pub is_secret: bool,
}

impl Answer {
    /// A header, of several lines one after the other; empty where it is not there.
    pub fn header(&self, name: &str) -> String {
        let lines = self.headers.get_all(name).iter();
        let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
        lines.join(", ").trim().to_owned()
    }

    /// That something about this answer does not hold.
    pub fn fault(&self, wrong: impl Into<String>) -> Fault {
        Fault {
            wrong: wrong.into(),
            asked: self.asked.clone(),
            came: self.came(),
        }
    }

    /// Ends a check because of this answer.
    pub fn wrong(&self, wrong: impl Into<String>) -> Stop {
        Stop::Fails(vec![self.fault(wrong)])
    }

    fn came(&self) -> String {
        let mut came = self.status.to_string();
        let kind = self.header("content-type");
        if !kind.is_empty() {
            came = format!("{came}, {}", shorten(&kind, 60));
        }
        if (300..400).contains(&self.status) {
            // What follows the question mark may be a secret.
            let target = self.header("location");
            let target = target.split(['?', '#']).next().unwrap_or_default();
            came = format!("{came}, to {}", shorten(target, 100));
        }
        if self.is_secret {
            format!("{came}, a body that is not shown: it is secret")
        } else if self.body.is_empty() {
            format!("{came}, no body")
        } else {
            // No more than may be told; a character has up to four bytes.
            let start = self.body.get(..MOST_TOLD * 4 + 4).unwrap_or(&self.body);
            let text = String::from_utf8_lossy(start);
            format!("{came}: {}", shorten(&text, MOST_TOLD))
        }
    }

    /// Whether the status is a 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer, if it is a success. A 403 that is as it should be skips the check.
    pub fn success(&self) -> Checked<&Self> {
        if self.is_success() {
            return Ok(self);
        }
        self.permitted()?;
        Err(self.wrong(format!("the status is {}, not a 2xx", self.status)))
    }

    /// Skips a check whose request this account may not make: a 403, as it should be.
    fn permitted(&self) -> Checked {
        if self.status != 403 {
            return Ok(());
        }
        self.is_error_of(code::PERMISSION_DENIED)?;
        Err(Stop::Skipped(format!(
            "the backend does not allow this account: {}",
            self.asked
        )))
    }

    /// The body as text.
    pub fn text(&self) -> Checked<&str> {
        std::str::from_utf8(&self.body).map_err(|_| self.wrong("the body is not UTF-8"))
    }

    /// The fields of the body, which has to be a JSON object.
    pub fn fields(&self) -> Checked<Fields> {
        let text = self.text()?;
        serde_json::from_str(text).map_err(|error| self.wrong(unreadable(text, &error)))
    }

    /// The body, which has to be a JSON object.
    pub fn object(&self) -> Checked<Map<String, Value>> {
        let text = self.text()?;
        serde_json::from_str(text).map_err(|error| self.wrong(unreadable(text, &error)))
    }

    /// Holds that this is an error of that HTTP status, with a `google.rpc.Status` of that code.
    pub fn refused(&self, status: u16, code: i32) -> Checked<Map<String, Value>> {
        if self.status != status {
            self.permitted()?;
            return Err(self.wrong(format!("the status is {}, not {status}", self.status)));
        }
        self.is_error_of(code)
    }

    /// Holds that the body is a `google.rpc.Status` of that code.
    fn is_error_of(&self, code: i32) -> Checked<Map<String, Value>> {
        let body = self.object()?;
        let told = body.get("code").and_then(Value::as_i64);
        if told != Some(code.into()) {
            let told = told.map_or("missing".to_owned(), |told| told.to_string());
            return Err(self.wrong(format!(
                "the body's code is {told}, not {code}, which goes with this {}",
                self.status,
            )));
        }
        if body
            .get("message")
            .is_some_and(|message| !message.is_string())
        {
            return Err(self.wrong("the body's message is no text"));
        }
        let is_detail = |detail: &Value| detail.get("@type").is_some_and(Value::is_string);
        let are_details = |details: &Value| {
            let details = details.as_array();
            details.is_some_and(|details| details.iter().all(is_detail))
        };
        if body
            .get("details")
            .is_some_and(|details| !are_details(details))
        {
            return Err(self.wrong("the body's details are no list of objects with an @type"));
        }
        Ok(body)
    }

    /// Holds that this is a 400 that finds fault with this field, for a person to read.
    pub fn violates(&self, field: &str) -> Checked {
        let body = self.refused(400, code::INVALID_ARGUMENT)?;
        let list = |value: &Value, key: &str| {
            let list = value.get(key).and_then(Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let bad_requests: Vec<_> = list(&Value::Object(body), "details")
            .into_iter()
            .filter(|detail| detail.get("@type").and_then(Value::as_str) == Some(BAD_REQUEST_TYPE))
            .collect();
        if bad_requests.is_empty() {
            return Err(self.wrong(format!("no detail has the @type {BAD_REQUEST_TYPE}")));
        }
        let violations = bad_requests
            .iter()
            .flat_map(|detail| list(detail, "fieldViolations"));
        let found = violations
            .filter(|violation| violation.get("field").and_then(Value::as_str) == Some(field))
            .collect::<Vec<_>>();
        if found.is_empty() {
            return Err(self.wrong(format!("no fieldViolation names the field {field}")));
        }
        let says_why = |violation: &Value| {
            let why = violation.get("description").and_then(Value::as_str);
            why.is_some_and(|why| !why.trim().is_empty())
        };
        if !found.iter().any(says_why) {
            return Err(self.wrong(format!("the violation of {field} has no description")));
        }
        Ok(())
    }
}

/// Why a text cannot be read, in plain words.
pub fn unreadable(text: &str, error: &serde_json::Error) -> String {
    let text = text.trim_start();
    match error.classify() {
        _ if text.is_empty() => "the body is empty".to_owned(),
        _ if text.starts_with('<') => "the body is a web page, not JSON".to_owned(),
        Category::Eof | Category::Io => "the body is cut short".to_owned(),
        Category::Syntax => format!("the body is not JSON: {error}"),
        Category::Data => "the body is not a JSON object".to_owned(),
    }
}

/// At most so many characters, on one line.
pub fn shorten(text: &str, most: usize) -> String {
    let mut short: String = text
        .chars()
        .take(most)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(most).is_some() {
        short.push_str(CUT);
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &[u8]) -> Answer {
        Answer {
            asked: "GET /x".into(),
            status,
            headers: HeaderMap::new(),
            body: body.to_vec(),
            is_secret: false,
        }
    }

    fn wrong(checked: Checked<impl Sized>) -> String {
        match checked.err() {
            Some(Stop::Fails(faults)) => faults[0].wrong.clone(),
            Some(Stop::Skipped(why)) => format!("skipped: {why}"),
            None => "nothing".into(),
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_told_in_plain_words() {
        for (body, words) in [
            (&b""[..], "the body is empty"),
            (b"<html>", "the body is a web page, not JSON"),
            (b"{\"a\": ", "the body is cut short"),
            (
                b"{a}",
                "the body is not JSON: key must be a string at line 1 column 2",
            ),
            (b"[]", "the body is not a JSON object"),
            (b"7", "the body is not a JSON object"),
            (b"{\"a\": \"\xff\"}", "the body is not UTF-8"),
        ] {
            assert_eq!(wrong(answer(200, body).object()), words);
            assert_eq!(wrong(answer(200, body).fields()), words);
        }
    }

    #[test]
    fn an_error_has_the_status_and_the_code_that_go_together() {
        let body = json!({"code": 5, "message": "no", "details": [{"@type": "t"}]});
        let good = answer(404, body.to_string().as_bytes());
        assert!(good.refused(404, 5).is_ok());
        assert_eq!(wrong(good.refused(410, 9)), "the status is 404, not 410");
        for (body, words) in [
            (
                json!({}),
                "the body's code is missing, not 5, which goes with this 404",
            ),
            (
                json!({"code": 3}),
                "the body's code is 3, not 5, which goes with this 404",
            ),
            (
                json!({"code": 5, "message": 7}),
                "the body's message is no text",
            ),
            (
                json!({"code": 5, "details": [{}]}),
                "the body's details are no list of objects with an @type",
            ),
        ] {
            let answer = answer(404, body.to_string().as_bytes());
            assert_eq!(wrong(answer.refused(404, 5)), words);
        }
    }

    #[test]
    fn a_violation_names_its_field_and_says_why() {
        let violated = |kind: &str, field: &str, description: &str| {
            let detail = json!({"@type": kind, "fieldViolations": [{"field": field, "description": description}]});
            let body = json!({"code": 3, "details": [{"@type": "other"}, detail]});
            wrong(answer(400, body.to_string().as_bytes()).violates("agent.name"))
        };
        assert_eq!(
            violated(BAD_REQUEST_TYPE, "agent.name", "Too long"),
            "nothing"
        );
        assert_eq!(
            violated(BAD_REQUEST_TYPE, "agent.name", " "),
            "the violation of agent.name has no description"
        );
        assert_eq!(
            violated(BAD_REQUEST_TYPE, "name", "Too long"),
            "no fieldViolation names the field agent.name"
        );
        assert!(violated("BadRequest", "agent.name", "Too long").starts_with("no detail has"));
    }

    #[test]
    fn a_403_skips_and_any_other_error_fails() {
        let forbidden = answer(403, br#"{"code": 7, "message": "no"}"#);
        assert!(wrong(forbidden.success().map(drop)).starts_with("skipped: "));
        let page = answer(403, b"<html>");
        assert_eq!(
            wrong(page.success().map(drop)),
            "the body is a web page, not JSON"
        );
        assert_eq!(
            wrong(answer(500, b"").success().map(drop)),
            "the status is 500, not a 2xx"
        );
    }

    #[test]
    fn what_came_is_told_short_on_one_line_and_without_the_query_of_a_redirect() {
        let mut long = answer(302, "é\n\u{1b}[31m".repeat(1000).as_bytes());
        long.headers
            .insert("location", "/login?token=hush".parse().unwrap());
        let came = long.came();
        assert!(came.starts_with("302, to /login: é"), "{came}");
        assert!(came.chars().count() < 400 && !came.contains(char::is_control));
        assert!(!came.contains("hush"));

        let mut secret = answer(200, b"hush");
        secret.is_secret = true;
        assert!(!secret.came().contains("hush"));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(status in 100_u16..600, body in any::<Vec<u8>>()) {
            let answer = answer(status, &body);
            let _ = (answer.came(), answer.success(), answer.fields(), answer.object());
            let _ = (answer.refused(status, 3), answer.violates("agent.name"));
        }
    }
}
