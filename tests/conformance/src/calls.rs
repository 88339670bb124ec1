//! The calls of the agent API as the checks use them, and what their answers hold.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

pub use kproxy_agents::api::wire::{
    AGENTS_PATH, CREDENTIALS_PATH, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, SITES_PATH,
};

use crate::answer::{Answer, Fields};
use crate::backend::{Ask, Backend};
use crate::run::{Checked, Stop};
use crate::shape::shown;

/// The fields of an agent that can be edited.
pub const EDITABLE: [&str; 4] = ["name", "description", "siteId", "privateIp"];
/// More agents than this are not read.
const MOST_AGENTS: usize = 1_000_000;
/// So many pages may bring nothing new before a list counts as endless.
const MOST_IDLE_PAGES: usize = 20;
/// Like a browser's `encodeURIComponent`.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// An agent or site as it came.
pub type Object = Map<String, Value>;

/// A text as it stands in a path or query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// The path of one agent.
pub fn agent_path(id: &str) -> String {
    format!("{AGENTS_PATH}/{}", encoded(id))
}

/// A word that nothing else is called, so that what this run makes can be told apart.
pub fn unique_word() -> String {
    format!("{:08x}", RandomState::new().hash_one("a run") as u32)
}

/// The text of a field; a missing one and `null` are empty, as are other types.
pub fn text<'a>(object: &'a Object, field: &str) -> &'a str {
    object
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// An agent's id; empty where it has none.
pub fn id(agent: &Object) -> &str {
    text(agent, "id")
}

/// Whether two texts are the same, or two spellings of one IP address.
pub fn same_text(field: &str, one: &str, other: &str) -> bool {
    let address = |text: &str| text.parse::<IpAddr>().ok();
    one == other
        || (field == "privateIp" && address(one).is_some() && address(one) == address(other))
}

/// One page of agents.
#[derive(Clone, Debug)]
pub struct Page {
    /// The answer that it came in.
    pub answer: Answer,
    /// What was asked for.
    pub path: String,
    /// Its fields.
    pub fields: Fields,
    /// The agents that are objects, in their order.
    pub agents: Vec<Object>,
    /// How many are not.
    pub unreadable: usize,
    /// Asks for the next page; empty on the last.
    pub next_page_token: String,
    /// Asks for the changes since; empty where there is none.
    pub sync_token: String,
    /// Agents gone since.
    pub removed_ids: Vec<String>,
}

impl Page {
    /// What a page that was asked for holds. Only what makes the list unreadable is a fault here;
    /// the rest is for the check of its shape.
    pub fn of(answer: Answer, path: String) -> Checked<Self> {
        let fields = answer.success()?.fields()?;
        let text = |field: &str| -> String {
            let raw = fields.get(field);
            raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
                .unwrap_or_default()
        };
        let entries = each(&answer, &fields, "agents")?;
        let count = entries.len();
        let agents: Vec<_> = entries.into_iter().filter_map(Result::ok).collect();
        let removed_ids = fields
            .get("removedIds")
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        Ok(Self {
            unreadable: count - agents.len(),
            agents,
            next_page_token: text("nextPageToken"),
            sync_token: text("syncToken"),
            removed_ids,
            answer,
            path,
            fields,
        })
    }

    /// The `serverTime` as it came.
    pub fn server_time(&self) -> &str {
        self.fields
            .get("serverTime")
            .map_or("missing", |raw| raw.get())
    }
}

/// The entries of a list among an answer's fields: each an object, or why it is none. A list that
/// is missing or `null` is empty.
pub fn each(answer: &Answer, fields: &Fields, list: &str) -> Checked<Vec<Result<Object, String>>> {
    let Some(raw) = fields.get(list).filter(|raw| raw.get() != "null") else {
        return Ok(Vec::new());
    };
    let entries: Vec<&serde_json::value::RawValue> =
        serde_json::from_str(raw.get()).map_err(|_| answer.wrong(format!("{list} is no list")))?;
    let entries = entries.into_iter().enumerate().map(|(index, entry)| {
        let object: Result<Object, _> = serde_json::from_str(entry.get());
        object.map_err(|error| {
            let why = if error.is_data() {
                "no object".to_owned()
            } else {
                format!("not to be read: {error}")
            };
            format!("{list}[{index}] is {why}: {}", shown(entry.get()))
        })
    });
    Ok(entries.collect())
}

/// The path of a page of agents.
pub fn page_path(page_size: usize, key: &str, token: &str) -> String {
    let path = format!("{AGENTS_PATH}?pageSize={page_size}");
    if key.is_empty() {
        path
    } else {
        format!("{path}&{key}={}", encoded(token))
    }
}

/// One page of agents.
pub fn page(backend: &Backend, path: String) -> Checked<Page> {
    Page::of(backend.ask(Ask::get(&path))?, path)
}

/// A whole list of agents, or a whole set of changes: at least one page.
#[derive(Clone, Debug)]
pub struct List {
    /// Its pages.
    pub pages: Vec<Page>,
}

impl List {
    /// All agents.
    pub fn agents(&self) -> impl Iterator<Item = &Object> {
        self.pages.iter().flat_map(|page| &page.agents)
    }

    /// The agent with that id; of two the last counts.
    pub fn agent(&self, wanted: &str) -> Option<&Object> {
        self.agents().filter(|agent| id(agent) == wanted).last()
    }

    /// The ids of all agents.
    pub fn ids(&self) -> HashSet<&str> {
        self.agents().map(id).collect()
    }

    /// The ids of the agents that are gone.
    pub fn removed_ids(&self) -> HashSet<&str> {
        let pages = self.pages.iter();
        pages
            .flat_map(|page| &page.removed_ids)
            .map(String::as_str)
            .collect()
    }

    /// The last page's; empty where the backend gives none.
    pub fn sync_token(&self) -> &str {
        self.pages.last().map_or("", |page| &page.sync_token)
    }

    /// Ends a check because of the last page.
    pub fn wrong(&self, wrong: impl Into<String>) -> Stop {
        match self.pages.last() {
            Some(page) => page.answer.wrong(wrong),
            None => Stop::Skipped("there is no page".to_owned()),
        }
    }
}

/// Reads a list page after page; a follow-up carries only `pageSize` and `pageToken`. `key` and
/// `token` go with the first page; without a key that is the whole list.
pub fn list(backend: &Backend, page_size: usize, key: &str, token: &str) -> Checked<List> {
    let mut pages = vec![page(backend, page_path(page_size, key, token))?];
    let mut tokens = HashSet::new();
    let mut ids = HashSet::new();
    let mut idle_pages = 0;
    while let Some(last) = pages.last() {
        let before = ids.len();
        ids.extend(last.agents.iter().map(|agent| id(agent).to_owned()));
        idle_pages = if ids.len() > before {
            0
        } else {
            idle_pages + 1
        };
        if last.next_page_token.is_empty() {
            break;
        }
        if !tokens.insert(last.next_page_token.clone()) {
            return Err(last
                .answer
                .wrong("the nextPageToken came before: the list has no end"));
        }
        if idle_pages > MOST_IDLE_PAGES {
            let wrong = format!(
                "{idle_pages} pages in a row hold no new agent, yet there is a nextPageToken"
            );
            return Err(last.answer.wrong(wrong));
        }
        if ids.len() > MOST_AGENTS {
            let wrong = format!("after {MOST_AGENTS} agents there is still a nextPageToken");
            return Err(last.answer.wrong(wrong));
        }
        let path = page_path(page_size, "pageToken", &last.next_page_token);
        pages.push(page(backend, path)?);
    }
    Ok(List { pages })
}

/// The whole list, as the page reads it.
pub fn whole(backend: &Backend) -> Checked<List> {
    list(backend, MAX_PAGE_SIZE, "", "")
}

/// All changes since a `syncToken`.
pub fn changes(backend: &Backend, sync_token: &str) -> Checked<List> {
    list(backend, MAX_PAGE_SIZE, "syncToken", sync_token)
}

/// One agent, and the answer that it came in.
pub fn one(backend: &Backend, id: &str) -> Checked<(Object, Answer)> {
    agent_in(backend.ask(Ask::get(agent_path(id)))?, id)
}

/// The agent in the answer to a `GET` or `PATCH` of the one with that id.
pub fn agent_in(answer: Answer, wanted: &str) -> Checked<(Object, Answer)> {
    let mut body = answer.success()?.object()?;
    let Some(Value::Object(agent)) = body.remove("agent") else {
        return Err(answer.wrong("there is no agent in it"));
    };
    if id(&agent) != wanted {
        return Err(answer.wrong(format!(
            "the agent's id is {:?}, not {wanted:?}",
            id(&agent)
        )));
    }
    Ok((agent, answer))
}

/// Whether there is certainly no such agent: neither by itself nor in the list.
pub fn is_absent(backend: &Backend, id: &str) -> bool {
    let alone = backend.ask(Ask::get(agent_path(id)));
    alone.is_ok_and(|answer| answer.status == 404)
        && whole(backend).is_ok_and(|list| list.agent(id).is_none())
}

/// The body of a `PATCH`.
pub fn edit_of(changes: &Value, etag: &str) -> Value {
    let mut agent = changes.clone();
    if let Some(agent) = agent.as_object_mut() {
        agent.insert("etag".to_owned(), json!(etag));
    }
    json!({ "agent": agent })
}

/// All sites that are objects, and the answer that they came in.
pub fn sites(backend: &Backend) -> Checked<(Vec<Object>, Answer)> {
    let answer = backend.ask(Ask::get(SITES_PATH))?;
    let fields = answer.success()?.fields()?;
    let sites = each(&answer, &fields, "sites")?;
    Ok((sites.into_iter().filter_map(Result::ok).collect(), answer))
}
