//! Removing an agent: `DELETE`. All of it on the agent that may be removed.

use kproxy_agents::api::wire::code;

use super::edit::rename;
use super::incremental::caught_up;
use super::one_agent::unknown_ids;
use super::{permitted, skip};
use crate::backend::{Ask, Backend};
use crate::calls::{self, List, agent_path, encoded, text};
use crate::run::{Checked, Run};

const HOW: &str = "DISPOSABLE_AGENT=ID, an agent that may be removed";

/// Removes the agent that may be removed; `agents` is the list as it was read first.
pub fn check(run: &mut Run<'_>, agents: &Checked<List>) {
    run.part("Removing an agent");
    let subject = run.backend.options().disposable_agent.clone();
    let subject = || permitted(subject.as_ref(), HOW);
    run.check(
        "Removing with a stale etag is refused with 409 ABORTED, and removes nothing",
        "docs/agent-api.md#remove-an-agent/1, #errors/5: DELETE agents/{id} takes an etag; 409 \
         with code 10 ABORTED where it is no longer current",
        |backend| {
            let id = subject()?;
            let edited = rename(backend, id)?;
            let path = format!(
                "{}?etag={}",
                agent_path(id),
                encoded(text(&edited.before, "etag"))
            );
            backend
                .ask(Ask::delete(path))?
                .refused(409, code::ABORTED)?;
            calls::one(backend, id).map(drop)
        },
    );
    let before = run.check(
        "DELETE removes an agent, and answers {}",
        "docs/agent-api.md#calls/4, #conventions/6: DELETE agents/{id}, etag optional, answers \
         {}; any 2xx is success",
        |backend| {
            let id = subject()?;
            let before = caught_up(backend, agents).map(|(_, changes)| changes);
            let answer = backend.ask(Ask::delete(agent_path(id)))?;
            let has_no_body = answer.success()?.status == 204 && answer.body.is_empty();
            if !has_no_body {
                answer.object()?;
            }
            let left = backend.ask(Ask::get(agent_path(id)))?;
            if left.is_success() {
                return Err(left.wrong("the agent is still there"));
            }
            Ok(before)
        },
    );
    let removed = || -> Checked<(&str, &Checked<List>)> {
        let id = subject()?;
        before.as_ref().map_or_else(
            || skip("the agent was not removed"),
            |before| Ok((id, before)),
        )
    };
    run.check(
        "A removed agent is gone: 404 by itself, and no more in the list",
        "docs/agent-api.md#errors/4, #conventions/7: 404 with code 5 NOT_FOUND where an agent is \
         gone; an answer to DELETE is newer than any list that was requested before it",
        |backend| {
            let (id, _) = removed()?;
            backend
                .ask(Ask::get(agent_path(id)))?
                .refused(404, code::NOT_FOUND)?;
            let list = calls::whole(backend)?;
            match list.agent(id) {
                None => Ok(()),
                Some(_) => Err(list.wrong(format!("the agent {id:?} is still in the list"))),
            }
        },
    );
    run.check(
        "A removed agent is among the removedIds of the next set of changes",
        "docs/agent-api.md#incremental-refresh/2: the answer holds the agents that changed since, \
         and removedIds (on any page)",
        |backend| {
            let (id, before) = removed()?;
            let before = before.as_ref().map_err(Clone::clone)?;
            let changes = calls::changes(backend, before.sync_token())?;
            if changes.agent(id).is_some() {
                return Err(changes.wrong(format!("the agent {id:?} is among the agents")));
            }
            if changes.removed_ids().contains(id) {
                return Ok(());
            }
            Err(changes.wrong(format!("the agent {id:?} is not in removedIds")))
        },
    );
    run.check(
        "Removing an agent that is not there is answered with 404",
        "docs/agent-api.md#errors/4: 404 with code 5 NOT_FOUND where an agent is gone",
        |backend| {
            let removed = removed()?.0.to_owned();
            let ids = unknown_ids().into_iter().chain([removed]);
            ids.into_iter().try_for_each(|id| not_there(backend, &id))
        },
    );
    if before.is_some()
        && let Ok(id) = subject()
    {
        run.note(&format!("The agent {id:?} was removed."));
    }
}

fn not_there(backend: &Backend, id: &str) -> Checked {
    let answer = backend.ask(Ask::delete(agent_path(id)))?;
    answer.refused(404, code::NOT_FOUND).map(drop)
}
