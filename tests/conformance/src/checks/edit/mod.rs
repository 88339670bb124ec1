//! Editing an agent: `PATCH`. All of it on the agent that may be edited, which is put back at last.
//!
//! - `taken.rs`: edits that have to be taken, and what they change;
//! - `refused.rs`: edits that have to be refused, and change nothing;
//! - `shown.rs`: where an edit shows afterwards.

use serde_json::{Value, json};

use super::{TRIES, needed, permitted, skip};
use crate::answer::Answer;
use crate::backend::{Ask, Backend};
use crate::calls::{self, EDITABLE, List, Object, agent_in, agent_path, edit_of, text};
use crate::run::{Checked, Run, Stop};

mod refused;
mod shown;
mod taken;

const HOW: &str = "AGENT=ID, an agent that may be edited; it is put back as it was";
const ONLY_SENT: &str = "docs/agent-api.md#calls/3, #edit-an-agent/1: PATCH agents/{id} takes \
                         {\"agent\": {changed editable fields, \"etag\"}} and answers {\"agent\": \
                         Agent}";

/// Edits the agent that may be edited in every way; `agents` is the list as it was read first,
/// `sites` are the ids of all sites.
pub fn check(run: &mut Run<'_>, agents: &Checked<List>, sites: &[String]) {
    run.part("Editing an agent");
    let subject = permitted(run.backend.options().agent.as_ref(), HOW)
        .and_then(|id| Subject::read(&run.backend, id, sites));
    run.check(
        "The agent that may be edited can be read, with its etag",
        "docs/agent-api.md#calls/2, #agent/15: GET agents/{id} answers {\"agent\": Agent}; etag \
         changes with every edit",
        |_| subject.as_ref().map(drop).map_err(Stop::clone),
    );
    let mut editing = Editing {
        run,
        subject: needed(&subject, "the agent that may be edited"),
    };
    taken::check(&mut editing);
    refused::check(&mut editing);
    shown::check(&mut editing, agents);
    if let Ok(subject) = &subject {
        put_back(run, subject);
    }
}

/// The checks that edit one agent.
struct Editing<'e, 'r> {
    run: &'e mut Run<'r>,
    subject: Checked<&'e Subject>,
}

impl Editing<'_, '_> {
    /// Looks whether something holds of the agent.
    fn check(
        &mut self,
        check: &'static str,
        contract: &'static str,
        look: impl FnOnce(&Backend, &Subject) -> Checked,
    ) {
        let subject = &self.subject;
        self.run
            .check(check, contract, |backend| look(backend, subject.clone()?));
    }
}

/// An agent that may be edited.
#[derive(Clone, Debug)]
struct Subject {
    id: String,
    original: Object,
    /// Another site than its own, where it can be put and taken away from again.
    other_site: Checked<String>,
}

/// What an edit did.
pub struct Edited {
    /// The agent before it.
    pub before: Object,
    /// The agent in the answer to it.
    pub after: Object,
    /// That answer.
    pub answer: Answer,
}

/// Edits an agent by the etag that it has now.
pub fn edit(backend: &Backend, id: &str, changes: &Value) -> Checked<Edited> {
    let mut tries = 0;
    loop {
        let (before, _) = calls::one(backend, id)?;
        let body = edit_of(changes, text(&before, "etag"));
        let answer = backend.ask(Ask::patch(agent_path(id), &body))?;
        tries += 1;
        // Somebody else may have been faster.
        if answer.status == 409 && tries < 2 {
            continue;
        }
        let (after, answer) = agent_in(answer, id)?;
        return Ok(Edited {
            before,
            after,
            answer,
        });
    }
}

/// Gives an agent a name that it did not have.
pub fn rename(backend: &Backend, id: &str) -> Checked<Edited> {
    edit(backend, id, &json!({ "name": new_name() }))
}

fn new_name() -> String {
    format!("kproxy conformance {}", calls::unique_word())
}

impl Subject {
    fn read(backend: &Backend, id: &str, sites: &[String]) -> Checked<Self> {
        let (original, answer) = calls::one(backend, id)?;
        if text(&original, "etag").is_empty() {
            return Err(answer.wrong("the agent has no etag"));
        }
        let own = text(&original, "siteId");
        let other_site = if !own.is_empty() && !sites.iter().any(|id| id == own) {
            skip("the agent is at a site that is not in the list, and might not be put back there")
        } else {
            // The one that was made last, if any.
            let other = sites.iter().rfind(|id| *id != own).cloned();
            other.map_or_else(|| skip("there is no other site"), Ok)
        };
        Ok(Self {
            id: id.to_owned(),
            original,
            other_site,
        })
    }

    fn edit(&self, backend: &Backend, changes: &Value) -> Checked<Edited> {
        edit(backend, &self.id, changes)
    }

    fn rename(&self, backend: &Backend) -> Checked<Edited> {
        rename(backend, &self.id)
    }

    /// Sends an edit as it is, with this etag or the one that the agent has now.
    fn send(&self, backend: &Backend, changes: &Value, etag: Option<&str>) -> Checked<Answer> {
        let (before, _) = calls::one(backend, &self.id)?;
        let body = edit_of(changes, etag.unwrap_or(text(&before, "etag")));
        backend.ask(Ask::patch(agent_path(&self.id), &body))
    }

    /// Edits until nothing is left of the run's own edits, come what may.
    fn put_back(&self, backend: &Backend) -> Checked {
        let mut tries = 0;
        loop {
            let now = backend.insist(Ask::get(agent_path(&self.id)))?;
            let (now, answer) = agent_in(now, &self.id)?;
            let changes: Object = EDITABLE
                .into_iter()
                .filter(|field| text(&now, field) != text(&self.original, field))
                .map(|field| (field.to_owned(), Value::from(text(&self.original, field))))
                .collect();
            if changes.is_empty() {
                return Ok(());
            }
            if tries == TRIES {
                let fields: Vec<_> = changes.keys().map(String::as_str).collect();
                return Err(answer.wrong(format!("{} cannot be put back", fields.join(", "))));
            }
            tries += 1;
            let body = edit_of(&Value::Object(changes), text(&now, "etag"));
            let answer = backend.insist(Ask::patch(agent_path(&self.id), &body))?;
            if answer.status != 409 {
                answer.success()?;
            }
        }
    }
}

/// Puts the agent back as it was, and tells so, or how it was.
fn put_back(run: &mut Run<'_>, subject: &Subject) {
    let is_back = run.check(
        "The agent that was edited can be put back as it was",
        ONLY_SENT,
        |backend| subject.put_back(backend),
    );
    let id = &subject.id;
    if is_back.is_some() {
        run.note(&format!(
            "The agent {id:?} was edited, and put back as it was."
        ));
    } else {
        let was = EDITABLE.map(|field| format!("{field} {:?}", text(&subject.original, field)));
        run.note(&format!(
            "The agent {id:?} could NOT be put back. Before this run it had: {}.",
            was.join(", "),
        ));
    }
}
