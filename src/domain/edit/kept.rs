//! Drafts that are kept for the tab: what was typed and not saved outlives the dialog.
//!
//! They go to a storage that other scripts of the host's can write to, so what comes back may be
//! anything.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::draft::AgentDraft;
use super::entries::AgentEntries;
use super::form_field::SiteMode;
use super::resolution::Resolutions;
use super::save::AgentEdit;
use crate::domain::Agent;

/// The most drafts that are kept; the oldest make room.
const MAX_DRAFTS: usize = 20;
/// The most bytes of a draft; what is larger is not kept.
const MAX_DRAFT_BYTES: usize = 16 * 1024;
/// How long a draft is kept.
const MAX_AGE: TimeDelta = TimeDelta::hours(24);

/// What was typed about one agent, and what it was based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptDraft {
    /// The agent's id.
    id: String,
    /// When it was last typed in, in milliseconds since 1970 on the local clock.
    typed_at_ms: i64,
    /// The agent's fields when the user began.
    base: Fields,
    /// The fields as entered.
    entered: Fields,
    /// The text in Site, if it was typed since a site was chosen.
    site_query: Option<String>,
    /// Whether a new site is on screen.
    is_new_site: bool,
    /// Its title, as typed.
    site_name: String,
    /// Its address, as typed.
    street_address: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    name: String,
    description: String,
    site_id: String,
    private_ip: String,
}

impl From<AgentDraft> for Fields {
    fn from(draft: AgentDraft) -> Self {
        let AgentDraft {
            name,
            description,
            site_id,
            private_ip,
        } = draft;
        Self {
            name,
            description,
            site_id,
            private_ip,
        }
    }
}

impl From<Fields> for AgentDraft {
    fn from(fields: Fields) -> Self {
        let Fields {
            name,
            description,
            site_id,
            private_ip,
        } = fields;
        Self {
            name,
            description,
            site_id,
            private_ip,
        }
    }
}

impl KeptDraft {
    /// What is to be kept of an edit; `None`: nothing is typed.
    pub fn of(edit: &AgentEdit, now: DateTime<Utc>) -> Option<Self> {
        let AgentEdit { base, entries, .. } = edit;
        let entered = entries.clone();
        entries.is_dirty(base).then(|| Self {
            id: base.id.clone(),
            typed_at_ms: now.timestamp_millis(),
            base: AgentDraft::of(base).into(),
            entered: entered.draft.into(),
            site_query: entered.site_query,
            is_new_site: entered.site_mode == SiteMode::New,
            site_name: entered.site_name,
            street_address: entered.street_address,
        })
    }

    /// When it was last typed in, on the local clock.
    pub fn typed_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.typed_at_ms).unwrap_or_default()
    }

    /// The draft on top of the agent as it is now. What somebody else changed since is kept, or in
    /// conflict.
    pub fn restored(self, now: Agent) -> AgentEdit {
        let mut edit = AgentEdit {
            base: AgentDraft::from(self.base).applied_to(&now),
            entries: AgentEntries {
                draft: self.entered.into(),
                site_query: self.site_query,
                site_mode: if self.is_new_site {
                    SiteMode::New
                } else {
                    SiteMode::Existing
                },
                site_name: self.site_name,
                street_address: self.street_address,
            },
            resolutions: Resolutions::default(),
        };
        edit.rebase_onto(now);
        edit
    }

    /// The draft in a dialog that is open already: what is typed there stays.
    pub fn restored_into(self, now: &AgentEdit) -> AgentEdit {
        let mut edit = self.restored(now.base.clone());
        edit.entries.keep_typed(&now.entries, &now.base);
        edit
    }

    fn is_recent(&self, now: DateTime<Utc>) -> bool {
        let age = now.timestamp_millis().checked_sub(self.typed_at_ms);
        // A clock that was set back leaves drafts of the near future.
        age.is_some_and(|age| age.unsigned_abs() < MAX_AGE.num_milliseconds().unsigned_abs())
    }
}

/// All drafts that are kept, each of another agent, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptDrafts(Vec<KeptDraft>);

impl KeptDrafts {
    /// Reads what was kept. What is damaged, too large or too old is passed over.
    pub fn parse(text: &str, now: DateTime<Utc>) -> Self {
        let mut drafts = Self::default();
        if text.len() > 2 * MAX_DRAFTS * MAX_DRAFT_BYTES {
            return drafts;
        }
        for entry in serde_json::from_str::<Vec<Value>>(text).unwrap_or_default() {
            if let Ok(draft) = serde_json::from_value::<KeptDraft>(entry)
                && draft.is_recent(now)
            {
                drafts.put(draft);
            }
        }
        drafts
    }

    /// The text to keep; `None`: there is nothing to be kept.
    pub fn to_text(&self) -> Option<String> {
        (!self.0.is_empty())
            .then(|| serde_json::to_string(&self.0).ok())
            .flatten()
    }

    /// The draft of an agent that is worth offering: one that would change the agent as it is now.
    pub fn of(&self, agent: &Agent) -> Option<KeptDraft> {
        let draft = self.0.iter().find(|draft| draft.id == agent.id)?;
        let AgentEdit { base, entries, .. } = draft.clone().restored(agent.clone());
        entries.is_dirty(&base).then(|| draft.clone())
    }

    /// Keeps a draft in the place of an older one of the same agent.
    pub fn put(&mut self, draft: KeptDraft) {
        self.remove(&draft.id);
        let size = serde_json::to_string(&draft).map_or(usize::MAX, |text| text.len());
        if size > MAX_DRAFT_BYTES {
            return;
        }
        self.0.push(draft);
        let surplus = self.0.len().saturating_sub(MAX_DRAFTS);
        self.0.drain(..surplus);
    }

    /// Forgets the draft of an agent.
    pub fn remove(&mut self, id: &str) {
        self.0.retain(|draft| draft.id != id);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::EditableField;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 14, 3, 0).unwrap()
    }

    fn agent(id: &str) -> Agent {
        Agent {
            id: id.into(),
            name: "Edge".into(),
            private_ip: "10.0.0.1".into(),
            etag: "e1".into(),
            ..Agent::default()
        }
    }

    fn renamed(id: &str) -> AgentEdit {
        let mut edit = AgentEdit::of(agent(id));
        edit.entries.draft.name = "Core".into();
        edit.entries.site_mode = SiteMode::New;
        edit.entries.street_address = "1 Bryggen".into();
        edit
    }

    fn kept(id: &str) -> KeptDraft {
        KeptDraft::of(&renamed(id), now()).unwrap()
    }

    fn all(drafts: &[KeptDraft]) -> KeptDrafts {
        let mut all = KeptDrafts::default();
        for draft in drafts {
            all.put(draft.clone());
        }
        all
    }

    // page.md#agent-dialog/15
    #[test]
    fn what_was_typed_comes_back_as_it_was() {
        let text = all(&[kept("a"), kept("b")]).to_text().unwrap();
        let drafts = KeptDrafts::parse(&text, now());
        let draft = drafts.of(&agent("a")).unwrap();
        assert_eq!(draft.typed_at(), now());
        assert_eq!(draft.restored(agent("a")), renamed("a"));
        assert_eq!(drafts.of(&agent("c")), None);
    }

    #[test]
    fn nothing_typed_is_nothing_kept() {
        assert_eq!(KeptDraft::of(&AgentEdit::of(agent("a")), now()), None);
        assert_eq!(KeptDrafts::default().to_text(), None);
        let mut drafts = all(&[kept("a")]);
        drafts.remove("a");
        assert_eq!(drafts.to_text(), None);
    }

    #[test]
    fn what_has_been_saved_since_is_not_offered() {
        let mut edit = AgentEdit::of(agent("a"));
        edit.entries.draft.name = "Core".into();
        let drafts = all(&[KeptDraft::of(&edit, now()).unwrap()]);
        assert!(drafts.of(&agent("a")).is_some());
        let saved = Agent {
            name: "Core".into(),
            etag: "e2".into(),
            ..agent("a")
        };
        assert_eq!(drafts.of(&saved), None);
    }

    // page.md#agent-dialog/17
    #[test]
    fn a_restored_draft_stands_on_top_of_what_others_saved() {
        let now = Agent {
            private_ip: "::1".into(),
            etag: "e2".into(),
            ..agent("a")
        };
        let edit = kept("a").restored(now.clone());
        let changes = edit.entries.draft.changes_from(&edit.base).unwrap();
        assert_eq!(changes.name.as_deref(), Some("Core"));
        assert_eq!((changes.private_ip, changes.etag.as_str()), (None, "e2"));
        let theirs = Agent {
            name: "Theirs".into(),
            ..now
        };
        let edit = kept("a").restored(theirs);
        assert!(edit.resolutions.get(EditableField::Name).is_some());
        assert_eq!(edit.entries.draft.name, "Core");
    }

    #[test]
    fn what_is_typed_since_is_not_lost_to_an_older_draft() {
        let mut now = AgentEdit::of(agent("a"));
        now.entries.draft.private_ip = "::9".into();
        let entries = kept("a").restored_into(&now).entries;
        assert_eq!(entries.draft.name, "Core");
        assert_eq!(entries.draft.private_ip, "::9");
        assert_eq!(entries.street_address, "1 Bryggen");
        now.entries.draft.name = "Newer".into();
        now.entries.site_name = "Oslo".into();
        let entries = kept("a").restored_into(&now).entries;
        assert_eq!(entries.draft.name, "Newer");
        assert_eq!(entries.site_name, "Oslo");
        assert_eq!(entries.street_address, "");
    }

    #[test]
    fn drafts_are_few_small_and_of_the_last_day() {
        let many: Vec<_> = (0..50).map(|index| kept(&index.to_string())).collect();
        let drafts = all(&many);
        assert_eq!(drafts.0.len(), MAX_DRAFTS);
        assert_eq!(drafts.0.last(), many.last());

        let mut large = renamed("a");
        large.entries.draft.description = "x".repeat(MAX_DRAFT_BYTES);
        let mut drafts = all(&[kept("a")]);
        drafts.put(KeptDraft::of(&large, now()).unwrap());
        assert_eq!(drafts.to_text(), None);

        let text = all(&[kept("a")]).to_text().unwrap();
        for (hours, count) in [(0, 1), (23, 1), (24, 0), (25, 0), (-25, 0)] {
            let later = now() + TimeDelta::hours(hours);
            assert_eq!(KeptDrafts::parse(&text, later).0.len(), count, "{hours}");
        }
    }

    #[test]
    fn as_many_large_drafts_as_are_kept_are_read_again() {
        let large = |index: usize| {
            let mut edit = renamed(&index.to_string());
            edit.entries.draft.description = "x".repeat(15_000);
            KeptDraft::of(&edit, now()).unwrap()
        };
        let drafts = all(&(0..MAX_DRAFTS).map(large).collect::<Vec<_>>());
        assert_eq!(drafts.0.len(), MAX_DRAFTS);
        let text = drafts.to_text().unwrap();
        assert_eq!(KeptDrafts::parse(&text, now()), drafts);
    }

    #[test]
    fn damaged_entries_cost_themselves_alone() {
        let good = serde_json::to_value(kept("a")).unwrap();
        let mut bad = good.clone();
        bad["typedAtMs"] = "then".into();
        let mut ancient = good.clone();
        ancient["typedAtMs"] = i64::MIN.into();
        let text = serde_json::json!([7, null, bad, {}, good, ancient, "x"]).to_string();
        assert_eq!(KeptDrafts::parse(&text, now()), all(&[kept("a")]));
        let deep = "[".repeat(200_000);
        let huge = format!("[{}]", "7,".repeat(1_000_000));
        for text in ["", "null", "{}", "[", "\"", &deep, &huge] {
            assert_eq!(KeptDrafts::parse(text, now()), KeptDrafts::default());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>(), at in any::<i64>()) {
            KeptDrafts::parse(&text, now());
            let draft = KeptDraft { typed_at_ms: at, ..kept("a") };
            draft.typed_at();
            let text = serde_json::to_string(&[draft]).unwrap();
            KeptDrafts::parse(&text, now());
        }
    }
}
