//! Without signing in, and across origins.

use serde_json::json;

use super::{API_TOKEN, Break, are_caught, came, no_break};
use crate::support::{CREDENTIALS, SITES};

#[test]
fn who_does_not_sign_in_and_gets_something_is_caught() {
    let (read, edit) = (
        "Without signing in nothing can be read",
        "Without signing in nothing can be edited",
    );
    are_caught(vec![
        came(
            "anybody may read the sites",
            |asked, came| {
                if asked.is("GET", SITES) && came.status == 401 {
                    came.replace(200, "application/json", r#"{"sites": []}"#);
                }
            },
            &[read],
            "the status is 200, not 401",
        ),
        came(
            "anybody may read the credentials",
            |asked, came| {
                if asked.is("GET", CREDENTIALS) && came.status == 401 {
                    came.replace(
                        200,
                        "application/json",
                        json!({ "apiToken": API_TOKEN }).to_string(),
                    );
                }
            },
            &[read],
            "200, application/json, a body that is not shown: it is secret",
        ),
        came(
            "403 instead of 401",
            |_, came| {
                if came.status == 401 {
                    came.refuse(403, 7);
                }
            },
            &[read, edit],
            "the status is 403, not 401",
        ),
        came(
            "a sign-in page",
            |_, came| {
                if came.status == 401 {
                    came.replace(302, "text/html", "<h1>Sign in</h1>");
                    came.set("location", "https://sso.example.com/login?state=hush");
                }
            },
            &[read, edit, "Every answer with a body is application/json"],
            "302, text/html, to https://sso.example.com/login: ",
        ),
        came(
            "a 401 without its code",
            |_, came| {
                if came.status == 401 {
                    came.replace(401, "application/json", "{}");
                }
            },
            &[read, edit],
            "the body's code is missing, not 16, which goes with this 401",
        ),
    ]);
}

#[test]
fn pages_that_may_not_call_across_origins_are_caught() {
    let (preflight, answers) = ("A preflight allows", "A page of the origin may read");
    are_caught(vec![
        Break {
            what: "no CORS at all",
            mock: |options| options.cors = false,
            fails: vec![preflight, answers],
            says: "Access-Control-Allow-Origin is missing, not https://portal.example.com",
            ..no_break()
        },
        came(
            "a preflight has to sign in",
            |asked, came| {
                if asked.method == "OPTIONS" {
                    came.refuse(401, 16);
                }
            },
            &[preflight],
            "the status is 401, not a 2xx; a preflight never signs in",
        ),
        came(
            "no PATCH",
            |asked, came| {
                if asked.method == "OPTIONS" {
                    came.set("access-control-allow-methods", "GET, POST");
                }
            },
            &[preflight],
            "Access-Control-Allow-Methods does not allow PATCH",
        ),
        came(
            "no header that signs in",
            |asked, came| {
                if asked.method == "OPTIONS" {
                    came.set("access-control-allow-headers", "content-type");
                }
            },
            &[preflight],
            "Access-Control-Allow-Headers does not allow x-ch-auth-api-token",
        ),
        came(
            "errors cannot be read",
            |_, came| {
                if came.status == 404 {
                    came.headers.remove("access-control-allow-origin");
                }
            },
            &[answers],
            "Access-Control-Allow-Origin is missing",
        ),
    ]);
}
