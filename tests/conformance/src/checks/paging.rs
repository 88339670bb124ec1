//! Paging.

use std::collections::HashSet;

use kproxy_agents::api::wire::code;

use super::{needed, skip};
use crate::backend::{Ask, Backend};
use crate::calls::{self, AGENTS_PATH, DEFAULT_PAGE_SIZE, List, MAX_PAGE_SIZE};
use crate::run::{Checked, Run};

/// Into how many pages the fleet is asked for, if it is large enough.
const PAGES: usize = 4;

/// Looks at the pages of the whole list.
pub fn check(run: &mut Run<'_>, agents: &Checked<List>) {
    run.part("Paging");
    run.check(
        "A page holds no more agents than pageSize asks for",
        "docs/agent-api.md#list-agents/1: GET agents takes pageSize",
        |backend| {
            let page = calls::page(backend, calls::page_path(1, "", ""))?;
            match page.agents.len() {
                0 | 1 => Ok(()),
                more => Err(page
                    .answer
                    .wrong(format!("{more} agents came, not one at most"))),
            }
        },
    );
    run.check(
        "Without a pageSize a page holds at most 1,000 agents",
        "docs/agent-api.md#list-agents/1: pageSize (default 1,000, at most 10,000)",
        |backend| {
            let page = calls::page(backend, AGENTS_PATH.to_owned())?;
            match page.agents.len() {
                0..=DEFAULT_PAGE_SIZE => Ok(()),
                more => Err(page.answer.wrong(format!("{more} agents came"))),
            }
        },
    );
    run.check(
        "A pageSize over 10,000 is taken as 10,000",
        "docs/agent-api.md#list-agents/1: a larger pageSize than 10,000 is taken as 10,000",
        |backend| {
            let page = calls::page(backend, calls::page_path(MAX_PAGE_SIZE * 2, "", ""))?;
            match page.agents.len() {
                0..=MAX_PAGE_SIZE => Ok(()),
                more => Err(page.answer.wrong(format!("{more} agents came"))),
            }
        },
    );
    run.check(
        "Page after page gives every agent exactly once, until nextPageToken is empty",
        "docs/agent-api.md#paging/1, #paging/2: follow nextPageToken until it is empty; a \
         follow-up carries only pageSize and pageToken",
        |backend| exactly_once(backend, needed(agents, "the list of agents")?),
    );
    run.check(
        "A pageToken that never was one is refused with 400",
        "docs/agent-api.md#errors/1: 400 with code 3 INVALID_ARGUMENT for a bad field",
        |backend| {
            let path = calls::page_path(10, "pageToken", "conformance: never a token");
            let answer = backend.ask(Ask::get(path))?;
            answer.refused(400, code::INVALID_ARGUMENT).map(drop)
        },
    );
}

fn exactly_once(backend: &Backend, before: &List) -> Checked {
    let known = before.ids();
    let count = known.len();
    if count < 2 {
        return skip("it takes two agents at least");
    }
    let page_size = count.div_ceil(PAGES).min(MAX_PAGE_SIZE);
    let list = calls::list(backend, page_size, "", "")?;
    if let Some(page) = list.pages.iter().find(|page| page.agents.len() > page_size) {
        let wrong = format!("{} agents came, not {page_size} at most", page.agents.len());
        return Err(page.answer.wrong(wrong));
    }
    if list.pages.iter().any(|page| page.unreadable > 0) {
        return skip("some agents cannot be read");
    }
    let pages = list.pages.len();
    let mut met = HashSet::new();
    if let Some(id) = list.agents().map(calls::id).find(|id| !met.insert(*id)) {
        return Err(list.wrong(format!(
            "the agent {id:?} came more than once on {pages} pages"
        )));
    }
    // One that was there all the time has to be on a page.
    let after = calls::whole(backend)?;
    let after = after.ids();
    let was_there = |id: &&&str| after.contains(**id) && !met.contains(**id);
    let missing: Vec<_> = known.iter().filter(was_there).collect();
    let Some(id) = missing.first() else {
        return Ok(());
    };
    let missing = missing.len();
    Err(list.wrong(format!(
        "{missing} of {count} agents are on none of {pages} pages, such as {id:?}"
    )))
}
