//! Calls across origins, for a portal whose pages are not at the API's origin.

use super::one_agent::unknown_ids;
use super::skip;
use crate::answer::Answer;
use crate::backend::{Ask, Backend};
use crate::calls::{SITES_PATH, agent_path, page_path};
use crate::run::{Checked, Run};

const PREFLIGHT: &str = "Not in the contract, but in every browser: a call across origins is made \
                         only after a preflight that allows it";
const ANSWERS: &str = "Not in the contract, but in every browser: an answer across origins is read \
                       only if it allows the origin";

/// Looks whether a page of the origin may call the API.
pub fn check(run: &mut Run<'_>) {
    run.part("Calls across origins");
    run.check(
        "A preflight allows every call of the page",
        PREFLIGHT,
        |backend| {
            let origin = origin(backend)?;
            let [agent, ..] = unknown_ids();
            let calls = [
                ("GET", page_path(1, "", "")),
                ("PATCH", agent_path(&agent)),
                ("DELETE", agent_path(&agent)),
                ("POST", SITES_PATH.to_owned()),
            ];
            calls
                .into_iter()
                .try_for_each(|(method, path)| preflight(backend, &origin, method, path))
        },
    );
    run.check(
        "A page of the origin may read answers, errors included",
        ANSWERS,
        |backend| {
            let origin = origin(backend)?;
            let [agent, ..] = unknown_ids();
            let paths = [page_path(1, "", ""), agent_path(&agent)];
            paths.into_iter().try_for_each(|path| {
                let answer = backend.ask(Ask::get(path).with("origin", &*origin))?;
                allows_origin(&answer, &origin, with_cookies(backend))
            })
        },
    );
}

fn origin(backend: &Backend) -> Checked<String> {
    match &backend.options().origin {
        Some(origin) => Ok(origin.trim_end_matches('/').to_owned()),
        None => {
            skip("not asked for; pass ORIGIN=https://portal.example.com if its pages call this API")
        }
    }
}

/// Whether the shell signs in by cookies, which browsers send across origins under stricter rules.
fn with_cookies(backend: &Backend) -> bool {
    backend
        .options()
        .headers
        .iter()
        .any(|header| header.name == "cookie")
}

fn preflight(backend: &Backend, origin: &str, method: &str, path: String) -> Checked {
    let with_cookies = with_cookies(backend);
    // Cookies are the browser's own; the others are asked for by their names.
    let headers = backend
        .options()
        .headers
        .iter()
        .map(|header| header.name.as_str());
    let mut wanted: Vec<_> = headers.filter(|name| *name != "cookie").collect();
    if matches!(method, "PATCH" | "POST") {
        wanted.push("content-type");
    }
    wanted.sort_unstable();
    let mut ask = Ask::preflight(path)
        .with("origin", origin)
        .with("access-control-request-method", method);
    if !wanted.is_empty() {
        ask = ask.with("access-control-request-headers", wanted.join(","));
    }
    let answer = backend.ask(ask)?;
    if !answer.is_success() {
        return Err(answer.wrong(format!(
            "the status is {}, not a 2xx; a preflight never signs in",
            answer.status,
        )));
    }
    allows_origin(&answer, origin, with_cookies)?;
    let allows = |header: &str, value: &str| {
        let allowed = answer.header(header);
        allowed.split(',').map(str::trim).any(|allowed| {
            allowed.eq_ignore_ascii_case(value)
                || (allowed == "*" && !with_cookies && value != "authorization")
        })
    };
    // GET and POST need no permission.
    if matches!(method, "PATCH" | "DELETE") && !allows("access-control-allow-methods", method) {
        return Err(answer.wrong(format!(
            "Access-Control-Allow-Methods does not allow {method}"
        )));
    }
    match wanted
        .iter()
        .find(|name| !allows("access-control-allow-headers", name))
    {
        None => Ok(()),
        Some(name) => Err(answer.wrong(format!(
            "Access-Control-Allow-Headers does not allow {name}"
        ))),
    }
}

fn allows_origin(answer: &Answer, origin: &str, with_cookies: bool) -> Checked {
    let allowed = answer.header("access-control-allow-origin");
    if allowed != origin && (allowed != "*" || with_cookies) {
        let allowed = if allowed.is_empty() {
            "missing".to_owned()
        } else {
            allowed
        };
        return Err(answer.wrong(format!(
            "Access-Control-Allow-Origin is {allowed}, not {origin}"
        )));
    }
    if with_cookies && answer.header("access-control-allow-credentials") != "true" {
        return Err(answer.wrong(
            "Access-Control-Allow-Credentials is not true, though the run signs in by a cookie",
        ));
    }
    Ok(())
}
