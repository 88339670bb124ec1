//! The state of the dialog "kproxy Agent": what is entered, and what is wrong with it.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::context::DialogContext;
use super::problem::Problem;
use crate::browser::pointer::PointerHold;
use crate::domain::{
    Agent, AgentDraft, AgentEdit, AgentEntries, EditableField, FormField, KeptDraft, Resolutions,
    Side, SiteMode,
};
use crate::state::Drafts;

/// The state of the form. Everything is kept until the dialog is closed.
#[derive(Clone, Copy)]
pub struct AgentForm {
    /// What the dialog works with.
    pub context: DialogContext,
    /// The agent as it was when the dialog was opened, or when it was last read or saved since.
    pub base: RwSignal<Agent>,
    /// The agent's name, as typed.
    pub name: RwSignal<String>,
    /// The agent's description, as typed.
    pub description: RwSignal<String>,
    /// The agent's private IP, as typed.
    pub private_ip: RwSignal<String>,
    /// The chosen site's id; empty: none.
    pub site_id: RwSignal<String>,
    /// The text in Site, if it was typed since a site was chosen.
    pub site_query: RwSignal<Option<String>>,
    /// Whether the fields of an existing site are on screen, or those of a new one.
    pub site_mode: RwSignal<SiteMode>,
    /// The title of a new site, as typed.
    pub site_name: RwSignal<String>,
    /// The address of a new site, as typed.
    pub street_address: RwSignal<String>,
    /// What is wrong with each field.
    pub errors: RwSignal<BTreeMap<FormField, String>>,
    /// What is wrong with the whole form.
    pub problem: RwSignal<Option<Problem>>,
    /// The fields that somebody else changed as well.
    pub resolutions: RwSignal<Resolutions>,
    /// Whether a save is under way.
    pub saving: RwSignal<bool>,
    /// Whether the agent no longer exists.
    pub is_gone: RwSignal<bool>,
    /// Where what is typed is kept until it is saved.
    pub drafts: Drafts,
    pointer: PointerHold,
}

impl AgentForm {
    /// A form in which nothing has been changed yet; belongs to the current owner.
    pub fn new(context: DialogContext, agent: Agent) -> Self {
        let AgentEdit {
            base,
            entries,
            resolutions,
        } = AgentEdit::of(agent);
        let form = Self {
            context,
            base: RwSignal::new(base),
            name: RwSignal::new(entries.draft.name),
            description: RwSignal::new(entries.draft.description),
            private_ip: RwSignal::new(entries.draft.private_ip),
            site_id: RwSignal::new(entries.draft.site_id),
            site_query: RwSignal::new(entries.site_query),
            site_mode: RwSignal::new(entries.site_mode),
            site_name: RwSignal::new(entries.site_name),
            street_address: RwSignal::new(entries.street_address),
            errors: RwSignal::new(BTreeMap::new()),
            problem: RwSignal::new(None),
            resolutions: RwSignal::new(resolutions),
            saving: RwSignal::new(false),
            is_gone: RwSignal::new(false),
            drafts: context.drafts(),
            pointer: PointerHold::follow(),
        };
        form.clear_errors_on_typing();
        form.resolve_conflicts_on_typing();
        form.keep_what_is_typed();
        form
    }

    /// Whether the dialog is still there.
    pub fn is_open(self) -> bool {
        self.base.try_with_untracked(|_| ()).is_some()
    }

    /// Whether closing would lose something that was typed.
    pub fn is_dirty(self) -> bool {
        let entries = self.entries();
        self.base.with(|base| entries.is_dirty(base))
    }

    /// Whether Save is off for now.
    pub fn is_blocked(self) -> bool {
        let rate_limit = self.context.reader.client.rate_limit;
        self.saving.get()
            || self.is_gone.get()
            || self.context.read_only.get()
            || rate_limit.is_waiting()
    }

    /// What is wrong with a field.
    pub fn error(self, field: impl Into<FormField>) -> Signal<Option<String>> {
        let field = field.into();
        Signal::derive(move || self.errors.with(|errors| errors.get(&field).cloned()))
    }

    /// Shows what is wrong with a field.
    pub fn set_error(self, field: FormField, text: String) {
        self.errors.update(|errors| {
            errors.insert(field, text);
        });
    }

    /// Checks a field that the user has left. If a press moved focus, waits for its release, because
    /// an error message moves what is below it.
    pub fn check_on_leave(self, field: impl Into<FormField>) -> Callback<()> {
        let field = field.into();
        let check = Callback::new(move |()| {
            // A valid field keeps an error from the API; only typing removes it.
            let error = untrack(move || {
                let entries = self.entries();
                self.base.with(|base| entries.validation_error(field, base))
            });
            if let Some(error) = error {
                self.set_error(field, error.to_string());
            }
        });
        Callback::new(move |()| self.pointer.run_after_release(check))
    }

    /// Everything entered in the form.
    pub fn entries(self) -> AgentEntries {
        AgentEntries {
            draft: AgentDraft {
                name: self.name.get(),
                description: self.description.get(),
                site_id: self.site_id.get(),
                private_ip: self.private_ip.get(),
            },
            site_query: self.site_query.get(),
            site_mode: self.site_mode.get(),
            site_name: self.site_name.get(),
            street_address: self.street_address.get(),
        }
    }

    /// The agent and the user's changes to it.
    pub fn edit(self) -> AgentEdit {
        AgentEdit {
            base: self.base.get(),
            entries: self.entries(),
            resolutions: self.resolutions.get(),
        }
    }

    /// Shows another state of the edit.
    pub fn show(self, edit: AgentEdit) {
        let AgentEdit {
            base,
            entries,
            resolutions,
        } = edit;
        set_if_changed(self.base, base);
        set_if_changed(self.resolutions, resolutions);
        set_if_changed(self.name, entries.draft.name);
        set_if_changed(self.description, entries.draft.description);
        set_if_changed(self.site_id, entries.draft.site_id);
        set_if_changed(self.private_ip, entries.draft.private_ip);
        set_if_changed(self.site_query, entries.site_query);
        set_if_changed(self.site_mode, entries.site_mode);
        set_if_changed(self.site_name, entries.site_name);
        set_if_changed(self.street_address, entries.street_address);
    }

    /// Shows what was typed earlier and not saved.
    pub fn restore(self, draft: KeptDraft) {
        self.show(draft.restored_into(&untrack(move || self.edit())));
    }

    /// Keeps what is typed, or forgets what was kept where nothing is.
    pub fn keep_draft(self) {
        self.drafts.keep(&untrack(move || self.edit()));
    }

    /// Keeps what is typed as soon as it is typed, so that it outlives the page.
    fn keep_what_is_typed(self) {
        Effect::new(move |was_dirty: Option<bool>| {
            let edit = self.edit();
            let is_dirty = edit.entries.is_dirty(&edit.base);
            // What was kept before the dialog was opened is kept until something is typed.
            if is_dirty || was_dirty == Some(true) {
                self.drafts.keep(&edit);
            }
            is_dirty
        });
    }

    /// Resolves a conflict as the user chose.
    pub fn resolve(self, field: EditableField, side: Side) {
        let value = self
            .resolutions
            .try_update(|resolutions| resolutions.resolve(field, side))
            .flatten();
        if let Some(value) = value {
            if field == EditableField::Site {
                self.site_query.set(None);
            }
            self.value(field).set(value);
        }
        if self.resolutions.with_untracked(Resolutions::are_decided) {
            self.problem.set(None);
        }
    }

    /// Typing in a field removes its error.
    fn clear_errors_on_typing(self) {
        let text = |field: FormField| match field {
            FormField::Agent(field) => self.value(field),
            FormField::SiteName => self.site_name,
            FormField::StreetAddress => self.street_address,
        };
        for field in FormField::ALL {
            let text = text(field);
            self.clear_error_on(field, move || text.track());
        }
        self.clear_error_on(EditableField::Site.into(), move || self.site_query.track());
    }

    fn clear_error_on(self, field: FormField, typing: impl Fn() + 'static) {
        Effect::watch(
            typing,
            move |(), _, _| {
                let has_error = self
                    .errors
                    .with_untracked(|errors| errors.contains_key(&field));
                if has_error {
                    self.errors.update(|errors| {
                        errors.remove(&field);
                    });
                }
            },
            false,
        );
    }

    /// Typing in a field in conflict resolves it in favor of the typed value.
    fn resolve_conflicts_on_typing(self) {
        for field in EditableField::ALL {
            let value = self.value(field);
            Effect::watch(
                move || value.get(),
                move |value, before, _| {
                    if before != Some(value) {
                        self.resolutions
                            .update(|resolutions| resolutions.resolve_by_typing(field, value));
                    }
                },
                false,
            );
        }
    }

    fn value(self, field: EditableField) -> RwSignal<String> {
        match field {
            EditableField::Name => self.name,
            EditableField::Description => self.description,
            EditableField::PrivateIp => self.private_ip,
            EditableField::Site => self.site_id,
        }
    }
}

/// Sets a signal only if the value differs, so that nothing reruns otherwise.
fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|before| *before != value) {
        signal.set(value);
    }
}
