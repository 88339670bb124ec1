//! Edits that have to be taken, and what they change.

use kproxy_agents::domain::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};
use serde_json::json;

use super::{Edited, Editing, ONLY_SENT, Subject, new_name};
use crate::answer::Answer;
use crate::backend::Backend;
use crate::calls::{self, EDITABLE, Object, same_text, text};
use crate::run::Checked;

/// Looks at edits of one field each, and at what such fields may hold.
pub fn check(editing: &mut Editing<'_, '_>) {
    check_fields(editing);
    check_values(editing);
    editing.check(
        "Fields of an edit that the contract does not know are no error",
        "docs/agent-api.md#conventions/5: unknown fields are ignored, never an error",
        |backend, agent| {
            let name = new_name();
            let changes = json!({"name": name, "flavour": {"sweet": [true]}});
            let Edited { after, answer, .. } = agent.edit(backend, &changes)?;
            is_now(&after, "name", &name, &answer)
        },
    );
    editing.check(
        "An output-only field cannot be edited",
        "docs/agent-api.md#agent/12, #agent/16: userAgent is output only; editable are name, \
         description, siteId and privateIp",
        output_only,
    );
}

fn check_fields(editing: &mut Editing<'_, '_>) {
    editing.check(
        "An edit changes the field that it sends, and no other",
        ONLY_SENT,
        |backend, agent| {
            let ip = ["10.11.12.13", "10.11.12.14"]
                .into_iter()
                .find(|ip| *ip != text(&agent.original, "privateIp"));
            changes_only(backend, agent, "name", &new_name())?;
            let description = "Edited by a conformance run, which puts it back";
            changes_only(backend, agent, "description", description)?;
            changes_only(backend, agent, "privateIp", ip.unwrap_or_default())
        },
    );
    editing.check(
        "An agent can be put at another site",
        "docs/agent-api.md#agent/4, #agent/16: siteId, a site's id, is editable",
        |backend, agent| changes_only(backend, agent, "siteId", &agent.other_site.clone()?),
    );
    editing.check(
        "Every edit brings a new etag",
        "docs/agent-api.md#agent/15: etag changes with every edit of the four editable fields",
        new_etag,
    );
    editing.check(
        "An empty text clears a field",
        "docs/agent-api.md#agent/2, #agent/4, #agent/5: name \"\" is shown as \"Auto Generated\", \
         siteId and privateIp \"\" as \"Undefined\"",
        |backend, agent| {
            EDITABLE
                .into_iter()
                .filter(|field| *field != "siteId" || agent.other_site.is_ok())
                .try_for_each(|field| changes_only(backend, agent, field, ""))
        },
    );
}

fn check_values(editing: &mut Editing<'_, '_>) {
    editing.check(
        "IPv4 and IPv6 addresses of any kind are taken as privateIp",
        "docs/agent-api.md#agent/5: privateIp is an IPv4 or IPv6 address, RFC 1918 or not",
        |backend, agent| {
            let addresses = [
                "198.51.100.7",
                "fd00::17",
                "2001:db8::8:800:200c:417a",
                "::ffff:192.0.2.7",
            ];
            let mut addresses = addresses.into_iter();
            addresses.try_for_each(|ip| changes_only(backend, agent, "privateIp", ip))
        },
    );
    editing.check(
        "Texts come back as they were sent",
        "docs/agent-api.md#conventions/2, #agent/3: bodies are JSON in UTF-8; description is free \
         text",
        |backend, agent| {
            let name = "<b>\"kproxy\" & Söhne</b> \\ 🛰️ 監視 القاهرة";
            changes_only(backend, agent, "name", name)?;
            let description = "two\nlines,\ta tab, \"quotes\" & {{ braces }}, %2F";
            changes_only(backend, agent, "description", description)
        },
    );
    editing.check(
        "A name of 128 and a description of 1,024 code points are taken",
        "docs/agent-api.md#agent/2, #agent/3, #field-violations/3: name has at most 128, \
         description at most 1,024 characters; lengths count code points",
        |backend, agent| {
            changes_only(backend, agent, "name", &"🛰".repeat(MAX_NAME_CHARS))?;
            let description = "é🛰".repeat(MAX_DESCRIPTION_CHARS / 2);
            changes_only(backend, agent, "description", &description)
        },
    );
}

/// Holds that a field has this value now.
fn is_now(agent: &Object, field: &str, value: &str, answer: &Answer) -> Checked {
    let now = text(agent, field);
    if same_text(field, now, value) {
        return Ok(());
    }
    Err(answer.wrong(format!("{field} is {now:?}, not {value:?}, which was sent")))
}

/// Holds that an edit of one field changes it, and no other, now and when the agent is read again.
fn changes_only(backend: &Backend, agent: &Subject, edited: &str, value: &str) -> Checked {
    let edit = agent.edit(backend, &json!({ edited: value }))?;
    let before = edit.before;
    for (after, answer) in [(edit.after, edit.answer), calls::one(backend, &agent.id)?] {
        is_now(&after, edited, value, &answer)?;
        let others = EDITABLE.into_iter().chain(["created"]);
        for field in others.filter(|field| *field != edited) {
            let (was, is) = (text(&before, field), text(&after, field));
            if was != is {
                let wrong =
                    format!("{field} was {was:?} and is {is:?}, though only {edited} was sent");
                return Err(answer.wrong(wrong));
            }
        }
    }
    Ok(())
}

fn new_etag(backend: &Backend, agent: &Subject) -> Checked {
    let edit = agent.rename(backend)?;
    let (old, new) = (text(&edit.before, "etag"), text(&edit.after, "etag"));
    if new.is_empty() || new == old {
        let wrong = format!("the etag was {old:?} before the edit and is {new:?} after it");
        return Err(edit.answer.wrong(wrong));
    }
    let (alone, answer) = calls::one(backend, &agent.id)?;
    let now = text(&alone, "etag");
    if now != new {
        let wrong = format!("the etag is {now:?}, but was {new:?} in the answer to the edit");
        return Err(answer.wrong(wrong));
    }
    Ok(())
}

fn output_only(backend: &Backend, agent: &Subject) -> Checked {
    let ours = format!("conformance {}", calls::unique_word());
    let answer = agent.send(backend, &json!({ "userAgent": ours }), None)?;
    // Refusing it is as good as passing it over.
    if answer.status != 400 {
        answer.success()?;
    }
    let (after, answer) = calls::one(backend, &agent.id)?;
    if text(&after, "userAgent") == ours {
        return Err(answer.wrong("userAgent was changed by an edit"));
    }
    Ok(())
}
