//! Throws broken answers at the decoder.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::ApiError;
use super::decode::{agent, agents_page, credentials, empty_or_object, site, sites};

/// An agent with every field.
fn whole_agent(id: &str) -> Value {
    json!({
        "id": id, "name": "fra-1", "description": "Rack 12", "siteId": "21", "privateIp": "10.1.2.3",
        "ipAddress": "203.0.113.4", "flowPort": 9995, "version": "7.48.0",
        "lastContact": "2026-11-02T11:57:30Z", "lastSeen": null, "apiUser": "a@b.c",
        "userAgent": "kproxy/7.48.0", "devices": [{"id": "801", "name": "rtr"}, {"id": "802"}],
        "created": "2025-03-01T09:00:00Z", "etag": "5f1c"
    })
}

/// What may stand where something else is expected.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| value.to_string()),
        ".{0,6}".prop_map(|text| Value::from(text).to_string()),
        prop::sample::select(vec![
            "1e999",
            "-0",
            "-0.0",
            "NaN",
            "Infinity",
            "-Infinity",
            "\"NaN\"",
            "\"9995\"",
            "\"\\ud83d\"",
            "123456789012345678901234567890",
            "\"0001-01-01T00:00:00Z\"",
            "\"+12026-01-01T00:00:00Z\"",
            "\"__proto__\"",
            "\"\\u0000\\u202e\"",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec(("[a-z]{0,3}|id|name", inner), 0..4).prop_map(|fields| {
                let field = |(key, value)| format!("{}:{value}", Value::from(key));
                format!(
                    "{{{}}}",
                    fields.into_iter().map(field).collect::<Vec<_>>().join(",")
                )
            }),
        ]
    })
}

/// An agent of which one field, or all of it, is something else; a field may also stand there twice.
fn broken_agent() -> impl Strategy<Value = String> {
    let fields: Vec<String> = match whole_agent("broken") {
        Value::Object(fields) => fields.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let with_field = (prop::sample::select(fields), any_json(), any::<bool>()).prop_map(
        |(field, value, twice)| {
            let mut agent = whole_agent("broken");
            if let (false, Some(fields)) = (twice, agent.as_object_mut()) {
                fields.remove(&field);
            }
            let rest = agent.to_string();
            let rest = rest.strip_prefix('{').unwrap_or_default().to_owned();
            format!("{{{}:{value},{rest}", Value::from(field))
        },
    );
    prop_oneof![3 => with_field, 1 => any_json()]
}

fn read_all(text: &str) {
    let _ = (
        agents_page(text),
        sites(text),
        agent(text),
        site(text),
        credentials(text),
        empty_or_object(text),
        ApiError::from_response(400, Some(text), text, chrono::DateTime::UNIX_EPOCH),
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_json_panics(json in any_json(), agent in broken_agent(), cut in 0..400_usize) {
        for text in [
            json.clone(),
            agent.clone(),
            format!("{{\"agents\":{json},\"sites\":{json}}}"),
            format!("{{\"agents\":[{agent}],\"sites\":[{agent}],\"agent\":{agent},\"site\":{agent}}}"),
            format!("{{\"apiEmail\":\"a\",\"apiToken\":{json},\"region\":{json},\"invalidCount\":{json}}}"),
            format!("{{\"details\":[{json}],\"message\":{json},\"code\":{json}}}"),
        ] {
            read_all(&text);
            let cut = text.char_indices().nth(cut).map_or(text.len(), |(at, _)| at);
            read_all(text.get(..cut).unwrap_or_default());
        }
    }

    // agent-api.md#agent/19, agent-api.md#errors/19
    #[test]
    fn one_broken_agent_costs_itself_alone(
        before in 0..4_usize, after in 0..4_usize, broken in broken_agent(),
    ) {
        let good = |range: std::ops::Range<usize>| {
            range.map(|i| whole_agent(&i.to_string()).to_string()).collect::<Vec<_>>()
        };
        let mut all = good(0..before);
        all.push(broken);
        all.extend(good(before..before + after));
        let text = format!("{{\"agents\":[{}],\"syncToken\":\"s\"}}", all.join(","));
        let page = agents_page(&text).unwrap();
        prop_assert_eq!(page.agents.len() + page.unreadable.len(), all.len());
        prop_assert!(page.unreadable.len() <= 1);
        let whole: Vec<_> = page.agents.iter().map(|agent| agent.id.as_str()).collect();
        for i in 0..before + after {
            prop_assert!(whole.contains(&i.to_string().as_str()), "{} {}", i, text);
        }
        prop_assert_eq!(page.sync_token, "s");
    }

    #[test]
    fn one_broken_site_costs_itself_alone(broken in any_json()) {
        let text = format!("{{\"sites\":[{{\"id\":\"a\"}},{broken},{{\"id\":\"b\",\"lat\":\"1\"}}]}}");
        let read = sites(&text).unwrap();
        prop_assert_eq!(read.sites.len() + read.unreadable, 3);
        prop_assert!(read.sites.len() >= 2);
    }
}
