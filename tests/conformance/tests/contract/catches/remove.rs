//! Removals.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::{are_caught, asked, came, fault, is_list_of_10_000};
use crate::support::id_at;

#[test]
fn removals_that_do_the_wrong_thing_are_caught() {
    let removes = "DELETE removes an agent";
    are_caught(vec![
        asked(
            "any etag will do",
            |asked| asked.forget("etag"),
            &["Removing with a stale etag", removes],
            "the status is 200, not 409",
        ),
        came(
            "the answer is a word",
            |asked, came| {
                if asked.method == "DELETE" && came.status == 200 {
                    came.replace(200, "text/plain", "OK");
                }
            },
            &[removes, "Every answer with a body is application/json"],
            "the body is not JSON",
        ),
        fault(
            "nothing is removed",
            json!({"route": "DELETE /kproxy/v202611/agents/{id}", "status": 200, "afterRequests": 1}),
            &[removes, "Every answer with a body is application/json"],
            "the agent is still there",
        ),
        came(
            "the list still has it",
            {
                let gone = Mutex::new(Value::Null);
                move |asked, came| {
                    if asked.is("GET", "{id}")
                        && asked.path.ends_with(&id_at(30))
                        && came.status == 200
                    {
                        *gone.lock().unwrap() = came.json()["agent"].clone();
                    }
                    let gone = gone.lock().unwrap().clone();
                    if is_list_of_10_000(asked)
                        && !came.json()["agents"].to_string().contains(&id_at(30))
                    {
                        came.change(|body| body["agents"].as_array_mut().unwrap().push(gone));
                    }
                }
            },
            &["A removed agent is gone"],
            "is still in the list",
        ),
        came(
            "removing nobody succeeds",
            |asked, came| {
                if asked.method == "DELETE" && came.status == 404 {
                    came.replace(200, "application/json", "{}");
                }
            },
            &["Removing an agent that is not there"],
            "the status is 200, not 404",
        ),
    ]);
}
