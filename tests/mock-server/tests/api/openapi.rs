//! The published contract. That answers keep to it is checked with every answer (`support.rs`).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{AGENTS, CREDENTIALS, Mock, SITES, id, path_of};

#[tokio::test]
async fn the_contract_has_every_call() {
    let mock = Mock::start().await;
    let contract = mock.contract();
    assert_eq!(contract["openapi"], "3.1.0");
    let mut calls: Vec<String> = Vec::new();
    for (path, methods) in contract["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        calls.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    calls.sort();
    assert_eq!(
        calls,
        [
            "DELETE /kproxy/v202611/agents/{id}",
            "GET /kproxy/v202611/agents",
            "GET /kproxy/v202611/agents/{id}",
            "GET /kproxy/v202611/credentials",
            "GET /site/v202509/sites",
            "PATCH /kproxy/v202611/agents/{id}",
            "POST /site/v202509/sites",
        ]
    );
}

#[tokio::test]
async fn everything_that_the_contract_names_is_described() {
    let mock = Mock::start().await;
    let schemas = mock.contract()["components"]["schemas"]
        .as_object()
        .unwrap()
        .clone();
    for (name, schema) in &schemas {
        let fields = schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        for (field, schema) in fields {
            assert!(schema["description"].is_string(), "{name}.{field}");
        }
    }
    let agent = &schemas["Agent"]["properties"];
    assert_eq!(agent["lastContact"]["type"], json!(["string", "null"]));
    assert_eq!(agent["lastContact"]["format"], "date-time");
    assert_eq!(agent["name"]["maxLength"], 128);
    let types = schemas["SiteType"]["enum"].as_array().unwrap();
    assert!(types.contains(&json!("SITE_TYPE_DATA_CENTER")));
}

#[tokio::test]
async fn the_contract_speaks_no_rust() {
    let mock = Mock::start().await;
    let text = mock.contract().to_string();
    for rust in [
        "[`", "`]", "`None`", "`Some`", "Debug", "`A`", "`S`", "_CHARS", "crate::",
    ] {
        assert!(!text.contains(rust), "{rust}");
    }
}

#[tokio::test]
async fn every_reference_in_the_contract_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(
                    fields
                        .get("$ref")
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                );
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mock = Mock::start().await;
    let mut found = Vec::new();
    references(mock.contract(), &mut found);
    assert!(found.len() > 10);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(mock.contract().pointer(pointer).is_some(), "{reference}");
    }
}

/// Answers with the errors that the server gives by itself are checked where they are tested; these
/// are the ones that it gives on demand.
#[tokio::test]
async fn every_refusal_is_in_the_contract() {
    let mock = Mock::start().await;
    let agent = path_of(id(&mock.agents().await[0]));
    let calls = [
        (Method::GET, AGENTS, AGENTS),
        (Method::GET, "/kproxy/v202611/agents/{id}", &agent),
        (Method::PATCH, "/kproxy/v202611/agents/{id}", &agent),
        (Method::DELETE, "/kproxy/v202611/agents/{id}", &agent),
        (Method::GET, CREDENTIALS, CREDENTIALS),
        (Method::GET, SITES, SITES),
        (Method::POST, SITES, SITES),
    ];
    for (method, template, path) in calls {
        for (status, code) in [(401, 16), (403, 7), (429, 8), (500, 13), (503, 14)] {
            let route = format!("{method} {template}");
            mock.control(
                "faults",
                json!({"route": route, "times": 1, "status": status}),
            )
            .await;
            let answer = mock.send(mock.request(method.clone(), path)).await;
            assert_eq!(answer.error(), (status, code), "{route}");
        }
    }
    assert_eq!(
        mock.agents().await.len(),
        60,
        "a refused call changes nothing"
    );
}
