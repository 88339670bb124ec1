//! What a list of agents holds.

use std::collections::HashSet;

use kproxy_agents::api::{ApiError, decode};
use serde_json::Value;

use super::{needed, skip};
use crate::answer::shorten;
use crate::calls::{self, List, Object, Page};
use crate::report::Fault;
use crate::run::{Checked, Run, Stop};
use crate::shape::{self, Flaw, Rule};

/// Reads all agents, and looks at each.
pub fn check(run: &mut Run<'_>) -> Checked<List> {
    run.part("The list of agents");
    let whole = calls::whole(&run.backend);
    run.check(
        "A list holds agents, nextPageToken, syncToken, removedIds and serverTime, of the \
         agreed types",
        "docs/agent-api.md#calls/1: GET agents answers {\"agents\": [Agent], \"nextPageToken\": \
         \"\", \"syncToken\": \"\", \"removedIds\": [], \"serverTime\": time}",
        |_| {
            let list = whole.as_ref().map_err(Stop::clone)?;
            let faults: Vec<_> = list.pages.iter().flat_map(page_faults).collect();
            none_of(faults)
        },
    );
    let flaws = needed(&whole, "the list of agents").map(|list| {
        let pages = list.pages.iter();
        pages.flat_map(all_flaws).collect::<Vec<_>>()
    });
    let rules = [
        (
            Rule::Types,
            "Every agent can be read, and its fields have the agreed types",
            "docs/agent-api.md#agent/1, #agent/8, #agent/11, #agent/13, #conventions/4: the table of \
             fields and types; a missing field or null means its default",
        ),
        (
            Rule::Ids,
            "Every agent has an id of its own",
            "docs/agent-api.md#agent/18, #agent/17: an agent without an id is malformed; of two \
             with the same id the last counts; ids are any text but . and ..",
        ),
        (
            Rule::Times,
            "Times are RFC 3339 texts, or null where that may be",
            "docs/agent-api.md#conventions/3, #agent/9, #agent/10, #agent/14: times are RFC 3339 \
             strings or null; lastContact and lastSeen may be null, created is a time",
        ),
        (
            Rule::Limits,
            "Names, descriptions and flowPort keep within their limits",
            "docs/agent-api.md#agent/2, #agent/3, #agent/7: name has at most 128 and description \
             at most 1,024 characters, in code points; flowPort is a UDP port",
        ),
        (
            Rule::Addresses,
            "Addresses are IPv4 or IPv6 addresses, or empty",
            "docs/agent-api.md#agent/5, #agent/6: privateIp is an IPv4 or IPv6 address; ipAddress \
             is the WAN address",
        ),
        (
            Rule::Etags,
            "Every agent has an etag",
            "docs/agent-api.md#agent/15: etag changes with every edit of the four editable fields",
        ),
    ];
    for (rule, says, contract) in rules {
        run.check(says, contract, |_| {
            let flaws = flaws.as_ref().map_err(Stop::clone)?;
            if whole
                .as_ref()
                .is_ok_and(|list| list.agents().next().is_none())
                && flaws.is_empty()
            {
                return skip("there are no agents");
            }
            let of_rule = flaws.iter().filter(|(of, _)| *of == rule);
            none_of(of_rule.map(|(_, fault)| fault.clone()).collect())
        });
    }
    whole
}

fn none_of(faults: Vec<Fault>) -> Checked {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Stop::Fails(faults))
    }
}

/// What is wrong with the fields of a page itself.
fn page_faults(page: &Page) -> Vec<Fault> {
    let raw = |field: &str| page.fields.get(field).map_or("null", |raw| raw.get());
    let is_text = |field: &str| serde_json::from_str::<Option<String>>(raw(field)).is_ok();
    let is_list = |field: &str| serde_json::from_str::<Option<Vec<String>>>(raw(field)).is_ok();
    let fields = [
        ("nextPageToken", is_text("nextPageToken"), "a text"),
        ("syncToken", is_text("syncToken"), "a text"),
        ("removedIds", is_list("removedIds"), "a list of texts"),
        (
            "serverTime",
            super::time::is_time(page.server_time()),
            "an RFC 3339 time",
        ),
    ];
    fields
        .into_iter()
        .filter(|(_, is_as_agreed, _)| !is_as_agreed)
        .map(|(field, _, wanted)| {
            let value = shape::shown(raw(field));
            page.answer
                .fault(format!("{field} is {value}, not {wanted}"))
        })
        .collect()
}

/// What is wrong with the agents of a page, rule by rule.
fn all_flaws(page: &Page) -> Vec<(Rule, Fault)> {
    let entries = calls::each(&page.answer, &page.fields, "agents").unwrap_or_default();
    let mut flaws = Vec::new();
    let mut ids = HashSet::new();
    let mut flawed = HashSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let path = format!("agents[{index}]");
        let found = flaws_of(entry, &path, &mut ids);
        if found.is_empty() {
            continue;
        }
        let came = entry.clone().map(|agent| Value::Object(agent).to_string());
        let came = shorten(&came.unwrap_or_default(), 300);
        flawed.insert(path);
        flaws.extend(found.into_iter().map(|Flaw { rule, wrong }| {
            let (asked, came) = (page.answer.asked.clone(), came.clone());
            (rule, Fault { wrong, asked, came })
        }));
    }
    let unreadable = unreadable(page, &flawed).into_iter();
    flaws.extend(unreadable.map(|fault| (Rule::Types, fault)));
    flaws
}

/// What is wrong with one entry of the list; `ids` are those of the agents before it.
fn flaws_of<'a>(
    entry: &'a Result<Object, String>,
    path: &str,
    ids: &mut HashSet<&'a str>,
) -> Vec<Flaw> {
    let agent = match entry {
        Ok(agent) => agent,
        Err(wrong) => {
            let (rule, wrong) = (Rule::Types, wrong.clone());
            return vec![Flaw { rule, wrong }];
        }
    };
    let mut flaws = shape::agent_flaws(agent, path);
    let id = calls::id(agent);
    if !id.is_empty() && !ids.insert(id) {
        let wrong = format!("{path}.id is {id:?}, as is that of an agent before it");
        flaws.push(Flaw {
            rule: Rule::Ids,
            wrong,
        });
    }
    flaws
}

/// The agents that the page itself cannot read, though nothing else is wrong with them.
fn unreadable(page: &Page, flawed: &HashSet<String>) -> Vec<Fault> {
    let errors = match page.answer.text().map(decode::agents_page) {
        Ok(Ok(page)) => page.unreadable,
        Ok(Err(error)) if page_faults(page).is_empty() => vec![error],
        _ => Vec::new(),
    };
    let is_new = |error: &ApiError| match error {
        ApiError::Malformed { path, .. } => {
            let agent = path.find(']').and_then(|end| path.get(..=end));
            agent.is_none_or(|agent| !flawed.contains(agent))
        }
        _ => true,
    };
    let errors = errors.into_iter().filter(is_new);
    errors
        .map(|error| page.answer.fault(format!("The page would say: {error}")))
        .collect()
}
