//! One agent by its id.

use std::collections::BTreeSet;

use kproxy_agents::api::wire::code;

use super::{TRIES, needed, skip};
use crate::backend::{Ask, Backend};
use crate::calls::{self, EDITABLE, List, agent_path};
use crate::run::{Checked, Run};

/// How many agents are read.
const MOST: usize = 6;

/// Looks at single agents, such with awkward ids first.
pub fn check(run: &mut Run<'_>, agents: &Checked<List>) {
    run.part("One agent");
    run.check(
        "An agent is the same by itself as in the list, whatever characters its id has",
        "docs/agent-api.md#calls/2, #agent/17: GET agents/{id} answers {\"agent\": Agent, \
         \"serverTime\": time}; ids are opaque, percent-encoded in paths",
        |backend| {
            let list = needed(agents, "the list of agents")?;
            let plain = |id: &&str| {
                id.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            };
            let ids: BTreeSet<&str> = list.ids().into_iter().filter(|id| !id.is_empty()).collect();
            let (plain, awkward): (Vec<_>, Vec<_>) = ids.into_iter().partition(plain);
            let chosen: Vec<_> = awkward.into_iter().chain(plain).take(MOST).collect();
            if chosen.is_empty() {
                return skip("there are no agents");
            }
            chosen
                .into_iter()
                .try_for_each(|id| same_alone(backend, list, id))
        },
    );
    run.check(
        "An agent that is not there is answered with 404, whatever characters its id has",
        "docs/agent-api.md#errors/4, #agent/17: 404 with code 5 NOT_FOUND where an agent is gone; \
         ids are any text but . and .., percent-encoded in paths",
        |backend| {
            for id in unknown_ids() {
                let answer = backend.ask(Ask::get(agent_path(&id)))?;
                answer.refused(404, code::NOT_FOUND)?;
            }
            Ok(())
        },
    );
}

/// Ids that no agent has. Cut short at any character that a careless server stumbles over, they are
/// unknown still.
pub fn unknown_ids() -> [String; 7] {
    let word = calls::unique_word();
    ["", "/b", "?c=d&e", "#f", "%2F", " \"ü🛰\"", ":+;"]
        .map(|end| format!("no-such-agent-{word}{end}"))
}

/// Somebody may edit or remove the agent between the two reads; so both are tried again.
fn same_alone(backend: &Backend, list: &List, id: &str) -> Checked {
    let mut listed = list.agent(id).cloned();
    let mut tries = 0;
    while let Some(expected) = listed {
        let alone = backend.ask(Ask::get(agent_path(id)))?;
        let found = calls::agent_in(alone, id).and_then(|(agent, answer)| {
            let mut stable = EDITABLE.into_iter().chain(["created", "etag"]);
            let text = |agent| move |field: &&str| calls::text(agent, field).to_owned();
            let differs = stable.find(|field| text(&agent)(field) != text(&expected)(field));
            differs.map_or(Ok(()), |field| {
                let (alone, listed) = (text(&agent)(&field), text(&expected)(&field));
                Err(answer.wrong(format!("{field} is {alone:?}, but {listed:?} in the list")))
            })
        });
        tries += 1;
        if found.is_ok() || tries == TRIES {
            return found;
        }
        listed = calls::whole(backend)?.agent(id).cloned();
    }
    Ok(())
}
