//! Edits that have to be refused, and change nothing.

use kproxy_agents::api::wire::code;
use kproxy_agents::domain::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};
use serde_json::{Value, json};

use super::{Editing, Subject, new_name};
use crate::answer::Answer;
use crate::backend::{Ask, Backend};
use crate::calls::{self, EDITABLE, agent_path, text};
use crate::checks::one_agent::unknown_ids;
use crate::run::Checked;

const REFUSED: &str = "docs/agent-api.md#errors/1, #field-violations/1, #field-violations/3: 400 \
                       with code 3, whose details name the field in fieldViolations, with a \
                       description; lengths count code points";

/// Looks at bad values, at a stale etag, and at an agent that is not there.
pub fn check(editing: &mut Editing<'_, '_>) {
    editing.check(
        "A privateIp that is no address is refused at agent.private_ip, and changes nothing",
        REFUSED,
        |backend, agent| {
            let mut bad = ["10.1.2.256", "router.example.com", "10.0.0.1/24"].into_iter();
            bad.try_for_each(|ip| violates(backend, agent, "privateIp", ip, "agent.private_ip"))
        },
    );
    editing.check(
        "A name of 129 characters is refused at agent.name, and changes nothing",
        REFUSED,
        |backend, agent| {
            let too_long = "n".repeat(MAX_NAME_CHARS + 1);
            violates(backend, agent, "name", &too_long, "agent.name")
        },
    );
    editing.check(
        "A description of 1,025 characters is refused at agent.description, and changes nothing",
        REFUSED,
        |backend, agent| {
            let too_long = "d".repeat(MAX_DESCRIPTION_CHARS + 1);
            violates(
                backend,
                agent,
                "description",
                &too_long,
                "agent.description",
            )
        },
    );
    editing.check(
        "A siteId that no site has is refused at agent.site_id, or taken",
        "docs/agent-api.md#agent/4, #field-violations/2: an id that no site has is shown as \
         \"Undefined\"; agent.site_id",
        |backend, agent| {
            // Else it could not be put back.
            agent.other_site.clone()?;
            let nowhere = format!("no-such-site-{}", calls::unique_word());
            let answer = agent.send(backend, &json!({ "siteId": nowhere }), None)?;
            if answer.is_success() {
                return Ok(());
            }
            answer.violates("agent.site_id")
        },
    );
    editing.check(
        "A stale etag is refused with 409 ABORTED, and changes nothing",
        "docs/agent-api.md#edit-an-agent/2, #errors/5: PATCH agents/{id} answers 409 if etag is \
         stale; 409 with code 10 ABORTED",
        |backend, agent| {
            let stale = agent.rename(backend)?.before;
            let etag = Some(text(&stale, "etag"));
            refused(
                backend,
                agent,
                &json!({ "name": new_name() }),
                etag,
                |answer| answer.refused(409, code::ABORTED).map(drop),
            )
        },
    );
    editing.check(
        "An edit of an agent that is not there is answered with 404",
        "docs/agent-api.md#errors/4: 404 with code 5 NOT_FOUND where an agent is gone",
        |backend, _| {
            unknown_ids().iter().try_for_each(|id| {
                let answer = backend.ask(Ask::patch(agent_path(id), &json!({"agent": {}})))?;
                answer.refused(404, code::NOT_FOUND).map(drop)
            })
        },
    );
}

/// Holds that this value of a field is refused with a violation of that path.
fn violates(backend: &Backend, agent: &Subject, field: &str, value: &str, path: &str) -> Checked {
    let changes = json!({ field: value });
    refused(backend, agent, &changes, None, |answer| {
        answer.violates(path)
    })
}

/// Holds that an edit is refused as it should be, and changes nothing.
fn refused(
    backend: &Backend,
    agent: &Subject,
    changes: &Value,
    etag: Option<&str>,
    is_right: impl FnOnce(&Answer) -> Checked,
) -> Checked {
    let (before, _) = calls::one(backend, &agent.id)?;
    is_right(&agent.send(backend, changes, etag)?)?;
    let (after, answer) = calls::one(backend, &agent.id)?;
    let mut fields = EDITABLE.into_iter();
    let Some(field) = fields.find(|field| text(&before, field) != text(&after, field)) else {
        return Ok(());
    };
    let (was, is) = (text(&before, field), text(&after, field));
    Err(answer.wrong(format!(
        "the edit was refused, yet {field} was {was:?} and is {is:?}"
    )))
}
