//! What a list of agents holds.

use serde_json::{Value, json};

use super::{are_caught, came, fault, field, is_list_of_10_000};
use crate::support::AGENTS;

#[test]
fn agents_of_the_wrong_shape_are_caught() {
    let route = "GET /kproxy/v202611/agents";
    are_caught(vec![
        field(
            "flowPort",
            json!("9995"),
            &["Every agent can be read"],
            "].flowPort is \"9995\", not a whole number",
        ),
        field(
            "devices",
            json!({}),
            &["Every agent can be read"],
            "].devices is {}, not a list",
        ),
        field(
            "apiUser",
            json!(7),
            &["Every agent can be read"],
            "].apiUser is 7, not a text",
        ),
        field(
            "id",
            json!(""),
            &["Every agent has an id"],
            "].id is missing",
        ),
        field(
            "lastContact",
            json!(1_790_000_000),
            &["Times are RFC 3339"],
            "not an RFC 3339 time as a text",
        ),
        field(
            "lastSeen",
            json!("never"),
            &["Times are RFC 3339"],
            "].lastSeen is \"never\", which is no RFC 3339 time",
        ),
        field(
            "created",
            Value::Null,
            &["Times are RFC 3339"],
            "].created is missing",
        ),
        field(
            "name",
            json!("n".repeat(129)),
            &["Names, descriptions"],
            "].name has 129 characters, which is more than 128",
        ),
        field(
            "flowPort",
            json!(70_000),
            &["Names, descriptions"],
            "].flowPort is 70000, not from 1 to 65535",
        ),
        field(
            "privateIp",
            json!("10.0.0.1/24"),
            &["Addresses are IPv4"],
            "which is no IPv4 or IPv6 address",
        ),
        field(
            "etag",
            json!(""),
            &["Every agent has an etag"],
            "].etag is missing",
        ),
        fault(
            "an agent that is not JSON",
            json!({"route": route, "malformed": {"agentIndex": 3, "json": r#"{"id": "x", "name": "\ud83d"}"#}}),
            &["Every agent can be read"],
            "agents[3] is not to be read",
        ),
        came(
            "two agents with one id",
            |asked, came| {
                if is_list_of_10_000(asked) {
                    came.change(|body| {
                        let first = body["agents"][0].clone();
                        body["agents"].as_array_mut().unwrap().push(first);
                    });
                }
            },
            &["Every agent has an id"],
            "as is that of an agent before it",
        ),
    ]);
}

#[test]
fn lists_of_the_wrong_shape_are_caught() {
    let list = "A list holds agents";
    are_caught(vec![
        came(
            "removedIds is an object",
            |asked, came| {
                if is_list_of_10_000(asked) {
                    came.change(|body| body["removedIds"] = json!({}));
                }
            },
            &[list],
            "removedIds is {}, not a list of texts",
        ),
        came(
            "syncToken is a number",
            |asked, came| {
                if is_list_of_10_000(asked) {
                    came.change(|body| body["syncToken"] = json!(7));
                }
            },
            &[list],
            "syncToken is 7, not a text",
        ),
        came(
            "agents is an object",
            |asked, came| {
                if is_list_of_10_000(asked) {
                    came.change(|body| body["agents"] = json!({}));
                }
            },
            &[list, "An edit shows in the list", "A removed agent is gone"],
            "agents is no list",
        ),
        came(
            "no serverTime",
            |asked, came| {
                if asked.is("GET", AGENTS) {
                    came.change(|body| drop(body.as_object_mut().unwrap().remove("serverTime")));
                }
            },
            &[list, "serverTime is the time"],
            "serverTime is null, not an RFC 3339 time",
        ),
    ]);
}

#[test]
fn answers_that_do_not_say_what_they_are_are_caught() {
    are_caught(vec![
        fault(
            "JSON as text",
            json!({"route": "GET /site/v202509/sites", "headers": {"content-type": "text/plain"}}),
            &["Every answer with a body is application/json"],
            "Content-Type is text/plain, not application/json",
        ),
        came(
            "errors as problem+json",
            |_, came| {
                if came.status >= 400 {
                    came.set("content-type", "application/problem+json");
                }
            },
            &["Every answer with a body is application/json"],
            "Content-Type is application/problem+json, not application/json",
        ),
    ]);
}
