//! Edits.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Break, are_caught, asked, came, is_list_of_10_000, no_break};
use crate::support::{AGENTS, Asked, EDITED, Mock, Proxy, id_at};

/// Whether this edits the agent that may be edited.
fn edits(asked: &Asked) -> bool {
    asked.is("PATCH", &format!("{AGENTS}/{}", id_at(EDITED)))
}

#[test]
fn edits_that_do_the_wrong_thing_are_caught() {
    let (one, site, etag, empty) = (
        "An edit changes the field",
        "An agent can be put at",
        "Every edit brings",
        "An empty text",
    );
    let (ip, texts, long) = ("IPv4 and IPv6", "Texts come back", "A name of 128");
    are_caught(vec![
        came(
            "an agent has no etag by itself",
            {
                let id = id_at(EDITED);
                move |asked, came| {
                    if asked.is("GET", "{id}") && asked.path.ends_with(&id) {
                        came.change_agents(|agent| agent["etag"] = json!(""));
                    }
                }
            },
            &["The agent that may be edited can be read"],
            "the agent has no etag",
        ),
        asked(
            "what is not sent is cleared",
            |asked| {
                if edits(asked) && !asked.agent().contains_key("siteId") {
                    asked.change_agent(|agent| drop(agent.insert("siteId".into(), json!(""))));
                }
            },
            &[one],
            "and is \"\", though only name was sent",
        ),
        came(
            "the answer is the agent before the edit",
            {
                let before = Mutex::new(Value::Null);
                move |asked, came| {
                    if asked.is("GET", "{id}") && asked.path.ends_with(&id_at(EDITED)) {
                        *before.lock().unwrap() = came.json()["agent"].clone();
                    } else if edits(asked) && came.status == 200 {
                        let before = before.lock().unwrap().clone();
                        came.change(|body| body["agent"] = before);
                    }
                }
            },
            &[
                one,
                site,
                etag,
                empty,
                ip,
                texts,
                long,
                "Fields of an edit",
                "An edit shows in the list",
                "An edit shows in the next",
            ],
            "which was sent",
        ),
        Break {
            what: "the etag is always the same",
            proxy: Proxy {
                asked: Some(Arc::new(|asked| {
                    asked.forget("etag");
                    if asked.is("PATCH", "{id}") {
                        asked.change_agent(|agent| drop(agent.remove("etag")));
                    }
                })),
                came: Some(Arc::new(|_, came| {
                    came.change_agents(|agent| agent["etag"] = json!("e"));
                })),
            },
            fails: vec![
                etag,
                "A stale etag",
                "Removing with a stale etag",
                "DELETE removes an agent",
            ],
            says: "the etag was \"e\" before the edit and is \"e\" after it",
            ..no_break()
        },
        asked(
            "an empty text is as good as none",
            |asked| {
                if edits(asked) {
                    asked.change_agent(|agent| agent.retain(|_, value| value != ""));
                }
            },
            &[empty],
            ", not \"\", which was sent",
        ),
        came(
            "no IPv6",
            |asked, came| {
                let agent = asked.agent();
                if agent
                    .get("privateIp")
                    .and_then(Value::as_str)
                    .is_some_and(|ip| ip.contains(':'))
                {
                    came.refuse(400, 3);
                }
            },
            &[ip],
            "the status is 400, not a 2xx",
        ),
        asked(
            "texts are escaped",
            |asked| asked.body = asked.body.replace('<', "&lt;"),
            &[texts],
            "which was sent",
        ),
        came(
            "lengths are in UTF-16",
            |asked, came| {
                let agent = asked.agent();
                let name = agent
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if edits(asked) && name.encode_utf16().count() > 128 {
                    came.refuse(400, 3);
                }
            },
            &[long, "A name of 129"],
            "the status is 400, not a 2xx",
        ),
        came(
            "unknown fields are refused",
            |asked, came| {
                if asked.body.contains("flavour") && asked.method == "PATCH" {
                    came.refuse(400, 3);
                }
            },
            &["Fields of an edit"],
            "the status is 400, not a 2xx",
        ),
        came(
            "output-only fields are taken",
            {
                let taken = Mutex::new(Value::Null);
                move |asked, came| {
                    if let Some(agent) = asked.agent().get("userAgent") {
                        *taken.lock().unwrap() = agent.clone();
                    }
                    let taken = taken.lock().unwrap().clone();
                    if asked.is("GET", "{id}") && taken.is_string() {
                        came.change_agents(|agent| agent["userAgent"] = taken.clone());
                    }
                }
            },
            &["An output-only field"],
            "userAgent was changed by an edit",
        ),
        came(
            "the list is an old one",
            {
                let id = id_at(EDITED);
                move |asked, came| {
                    if is_list_of_10_000(asked) {
                        came.change_agents(|agent| {
                            if agent["id"] == *id {
                                agent["name"] = json!("old");
                                agent["etag"] = json!("old");
                            }
                        });
                    }
                }
            },
            &["An edit shows in the list"],
            "has the name \"old\", but had \"kproxy conformance ",
        ),
    ]);
}

#[test]
fn an_agent_that_cannot_be_put_back_is_told_loudly() {
    let original = {
        let mock = Mock::start(|_| {}, Proxy::default());
        mock.agents()[EDITED]["name"].clone()
    };
    let name = original.clone();
    let broken = came(
        "no way back",
        move |asked, came| {
            if asked.is("PATCH", "{id}") && asked.agent().get("name") == Some(&name) {
                came.refuse(400, 3);
            }
        },
        &["The agent that was edited"],
        "could NOT be put back",
    );
    // The proxy lets the edit through, and only says that it did not.
    let proxy = Proxy {
        asked: Some(Arc::new(move |asked: &mut Asked| {
            if asked.is("PATCH", "{id}") && asked.agent().get("name") == Some(&original) {
                asked.body = json!({"agent": {}}).to_string();
            }
        })),
        ..broken.proxy.clone()
    };
    are_caught(vec![Break { proxy, ..broken }]);
}
