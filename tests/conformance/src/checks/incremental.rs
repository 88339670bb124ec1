//! Incremental refresh: `syncToken` and what changed since.

use std::collections::HashMap;

use kproxy_agents::api::wire::code;

use super::{TRIES, needed, skip};
use crate::backend::{Ask, Backend};
use crate::calls::{self, List, Object};
use crate::run::{Checked, Run};

const NOT_OFFERED: &str = "the backend gives no syncToken, which it need not";

/// Looks at what a `syncToken` brings, as far as that can be seen without changing anything.
pub fn check(run: &mut Run<'_>, agents: &Checked<List>) {
    run.part("Incremental refresh");
    run.check(
        "Of a whole list only the last page carries a syncToken",
        "docs/agent-api.md#incremental-refresh/1: the last page of a whole list, or of a set of \
         changes, carries a syncToken",
        |backend| {
            let count = needed(agents, "the list of agents")?.ids().len();
            let list = calls::list(backend, count.div_ceil(2).max(1), "", "")?;
            let Some((end, earlier)) = list.pages.split_last() else {
                return skip("there is no page");
            };
            match earlier.iter().find(|page| !page.sync_token.is_empty()) {
                Some(page) if end.sync_token.is_empty() => Err(page
                    .answer
                    .wrong("an earlier page carries a syncToken, the last one none")),
                Some(page) => Err(page
                    .answer
                    .wrong("an earlier page than the last carries a syncToken")),
                None if end.sync_token.is_empty() => skip(NOT_OFFERED),
                None => Ok(()),
            }
        },
    );
    run.check(
        "A syncToken brings only the agents that changed since, and a new syncToken",
        "docs/agent-api.md#incremental-refresh/2, #incremental-refresh/1: sent back later, the \
         answer holds only the agents that changed since; the last page of a set of changes \
         carries a syncToken",
        |backend| only_changes(backend, offered(agents)?),
    );
    run.check(
        "A syncToken leaves out no change that the whole list shows",
        "docs/agent-api.md#incremental-refresh/2: the answer holds the agents that changed since, \
         and removedIds",
        |backend| {
            let before = offered(agents)?;
            let whole = calls::whole(backend)?;
            let changes = calls::changes(backend, before.sync_token())?;
            nothing_missing(before, &whole, &changes)
        },
    );
    run.check(
        "A syncToken that never was one is answered with 410",
        "docs/agent-api.md#errors/7: 410 with code 9 FAILED_PRECONDITION where a syncToken is too \
         old; the page then reads the whole list again",
        |backend| {
            offered(agents)?;
            let path = calls::page_path(10, "syncToken", "conformance: never a token");
            let answer = backend.ask(Ask::get(path))?;
            answer.refused(410, code::FAILED_PRECONDITION).map(drop)
        },
    );
}

/// The whole list as it was read first; a check is skipped where it carries no `syncToken`.
fn offered(agents: &Checked<List>) -> Checked<&List> {
    let list = needed(agents, "the list of agents")?;
    if list.sync_token().is_empty() {
        return skip(NOT_OFFERED);
    }
    Ok(list)
}

/// Agents by id; of two the last counts.
fn by_id(list: &List) -> HashMap<&str, &Object> {
    list.agents()
        .map(|agent| (calls::id(agent), agent))
        .collect()
}

/// The list as it was read first and all changes since. These may repeat what changed while the
/// list was read page by page; what is read next with their `syncToken` holds new changes alone.
pub fn caught_up<'a>(backend: &Backend, agents: &'a Checked<List>) -> Checked<(&'a List, List)> {
    let list = offered(agents)?;
    Ok((list, changes_and_token(backend, list)?))
}

/// The changes since a read, which have to end with a `syncToken` of their own.
fn changes_and_token(backend: &Backend, since: &List) -> Checked<List> {
    let changes = calls::changes(backend, since.sync_token())?;
    if changes.sync_token().is_empty() {
        return Err(changes.wrong("the last page of a set of changes carries no syncToken"));
    }
    Ok(changes)
}

/// The id of one of the changed agents that is just as it was read last.
pub fn first_unchanged(reads: [&List; 2], changes: &List) -> Option<String> {
    let old: HashMap<_, _> = reads.into_iter().flat_map(by_id).collect();
    let mut agents = changes.agents();
    let unchanged = agents.find(|agent| old.get(calls::id(agent)) == Some(agent))?;
    Some(calls::id(unchanged).to_owned())
}

/// An agent may change in a way that does not show; but hardly each time.
fn only_changes(backend: &Backend, list: &List) -> Checked {
    let mut tries = 0;
    loop {
        let known = changes_and_token(backend, list)?;
        let changes = changes_and_token(backend, &known)?;
        let Some(id) = first_unchanged([list, &known], &changes) else {
            return Ok(());
        };
        tries += 1;
        if tries == TRIES {
            let count = changes.agents().count();
            return Err(changes.wrong(format!(
                "{count} agents came, of which {id:?} at least did not change since"
            )));
        }
    }
}

/// Whether `changes`, which were asked for after `whole`, lead from `before` to it or beyond.
fn nothing_missing(before: &List, whole: &List, changes: &List) -> Checked {
    let (old, now, told) = (by_id(before), by_id(whole), by_id(changes));
    let removed = changes.removed_ids();
    let is_told = |id: &str| told.contains_key(id) || removed.contains(id);
    let missing = now
        .iter()
        .find(|(id, agent)| old.get(*id) != Some(agent) && !is_told(id));
    if let Some((id, _)) = missing {
        let what = if old.contains_key(id) {
            "changed"
        } else {
            "came"
        };
        return Err(changes.wrong(format!(
            "the agent {id:?} {what} before the changes were asked for, but is not among them"
        )));
    }
    let gone = old.keys().find(|id| !now.contains_key(*id) && !is_told(id));
    if let Some(id) = gone {
        return Err(changes.wrong(format!(
            "the agent {id:?} was gone before the changes were asked for, but is not in removedIds"
        )));
    }
    Ok(())
}
