//! The list page by page.

use serde_json::{Value, json};

use crate::support::{AGENTS, Mock, id, path_of};

/// All pages of a list, as the page's client reads them.
async fn pages(mock: &Mock, query: &str) -> Vec<Value> {
    let size = query
        .split('&')
        .find(|key| key.starts_with("pageSize"))
        .unwrap_or_default();
    let mut pages = vec![mock.get(&format!("{AGENTS}?{query}")).await.json()];
    loop {
        let token = pages.last().unwrap()["nextPageToken"]
            .as_str()
            .unwrap()
            .to_owned();
        if token.is_empty() {
            return pages;
        }
        pages.push(
            mock.get(&format!("{AGENTS}?{size}&pageToken={token}"))
                .await
                .json(),
        );
    }
}

fn agents(pages: &[Value]) -> Vec<Value> {
    pages
        .iter()
        .flat_map(|page| page["agents"].as_array().unwrap().clone())
        .collect()
}

#[tokio::test]
async fn the_pages_together_are_the_fleet_in_its_order() {
    let mock = Mock::start().await;
    let whole = mock.agents().await;
    for size in [1, 7, 30, 59, 60, 61] {
        let pages = pages(&mock, &format!("pageSize={size}")).await;
        assert_eq!(agents(&pages), whole, "{size}");
        assert_eq!(pages.len(), 60_usize.div_ceil(size));
        for (index, page) in pages.iter().enumerate() {
            let is_last = index + 1 == pages.len();
            assert_eq!(
                page["syncToken"] == "",
                !is_last,
                "only the last has a syncToken"
            );
        }
    }
}

#[tokio::test]
async fn a_page_has_1000_agents_unasked_and_10000_at_most() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 10_005).await;
    let lengths = [
        ("", 1000),
        ("?pageSize=0", 1000),
        ("?pageSize=1", 1),
        ("?pageSize=10000", 10_000),
        ("?pageSize=4000000000", 10_000),
    ];
    for (query, length) in lengths {
        let page = mock.get(&format!("{AGENTS}{query}")).await.json();
        assert_eq!(page["agents"].as_array().unwrap().len(), length, "{query}");
    }
}

#[tokio::test]
async fn paging_stays_whole_while_the_fleet_changes() {
    let mock = Mock::start().await;
    let whole = mock.agents().await;
    let first = mock.get(&format!("{AGENTS}?pageSize=20")).await.json();
    mock.delete(&path_of(id(&whole[2]))).await;
    mock.delete(&path_of(id(&whole[19]))).await;
    mock.delete(&path_of(id(&whole[30]))).await;
    mock.control("agents", json!({"id": "new"})).await;

    let token = first["nextPageToken"].as_str().unwrap();
    let rest = pages(&mock, &format!("pageSize=20&pageToken={token}")).await;
    let rest = agents(&rest);
    let ids: Vec<_> = rest.iter().map(id).collect();
    let expected: Vec<_> = whole[20..30]
        .iter()
        .chain(&whole[31..])
        .map(id)
        .chain(["new"])
        .collect();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn what_changes_while_pages_are_read_comes_with_the_next_changes() {
    let mock = Mock::start().await;
    let first = mock.get(&format!("{AGENTS}?pageSize=30")).await.json();
    let (edited, removed) = (id(&first["agents"][4]), id(&first["agents"][5]));
    mock.patch(
        &path_of(edited),
        json!({"agent": {"name": "edited meanwhile"}}),
    )
    .await;
    mock.delete(&path_of(removed)).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let last = mock
        .get(&format!("{AGENTS}?pageSize=30&pageToken={token}"))
        .await
        .json();

    let token = last["syncToken"].as_str().unwrap();
    let page = mock
        .get(&format!("{AGENTS}?syncToken={token}"))
        .await
        .json();
    let changed: Vec<_> = page["agents"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(changed, [edited]);
    assert_eq!(page["removedIds"], json!([removed]));
}

#[tokio::test]
async fn bad_paging_is_400() {
    let mock = Mock::start().await;
    for size in ["-1", "ten", "1.5", "99999999999"] {
        let fields = mock
            .get(&format!("{AGENTS}?pageSize={size}"))
            .await
            .fields();
        assert_eq!(fields, ["page_size"], "{size}");
    }
    let token = mock.get(&format!("{AGENTS}?pageSize=9")).await.json()["nextPageToken"].clone();
    let token = token.as_str().unwrap();
    for bad in [
        "x",
        "p.1.all.1.1",
        "%FF",
        &format!("{token}0000000000000000000"),
    ] {
        let answer = mock.get(&format!("{AGENTS}?pageToken={bad}")).await;
        assert_eq!(answer.error(), (400, 3), "{bad}");
    }
    let both = mock
        .get(&format!("{AGENTS}?pageToken={token}&syncToken=x"))
        .await;
    assert_eq!(both.fields(), ["sync_token"]);
    let twice = mock.get(&format!("{AGENTS}?pageSize=1&pageSize=2")).await;
    assert_eq!(twice.error(), (400, 3));

    mock.control("reset", json!({})).await;
    let answer = mock.get(&format!("{AGENTS}?pageToken={token}")).await;
    assert_eq!(answer.fields(), ["page_token"], "a token of another fleet");
}
