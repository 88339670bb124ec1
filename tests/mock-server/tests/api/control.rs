//! `/__mock/…` beside faults: agents, sites, clock, requests, reset, worlds.

use chrono::TimeDelta;
use mock_server::Options;
use reqwest::Method;
use serde_json::json;

use crate::support::{AGENTS, Mock, SITES, id, noon, options, path_of};

#[tokio::test]
async fn an_agent_may_be_added_with_any_fields() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 0).await;
    let wanted = json!({
        "id": "a b/c", "name": "new", "version": "7.5", "ageSecs": 1860, "devices": [{"id": "1", "name": "r1"}],
    });
    let added = mock.control("agents", wanted).await["agents"][0].clone();
    assert_eq!(added["lastContact"], "2026-11-02T11:29:00Z");
    assert_eq!(added["devices"][0]["name"], "r1");
    assert_eq!(mock.get(&path_of("a b/c")).await.json()["agent"], added);

    let pending = mock.control("agents", json!({})).await["agents"][0].clone();
    assert_eq!(pending["lastContact"], json!(null));
    assert_ne!(id(&pending), "");
    assert_eq!(mock.agents().await.len(), 2);
}

#[tokio::test]
async fn an_agent_that_is_live_goes_on_contacting() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 0).await;
    mock.control(
        "agents",
        json!([{"id": "live", "live": true}, {"id": "silent", "ageSecs": 0}]),
    )
    .await;
    mock.control("clock", json!({"at": noon() + TimeDelta::hours(1)}))
        .await;
    let contact = async |id| mock.get(&path_of(id)).await.json()["agent"]["lastContact"].clone();
    assert_eq!(contact("live").await, "2026-11-02T13:00:00Z");
    assert_eq!(contact("silent").await, "2026-11-02T12:00:00Z");
}

#[tokio::test]
async fn any_field_of_an_agent_may_be_changed() {
    let mock = Mock::start().await;
    let before = mock.agents().await.swap_remove(0);
    let path = format!("/__mock/agents/{}", id(&before));
    let contact = json!({"lastContact": "2026-01-01T00:00:00Z", "version": "0.1"});
    let agent = mock.patch(&path, contact).await.json()["agent"].clone();
    assert_eq!(agent["lastContact"], "2026-01-01T00:00:00Z");
    assert_eq!(agent["etag"], before["etag"], "no edit");
    assert_eq!(
        mock.get(&path_of(id(&before))).await.json()["agent"],
        agent,
        "and it stays so"
    );

    let agent = mock.patch(&path, json!({"name": "theirs"})).await.json()["agent"].clone();
    assert_ne!(agent["etag"], before["etag"], "an edit by somebody else");
    let agent = mock.patch(&path, json!({"lastContact": null})).await.json()["agent"].clone();
    assert_eq!(agent["lastContact"], json!(null));
    assert_eq!(
        mock.patch(&path, json!({"nmae": "x"})).await.error(),
        (400, 3)
    );
    assert_eq!(
        mock.patch("/__mock/agents/nobody", json!({})).await.error(),
        (404, 5)
    );
}

#[tokio::test]
async fn agents_and_sites_may_be_removed() {
    let mock = Mock::start().await;
    let (agents, sites) = (mock.agents().await, mock.sites().await);
    mock.clear(&format!("agents/{}", id(&agents[0]))).await;
    mock.clear(&format!("sites/{}", id(&sites[0]))).await;
    assert_eq!(mock.agents().await.len(), agents.len() - 1);
    assert_eq!(mock.sites().await, sites[1..]);
    assert_eq!(mock.delete("/__mock/agents/nobody").await.error(), (404, 5));
    assert_eq!(mock.delete("/__mock/sites/nowhere").await.error(), (404, 5));
}

#[tokio::test]
async fn a_site_may_be_added_or_replaced() {
    let mock = Mock::start_with_fleet(|fleet| fleet.sites = Some(0)).await;
    mock.control(
        "sites",
        json!([{"id": "s1", "title": "One"}, {"title": "Two", "lat": 1.5}]),
    )
    .await;
    mock.control("sites", json!({"id": "s1", "title": "Other"}))
        .await;
    let titles: Vec<_> = mock
        .sites()
        .await
        .into_iter()
        .map(|site| site["title"].clone())
        .collect();
    assert_eq!(titles, ["Other", "Two"]);
}

#[tokio::test]
async fn the_clock_may_be_shifted_stopped_and_set_right() {
    let mock = Mock::start().await;
    let off = async || {
        let time = mock.get(AGENTS).await.json()["serverTime"].clone();
        let time: chrono::DateTime<chrono::Utc> = time.as_str().unwrap().parse().unwrap();
        (time - chrono::Utc::now()).num_minutes()
    };
    mock.control("clock", json!({"offsetSecs": -7200})).await;
    assert!((-121..=-119).contains(&off().await));
    mock.control("clock", json!({})).await;
    assert!((-1..=1).contains(&off().await));
    let answer = mock
        .control("clock", json!({"at": "2030-01-01T00:00:00Z"}))
        .await;
    assert_eq!(answer["serverTime"], "2030-01-01T00:00:00Z");
    assert_eq!(
        mock.get(AGENTS).await.json()["serverTime"],
        "2030-01-01T00:00:00Z"
    );
}

#[tokio::test]
async fn the_journal_tells_what_was_asked() {
    let mock = Mock::start().await;
    let request = mock
        .request(Method::GET, &format!("{AGENTS}?pageSize=3"))
        .header("X-CH-Auth-Email", "me");
    mock.send(request).await;
    mock.post(SITES, json!({"site": {}})).await;
    let requests = mock.requests().await;
    assert_eq!(requests.len(), 2);
    let (list, create) = (&requests[0], &requests[1]);
    assert_eq!(
        (&list["method"], &list["path"]),
        (&json!("GET"), &json!(AGENTS))
    );
    assert_eq!(
        (&list["query"], &list["status"]),
        (&json!("pageSize=3"), &json!(200))
    );
    assert_eq!(list["headers"]["x-ch-auth-email"], "me");
    assert_eq!(list["state"], "answered");
    assert_eq!(
        (&create["body"], &create["status"]),
        (&json!("{\"site\":{}}"), &json!(400))
    );
    mock.clear("requests").await;
    assert!(mock.requests().await.is_empty());
}

#[tokio::test]
async fn the_journal_tells_who_went_away() {
    let mock = Mock::start().await;
    mock.control(
        "faults",
        json!({"route": "GET /site/v202509/sites", "hold": "sites"}),
    )
    .await;
    let asking = {
        let mock = mock.clone();
        tokio::spawn(async move { mock.sites().await })
    };
    mock.until_requests(|requests| requests.iter().any(|request| request["state"] == "held"))
        .await;
    asking.abort();
    let requests = mock
        .until_requests(|requests| requests.iter().all(|request| request["state"] != "held"))
        .await;
    assert_eq!(
        (&requests[0]["state"], &requests[0]["status"]),
        (&json!("aborted"), &json!(null))
    );
}

#[tokio::test]
async fn a_reset_replaces_everything() {
    let mock = Mock::start().await;
    mock.control(
        "faults",
        json!({"route": "GET /kproxy/v202611/agents", "status": 500}),
    )
    .await;
    mock.control("clock", json!({"offsetSecs": 99})).await;
    let reset =
        json!({"agents": 12, "sites": 5, "seed": 3, "at": "2026-06-01T00:00:00Z", "sync": false});
    let told = mock.control("reset", reset).await;
    assert_eq!(
        told,
        json!({"agents": 12, "sites": 5, "serverTime": "2026-06-01T00:00:00Z"})
    );
    let page = mock.get(AGENTS).await.json();
    assert_eq!(page["agents"].as_array().unwrap().len(), 12);
    assert_eq!(
        (&page["syncToken"], &page["serverTime"]),
        (&json!(""), &json!("2026-06-01T00:00:00Z"))
    );
    assert_eq!(mock.requests().await.len(), 1);

    mock.control("reset", json!({})).await;
    assert_eq!(mock.agents().await.len(), 60, "as the flags say");
    for bad in [
        json!({"agents": 100_001}),
        json!({"sites": 5_001}),
        json!({"agnets": 1}),
    ] {
        assert_eq!(mock.post("/__mock/reset", bad).await.error(), (400, 3));
    }
}

#[tokio::test]
async fn worlds_know_nothing_of_each_other() {
    let nameless = Mock::start().await;
    let (one, two) = (nameless.in_world("one"), nameless.in_world("two"));
    one.control("reset", json!({"agents": 3})).await;
    two.control(
        "faults",
        json!({"route": "GET /site/v202509/sites", "status": 500}),
    )
    .await;
    two.control("clock", json!({"at": "2031-01-01T00:00:00Z"}))
        .await;
    assert_eq!(one.agents().await.len(), 3);
    assert_eq!(two.agents().await.len(), 60);
    assert_eq!(nameless.agents().await.len(), 60);
    assert_eq!(one.get(SITES).await.status, 200);
    assert_eq!(two.get(SITES).await.status, 500);
    assert_eq!(
        one.get(AGENTS).await.json()["serverTime"],
        "2026-11-02T12:00:00Z"
    );
    assert_eq!(
        (one.requests().await.len(), nameless.requests().await.len()),
        (3, 1)
    );

    one.clear("world").await;
    assert_eq!(one.agents().await.len(), 60, "made anew");
}

#[tokio::test]
async fn a_cookie_picks_a_world_too() {
    let mock = Mock::start().await;
    mock.in_world("mine")
        .control("reset", json!({"agents": 4}))
        .await;
    let request = mock
        .request(Method::GET, AGENTS)
        .header("cookie", "theme=dark; mock-world=mine");
    assert_eq!(
        mock.send(request).await.json()["agents"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn without_control_there_is_nothing_to_control() {
    let mock = Mock::start_with(Options {
        control: false,
        ..options()
    })
    .await;
    for path in ["/__mock/reset", "/__mock/faults", "/__mock/agents"] {
        assert_eq!(mock.post(path, json!({})).await.error(), (404, 5));
    }
    assert_eq!(mock.get("/__mock/requests").await.error(), (404, 5));
    assert_eq!(mock.in_world("another").agents().await.len(), 60);
}

#[tokio::test]
async fn other_origins_may_call_only_where_that_is_wanted() {
    for cors in [false, true] {
        let mock = Mock::start_with(Options { cors, ..options() }).await;
        let request = mock
            .request(Method::GET, AGENTS)
            .header("origin", "https://portal.example");
        let answer = mock.send(request).await;
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, if cors { "https://portal.example" } else { "" });
    }
}
