//! Paging.

use serde_json::json;

use super::{Break, are_caught, asked, came};
use crate::support::AGENTS;

#[test]
fn broken_paging_is_caught() {
    let (once, last, pages) = (
        "Page after page",
        "Of a whole list only the last",
        "A set of changes of several pages",
    );
    are_caught(vec![
        asked(
            "pageSize is passed over",
            |asked| {
                if asked.is("GET", AGENTS) {
                    asked.forget("pageSize");
                }
            },
            &["A page holds no more agents", once],
            "36 agents came, not one at most",
        ),
        Break {
            mock: |options| options.fleet.agents = 1_050,
            ..asked(
                "more than 1,000 agents unasked",
                |asked| {
                    if asked.is("GET", AGENTS) && asked.query.is_empty() {
                        asked.query = "pageSize=10000".into();
                    }
                },
                &["Without a pageSize"],
                "1050 agents came",
            )
        },
        came(
            "a large pageSize is refused",
            |asked, came| {
                if asked.query.contains("pageSize=20000") {
                    came.refuse(400, 3);
                }
            },
            &["A pageSize over 10,000"],
            "the status is 400, not a 2xx",
        ),
        came(
            "a large pageSize is obeyed",
            |asked, came| {
                if asked.query.contains("pageSize=20000") {
                    came.change(|body| body["agents"] = vec![json!({"id": "a"}); 10_001].into());
                }
            },
            &["A pageSize over 10,000"],
            "10001 agents came",
        ),
        came(
            "an agent is on no page",
            |asked, came| {
                if asked.query.contains("pageToken=") {
                    came.change(|body| {
                        drop(body["agents"].as_array_mut().map(|agents| agents.remove(0)));
                    });
                }
            },
            &[once, pages],
            "3 of 36 agents are on none of 4 pages",
        ),
        asked(
            "the pages overlap",
            |asked| {
                let token = asked
                    .query
                    .split_once("pageToken=")
                    .map(|(_, token)| token.to_owned());
                if let Some((start, after)) =
                    token.as_deref().and_then(|token| token.rsplit_once('.'))
                    && let Ok(after) = u64::from_str_radix(after, 16)
                {
                    asked.forget("pageToken");
                    asked.query = format!("{}&pageToken={start}.{:x}", asked.query, after - 1);
                }
            },
            &[once, pages],
            "came more than once on",
        ),
        came(
            "the pages have no end",
            |asked, came| {
                if let Some((_, token)) = asked.query.split_once("pageToken=") {
                    came.change(|body| body["nextPageToken"] = json!(token));
                }
            },
            &[once, last, pages],
            "the nextPageToken came before: the list has no end",
        ),
        came(
            "a bad pageToken is an error there",
            |asked, came| {
                if asked.query.contains("pageToken=conformance") {
                    came.replace(500, "text/html", "<h1>Internal Server Error</h1>");
                }
            },
            &["A pageToken that never was one"],
            "the status is 500, not 400",
        ),
        asked(
            "a bad pageToken is passed over",
            |asked| {
                if asked.query.contains("pageToken=conformance") {
                    asked.forget("pageToken");
                }
            },
            &["A pageToken that never was one"],
            "the status is 200, not 400",
        ),
    ]);
}
