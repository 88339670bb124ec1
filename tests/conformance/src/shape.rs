//! Agents and sites held against the contract, field by field. Proto3 JSON's rule holds: a missing
//! field and `null` are the field's default.

use std::net::IpAddr;

use chrono::DateTime;
use kproxy_agents::domain::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, SITE_TITLE_CHARS};
use serde_json::Value;

use crate::answer::shorten;
use crate::calls::Object;

/// Which rule does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Fields are of the agreed types.
    Types,
    /// An id is there, and can stand in a path.
    Ids,
    /// Times are RFC 3339.
    Times,
    /// Texts are no longer, or shorter, and numbers no larger than agreed.
    Limits,
    /// Addresses are IPv4 or IPv6.
    Addresses,
    /// An `etag` is there.
    Etags,
}

/// What does not hold of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The rule.
    pub rule: Rule,
    /// What is wrong, with the path of the field.
    pub wrong: String,
}

/// What does not hold of an agent that stands at `path`.
pub fn agent_flaws(agent: &Object, path: &str) -> Vec<Flaw> {
    let mut look = Look {
        object: agent,
        path,
        flaws: Vec::new(),
    };
    look.id();
    look.text("name", 0, MAX_NAME_CHARS);
    look.text("description", 0, MAX_DESCRIPTION_CHARS);
    for field in ["siteId", "version", "apiUser", "userAgent"] {
        look.text(field, 0, usize::MAX);
    }
    look.address("privateIp");
    look.address("ipAddress");
    look.port("flowPort");
    look.time("lastContact", true);
    look.time("lastSeen", true);
    look.time("created", false);
    look.devices();
    if let Some("") = look.text("etag", 0, usize::MAX) {
        look.flaw(Rule::Etags, "etag", "is missing");
    }
    look.flaws
}

/// What does not hold of a site that stands at `path`.
pub fn site_flaws(site: &Object, path: &str) -> Vec<Flaw> {
    let mut look = Look {
        object: site,
        path,
        flaws: Vec::new(),
    };
    look.id();
    look.text("title", *SITE_TITLE_CHARS.start(), *SITE_TITLE_CHARS.end());
    look.degrees("lat", 90.0);
    look.degrees("lon", 180.0);
    look.text("type", 0, usize::MAX);
    match site.get("postalAddress") {
        None | Some(Value::Null) => {}
        Some(Value::Object(address)) => {
            let path = format!("{path}.postalAddress");
            let mut parts = Look {
                object: address,
                path: &path,
                flaws: Vec::new(),
            };
            for field in ["address", "city", "region", "postalCode", "country"] {
                parts.text(field, 0, usize::MAX);
            }
            look.flaws.append(&mut parts.flaws);
        }
        Some(other) => look.mistyped("postalAddress", other, "an object"),
    }
    look.flaws
}

/// A value as it is told.
pub fn shown(value: &(impl ToString + ?Sized)) -> String {
    shorten(&value.to_string(), 60)
}

/// Looks at the fields of one object.
struct Look<'a> {
    object: &'a Object,
    path: &'a str,
    flaws: Vec<Flaw>,
}

impl<'a> Look<'a> {
    fn flaw(&mut self, rule: Rule, field: &str, wrong: &str) {
        let wrong = format!("{}.{field} {wrong}", self.path);
        self.flaws.push(Flaw { rule, wrong });
    }

    fn mistyped(&mut self, field: &str, value: &Value, wanted: &str) {
        self.flaw(
            Rule::Types,
            field,
            &format!("is {}, not {wanted}", shown(value)),
        );
    }

    /// A field that is there.
    fn get(&self, field: &str) -> Option<&'a Value> {
        self.object.get(field).filter(|value| !value.is_null())
    }

    /// A text of so many code points; `None` where it is of another type.
    fn text(&mut self, field: &str, least: usize, most: usize) -> Option<&'a str> {
        let text = match self.get(field) {
            None => "",
            Some(Value::String(text)) => text,
            Some(other) => {
                self.mistyped(field, other, "a text");
                return None;
            }
        };
        let chars = text.chars().count();
        if chars > most {
            let wrong = format!("has {chars} characters, which is more than {most}");
            self.flaw(Rule::Limits, field, &wrong);
        } else if chars < least {
            let wrong = format!("has {chars} characters, which is fewer than {least}");
            self.flaw(Rule::Limits, field, &wrong);
        }
        Some(text)
    }

    fn id(&mut self) {
        match self.text("id", 0, usize::MAX) {
            Some("") => self.flaw(Rule::Ids, "id", "is missing"),
            Some(id @ ("." | "..")) => {
                let wrong = format!("is {id:?}, which cannot stand in a path");
                self.flaw(Rule::Ids, "id", &wrong);
            }
            _ => {}
        }
    }

    fn address(&mut self, field: &str) {
        if let Some(text) = self.text(field, 0, usize::MAX)
            && !text.is_empty()
            && text.parse::<IpAddr>().is_err()
        {
            let wrong = format!(
                "is {}, which is no IPv4 or IPv6 address",
                shown(&Value::from(text))
            );
            self.flaw(Rule::Addresses, field, &wrong);
        }
    }

    fn port(&mut self, field: &str) {
        let Some(value) = self.get(field) else {
            return;
        };
        if !value.is_i64() && !value.is_u64() {
            self.mistyped(field, value, "a whole number");
        } else if value.as_u64().is_none_or(|port| port > u64::from(u16::MAX)) {
            // 0 is the default: 9995.
            let wrong = format!("is {}, not from 1 to 65535", shown(value));
            self.flaw(Rule::Limits, field, &wrong);
        }
    }

    fn time(&mut self, field: &str, may_be_null: bool) {
        match self.get(field) {
            None if may_be_null => {}
            None => self.flaw(Rule::Times, field, "is missing"),
            Some(Value::String(text)) => {
                if DateTime::parse_from_rfc3339(text).is_err() {
                    let wrong = format!(
                        "is {}, which is no RFC 3339 time",
                        shown(&Value::from(text.as_str()))
                    );
                    self.flaw(Rule::Times, field, &wrong);
                }
            }
            Some(other) => {
                let wrong = format!("is {}, not an RFC 3339 time as a text", shown(other));
                self.flaw(Rule::Times, field, &wrong);
            }
        }
    }

    fn degrees(&mut self, field: &str, most: f64) {
        let Some(value) = self.get(field) else {
            return;
        };
        match value.as_f64() {
            None => self.mistyped(field, value, "a number"),
            Some(degrees) if degrees.abs() > most => {
                let wrong = format!("is {}, not from -{most} to {most}", shown(value));
                self.flaw(Rule::Limits, field, &wrong);
            }
            Some(_) => {}
        }
    }

    fn devices(&mut self) {
        let devices = match self.get("devices") {
            None => return,
            Some(Value::Array(devices)) => devices,
            Some(other) => return self.mistyped("devices", other, "a list"),
        };
        for (index, device) in devices.iter().enumerate() {
            let field = format!("devices[{index}]");
            let Value::Object(device) = device else {
                self.mistyped(&field, device, "an object");
                continue;
            };
            let path = format!("{}.{field}", self.path);
            let mut look = Look {
                object: device,
                path: &path,
                flaws: Vec::new(),
            };
            look.text("id", 0, usize::MAX);
            look.text("name", 0, usize::MAX);
            self.flaws.append(&mut look.flaws);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn agent() -> Value {
        json!({
            "id": "a", "name": "n".repeat(128), "description": "🛰".repeat(1024), "siteId": "s", "privateIp": "fd00::1",
            "ipAddress": "203.0.113.4", "flowPort": 9995, "version": "7.48.0", "lastContact": "2026-11-02T12:00:00Z",
            "lastSeen": null, "apiUser": "a@b.c", "userAgent": "kproxy", "devices": [{"id": "1", "name": "rtr"}],
            "created": "2026-11-02T13:00:00.25+01:00", "etag": "e", "unknown": {"x": 1},
        })
    }

    fn with(base: Value, field: &str, value: Value) -> Object {
        let Value::Object(mut object) = base else {
            panic!()
        };
        object.insert(field.into(), value);
        object
    }

    fn told(flaws: &[Flaw]) -> Vec<(Rule, &str)> {
        flaws
            .iter()
            .map(|flaw| (flaw.rule, flaw.wrong.as_str()))
            .collect()
    }

    #[test]
    fn an_agent_as_agreed_has_no_flaw() {
        assert_eq!(agent_flaws(agent().as_object().unwrap(), "agent"), []);
        let least = json!({"id": "a", "created": "2026-11-02T12:00:00Z", "etag": "e", "name": null, "devices": null});
        assert_eq!(agent_flaws(least.as_object().unwrap(), "agent"), []);
    }

    #[test]
    fn every_flaw_of_an_agent_is_told_with_its_path() {
        for (field, value, rule, wrong) in [
            ("id", json!(""), Rule::Ids, "a.id is missing"),
            ("id", json!(7), Rule::Types, "a.id is 7, not a text"),
            (
                "id",
                json!(".."),
                Rule::Ids,
                "a.id is \"..\", which cannot stand in a path",
            ),
            (
                "name",
                json!("n".repeat(129)),
                Rule::Limits,
                "a.name has 129 characters, which is more than 128",
            ),
            (
                "description",
                json!([]),
                Rule::Types,
                "a.description is [], not a text",
            ),
            (
                "privateIp",
                json!("10.0.0"),
                Rule::Addresses,
                "a.privateIp is \"10.0.0\", which is no IPv4 or IPv6 address",
            ),
            (
                "flowPort",
                json!("9995"),
                Rule::Types,
                "a.flowPort is \"9995\", not a whole number",
            ),
            (
                "flowPort",
                json!(9995.5),
                Rule::Types,
                "a.flowPort is 9995.5, not a whole number",
            ),
            (
                "flowPort",
                json!(65536),
                Rule::Limits,
                "a.flowPort is 65536, not from 1 to 65535",
            ),
            (
                "flowPort",
                json!(-1),
                Rule::Limits,
                "a.flowPort is -1, not from 1 to 65535",
            ),
            (
                "lastContact",
                json!("yesterday"),
                Rule::Times,
                "a.lastContact is \"yesterday\", which is no RFC 3339 time",
            ),
            (
                "lastSeen",
                json!(1_790_000_000),
                Rule::Times,
                "a.lastSeen is 1790000000, not an RFC 3339 time as a text",
            ),
            ("created", json!(null), Rule::Times, "a.created is missing"),
            (
                "devices",
                json!({}),
                Rule::Types,
                "a.devices is {}, not a list",
            ),
            (
                "devices",
                json!([7]),
                Rule::Types,
                "a.devices[0] is 7, not an object",
            ),
            (
                "devices",
                json!([{}, {"id": 7}]),
                Rule::Types,
                "a.devices[1].id is 7, not a text",
            ),
            ("etag", json!(""), Rule::Etags, "a.etag is missing"),
        ] {
            let flaws = agent_flaws(&with(agent(), field, value), "a");
            assert_eq!(told(&flaws), [(rule, wrong)]);
        }
    }

    #[test]
    fn every_flaw_of_a_site_is_told_with_its_path() {
        let site = json!({"id": "s", "title": "Suva", "lat": -18.1, "lon": 178.4, "type": "SITE_TYPE_MOON", "postalAddress": {"city": "Suva"}});
        assert_eq!(site_flaws(site.as_object().unwrap(), "s"), []);
        for (field, value, rule, wrong) in [
            ("id", json!(null), Rule::Ids, "s.id is missing"),
            (
                "title",
                json!("ab"),
                Rule::Limits,
                "s.title has 2 characters, which is fewer than 3",
            ),
            (
                "title",
                json!("é".repeat(41)),
                Rule::Limits,
                "s.title has 41 characters, which is more than 40",
            ),
            (
                "lat",
                json!("1"),
                Rule::Types,
                "s.lat is \"1\", not a number",
            ),
            (
                "lat",
                json!(90.5),
                Rule::Limits,
                "s.lat is 90.5, not from -90 to 90",
            ),
            (
                "lon",
                json!(-181),
                Rule::Limits,
                "s.lon is -181, not from -180 to 180",
            ),
            ("type", json!(1), Rule::Types, "s.type is 1, not a text"),
            (
                "postalAddress",
                json!("Suva"),
                Rule::Types,
                "s.postalAddress is \"Suva\", not an object",
            ),
            (
                "postalAddress",
                json!({"city": 1}),
                Rule::Types,
                "s.postalAddress.city is 1, not a text",
            ),
        ] {
            let flaws = site_flaws(&with(site.clone(), field, value), "s");
            assert_eq!(told(&flaws), [(rule, wrong)]);
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{0,4}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_agent_and_no_site_makes_it_panic(
            fields in prop::collection::hash_map(
                prop::sample::select(vec![
                    "id", "name", "privateIp", "flowPort", "lastContact", "created", "devices", "etag",
                    "title", "lat", "lon", "type", "postalAddress",
                ]),
                any_json(),
                0..8,
            ),
        ) {
            let object: Object = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let _ = (agent_flaws(&object, "a"), site_flaws(&object, "s"));
        }
    }
}
