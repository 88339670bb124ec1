//! Faults on demand.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{AGENTS, Mock, SITES, id, path_of};

const LIST: &str = "GET /kproxy/v202611/agents";

/// Only the status: spoilt answers keep to no contract.
async fn status(mock: &Mock, path: &str) -> u16 {
    mock.request(Method::GET, path)
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

async fn text(mock: &Mock, path: &str) -> String {
    mock.request(Method::GET, path)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_fault_happens_as_often_as_wanted() {
    let mock = Mock::start().await;
    mock.control("faults", json!({"route": LIST, "times": 2, "status": 503}))
        .await;
    assert_eq!(status(&mock, SITES).await, 200, "another route");
    assert_eq!(status(&mock, AGENTS).await, 503);
    assert_eq!(status(&mock, AGENTS).await, 503);
    assert_eq!(status(&mock, AGENTS).await, 200);
}

#[tokio::test]
async fn a_fault_lasts_until_it_is_cleared() {
    let mock = Mock::start().await;
    mock.control("faults", json!({"route": LIST, "status": 500}))
        .await;
    for _ in 0..5 {
        assert_eq!(status(&mock, AGENTS).await, 500);
    }
    mock.clear("faults").await;
    assert_eq!(status(&mock, AGENTS).await, 200);
}

#[tokio::test]
async fn faults_happen_in_the_order_in_which_they_were_asked_for() {
    let mock = Mock::start().await;
    let faults = json!([
        {"route": LIST, "times": 1, "status": 502, "body": "<h1>Bad gateway</h1>",
            "headers": {"content-type": "text/html"}},
        {"route": LIST, "times": 1, "status": 429, "headers": {"Retry-After": "7"}},
    ]);
    mock.control("faults", faults).await;
    let response = mock.request(Method::GET, AGENTS).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html");
    assert_eq!(response.text().await.unwrap(), "<h1>Bad gateway</h1>");
    let response = mock.request(Method::GET, AGENTS).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(response.status(), 429);
}

#[tokio::test]
async fn a_fault_may_wait_for_a_later_page() {
    let mock = Mock::start().await;
    mock.control(
        "faults",
        json!({"route": LIST, "afterRequests": 1, "times": 1, "status": 500}),
    )
    .await;
    assert_eq!(status(&mock, AGENTS).await, 200);
    assert_eq!(status(&mock, AGENTS).await, 500);
    assert_eq!(status(&mock, AGENTS).await, 200);

    let on_page_two = json!({"route": LIST, "queryContains": "pageToken=", "status": 500});
    mock.control("faults", on_page_two).await;
    let first = mock.get(&format!("{AGENTS}?pageSize=5")).await.json();
    let token = first["nextPageToken"].as_str().unwrap();
    assert_eq!(
        status(&mock, &format!("{AGENTS}?pageToken={token}")).await,
        500
    );
}

#[tokio::test]
async fn a_body_may_be_anything() {
    let mock = Mock::start().await;
    mock.control(
        "faults",
        json!({"route": LIST, "times": 1, "body": "{\"agents\": 7"}),
    )
    .await;
    let response = mock.request(Method::GET, AGENTS).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().get("etag").is_none());
    assert_eq!(response.text().await.unwrap(), "{\"agents\": 7");
}

#[tokio::test]
async fn one_agent_or_site_may_be_malformed() {
    let mock = Mock::start().await;
    let whole = mock.agents().await;
    // Not even JSON.
    let fault =
        json!({"route": LIST, "malformed": {"agentIndex": 3, "json": "{\"id\": \"\\ud83d\", "}});
    mock.control("faults", fault).await;
    let broken = text(&mock, AGENTS).await;
    assert!(serde_json::from_str::<Value>(&broken).is_err());
    let mended = broken.replace("{\"id\": \"\\ud83d\", ", "{}");
    let page: Value = serde_json::from_str(&mended).unwrap();
    assert_eq!(page["agents"][3], json!({}));
    assert_eq!(page["agents"][2], whole[2]);
    assert_eq!(page["agents"].as_array().unwrap().len(), 60);
    assert_ne!(page["syncToken"], "");

    let route = "GET /site/v202509/sites";
    let fault = json!({"route": route, "malformed": {"siteIndex": 0, "json": "7"}});
    mock.control("faults", fault).await;
    let sites: Value = serde_json::from_str(&text(&mock, SITES).await).unwrap();
    assert_eq!(sites["sites"][0], 7);
    // A conditional request gets the malformed body, too.
    let etag = "*";
    let request = mock
        .request(Method::GET, SITES)
        .header("if-none-match", etag);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_answer_may_be_cut_off() {
    let mock = Mock::start().await;
    mock.control("faults", json!({"route": LIST, "times": 1, "cutOff": 100}))
        .await;
    let mut response = mock.request(Method::GET, AGENTS).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut received = Vec::new();
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received.extend_from_slice(&chunk),
            Ok(None) => panic!("the answer seems whole: {received:?}"),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(received.len(), 100);
    assert!(received.starts_with(b"{\"agents\":["));
}

#[tokio::test]
async fn a_connection_may_be_dropped_without_an_answer() {
    let mock = Mock::start().await;
    mock.control("faults", json!({"route": LIST, "times": 1, "cutOff": 0}))
        .await;
    assert!(mock.request(Method::GET, AGENTS).send().await.is_err());
    assert_eq!(status(&mock, AGENTS).await, 200);
}

#[tokio::test]
async fn an_edit_may_be_carried_out_although_its_answer_is_lost() {
    let mock = Mock::start().await;
    let path = path_of(id(&mock.agents().await[0]));
    let route = "PATCH /kproxy/v202611/agents/{id}";
    let edit = |name: &str| {
        mock.request(Method::PATCH, &path)
            .json(&json!({"agent": {"name": name}}))
    };
    let name = async || mock.get(&path).await.json()["agent"]["name"].clone();

    mock.control("faults", json!({"route": route, "times": 1, "status": 504}))
        .await;
    assert_eq!(edit("one").send().await.unwrap().status(), 504);
    assert_ne!(name().await, "one", "refused, so not carried out");
    mock.control(
        "faults",
        json!({"route": route, "times": 1, "status": 504, "handled": true}),
    )
    .await;
    assert_eq!(edit("two").send().await.unwrap().status(), 504);
    assert_eq!(name().await, "two");
    mock.control("faults", json!({"route": route, "times": 1, "cutOff": 0}))
        .await;
    assert!(edit("three").send().await.is_err());
    assert_eq!(name().await, "three");
}

#[tokio::test]
async fn an_answer_is_held_until_it_is_released_and_is_as_old_as_that() {
    let mock = Mock::start().await;
    let agents = mock.agents().await;
    mock.clear("requests").await;
    mock.control("faults", json!({"route": LIST, "hold": "list"}))
        .await;
    let held = {
        let mock = mock.clone();
        tokio::spawn(async move { mock.agents().await })
    };
    mock.until_requests(|requests| requests.iter().any(|request| request["state"] == "held"))
        .await;
    mock.delete(&path_of(id(&agents[0]))).await;
    assert!(!held.is_finished());
    mock.control("release", json!({"name": "list"})).await;
    assert_eq!(held.await.unwrap().len(), 60, "from before the removal");
    assert_eq!(mock.agents().await.len(), 59, "nothing is held any more");
}

#[tokio::test]
async fn clearing_faults_releases_what_is_held() {
    let mock = Mock::start().await;
    mock.control("faults", json!({"route": LIST, "hold": "x", "times": 1}))
        .await;
    let held = {
        let mock = mock.clone();
        tokio::spawn(async move { mock.agents().await })
    };
    mock.until_requests(|requests| requests.iter().any(|request| request["state"] == "held"))
        .await;
    mock.clear("faults").await;
    assert_eq!(held.await.unwrap().len(), 60);
}

#[tokio::test]
async fn an_answer_may_be_late() {
    let mock = Mock::start().await;
    mock.control(
        "faults",
        json!({"route": LIST, "times": 1, "latencyMs": 80}),
    )
    .await;
    let started = std::time::Instant::now();
    assert_eq!(mock.agents().await.len(), 60);
    assert!(started.elapsed().as_millis() >= 80);
}

#[tokio::test]
async fn a_fault_that_cannot_happen_is_refused() {
    let mock = Mock::start().await;
    let bad = [
        json!({"route": "agents", "status": 500}),
        json!({"route": LIST, "status": 99}),
        json!({"route": LIST, "stauts": 500}),
        json!({"route": "GET /kproxy/v202611/agent", "status": 500}),
    ];
    for fault in bad {
        assert_eq!(
            mock.post("/__mock/faults", fault.clone()).await.error(),
            (400, 3),
            "{fault}"
        );
    }
}
