//! Edits and sites that have to be refused.

use std::sync::Arc;

use super::{BAD_REQUEST, Break, are_caught, asked, came, no_break, violation};
use crate::support::{Asked, Came, Proxy, SITES};

/// Every violation is told in another way.
fn told_otherwise(
    what: &'static str,
    kind: &'static str,
    short_paths: bool,
    description: &'static str,
    says: &'static str,
) -> Break {
    let change = move |asked: &Asked, came: &mut Came| {
        let detail = came.json()["details"][0]["fieldViolations"][0].clone();
        let Some(field) = detail["field"]
            .as_str()
            .filter(|_| came.status == 400 && asked.method != "GET")
        else {
            return;
        };
        let field = if short_paths {
            field.split_once('.').unwrap().1
        } else {
            field
        };
        came.replace(400, "application/json", violation(kind, field, description));
    };
    let fails = [
        "A title that is missing",
        "A missing address",
        "A privateIp that is no address",
        "A name of 129",
        "A description of 1,025",
        "A siteId that no site has",
    ];
    came(what, change, &fails, says)
}

#[test]
fn refusals_that_are_not_as_agreed_are_caught() {
    are_caught(vec![
        told_otherwise(
            "fields without agent.",
            BAD_REQUEST,
            true,
            "no",
            "no fieldViolation names the field agent.private_ip",
        ),
        told_otherwise(
            "details of no type",
            "",
            false,
            "no",
            "no detail has the @type type.googleapis.com/google.rpc.BadRequest",
        ),
        told_otherwise(
            "no description",
            BAD_REQUEST,
            false,
            "",
            "the violation of agent.name has no description",
        ),
        asked(
            "a bad address is taken",
            |asked| asked.body = asked.body.replace("10.1.2.256", "10.1.2.25"),
            &["A privateIp that is no address"],
            "the status is 200, not 400",
        ),
        Break {
            what: "a long name is refused, and yet cut short and taken",
            proxy: Proxy {
                asked: Some(Arc::new(|asked| {
                    asked.body = asked.body.replace(&"n".repeat(129), "nnn");
                })),
                came: Some(Arc::new(|asked, came| {
                    if asked.body.contains(&"n".repeat(129)) {
                        came.replace(
                            400,
                            "application/json",
                            violation(BAD_REQUEST, "agent.name", "Too long"),
                        );
                    }
                })),
            },
            fails: vec!["A name of 129"],
            says: "the edit was refused, yet name was",
            ..no_break()
        },
        came(
            "a siteId is refused without its field",
            |asked, came| {
                if asked.body.contains("no-such-site") {
                    came.refuse(400, 3);
                }
            },
            &["A siteId that no site has"],
            "no detail has the @type",
        ),
        asked(
            "any etag will do",
            |asked| {
                if asked.is("PATCH", "{id}") {
                    asked.change_agent(|agent| drop(agent.remove("etag")));
                }
            },
            &["A stale etag"],
            "the status is 200, not 409",
        ),
        came(
            "409 with the wrong code",
            |asked, came| {
                if came.status == 409 {
                    came.refuse(409, if asked.is("POST", SITES) { 10 } else { 6 });
                }
            },
            &[
                "A title that is taken",
                "An unknown type",
                "A stale etag",
                "Removing with a stale etag",
            ],
            "the body's code is 6, not 10, which goes with this 409",
        ),
        came(
            "an edit of nobody is taken",
            |asked, came| {
                if asked.method == "PATCH" && came.status == 404 {
                    came.replace(200, "application/json", "{}");
                }
            },
            &["An edit of an agent that is not there"],
            "the status is 200, not 404",
        ),
    ]);
}
