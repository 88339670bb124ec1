//! `ETag` and conditional requests.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::{are_caught, asked, came};
use crate::support::{AGENTS, OTHER, id_at};

#[test]
fn broken_caching_is_caught() {
    let (agents, sites) = ("The ETag of the agents", "The ETag of the sites");
    are_caught(vec![
        came(
            "the ETag is of serverTime, too",
            {
                let count = AtomicUsize::new(0);
                move |asked, came| {
                    if asked.is("GET", AGENTS) && came.status == 200 {
                        came.set(
                            "etag",
                            &format!("\"{}\"", count.fetch_add(1, Ordering::Relaxed)),
                        );
                    }
                }
            },
            &[agents],
            "the list has not changed, but its ETag has",
        ),
        asked(
            "no request is conditional",
            |asked| drop(asked.headers.remove("if-none-match")),
            &[agents, sites],
            "was sent again where a 304 would do",
        ),
        came(
            "the ETag is always the same",
            |asked, came| {
                if asked.is("GET", AGENTS) {
                    came.set("etag", "\"x\"");
                    if asked.headers.get("if-none-match").is_some() {
                        came.status = 304;
                        came.body.clear();
                    }
                }
            },
            &["An edit changes the ETag"],
            "said to be unchanged, though an agent in it was edited",
        ),
        came(
            "a list is said to be the old one",
            {
                let count = AtomicUsize::new(0);
                let id = id_at(OTHER);
                move |asked, came| {
                    if asked.is("GET", AGENTS) && came.status == 200 {
                        came.set("etag", "\"x\"");
                        let count = count.fetch_add(1, Ordering::Relaxed);
                        came.change_agents(|it| {
                            if it["id"] == *id && asked.query.ends_with("pageSize=10000") {
                                it["userAgent"] = json!(count);
                            }
                        });
                    }
                }
            },
            &["Every agent can be read", "A syncToken leaves out", agents],
            "the list has changed, but its ETag is still \"x\"",
        ),
    ]);
}
