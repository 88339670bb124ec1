//! Credentials, which no report ever tells.

use serde_json::{Value, json};

use super::{API_TOKEN, Break, are_caught, came};
use crate::support::{Asked, CREDENTIALS, Came};

#[test]
fn broken_credentials_are_caught_and_never_told() {
    let (holds, cached) = ("The credentials hold", "No cache may keep");
    let credentials = |what, change: fn(&mut Value), fails: &[&'static str], says| {
        let change = move |asked: &Asked, came: &mut Came| {
            if asked.is("GET", CREDENTIALS) && came.status == 200 {
                came.change(change);
            }
        };
        Break {
            only_reads: true,
            ..came(what, change, fails, says)
        }
    };
    are_caught(vec![
        credentials(
            "no token",
            |body| body["apiToken"] = json!(""),
            &[holds],
            "apiToken is missing",
        ),
        credentials(
            "an email that is none",
            |body| body["apiEmail"] = json!(7),
            &[holds],
            "apiEmail is no text",
        ),
        credentials(
            "a region in lower case",
            |body| body["region"] = json!("us"),
            &[holds],
            "region is neither US nor EU",
        ),
        credentials(
            "a version that is a number",
            |body| body["latestVersion"] = json!(7),
            &[holds],
            "latestVersion is no text",
        ),
        credentials(
            "a list",
            |body| *body = json!([API_TOKEN]),
            &[holds, cached],
            "a body that is not shown",
        ),
        came(
            "they may be cached",
            |asked, came| {
                if asked.is("GET", CREDENTIALS) {
                    came.set("cache-control", "private, max-age=60");
                }
            },
            &[cached],
            "Cache-Control is private, max-age=60, not no-store",
        ),
    ]);
}
