//! Without signing in.

use kproxy_agents::api::wire::code;
use serde_json::json;

use super::{permitted, skip};
use crate::backend::{Ask, Backend};
use crate::calls::{CREDENTIALS_PATH, SITES_PATH, agent_path, page_path};
use crate::run::{Checked, Run};

const CONTRACT: &str = "docs/agent-api.md#errors/2: 401 with code 16 UNAUTHENTICATED where there \
                        is no session";

/// Looks what those get who do not sign in.
pub fn check(run: &mut Run<'_>) {
    run.part("Signing in");
    run.check(
        "Without signing in nothing can be read: 401",
        CONTRACT,
        |backend| {
            signs_in(backend)?;
            let reads = [
                Ask::get(page_path(1, "", "")),
                Ask::get(SITES_PATH),
                Ask::get(CREDENTIALS_PATH).secret(),
            ];
            reads
                .into_iter()
                .try_for_each(|ask| unauthenticated(backend, ask))
        },
    );
    run.check(
        "Without signing in nothing can be edited: 401",
        CONTRACT,
        |backend| {
            signs_in(backend)?;
            let id = permitted(
                backend.options().agent.as_ref(),
                "AGENT=ID, an agent that may be edited",
            )?;
            // Nothing is to be changed: where it is taken, nothing is.
            unauthenticated(backend, Ask::patch(agent_path(id), &json!({"agent": {}})))
        },
    );
}

fn signs_in(backend: &Backend) -> Checked {
    if backend.options().headers.is_empty() {
        return skip(
            "the run does not sign in; pass AUTH_EMAIL and AUTH_TOKEN, HEADER or HEADERS_FILE",
        );
    }
    Ok(())
}

fn unauthenticated(backend: &Backend, ask: Ask) -> Checked {
    let answer = backend.ask(ask.without_sign_in())?;
    if answer.status != 401 {
        return Err(answer.wrong(format!("the status is {}, not 401", answer.status)));
    }
    answer.refused(401, code::UNAUTHENTICATED).map(drop)
}
