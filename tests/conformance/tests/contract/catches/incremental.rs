//! `syncToken`, changes and `removedIds`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{are_caught, asked, came, is_first_page, is_list_of_10_000};
use crate::support::{AGENTS, OTHER, id_at};

#[test]
fn broken_incremental_refresh_is_caught() {
    let (only, pages) = (
        "A syncToken brings only",
        "A set of changes of several pages",
    );
    let (edit, removed) = (
        "An edit shows in the next set",
        "A removed agent is among the removedIds",
    );
    are_caught(vec![
        came(
            "every page carries a syncToken",
            |asked, came| {
                if is_first_page(asked) {
                    came.change(|body| body["syncToken"] = json!("s.1.1"));
                }
            },
            &[
                "Of a whole list only the last",
                only,
                "A syncToken leaves out",
                edit,
                pages,
                removed,
            ],
            "an earlier page than the last carries a syncToken",
        ),
        asked(
            "the syncToken is passed over",
            |asked| asked.forget("syncToken"),
            &[only, "A syncToken that never was one", pages, removed],
            "36 agents came, of which",
        ),
        came(
            "there never are changes",
            |asked, came| {
                if asked.query.contains("syncToken=") {
                    came.change(|body| body["agents"] = json!([]));
                }
            },
            &[edit, pages],
            "just edited, is not among the changes",
        ),
        came(
            "changes end without a syncToken",
            |asked, came| {
                if asked.query.contains("syncToken=") {
                    came.change(|body| body["syncToken"] = json!(""));
                }
            },
            &[only, edit, pages, removed],
            "the last page of a set of changes carries no syncToken",
        ),
        came(
            "a bad syncToken is a bad request",
            |asked, came| {
                if asked.query.contains("syncToken=conformance") {
                    came.refuse(400, 3);
                }
            },
            &["A syncToken that never was one"],
            "the status is 400, not 410",
        ),
        came(
            "contacts are no changes",
            {
                let count = AtomicUsize::new(0);
                let id = id_at(OTHER);
                move |asked, came| {
                    if is_first_page(asked) {
                        let agent = format!("kproxy/{}", count.fetch_add(1, Ordering::Relaxed));
                        came.headers.remove("etag");
                        came.change_agents(|it| {
                            if it["id"] == *id {
                                it["userAgent"] = json!(agent);
                            }
                        });
                    }
                }
            },
            &["A syncToken leaves out no change"],
            "changed before the changes were asked for, but is not among them",
        ),
        came(
            "follow-up pages of changes are those of the whole list",
            {
                let whole = Mutex::new(Value::Null);
                move |asked, came| {
                    if is_list_of_10_000(asked) {
                        *whole.lock().unwrap() = came.json()["agents"].clone();
                    } else if asked.query.contains("pageToken=p.") && !asked.query.contains(".all.")
                    {
                        let whole = whole.lock().unwrap().clone();
                        came.change(|body| body["agents"] = whole);
                    }
                }
            },
            &[pages],
            "is on a page of changes, but did not change",
        ),
        came(
            "removals are not told",
            |asked, came| {
                if asked.is("GET", AGENTS) {
                    came.change(|body| body["removedIds"] = json!([]));
                }
            },
            &[removed],
            "is not in removedIds",
        ),
    ]);
}
