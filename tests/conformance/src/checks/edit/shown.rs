//! Where an edit shows afterwards.

use super::{Editing, Subject};
use crate::backend::{Ask, Backend};
use crate::calls::{self, List, Page, text};
use crate::checks::incremental::{caught_up, first_unchanged};
use crate::checks::{TRIES, needed, permitted, skip};
use crate::run::Checked;

/// Looks at lists and sets of changes that are read after an edit; `agents` is the list as it was
/// read first.
pub fn check(editing: &mut Editing<'_, '_>, agents: &Checked<List>) {
    editing.check(
        "An edit shows in the list that is read next",
        "docs/agent-api.md#conventions/7: answers to PATCH are newer than any list that was \
         requested before them; so a later list holds them",
        in_list,
    );
    editing.check(
        "An edit shows in the next set of changes",
        "docs/agent-api.md#incremental-refresh/2: a syncToken brings the agents that changed since",
        |backend, agent| in_changes(backend, agent, agents),
    );
    editing.check(
        "An edit changes the ETag of the list",
        "docs/agent-api.md#caching/1: conditional requests cost a 304 only while the list is the \
         same",
        |backend, agent| in_etag(backend, agent, agents),
    );
    editing.check(
        "A set of changes of several pages is whole",
        "docs/agent-api.md#paging/2, #incremental-refresh/1: a follow-up carries only pageSize \
         and pageToken; the last page carries a syncToken",
        |backend, agent| in_pages_of_changes(backend, agent, agents),
    );
}

fn in_list(backend: &Backend, agent: &Subject) -> Checked {
    let edited = agent.rename(backend)?.after;
    let list = calls::whole(backend)?;
    let id = &agent.id;
    let Some(listed) = list.agent(id) else {
        return Err(list.wrong(format!("the agent {id:?} is not in the list")));
    };
    for field in ["name", "etag"] {
        let (is, was) = (text(listed, field), text(&edited, field));
        if is != was {
            return Err(list.wrong(format!(
                "the agent {id:?} has the {field} {is:?}, but had {was:?} in the answer to the edit"
            )));
        }
    }
    Ok(())
}

fn in_changes(backend: &Backend, agent: &Subject, agents: &Checked<List>) -> Checked {
    let (_, before) = caught_up(backend, agents)?;
    let edited = agent.rename(backend)?.after;
    let changes = calls::changes(backend, before.sync_token())?;
    let id = &agent.id;
    let Some(listed) = changes.agent(id) else {
        return Err(changes.wrong(format!(
            "the agent {id:?}, just edited, is not among the changes"
        )));
    };
    if text(listed, "name") != text(&edited, "name") {
        return Err(changes.wrong(format!(
            "the agent {id:?}, just edited, is among the changes as it was before"
        )));
    }
    Ok(())
}

fn in_etag(backend: &Backend, agent: &Subject, agents: &Checked<List>) -> Checked {
    let id = &agent.id;
    let list = needed(agents, "the list of agents")?;
    let holds = |page: &&Page| page.agents.iter().any(|agent| calls::id(agent) == id);
    let Some(page) = list.pages.iter().find(holds) else {
        return Err(list.wrong(format!("the agent {id:?} is not in the list")));
    };
    // As it is now.
    let page = calls::page(backend, page.path.clone())?;
    let etag = page.answer.header("etag");
    if etag.is_empty() {
        return skip("the list carries no ETag, which it need not");
    }
    agent.rename(backend)?;
    let answer = backend.ask(Ask::get(&page.path).with("if-none-match", etag))?;
    if answer.status == 304 {
        let wrong = "the list is said to be unchanged, though an agent in it was edited";
        return Err(answer.wrong(wrong));
    }
    answer.success().map(drop)
}

fn in_pages_of_changes(backend: &Backend, agent: &Subject, agents: &Checked<List>) -> Checked {
    let how = "DISPOSABLE_AGENT=ID, too: it takes two edited agents";
    let other = permitted(backend.options().disposable_agent.as_ref(), how)?;
    let other = Subject::read(backend, other, &[])?;
    let mut tries = 0;
    loop {
        let (list, before) = caught_up(backend, agents)?;
        agent.rename(backend)?;
        other.rename(backend)?;
        // Two pages, however much else changes meanwhile.
        let count = calls::changes(backend, before.sync_token())?
            .agents()
            .count();
        let page_size = count.div_ceil(2).max(1);
        let changes = calls::list(backend, page_size, "syncToken", before.sync_token())?;
        for id in [&agent.id, &other.id] {
            if changes.agent(id).is_none() {
                let pages = changes.pages.len();
                return Err(changes.wrong(format!(
                    "the agent {id:?}, just edited, is on none of the {pages} pages of changes"
                )));
            }
        }
        if changes.sync_token().is_empty() {
            return Err(changes.wrong("the last page of changes carries no syncToken"));
        }
        let Some(old) = first_unchanged([list, &before], &changes) else {
            return Ok(());
        };
        tries += 1;
        if tries == TRIES {
            let wrong = format!("the agent {old:?} is on a page of changes, but did not change");
            return Err(changes.wrong(wrong));
        }
    }
}
