//! Single agents, and such that are not there.

use serde_json::json;

use super::{are_caught, came};
use crate::support::Asked;

/// The call of one agent that is there, with an id that has to be encoded.
fn is_awkward(asked: &Asked) -> bool {
    asked.path.contains("%2F") && !asked.path.contains("no-such")
}

#[test]
fn single_agents_that_are_not_as_in_the_list_are_caught() {
    let (same, unknown) = (
        "An agent is the same by itself",
        "An agent that is not there",
    );
    let (no_edit, no_removal) = (
        "An edit of an agent that is not there",
        "Removing an agent that is not there",
    );
    are_caught(vec![
        came(
            "another name",
            |asked, came| {
                if is_awkward(asked) {
                    came.change_agents(|agent| agent["name"] = json!("another"));
                }
            },
            &[same],
            "name is \"another\", but ",
        ),
        came(
            "another agent",
            |asked, came| {
                if is_awkward(asked) {
                    came.change_agents(|agent| agent["id"] = json!("another"));
                }
            },
            &[same],
            "the agent's id is \"another\", not ",
        ),
        came(
            "a gateway that takes no encoded slash",
            |asked, came| {
                if asked.path.contains("%2F") {
                    came.replace(400, "text/html", "<h1>Bad Request</h1>");
                }
            },
            &[
                same,
                unknown,
                no_edit,
                no_removal,
                "Every answer with a body is application/json",
            ],
            "the status is 400, not 404",
        ),
        came(
            "an unknown agent is an empty one",
            |asked, came| {
                if came.status == 404 && asked.method == "GET" {
                    came.replace(200, "application/json", "{}");
                }
            },
            &[unknown, "DELETE removes an agent"],
            "the status is 200, not 404",
        ),
        came(
            "404 as a web page",
            |_, came| {
                if came.status == 404 {
                    came.replace(404, "text/html", "<h1>Not Found</h1>");
                }
            },
            &[
                unknown,
                no_edit,
                "A removed agent is gone",
                no_removal,
                "Every answer with a body is application/json",
            ],
            "the body is a web page, not JSON",
        ),
        came(
            "404 with the code of another error",
            |_, came| {
                if came.status == 404 {
                    came.refuse(404, 3);
                }
            },
            &[unknown, no_edit, "A removed agent is gone", no_removal],
            "the body's code is 3, not 5, which goes with this 404",
        ),
    ]);
}
