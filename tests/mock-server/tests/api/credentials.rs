//! `GET /kproxy/v202611/credentials`.

use serde_json::json;

use crate::support::{CREDENTIALS, Mock};

#[tokio::test]
async fn credentials_are_never_stored() {
    let mock = Mock::start().await;
    let answer = mock.get(CREDENTIALS).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("etag"), "");
    let credentials = answer.json();
    assert_eq!(credentials["apiEmail"], "kproxy-agent+1234@kentik.com");
    assert_eq!(credentials["region"], "US");
    assert_eq!(credentials["latestVersion"], "2026.2.0");
    assert!(credentials["apiToken"].as_str().unwrap().len() > 20);
}

#[tokio::test]
async fn an_organisation_may_be_in_the_eu() {
    let mock = Mock::start().await;
    mock.control("reset", json!({"region": "EU"})).await;
    assert_eq!(mock.get(CREDENTIALS).await.json()["region"], "EU");
}
