//! `GET`, `PATCH` and `DELETE` of one agent, and the list as one page.

use serde_json::json;

use crate::support::{AGENTS, Mock, id, path_of};

#[tokio::test]
async fn a_list_is_one_page_with_a_sync_token_and_the_servers_time() {
    let mock = Mock::start().await;
    let answer = mock.get(AGENTS).await;
    let page = answer.json();
    assert_eq!(page["agents"].as_array().unwrap().len(), 60);
    assert_eq!(page["nextPageToken"], "");
    assert_ne!(page["syncToken"], "");
    assert_eq!(page["removedIds"], json!([]));
    assert_eq!(page["serverTime"], "2026-11-02T12:00:00Z");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn an_agent_is_the_same_alone_as_in_the_list() {
    let mock = Mock::start().await;
    for agent in mock.agents().await {
        let answer = mock.get(&path_of(id(&agent))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["agent"], agent);
        assert_eq!(answer.json()["serverTime"], "2026-11-02T12:00:00Z");
    }
}

#[tokio::test]
async fn an_agent_that_is_not_there_is_404() {
    let mock = Mock::start().await;
    for path in [path_of("nobody"), path_of("a/b?c#d"), path_of("%2F")] {
        assert_eq!(mock.get(&path).await.error(), (404, 5));
        assert_eq!(
            mock.patch(&path, json!({"agent": {}})).await.error(),
            (404, 5)
        );
        assert_eq!(mock.delete(&path).await.error(), (404, 5));
    }
}

#[tokio::test]
async fn an_edit_changes_the_fields_that_it_names_and_the_etag() {
    let mock = Mock::start().await;
    let before = mock.agents().await.swap_remove(3);
    let site = id(&mock.sites().await[0]).to_owned();
    let path = path_of(id(&before));
    let changes = [
        ("name", "Suva & Söhne"),
        ("description", "two\nlines"),
        ("siteId", &site),
        ("privateIp", "fd00::17"),
        ("siteId", ""),
        ("privateIp", "192.0.2.7"),
        ("privateIp", ""),
        ("name", ""),
    ];
    let mut expected = before.clone();
    for (field, value) in changes {
        let etag = expected["etag"].clone();
        let answer = mock
            .patch(&path, json!({"agent": {field: value, "etag": etag}}))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let agent = answer.json()["agent"].clone();
        assert_ne!(agent["etag"], etag, "{field}");
        expected[field] = json!(value);
        expected["etag"] = agent["etag"].clone();
        assert_eq!(agent, expected);
        assert_eq!(mock.get(&path).await.json()["agent"], expected);
    }
}

#[tokio::test]
async fn an_edit_ignores_output_only_and_unknown_fields_and_null() {
    let mock = Mock::start().await;
    let before = mock.agents().await.swap_remove(0);
    let edit = json!({"agent": {
        "id": "another", "version": "0.1", "lastContact": "2001-01-01T00:00:00Z", "devices": [],
        "flavour": {"sweet": true}, "name": null, "etag": null,
    }, "updateMask": "name"});
    let answer = mock.patch(&path_of(id(&before)), edit).await;
    assert_eq!(answer.json()["agent"], before);
}

#[tokio::test]
async fn a_stale_etag_is_409_and_changes_nothing() {
    let mock = Mock::start().await;
    let before = mock.agents().await.swap_remove(0);
    let path = path_of(id(&before));
    mock.patch(&path, json!({"agent": {"name": "theirs"}}))
        .await;
    let theirs = mock.get(&path).await.json()["agent"].clone();

    let mine = json!({"agent": {"name": "mine", "etag": before["etag"]}});
    assert_eq!(mock.patch(&path, mine).await.error(), (409, 10));
    let etag = before["etag"].as_str().unwrap();
    assert_eq!(
        mock.delete(&format!("{path}?etag={etag}")).await.error(),
        (409, 10)
    );
    assert_eq!(mock.get(&path).await.json()["agent"], theirs);

    let etag = theirs["etag"].as_str().unwrap();
    assert_eq!(
        mock.delete(&format!("{path}?etag={etag}")).await.status,
        200
    );
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let mock = Mock::start().await;
    let path = path_of(id(&mock.agents().await[0]));
    let all = json!({"agent": {
        "name": "n".repeat(129), "description": "d".repeat(1025), "siteId": "nowhere", "privateIp": "10.1.2",
    }});
    let fields = mock.patch(&path, all).await.fields();
    assert_eq!(
        fields,
        [
            "agent.name",
            "agent.description",
            "agent.site_id",
            "agent.private_ip"
        ]
    );
    for ip in [
        "10.1.2.256",
        "fe80::1%eth0",
        "10.0.0.1/8",
        " 10.0.0.1",
        "010.0.0.1",
        "x",
    ] {
        let fields = mock
            .patch(&path, json!({"agent": {"privateIp": ip}}))
            .await
            .fields();
        assert_eq!(fields, ["agent.private_ip"], "{ip}");
    }
}

#[tokio::test]
async fn lengths_count_code_points() {
    let mock = Mock::start().await;
    let path = path_of(id(&mock.agents().await[0]));
    let fits = json!({"agent": {"name": "🛰".repeat(128), "description": "é".repeat(1024)}});
    assert_eq!(mock.patch(&path, fits).await.status, 200);
    let is_too_long = json!({"agent": {"name": "🛰".repeat(129)}});
    assert_eq!(
        mock.patch(&path, is_too_long).await.fields(),
        ["agent.name"]
    );
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_400() {
    let mock = Mock::start().await;
    let path = path_of(id(&mock.agents().await[0]));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"agent": 7}"#,
        r#"{"agent": {"name": 7}}"#,
    ] {
        let request = mock.request(reqwest::Method::PATCH, &path).body(body);
        assert_eq!(mock.send(request).await.error(), (400, 3), "{body}");
    }
}

#[tokio::test]
async fn a_removed_agent_is_gone() {
    let mock = Mock::start().await;
    let agent = mock.agents().await.swap_remove(5);
    let path = path_of(id(&agent));
    let answer = mock.delete(&path).await;
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    assert_eq!(mock.get(&path).await.error(), (404, 5));
    assert_eq!(mock.delete(&path).await.error(), (404, 5));
    assert_eq!(mock.agents().await.len(), 59);
}

#[tokio::test]
async fn an_unchanged_list_costs_a_304_although_the_time_goes_on() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 0).await;
    let silent = json!([{"id": "a", "ageSecs": 4000}, {"id": "b"}]);
    mock.control("agents", silent).await;
    for path in [
        AGENTS.to_owned(),
        path_of("a"),
        crate::support::SITES.to_owned(),
    ] {
        let first = mock.get(&path).await;
        let etag = first.header("etag").to_owned();
        mock.control("clock", json!({"at": "2026-11-02T12:10:00Z"}))
            .await;
        let again = mock.get_if_changed(&path, &etag).await;
        assert_eq!(again.status, 304, "{path}");
        assert_eq!(again.header("etag"), etag);
        assert_eq!(mock.get_if_changed(&path, "\"another\"").await.status, 200);

        mock.control("agents", json!({"id": "a", "name": path}))
            .await;
        mock.control("sites", json!({"title": path})).await;
        assert_eq!(
            mock.get_if_changed(&path, &etag).await.status,
            200,
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_the_api_does_not_have_is_refused_in_json() {
    let mock = Mock::start().await;
    for path in [
        "/kproxy/v202611",
        "/kproxy/v1/agents",
        "/site/v202509/sites/1",
        "/__mock/no",
    ] {
        assert_eq!(mock.get(path).await.error(), (404, 5), "{path}");
    }
    let put = mock.request(reqwest::Method::PUT, AGENTS);
    assert_eq!(mock.send(put).await.error(), (405, 12));
}

#[tokio::test]
async fn large_answers_are_compressed_where_the_caller_takes_that() {
    let mock = Mock::start().await;
    for encoding in ["br", "gzip"] {
        let request = mock.request(reqwest::Method::GET, AGENTS);
        let response = request
            .header("accept-encoding", encoding)
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["content-encoding"], encoding);
    }
    assert_eq!(mock.get(AGENTS).await.header("content-encoding"), "");
}

// agent-api.md#lenient-reading/7
#[tokio::test]
async fn an_array_is_no_agent() {
    let mock = Mock::start().await;
    let before = mock.agents().await.swap_remove(3);
    let path = path_of(id(&before));
    for body in [
        json!({"agent": ["a", "b"]}),
        json!({"agent": []}),
        json!([{"name": "x"}]),
    ] {
        assert_eq!(mock.patch(&path, body).await.error(), (400, 3));
    }
    assert_eq!(mock.get(&path).await.json()["agent"], before);
}

// agent-api.md#lenient-reading/2
#[tokio::test]
async fn a_site_id_may_be_a_number() {
    let mock = Mock::start().await;
    mock.control("sites", json!({"id": "4711", "title": "Number"}))
        .await;
    let agent = mock.agents().await.swap_remove(3);
    let changes = json!({"agent": {"siteId": 4711, "etag": agent["etag"]}});
    let answer = mock.patch(&path_of(id(&agent)), changes).await;
    assert_eq!(answer.json()["agent"]["siteId"], "4711");
}
