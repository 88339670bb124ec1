//! The draft of an agent's editable fields: what the user changed in it, and how it combines with
//! what somebody else changed meanwhile.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::Agent;
use crate::domain::proto3::{messages, opaque, optional_opaque};
use crate::domain::text::{only_visible, trim_blanks};

/// The changed fields of an agent, and the `etag` that the change is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentChanges {
    /// New name, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New description, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// New site, if it changes; empty: none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_opaque"
    )]
    pub site_id: Option<String>,
    /// New private IP, if it changes; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<String>,
    /// The `etag` that the agent had when the change was begun.
    #[serde(default, deserialize_with = "opaque")]
    pub etag: String,
}

messages!(AgentChanges);

/// A field of an agent that the user may edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the labels say it")]
pub enum EditableField {
    Name,
    Description,
    PrivateIp,
    Site,
}

impl EditableField {
    /// All fields, in the order of the dialog.
    pub const ALL: [Self; 4] = [Self::Name, Self::Description, Self::PrivateIp, Self::Site];

    /// The label on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Description => "Description",
            Self::PrivateIp => "Private IP",
            Self::Site => "Site",
        }
    }

    /// The field's path in the agent API's field violations.
    pub fn path(self) -> &'static str {
        match self {
            Self::Name => "agent.name",
            Self::Description => "agent.description",
            Self::PrivateIp => "agent.private_ip",
            Self::Site => "agent.site_id",
        }
    }

    /// The field that the path of a field violation names.
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.path() == path)
    }

    /// The field's value in an agent; of a site, its id.
    pub fn of(self, agent: &Agent) -> &str {
        match self {
            Self::Name => &agent.name,
            Self::Description => &agent.description,
            Self::PrivateIp => &agent.private_ip,
            Self::Site => &agent.site_id,
        }
    }
}

/// The editable fields with the values entered in the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentDraft {
    /// The name, as typed.
    pub name: String,
    /// The description, as typed.
    pub description: String,
    /// The chosen site's id; empty: none.
    pub site_id: String,
    /// The private IP, as typed.
    pub private_ip: String,
}

/// A field that the user and somebody else changed, each to another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    /// The field.
    pub field: EditableField,
    /// The user's value; of a site, its id.
    pub mine: String,
    /// The value that somebody else saved; of a site, its id.
    pub theirs: String,
}

impl AgentDraft {
    /// A draft in which nothing has been changed yet.
    pub fn of(agent: &Agent) -> Self {
        Self {
            name: agent.name.clone(),
            description: agent.description.clone(),
            site_id: agent.site_id.clone(),
            private_ip: agent.private_ip.clone(),
        }
    }

    /// The field's value.
    pub fn get(&self, field: EditableField) -> &str {
        match field {
            EditableField::Name => &self.name,
            EditableField::Description => &self.description,
            EditableField::PrivateIp => &self.private_ip,
            EditableField::Site => &self.site_id,
        }
    }

    /// Changes the field's value.
    pub fn set(&mut self, field: EditableField, value: String) {
        *match field {
            EditableField::Name => &mut self.name,
            EditableField::Description => &mut self.description,
            EditableField::PrivateIp => &mut self.private_ip,
            EditableField::Site => &mut self.site_id,
        } = value;
    }

    /// The changes to send to turn the agent `base` into this draft; `None` if nothing changed.
    pub fn changes_from(&self, base: &Agent) -> Option<AgentChanges> {
        let [name, description, private_ip, site_id] =
            EditableField::ALL.map(|field| self.change(field, base).map(Cow::into_owned));
        let changed = [&name, &description, &private_ip, &site_id]
            .into_iter()
            .any(Option::is_some);
        changed.then(|| AgentChanges {
            name,
            description,
            site_id,
            private_ip,
            etag: base.etag.clone(),
        })
    }

    /// The draft based on `theirs`: keeps what the user changed since `base`, and takes the rest from
    /// `theirs`.
    #[must_use]
    pub fn rebased(&self, base: &Agent, theirs: &Agent) -> Self {
        let mut rebased = Self::of(theirs);
        for field in EditableField::ALL {
            if self.change(field, base).is_some() {
                rebased.set(field, self.get(field).to_owned());
            }
        }
        rebased
    }

    /// The agent with this draft's values, as typed.
    #[must_use]
    pub fn applied_to(&self, agent: &Agent) -> Agent {
        let Self {
            name,
            description,
            site_id,
            private_ip,
        } = self.clone();
        Agent {
            name,
            description,
            site_id,
            private_ip,
            ..agent.clone()
        }
    }

    /// The field's new value as it would be saved, if the user changed it.
    fn change(&self, field: EditableField, base: &Agent) -> Option<Cow<'_, str>> {
        let (entered, saved) = (self.get(field), field.of(base));
        let to_save = match field {
            EditableField::Name => trim_blanks(entered).into(),
            EditableField::PrivateIp => only_visible(entered).into(),
            EditableField::Description | EditableField::Site => Cow::from(entered),
        };
        // A value that was saved with whitespace around it counts as unchanged until it is edited.
        (entered != saved && to_save != saved).then_some(to_save)
    }
}

/// The fields that both the user and somebody else changed since `base`, each to another value.
pub fn conflicts(base: &Agent, mine: &AgentDraft, theirs: &Agent) -> Vec<FieldConflict> {
    let conflict = |field: EditableField| {
        let (mine, theirs) = (mine.change(field, base)?, field.of(theirs));
        (theirs != mine && theirs != field.of(base)).then(|| FieldConflict {
            field,
            mine: mine.into_owned(),
            theirs: theirs.to_owned(),
        })
    };
    EditableField::ALL
        .into_iter()
        .filter_map(conflict)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> Agent {
        Agent {
            id: "a".into(),
            name: "Edge".into(),
            description: " two\nlines ".into(),
            site_id: "s1".into(),
            private_ip: "10.0.0.1".into(),
            etag: "e1".into(),
            ..Agent::default()
        }
    }

    // page.md#agent-dialog/4
    #[test]
    fn fields_are_called_as_on_screen() {
        let labels = EditableField::ALL.map(EditableField::label);
        assert_eq!(labels, ["Name", "Description", "Private IP", "Site"]);
    }

    #[test]
    fn an_untouched_draft_changes_nothing() {
        assert_eq!(AgentDraft::of(&base()).changes_from(&base()), None);
        let blanks = Agent {
            name: " Edge ".into(),
            ..base()
        };
        assert_eq!(AgentDraft::of(&blanks).changes_from(&blanks), None);
    }

    // page.md#agent-dialog/7
    #[test]
    fn only_changed_fields_are_sent_trimmed_with_the_etag() {
        let draft = AgentDraft {
            name: " Core ".into(),
            private_ip: "10.0.0.1 ".into(),
            site_id: String::new(),
            ..AgentDraft::of(&base())
        };
        let expected = AgentChanges {
            name: Some("Core".into()),
            site_id: Some(String::new()),
            etag: "e1".into(),
            ..AgentChanges::default()
        };
        assert_eq!(draft.changes_from(&base()), Some(expected));
    }

    #[test]
    fn a_description_is_sent_as_typed() {
        let draft = AgentDraft {
            description: "two\nlines ".into(),
            ..AgentDraft::of(&base())
        };
        let changes = draft.changes_from(&base()).unwrap();
        assert_eq!(changes.description.as_deref(), Some("two\nlines "));
    }

    // page.md#edit-conflict/2
    #[test]
    fn only_what_both_changed_differently_is_a_conflict() {
        let mine = AgentDraft {
            name: "Mine".into(),
            private_ip: "10.0.0.2".into(),
            description: "mine".into(),
            ..AgentDraft::of(&base())
        };
        let theirs = Agent {
            name: "Theirs".into(),
            private_ip: "10.0.0.2".into(),
            site_id: "s2".into(),
            etag: "e2".into(),
            ..base()
        };
        let conflict = FieldConflict {
            field: EditableField::Name,
            mine: "Mine".into(),
            theirs: "Theirs".into(),
        };
        assert_eq!(conflicts(&base(), &mine, &theirs), [conflict]);

        let rebased = mine.rebased(&base(), &theirs);
        assert_eq!(rebased.site_id, "s2");
        let changes = rebased.changes_from(&theirs).unwrap();
        assert_eq!(
            (changes.name.as_deref(), changes.etag.as_str()),
            (Some("Mine"), "e2")
        );
        assert_eq!((changes.private_ip, changes.site_id), (None, None));
    }

    // agent-api.md#field-violations/2
    #[test]
    fn violations_lead_to_their_fields() {
        for field in EditableField::ALL {
            assert_eq!(EditableField::from_path(field.path()), Some(field));
        }
        assert_eq!(EditableField::from_path("site.title"), None);
    }

    fn any_agent() -> impl Strategy<Value = Agent> {
        ("[ab ]{0,2}", "[ab ]{0,2}", "[ab]{0,1}", "[ab ]{0,1}").prop_map(
            |(name, description, site_id, private_ip)| Agent {
                name,
                description,
                site_id,
                private_ip,
                ..Agent::default()
            },
        )
    }

    proptest! {
        #[test]
        fn sending_the_changes_makes_base_into_the_draft(base in any_agent(), wanted in any_agent()) {
            let draft = AgentDraft::of(&wanted);
            let changes = draft.changes_from(&base).unwrap_or_default();
            let saved = Agent {
                name: changes.name.unwrap_or(base.name),
                description: changes.description.unwrap_or(base.description),
                site_id: changes.site_id.unwrap_or(base.site_id),
                private_ip: changes.private_ip.unwrap_or(base.private_ip),
                ..Agent::default()
            };
            prop_assert_eq!(saved.name.trim(), wanted.name.trim());
            prop_assert_eq!(saved.description, wanted.description);
            prop_assert_eq!(saved.site_id, wanted.site_id);
            prop_assert_eq!(saved.private_ip.trim(), wanted.private_ip.trim());
        }

        #[test]
        fn both_edits_are_kept_and_mine_wins_where_they_conflict(
            base in any_agent(), mine in any_agent(), theirs in any_agent(),
        ) {
            let draft = AgentDraft::of(&mine);
            let conflicts = conflicts(&base, &draft, &theirs);
            let rebased = draft.rebased(&base, &theirs);
            for field in EditableField::ALL {
                let in_conflict = conflicts.iter().any(|conflict| conflict.field == field);
                let (merged, base, theirs) =
                    (rebased.get(field).trim(), field.of(&base), field.of(&theirs));
                if theirs != base && !in_conflict {
                    prop_assert_eq!(merged, theirs.trim());
                } else {
                    prop_assert_eq!(merged, draft.get(field).trim());
                }
            }
        }
    }
}
