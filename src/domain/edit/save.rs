//! How a save proceeds: which call comes next, and how it ends.
//!
//! A save creates the new site first, if there is one, then changes the agent. Where somebody else
//! changed the agent meanwhile, it reads the agent again, puts the user's changes on top, and tries
//! again, unless both changed the same field: then the user decides. Where an answer was lost, in
//! whatever way, it reads what it had changed, and learns whether that was done.
//!
//! What is saved is what was entered when the user pressed Save. What is typed later stays in the
//! dialog, and keeps it open.

use std::collections::BTreeMap;

use super::draft::{AgentChanges, AgentDraft, FieldConflict, conflicts};
use super::entries::{AgentEntries, SiteEntry};
use super::form_field::FormField;
use super::resolution::Resolutions;
use super::validate::InvalidEntry;
use crate::domain::{Agent, Site};

/// Somebody else may save again and again; after this many updates the user decides.
const MAX_UPDATES: usize = 4;

/// An agent and the user's changes to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentEdit {
    /// The agent as it was when the dialog was opened, or when it was last read or saved since.
    pub base: Agent,
    /// Everything entered in the dialog.
    pub entries: AgentEntries,
    /// The fields that somebody else changed, too.
    pub resolutions: Resolutions,
}

impl AgentEdit {
    /// An agent that the user has not changed yet.
    pub fn of(agent: Agent) -> Self {
        Self {
            entries: AgentEntries::of(&agent),
            base: agent,
            resolutions: Resolutions::default(),
        }
    }

    /// Puts the user's changes on top of what somebody else saved. Fields that both changed are in
    /// conflict, and keep the user's value until it is decided.
    pub(super) fn rebase_onto(&mut self, theirs: Agent) {
        let draft: &mut AgentDraft = &mut self.entries.draft;
        let conflicts = conflicts(&self.base, draft, &theirs);
        *draft = draft.rebased(&self.base, &theirs);
        self.base = theirs;
        self.resolutions = Resolutions::undecided(conflicts);
    }
}

/// What a save has to do next. `E` is the error of a failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveStep<E> {
    /// Create a site. Answered by [`SaveEvent::SiteCreated`], [`SaveEvent::SiteTitleTaken`],
    /// [`SaveEvent::NoAnswer`] or [`SaveEvent::Failed`].
    CreateSite(SiteEntry),
    /// Read the sites, and look for one that was created though its answer was lost. Answered by
    /// [`SaveEvent::SiteCreated`] or [`SaveEvent::SiteNotFound`].
    FindSite {
        /// The site to look for.
        site: SiteEntry,
        /// How the save ends if there is none.
        otherwise: SaveStopped<E>,
    },
    /// Change the agent. Answered by [`SaveEvent::AgentUpdated`], [`SaveEvent::EtagOutdated`],
    /// [`SaveEvent::AgentGone`], [`SaveEvent::NoAnswer`] or [`SaveEvent::Failed`].
    UpdateAgent(AgentChanges),
    /// Read the agent again. Answered by [`SaveEvent::AgentRead`], [`SaveEvent::AgentGone`] or
    /// [`SaveEvent::Failed`].
    ReadAgent,
    /// Nothing more: the save is over.
    End(Result<Saved, SaveStopped<E>>),
}

/// What happened to a save.
#[derive(Clone, Debug, PartialEq)]
pub enum SaveEvent<E> {
    /// The user pressed Save.
    Submitted,
    /// The site exists.
    SiteCreated(Site),
    /// A site with this title exists already.
    SiteTitleTaken(E),
    /// None of the sites is the one looked for, or they could not be read: the save ends like this.
    SiteNotFound(SaveStopped<E>),
    /// The agent was changed, and is now this.
    AgentUpdated(Agent),
    /// Somebody else changed the agent since it was last read.
    EtagOutdated,
    /// The agent is now this.
    AgentRead(Agent),
    /// The agent no longer exists.
    AgentGone,
    /// A change failed without an answer to go by. What was asked for may have been done.
    NoAnswer(E),
    /// A call failed.
    Failed(E),
}

/// How a save succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Nothing had changed, so that nothing was sent.
    Unchanged,
    /// Everything is saved.
    Changed,
}

/// Why a save did not finish. Nothing that was typed is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveStopped<E> {
    /// Save is off for now.
    Blocked,
    /// Something has to be entered or decided first; nothing was sent.
    NotReady {
        /// The fields with invalid entries.
        errors: BTreeMap<FormField, InvalidEntry>,
        /// Whether a field in conflict is undecided.
        has_undecided: bool,
    },
    /// The site's title is taken by another site.
    SiteTitleTaken(E),
    /// Somebody else changed the same fields; they are in the [`AgentEdit::resolutions`].
    InConflict,
    /// Somebody else saved each time just before.
    GaveUp,
    /// Saved, except for what was typed during the save.
    TypedMeanwhile,
    /// A change failed without an answer to go by, and what was read since does not show that it was
    /// done. It may be done yet.
    NoAnswer(E),
    /// The dialog was closed: nothing more is sent.
    Closed,
    /// The agent no longer exists.
    AgentGone,
    /// A call failed.
    Failed(E),
}

/// One save, from [`SaveEvent::Submitted`] to [`SaveStep::End`].
#[derive(Debug)]
pub struct SaveProtocol<E> {
    /// What the user wants to be saved: the entries when Save was pressed, and what became of them.
    wanted: AgentEntries,
    /// The site that is being created.
    site: Option<SiteEntry>,
    /// How many updates were sent.
    updates: usize,
    /// How the last update failed, if it may have been done all the same.
    unanswered: Option<E>,
}

impl<E> Default for SaveProtocol<E> {
    fn default() -> Self {
        Self {
            wanted: AgentEntries::default(),
            site: None,
            updates: 0,
            unanswered: None,
        }
    }
}

impl<E> SaveProtocol<E> {
    /// Takes what happened, and gives what to do next. `edit` is what the dialog now shows; what
    /// changes in it has to be shown at once.
    pub fn next(&mut self, event: SaveEvent<E>, edit: &mut AgentEdit) -> SaveStep<E> {
        match event {
            SaveEvent::Submitted => self.begin(edit),
            SaveEvent::SiteCreated(site) => {
                edit.entries.take_created_site(&self.wanted, &site.id);
                self.wanted.choose_created_site(site.id);
                self.site = None;
                self.update(edit)
            }
            SaveEvent::SiteTitleTaken(taken) => self.find_site(SaveStopped::SiteTitleTaken(taken)),
            SaveEvent::SiteNotFound(otherwise) => stop(otherwise),
            SaveEvent::AgentUpdated(agent) => self.finish(agent, edit),
            SaveEvent::EtagOutdated => SaveStep::ReadAgent,
            SaveEvent::AgentRead(theirs) => self.compare(theirs, edit),
            SaveEvent::NoAnswer(error) if self.site.is_some() => {
                self.find_site(SaveStopped::NoAnswer(error))
            }
            SaveEvent::NoAnswer(error) => {
                self.unanswered = Some(error);
                SaveStep::ReadAgent
            }
            SaveEvent::AgentGone => stop(SaveStopped::AgentGone),
            SaveEvent::Failed(error) => stop(match self.unanswered.take() {
                Some(unanswered) => SaveStopped::NoAnswer(unanswered),
                None => SaveStopped::Failed(error),
            }),
        }
    }

    fn begin(&mut self, edit: &AgentEdit) -> SaveStep<E> {
        let errors = edit.entries.validation_errors(&edit.base);
        let has_undecided = !edit.resolutions.are_decided();
        if !errors.is_empty() || has_undecided {
            return stop(SaveStopped::NotReady {
                errors,
                has_undecided,
            });
        }
        self.wanted = edit.entries.clone();
        match edit.entries.new_site() {
            Some(site) => {
                self.site = Some(site.clone());
                SaveStep::CreateSite(site)
            }
            None => self.update(edit),
        }
    }

    fn find_site(&mut self, otherwise: SaveStopped<E>) -> SaveStep<E> {
        match self.site.take() {
            Some(site) => SaveStep::FindSite { site, otherwise },
            None => stop(otherwise),
        }
    }

    fn update(&mut self, edit: &AgentEdit) -> SaveStep<E> {
        match self.wanted.draft.changes_from(&edit.base) {
            None => SaveStep::End(Ok(Saved::Unchanged)),
            Some(_) if self.updates == MAX_UPDATES => stop(SaveStopped::GaveUp),
            Some(changes) => {
                self.updates += 1;
                SaveStep::UpdateAgent(changes)
            }
        }
    }

    /// Compares the agent as it was just read with what is wanted.
    fn compare(&mut self, theirs: Agent, edit: &mut AgentEdit) -> SaveStep<E> {
        if self.wanted.draft.changes_from(&theirs).is_none() {
            // An earlier update had succeeded, but its answer was lost.
            return self.finish(theirs, edit);
        }
        let in_conflict = conflicts(&edit.base, &self.wanted.draft, &theirs);
        self.wanted.draft = self.wanted.draft.rebased(&edit.base, &theirs);
        edit.rebase_onto(theirs);
        if !edit.resolutions.are_decided() {
            return stop(SaveStopped::InConflict);
        }
        if let Some(error) = self.unanswered.take() {
            // It may still be under way: the user decides whether to send it again.
            return stop(SaveStopped::NoAnswer(error));
        }
        // The user has taken these back since, so that theirs stay.
        for FieldConflict { field, theirs, .. } in in_conflict {
            self.wanted.draft.set(field, theirs);
        }
        self.update(edit)
    }

    /// The agent is saved. What was typed since stays; the other fields show what is saved.
    fn finish(&self, agent: Agent, edit: &mut AgentEdit) -> SaveStep<E> {
        let has_typed_since = edit.entries != self.wanted;
        edit.base = self.wanted.draft.applied_to(&edit.base);
        edit.rebase_onto(agent);
        if has_typed_since {
            stop(SaveStopped::TypedMeanwhile)
        } else {
            SaveStep::End(Ok(Saved::Changed))
        }
    }
}

fn stop<E>(reason: SaveStopped<E>) -> SaveStep<E> {
    SaveStep::End(Err(reason))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{EditableField, PostalAddress, Side, SiteMode};

    type Step = SaveStep<&'static str>;
    type Event = SaveEvent<&'static str>;

    fn agent() -> Agent {
        Agent {
            id: "a".into(),
            name: "Edge".into(),
            description: "old".into(),
            site_id: "s1".into(),
            private_ip: "10.0.0.1".into(),
            etag: "e0".into(),
            ..Agent::default()
        }
    }

    fn edit(change: impl FnOnce(&mut AgentEntries)) -> AgentEdit {
        let mut edit = AgentEdit::of(agent());
        change(&mut edit.entries);
        edit
    }

    fn renamed() -> AgentEdit {
        edit(|entries| entries.draft.name = "Core".into())
    }

    fn with_new_site() -> AgentEdit {
        edit(|entries| {
            entries.site_mode = SiteMode::New;
            entries.site_name = "Bergen".into();
            entries.street_address = "1 Bryggen".into();
        })
    }

    fn bergen() -> SiteEntry {
        SiteEntry {
            title: "Bergen".into(),
            address: "1 Bryggen".into(),
        }
    }

    fn site(id: &str, entry: &SiteEntry) -> Site {
        Site {
            id: id.into(),
            title: entry.title.clone(),
            postal_address: PostalAddress {
                address: entry.address.clone(),
                ..PostalAddress::default()
            },
            ..Site::default()
        }
    }

    fn changes(step: Step) -> AgentChanges {
        match step {
            SaveStep::UpdateAgent(changes) => changes,
            step => panic!("{step:?}"),
        }
    }

    #[test]
    fn an_unchanged_agent_sends_nothing() {
        let mut edit = edit(|_| ());
        let step: Step = SaveProtocol::default().next(SaveEvent::Submitted, &mut edit);
        assert_eq!(step, SaveStep::End(Ok(Saved::Unchanged)));
    }

    #[test]
    fn the_changed_field_is_sent_with_the_etag() {
        let mut edit = renamed();
        let mut save = SaveProtocol::default();
        let expected = AgentChanges {
            name: Some("Core".into()),
            etag: "e0".into(),
            ..AgentChanges::default()
        };
        assert_eq!(
            changes(save.next(SaveEvent::Submitted, &mut edit)),
            expected
        );
        let saved = Agent {
            name: "Core".into(),
            etag: "e1".into(),
            ..agent()
        };
        let step: Step = save.next(SaveEvent::AgentUpdated(saved.clone()), &mut edit);
        assert_eq!(step, SaveStep::End(Ok(Saved::Changed)));
        assert_eq!(edit.base, saved);
    }

    #[test]
    fn invalid_entries_and_open_conflicts_send_nothing() {
        let mut edit = edit(|entries| entries.draft.private_ip = "10".into());
        let theirs = Agent {
            private_ip: "::1".into(),
            ..agent()
        };
        edit.rebase_onto(theirs);
        let step: Step = SaveProtocol::default().next(SaveEvent::Submitted, &mut edit);
        let stopped = SaveStopped::NotReady {
            errors: BTreeMap::from([(EditableField::PrivateIp.into(), InvalidEntry::NotAnAddress)]),
            has_undecided: true,
        };
        assert_eq!(step, SaveStep::End(Err(stopped)));
    }

    #[test]
    fn a_new_site_is_created_first_and_then_chosen() {
        let mut edit = with_new_site();
        let mut save = SaveProtocol::default();
        let step: Step = save.next(SaveEvent::Submitted, &mut edit);
        assert_eq!(step, SaveStep::CreateSite(bergen()));
        let created = SaveEvent::SiteCreated(site("s9", &bergen()));
        let changes = changes(save.next(created, &mut edit));
        assert_eq!(changes.site_id.as_deref(), Some("s9"));
        let step: Step = save.next(SaveEvent::Failed("503"), &mut edit);
        assert_eq!(step, SaveStep::End(Err(SaveStopped::Failed("503"))));
        // The next Save creates no other.
        let step: Step = SaveProtocol::default().next(SaveEvent::Submitted, &mut edit);
        assert!(matches!(step, SaveStep::UpdateAgent(_)));
    }

    #[test]
    fn a_taken_title_may_be_of_the_site_that_was_just_asked_for() {
        for (event, expected) in [
            (SaveEvent::SiteCreated(site("s9", &bergen())), None),
            (
                SaveEvent::SiteNotFound(SaveStopped::SiteTitleTaken("taken")),
                Some(SaveStopped::SiteTitleTaken("taken")),
            ),
        ] {
            let mut edit = with_new_site();
            let mut save = SaveProtocol::default();
            let _: Step = save.next(SaveEvent::Submitted, &mut edit);
            let step = save.next(SaveEvent::SiteTitleTaken("taken"), &mut edit);
            let (site, otherwise) = (bergen(), SaveStopped::SiteTitleTaken("taken"));
            assert_eq!(step, SaveStep::FindSite { site, otherwise });
            match expected {
                None => {
                    let changes = changes(save.next(event, &mut edit));
                    assert_eq!(changes.site_id.as_deref(), Some("s9"));
                }
                Some(stopped) => {
                    assert_eq!(save.next(event, &mut edit), SaveStep::End(Err(stopped)));
                    assert_eq!(edit, with_new_site());
                }
            }
        }
    }

    #[test]
    fn changes_of_others_to_other_fields_are_kept() {
        let mut edit = renamed();
        let mut save = SaveProtocol::default();
        let _: Step = save.next(SaveEvent::Submitted, &mut edit);
        let step: Step = save.next(SaveEvent::EtagOutdated, &mut edit);
        assert_eq!(step, SaveStep::ReadAgent);
        let theirs = Agent {
            description: "theirs".into(),
            etag: "e1".into(),
            ..agent()
        };
        let changes = changes(save.next(SaveEvent::AgentRead(theirs), &mut edit));
        assert_eq!(
            (changes.name.as_deref(), changes.etag.as_str()),
            (Some("Core"), "e1")
        );
        assert_eq!(changes.description, None);
        assert_eq!(edit.entries.draft.description, "theirs");
    }

    #[test]
    fn somebody_who_saves_again_and_again_is_given_up_on() {
        let mut edit = renamed();
        let mut save = SaveProtocol::default();
        let mut step: Step = save.next(SaveEvent::Submitted, &mut edit);
        let mut updates = 0;
        while let SaveStep::UpdateAgent(_) = step {
            updates += 1;
            let theirs = Agent {
                description: format!("theirs, {updates}"),
                etag: format!("e{updates}"),
                ..agent()
            };
            let outdated: Step = save.next(SaveEvent::EtagOutdated, &mut edit);
            assert_eq!(outdated, SaveStep::ReadAgent);
            step = save.next(SaveEvent::AgentRead(theirs), &mut edit);
        }
        assert_eq!(step, SaveStep::End(Err(SaveStopped::GaveUp)));
        assert_eq!(updates, MAX_UPDATES);
    }

    #[test]
    fn a_conflict_alone_sends_nothing() {
        let mut edit = renamed();
        edit.resolutions = Resolutions::undecided(conflicts(
            &edit.base,
            &edit.entries.draft,
            &Agent {
                name: "Theirs".into(),
                ..agent()
            },
        ));
        let step: Step = SaveProtocol::default().next(SaveEvent::Submitted, &mut edit);
        let expected = SaveStopped::NotReady {
            errors: BTreeMap::new(),
            has_undecided: true,
        };
        assert_eq!(step, SaveStep::End(Err(expected)));
    }

    #[test]
    fn a_field_that_both_changed_waits_for_a_decision() {
        let mut edit = renamed();
        let mut save = SaveProtocol::default();
        let _: Step = save.next(SaveEvent::Submitted, &mut edit);
        let theirs = Agent {
            name: "Theirs".into(),
            etag: "e1".into(),
            ..agent()
        };
        let step: Step = save.next(SaveEvent::AgentRead(theirs), &mut edit);
        assert_eq!(step, SaveStep::End(Err(SaveStopped::InConflict)));
        assert_eq!(edit.entries.draft.name, "Core");
        edit.resolutions.resolve(EditableField::Name, Side::Mine);
        let step: Step = SaveProtocol::default().next(SaveEvent::Submitted, &mut edit);
        assert_eq!(changes(step).etag, "e1");
    }

    #[test]
    fn an_update_whose_answer_was_lost_counts_once_it_is_read() {
        let mut edit = renamed();
        let mut save = SaveProtocol::default();
        let _: Step = save.next(SaveEvent::Submitted, &mut edit);
        let mine = Agent {
            name: "Core".into(),
            etag: "e1".into(),
            ..agent()
        };
        let step: Step = save.next(SaveEvent::AgentRead(mine), &mut edit);
        assert_eq!(step, SaveStep::End(Ok(Saved::Changed)));
    }

    #[test]
    fn what_is_typed_during_the_save_keeps_the_dialog_open() {
        let mut edit = renamed();
        let mut save = SaveProtocol::default();
        let _: Step = save.next(SaveEvent::Submitted, &mut edit);
        edit.entries.street_address = "1".into();
        let step: Step = save.next(SaveEvent::AgentUpdated(agent()), &mut edit);
        assert_eq!(step, SaveStep::End(Err(SaveStopped::TypedMeanwhile)));
    }

    // page.md#agent-dialog/12
    #[test]
    fn what_is_typed_during_the_save_is_not_sent_unasked() {
        let mut edit = with_new_site();
        let mut save = SaveProtocol::default();
        let _: Step = save.next(SaveEvent::Submitted, &mut edit);
        edit.entries.draft.private_ip = "10.0".into();
        edit.entries.street_address = "2 Bryggen".into();
        let created = SaveEvent::SiteCreated(site("s9", &bergen()));
        let sent = changes(save.next(created, &mut edit));
        assert_eq!(
            (sent.site_id.as_deref(), sent.private_ip),
            (Some("s9"), None)
        );
        let saved = Agent {
            site_id: "s9".into(),
            etag: "e1".into(),
            ..agent()
        };
        let step: Step = save.next(SaveEvent::AgentUpdated(saved), &mut edit);
        assert_eq!(step, SaveStep::End(Err(SaveStopped::TypedMeanwhile)));
        assert_eq!(edit.entries.draft.private_ip, "10.0");
        assert_eq!(edit.entries.street_address, "2 Bryggen");
        assert_eq!(edit.entries.site_mode, SiteMode::New);
    }

    // page.md#agent-dialog/14
    #[test]
    fn without_an_answer_the_agent_itself_tells_whether_it_was_saved() {
        let saved = Agent {
            name: "Core".into(),
            etag: "e1".into(),
            ..agent()
        };
        for (event, expected) in [
            (SaveEvent::AgentRead(saved), Ok(Saved::Changed)),
            (
                SaveEvent::AgentRead(agent()),
                Err(SaveStopped::NoAnswer("lost")),
            ),
            (SaveEvent::Failed("503"), Err(SaveStopped::NoAnswer("lost"))),
            (SaveEvent::AgentGone, Err(SaveStopped::AgentGone)),
        ] {
            let mut edit = renamed();
            let mut save = SaveProtocol::default();
            let _: Step = save.next(SaveEvent::Submitted, &mut edit);
            let step: Step = save.next(SaveEvent::NoAnswer("lost"), &mut edit);
            assert_eq!(step, SaveStep::ReadAgent);
            assert_eq!(save.next(event, &mut edit), SaveStep::End(expected));
            assert_eq!(edit.entries.draft.name, "Core");
        }
    }

    // page.md#agent-dialog/14
    #[test]
    fn without_an_answer_the_sites_tell_whether_one_was_created() {
        let mut edit = with_new_site();
        let mut save = SaveProtocol::default();
        let _: Step = save.next(SaveEvent::Submitted, &mut edit);
        let step: Step = save.next(SaveEvent::NoAnswer("lost"), &mut edit);
        let (site, otherwise) = (bergen(), SaveStopped::NoAnswer("lost"));
        let looks = SaveStep::FindSite {
            site,
            otherwise: otherwise.clone(),
        };
        assert_eq!(step, looks);
        let step: Step = save.next(SaveEvent::SiteNotFound(otherwise.clone()), &mut edit);
        assert_eq!(step, SaveStep::End(Err(otherwise)));
        assert_eq!(edit, with_new_site());
    }

    #[test]
    fn an_agent_that_is_gone_ends_the_save() {
        for event in [SaveEvent::AgentGone, SaveEvent::EtagOutdated] {
            let mut edit = renamed();
            let mut save = SaveProtocol::default();
            let _: Step = save.next(SaveEvent::Submitted, &mut edit);
            let mut step: Step = save.next(event, &mut edit);
            if step == SaveStep::ReadAgent {
                step = save.next(SaveEvent::AgentGone, &mut edit);
            }
            assert_eq!(step, SaveStep::End(Err(SaveStopped::AgentGone)));
            assert_eq!(edit, renamed());
        }
    }

    /// The most events of one save: Submitted, two about the site, two for each update.
    const MAX_EVENTS: usize = 3 + 2 * MAX_UPDATES;

    /// What goes wrong at one call.
    #[derive(Clone, Debug)]
    enum Trouble {
        None,
        /// The call does not reach the server.
        Lost,
        /// The server does what it is asked to, but its answer is lost.
        AnswerLost,
        /// Nothing is heard of the call, nor did the server hear of it.
        NoAnswer,
        /// The server does what it is asked to, but does not answer in time.
        DoneWithoutAnswer,
        /// The user goes on typing about a new site during the call.
        TypedSite(String, String),
        /// Somebody else changes the agent just before.
        OtherEdit(EditableField, String),
        /// Somebody else creates a site of the same title just before.
        OtherSite,
        /// Somebody else removes the agent just before.
        Removed,
        /// The user goes on typing during the call.
        Typed(EditableField, String),
    }

    /// A server with one agent, which holds a save to what it promises.
    struct Server {
        agent: Agent,
        is_gone: bool,
        revision: usize,
        /// How often the user's changes were saved.
        saves: usize,
        sites: Vec<Arc<Site>>,
        created: usize,
        /// What the user knows a field to have been: values shown, and values the user saved.
        known: BTreeSet<(EditableField, String)>,
    }

    /// A value as the user sees it: blanks around it count in a description alone.
    fn seen(field: EditableField, value: &str) -> (EditableField, String) {
        let value = match field {
            EditableField::Description => value,
            _ => value.trim(),
        };
        (field, value.to_owned())
    }

    impl Server {
        fn new() -> Self {
            Self {
                agent: agent(),
                is_gone: false,
                revision: 0,
                saves: 0,
                sites: Vec::new(),
                created: 0,
                known: EditableField::ALL
                    .map(|field| seen(field, field.of(&agent())))
                    .into(),
            }
        }

        fn edit(&mut self, field: EditableField, value: &str) {
            let mut draft = AgentDraft::of(&self.agent);
            draft.set(field, value.to_owned());
            self.revision += 1;
            self.agent = Agent {
                etag: format!("e{}", self.revision),
                ..draft.applied_to(&self.agent)
            };
        }

        fn create(&mut self, entry: &SiteEntry) -> Event {
            if self.sites.iter().any(|site| site.title == entry.title) {
                return SaveEvent::SiteTitleTaken("taken");
            }
            self.created += 1;
            let site = site(&format!("new{}", self.created), entry);
            self.sites.push(Arc::new(site.clone()));
            SaveEvent::SiteCreated(site)
        }

        fn update(&mut self, changes: &AgentChanges) -> Event {
            if self.is_gone {
                return SaveEvent::AgentGone;
            }
            if changes.etag != self.agent.etag {
                return SaveEvent::EtagOutdated;
            }
            self.saves += 1;
            for field in EditableField::ALL {
                if let Some(value) = value(changes, field) {
                    let overwritten = seen(field, field.of(&self.agent));
                    assert!(self.known.contains(&overwritten), "{overwritten:?} unseen");
                    self.known.insert(seen(field, value));
                    self.edit(field, value);
                }
            }
            SaveEvent::AgentUpdated(self.agent.clone())
        }

        fn answer(&mut self, step: &Step) -> Event {
            match step {
                SaveStep::CreateSite(entry) => self.create(entry),
                SaveStep::FindSite { site, otherwise } => match site.find_in(&self.sites) {
                    Some(site) => SaveEvent::SiteCreated(site),
                    None => SaveEvent::SiteNotFound(otherwise.clone()),
                },
                SaveStep::UpdateAgent(changes) => self.update(changes),
                SaveStep::ReadAgent if self.is_gone => SaveEvent::AgentGone,
                SaveStep::ReadAgent => SaveEvent::AgentRead(self.agent.clone()),
                SaveStep::End(_) => unreachable!(),
            }
        }
    }

    fn value(changes: &AgentChanges, field: EditableField) -> Option<&str> {
        let value = match field {
            EditableField::Name => &changes.name,
            EditableField::Description => &changes.description,
            EditableField::PrivateIp => &changes.private_ip,
            EditableField::Site => &changes.site_id,
        };
        value.as_deref()
    }

    /// The fields that the user changed and that are not saved yet.
    fn unsaved(edit: &AgentEdit) -> Vec<(EditableField, String)> {
        let changes = edit.entries.draft.changes_from(&edit.base);
        let changes = changes.unwrap_or_default();
        EditableField::ALL
            .into_iter()
            .filter(|&field| value(&changes, field).is_some())
            .map(|field| (field, edit.entries.draft.get(field).to_owned()))
            .collect()
    }

    /// What the user entered stays, but for the site that was created.
    fn check_kept(
        before: &AgentEdit,
        edit: &AgentEdit,
        submitted: &AgentEntries,
        created: Option<&str>,
    ) {
        // What the user entered stays, but for the site that was created, and for blanks that
        // were saved without.
        for (field, value) in unsaved(before) {
            if field != EditableField::Site || created.is_none() {
                assert_eq!(edit.entries.draft.get(field).trim(), value.trim());
            }
        }
        if let Some(id) = created {
            let typed = &before.entries;
            let has_chosen = typed.draft.site_id != submitted.draft.site_id;
            let expected = if has_chosen { &typed.draft.site_id } else { id };
            assert_eq!(edit.entries.draft.site_id, expected);
            let has_typed = (&typed.site_name, &typed.street_address)
                != (&submitted.site_name, &submitted.street_address);
            if has_typed {
                assert_eq!(edit.entries.site_name, typed.site_name);
                assert_eq!(edit.entries.street_address, typed.street_address);
                assert_eq!(edit.entries.site_mode, typed.site_mode);
            } else {
                assert_eq!(edit.entries.new_site(), None);
            }
        } else {
            let draft = edit.entries.draft.clone();
            let kept = AgentEntries {
                draft,
                ..before.entries.clone()
            };
            assert_eq!(edit.entries, kept);
        }
    }

    /// One save against the server, with trouble at its calls; checks each step.
    fn save(
        edit: &mut AgentEdit,
        server: &mut Server,
        trouble: &mut impl Iterator<Item = Trouble>,
    ) -> Result<Saved, SaveStopped<&'static str>> {
        let mut save = SaveProtocol::default();
        let mut event = SaveEvent::Submitted;
        let submitted = edit.entries.clone();
        for _ in 0..MAX_EVENTS {
            let before = edit.clone();
            let created = match &event {
                SaveEvent::SiteCreated(site) => Some(site.id.clone()),
                _ => None,
            };
            let is_read = matches!(event, SaveEvent::AgentRead(_) | SaveEvent::AgentUpdated(_));
            let step = save.next(event, edit);

            check_kept(&before, edit, &submitted, created.as_deref());
            if is_read {
                for field in EditableField::ALL {
                    // What the user sees, or has just asked for, whoever then did it.
                    let there = seen(field, field.of(&server.agent));
                    let shown = edit.entries.draft.get(field) == field.of(&server.agent);
                    if shown || seen(field, submitted.draft.get(field)) == there {
                        server.known.insert(there);
                    }
                }
            }

            if let SaveStep::UpdateAgent(changes) = &step {
                assert_eq!(changes.etag, edit.base.etag);
                // Nothing is sent that the user has not pressed Save for.
                for field in EditableField::ALL {
                    let mine = value(changes, field).filter(|_| field != EditableField::Site);
                    assert!(
                        mine.is_none_or(|mine| mine.trim() == submitted.draft.get(field).trim())
                    );
                    assert_ne!(value(changes, field), Some(field.of(&edit.base)));
                }
            }
            if let SaveStep::End(outcome) = step {
                return outcome;
            }
            event = match trouble.next().unwrap_or(Trouble::None) {
                Trouble::Lost => SaveEvent::Failed("lost"),
                Trouble::AnswerLost => {
                    server.answer(&step);
                    SaveEvent::Failed("lost")
                }
                Trouble::NoAnswer => SaveEvent::NoAnswer("no answer"),
                Trouble::DoneWithoutAnswer => {
                    server.answer(&step);
                    SaveEvent::NoAnswer("no answer")
                }
                Trouble::TypedSite(name, address) => {
                    edit.entries.site_name = name;
                    edit.entries.street_address = address;
                    server.answer(&step)
                }
                Trouble::OtherEdit(field, value) => {
                    server.edit(field, &value);
                    server.answer(&step)
                }
                Trouble::OtherSite => {
                    let address = "elsewhere".to_owned();
                    let other = SiteEntry {
                        address,
                        ..bergen()
                    };
                    if server.sites.is_empty() {
                        server.sites.push(Arc::new(site("other", &other)));
                    }
                    server.answer(&step)
                }
                Trouble::Removed => {
                    server.is_gone = true;
                    server.answer(&step)
                }
                Trouble::Typed(field, value) => {
                    edit.entries.draft.set(field, value);
                    server.answer(&step)
                }
                Trouble::None => server.answer(&step),
            };
            event = match (event, &step) {
                (
                    SaveEvent::Failed(_) | SaveEvent::NoAnswer(_),
                    SaveStep::FindSite { otherwise, .. },
                ) => SaveEvent::SiteNotFound(otherwise.clone()),
                // For a read, no answer is a failure like any other.
                (SaveEvent::NoAnswer(error), SaveStep::ReadAgent) => SaveEvent::Failed(error),
                (event, _) => event,
            };
        }
        panic!("no end after {MAX_EVENTS} events");
    }

    fn decide(edit: &mut AgentEdit, server: &mut Server, side: Side) {
        let fields: Vec<_> = edit
            .resolutions
            .iter()
            .filter(|resolution| resolution.side.is_none())
            .map(|resolution| resolution.conflict.field)
            .collect();
        for field in fields {
            let value = edit.resolutions.resolve(field, side).unwrap();
            edit.entries.draft.set(field, value);
            let theirs = &edit.resolutions.get(field).unwrap().conflict.theirs;
            server.known.insert(seen(field, theirs));
        }
    }

    fn any_field() -> impl Strategy<Value = EditableField> {
        prop::sample::select(EditableField::ALL.to_vec())
    }

    /// A value that is valid in every field.
    fn any_value() -> impl Strategy<Value = String> {
        prop::sample::select(vec!["", "10.0.0.1", "::1", " ::2 "]).prop_map(str::to_owned)
    }

    fn any_trouble() -> impl Strategy<Value = Trouble> {
        prop_oneof![
            4 => Just(Trouble::None),
            2 => Just(Trouble::Lost),
            2 => Just(Trouble::AnswerLost),
            2 => Just(Trouble::NoAnswer),
            2 => Just(Trouble::DoneWithoutAnswer),
            1 => ("[a-c]{3}", "[1-3]").prop_map(|(name, address)| Trouble::TypedSite(name, address)),
            4 => (any_field(), any_value()).prop_map(|(field, value)| Trouble::OtherEdit(field, value)),
            1 => Just(Trouble::OtherSite),
            1 => Just(Trouble::Removed),
            2 => (any_field(), any_value()).prop_map(|(field, value)| Trouble::Typed(field, value)),
        ]
    }

    fn any_edit() -> impl Strategy<Value = AgentEdit> {
        let typed = prop::collection::vec((any_field(), any_value()), 0..4);
        (typed, any::<bool>()).prop_map(|(typed, makes_site)| {
            let mut edit = if makes_site {
                with_new_site()
            } else {
                edit(|_| ())
            };
            for (field, value) in typed {
                edit.entries.draft.set(field, value);
            }
            edit
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]
        /// `save` and `Server` check each step: nothing unchanged is sent, nothing typed is lost,
        /// and nobody's change is overwritten unseen.
        #[test]
        fn saves_keep_their_promises_whatever_goes_wrong(
            mut edit in any_edit(),
            trouble in prop::collection::vec(any_trouble(), 0..24),
            sides in prop::collection::vec(prop::sample::select(vec![Side::Mine, Side::Theirs]), 6),
        ) {
            let mut server = Server::new();
            let has_typed_site =
                trouble.iter().any(|trouble| matches!(trouble, Trouble::TypedSite(..)));
            let mut trouble = trouble.into_iter();
            let is_unchanged = edit.entries.new_site().is_none() && unsaved(&edit).is_empty();
            for (tries, side) in sides.into_iter().enumerate() {
                let saves = server.saves;
                let outcome = save(&mut edit, &mut server, &mut trouble);
                let typed_sites = server.created;
                prop_assert!(typed_sites <= 1 || has_typed_site, "{typed_sites} sites");
                if tries == 0 && is_unchanged {
                    prop_assert_eq!(&outcome, &Ok(Saved::Unchanged));
                }
                match outcome {
                    Ok(Saved::Changed) => {
                        prop_assert_eq!(edit.entries.draft.changes_from(&server.agent), None);
                        return Ok(());
                    }
                    Ok(Saved::Unchanged) => {
                        prop_assert_eq!(server.saves, saves);
                        return Ok(());
                    }
                    Err(SaveStopped::InConflict) => decide(&mut edit, &mut server, side),
                    Err(SaveStopped::AgentGone) => {
                        prop_assert!(server.is_gone);
                        return Ok(());
                    }
                    Err(_) => {}
                }
            }
        }

        #[test]
        fn a_save_ends_whatever_is_answered(
            mut edit in any_edit(),
            answers in prop::collection::vec((0..4_usize, any_edit()), MAX_EVENTS),
        ) {
            let mut save = SaveProtocol::default();
            let mut step: Step = save.next(SaveEvent::Submitted, &mut edit);
            let mut events = 1;
            for (choice, answer) in answers {
                let AgentDraft { name, description, site_id, private_ip } = answer.entries.draft;
                let agent = Agent { name, description, site_id, private_ip, ..agent() };
                let event = match (&step, choice) {
                    (SaveStep::End(_), _) => break,
                    (_, 0) => SaveEvent::Failed("503"),
                    (SaveStep::CreateSite(entry) | SaveStep::FindSite { site: entry, .. }, 1) => {
                        SaveEvent::SiteCreated(site("s9", entry))
                    }
                    (SaveStep::CreateSite(_) | SaveStep::UpdateAgent(_), 2) => {
                        SaveEvent::NoAnswer("lost")
                    }
                    (SaveStep::CreateSite(_), _) => SaveEvent::SiteTitleTaken("taken"),
                    (SaveStep::FindSite { otherwise, .. }, _) => {
                        SaveEvent::SiteNotFound(otherwise.clone())
                    }
                    (SaveStep::UpdateAgent(_), 1) => SaveEvent::AgentUpdated(agent),
                    (SaveStep::UpdateAgent(_), _) => SaveEvent::EtagOutdated,
                    (SaveStep::ReadAgent, _) => SaveEvent::AgentRead(agent),
                };
                step = save.next(event, &mut edit);
                events += 1;
            }
            prop_assert!(matches!(step, SaveStep::End(_)), "{step:?}");
            prop_assert!(events <= MAX_EVENTS);
        }
    }
}
