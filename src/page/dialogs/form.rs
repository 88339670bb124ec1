//! What is entered in the dialog "kproxy Agent", and how it is saved.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::context::DialogContext;
use super::problem::reason;
use crate::api::ApiError;
use crate::api::wire::{FieldViolation, NewSite};
use crate::browser::intl;
use crate::browser::pointer::Press;
use crate::browser::timers::{Alarm, local_now};
use crate::domain::{
    Agent, AgentDraft, EditableField, FieldConflict, InvalidEntry, PostalAddress, Site, SiteType,
    conflicts, validate_description, validate_name, validate_private_ip, validate_site_title,
    validate_street_address,
};
use crate::host::HostEvent;

/// Somebody else may be saving again and again; after so many tries the user decides.
const MOST_TRIES: usize = 4;
/// How long to wait where the API asks for a pause but does not say how long.
const PAUSE_SECS: u32 = 10;

/// A field of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the labels say it")]
pub enum FormField {
    Name,
    Description,
    PrivateIp,
    Site,
    SiteName,
    StreetAddress,
}

impl FormField {
    fn of(field: EditableField) -> Self {
        match field {
            EditableField::Name => Self::Name,
            EditableField::Description => Self::Description,
            EditableField::PrivateIp => Self::PrivateIp,
            EditableField::Site => Self::Site,
        }
    }

    /// The field that a violation's path names.
    fn from_path(path: &str) -> Option<Self> {
        match path {
            "site.title" => Some(Self::SiteName),
            "site.postal_address.address" | "site.postal_address" => Some(Self::StreetAddress),
            path => EditableField::from_path(path).map(Self::of),
        }
    }
}

/// Which of two values a field gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The user's own.
    Mine,
    /// What somebody else saved.
    Theirs,
}

/// A field that somebody else changed, too, and what the user decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The field and its two values.
    pub conflict: FieldConflict,
    /// `None`: not decided yet.
    pub side: Option<Side>,
}

/// The form and its state. Everything is kept until the dialog is closed.
#[derive(Clone, Copy)]
pub struct AgentForm {
    context: DialogContext,
    /// The agent as it was when the dialog was opened, or when it was last read since.
    pub base: RwSignal<Agent>,
    /// As typed.
    pub name: RwSignal<String>,
    /// As typed.
    pub description: RwSignal<String>,
    /// As typed.
    pub private_ip: RwSignal<String>,
    /// The chosen site's id.
    pub site_id: RwSignal<String>,
    /// What was typed into Site since it was chosen.
    pub site_typed: RwSignal<Option<String>>,
    /// Whether a new site is to be made.
    pub makes_site: RwSignal<bool>,
    /// As typed.
    pub site_name: RwSignal<String>,
    /// As typed.
    pub street_address: RwSignal<String>,
    /// What is wrong with which field.
    pub errors: RwSignal<BTreeMap<FormField, String>>,
    /// What is wrong with the whole.
    pub problem: RwSignal<Option<String>>,
    /// Fields that somebody else changed, too.
    pub decisions: RwSignal<Vec<Decision>>,
    /// Whether a save is under way.
    pub saving: RwSignal<bool>,
    /// Whether the agent is there no more.
    pub is_gone: RwSignal<bool>,
    /// Until when, on the user's clock, the API asked to be left alone.
    wait_until: RwSignal<Option<DateTime<Utc>>>,
    waiting: Alarm,
    press: Press,
}

/// How a save ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// All is saved, or nothing had to be: the dialog may close.
    Yes,
    /// The dialog says why not.
    No,
}

/// Why a save stopped: shown already, or to be shown.
enum Stop {
    Shown,
    /// The agent is there no more.
    Gone,
    Failed(ApiError),
}

impl Stop {
    fn of_agent(error: ApiError) -> Self {
        match error {
            ApiError::NotFound => Self::Gone,
            error => Self::Failed(error),
        }
    }
}

impl AgentForm {
    /// A form in which nothing has been changed yet; belongs to the current owner.
    pub fn new(context: DialogContext, agent: Agent) -> Self {
        let AgentDraft {
            name,
            description,
            site_id,
            private_ip,
        } = AgentDraft::of(&agent);
        Self {
            context,
            base: RwSignal::new(agent),
            name: RwSignal::new(name),
            description: RwSignal::new(description),
            private_ip: RwSignal::new(private_ip),
            site_id: RwSignal::new(site_id),
            site_typed: RwSignal::new(None),
            makes_site: RwSignal::new(false),
            site_name: RwSignal::new(String::new()),
            street_address: RwSignal::new(String::new()),
            errors: RwSignal::new(BTreeMap::new()),
            problem: RwSignal::new(None),
            decisions: RwSignal::new(Vec::new()),
            saving: RwSignal::new(false),
            is_gone: RwSignal::new(false),
            wait_until: RwSignal::new(None),
            waiting: Alarm::default(),
            press: Press::follow(),
        }
    }

    /// Whether closing would lose something that was typed.
    pub fn is_dirty(self) -> bool {
        let has_site_typed = !self.site_name.read().is_empty()
            || !self.street_address.read().is_empty()
            || self.site_typed.read().is_some();
        let draft = AgentDraft {
            name: self.name.get(),
            description: self.description.get(),
            site_id: self.site_id.get(),
            private_ip: self.private_ip.get(),
        };
        has_site_typed || self.base.with(|base| draft != AgentDraft::of(base))
    }

    /// Why Save is off for now.
    pub fn is_blocked(self) -> bool {
        self.saving.get() || self.is_gone.get() || self.wait_until.get().is_some()
    }

    /// What is wrong with a field.
    pub fn error(self, field: FormField) -> Signal<Option<String>> {
        Signal::derive(move || self.errors.with(|errors| errors.get(&field).cloned()))
    }

    /// Looks at a field that the user has left; if by pressing something, after that press.
    pub fn check(self, field: FormField) {
        self.press
            .after(Callback::new(move |()| self.check_now(field)));
    }

    fn check_now(self, field: FormField) {
        // What the API said of the field may have come meanwhile; typing alone takes that away.
        if let Some(wrong) = self.wrong(field) {
            self.set_error(field, wrong);
        }
    }

    /// Forgets what is wrong with a field once it is typed in again.
    pub fn forget_errors_when_typed(self) {
        for (field, value) in [
            (FormField::Name, self.name),
            (FormField::Description, self.description),
            (FormField::PrivateIp, self.private_ip),
            (FormField::Site, self.site_id),
            (FormField::SiteName, self.site_name),
            (FormField::StreetAddress, self.street_address),
        ] {
            Effect::watch(
                move || value.track(),
                move |(), _, _| self.forget_error(field),
                false,
            );
        }
        Effect::watch(
            move || self.site_typed.track(),
            move |(), _, _| self.forget_error(FormField::Site),
            false,
        );
    }

    fn forget_error(self, field: FormField) {
        if self
            .errors
            .with_untracked(|errors| errors.contains_key(&field))
        {
            self.errors.update(|errors| {
                errors.remove(&field);
            });
        }
    }

    /// The user decides a field.
    pub fn decide(self, field: EditableField, side: Side) {
        let mut value = None;
        self.decisions.update(|decisions| {
            for decision in decisions.iter_mut() {
                if decision.conflict.field == field {
                    decision.side = Some(side);
                    value = Some(match side {
                        Side::Mine => decision.conflict.mine.clone(),
                        Side::Theirs => decision.conflict.theirs.clone(),
                    });
                }
            }
        });
        if let Some(value) = value {
            if field == EditableField::Site {
                self.site_typed.set(None);
            }
            self.value(field).set(value);
        }
        if self.is_decided() {
            self.problem.set(None);
        }
    }

    /// Whoever types on in a field in conflict decides for what is typed.
    pub fn decide_when_typed(self) {
        for field in EditableField::ALL {
            let value = self.value(field);
            Effect::watch(
                move || value.get(),
                move |value, before, _| {
                    if before != Some(value) {
                        self.decisions
                            .update(|decisions| typed(decisions, field, value));
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

    fn is_decided(self) -> bool {
        self.decisions
            .with_untracked(|decisions| decisions.iter().all(|decision| decision.side.is_some()))
    }

    /// Saves: makes the new site first, if one is wanted, then changes the agent.
    pub async fn save(self) -> Saved {
        if untrack(move || self.is_blocked()) {
            return Saved::No;
        }
        self.problem.set(None);
        if !self.is_valid() {
            return Saved::No;
        }
        self.saving.set(true);
        let outcome = self.save_all().await;
        self.saving.try_set(false);
        match outcome {
            Ok(()) => return Saved::Yes,
            Err(Stop::Shown) => {}
            Err(Stop::Gone) => self.show_gone(),
            Err(Stop::Failed(error)) => self.show(error),
        }
        Saved::No
    }

    /// What is wrong with a field, as far as can be told here.
    fn wrong(self, field: FormField) -> Option<String> {
        type Check = fn(&str) -> Result<String, InvalidEntry>;
        let (value, check): (_, Check) = match field {
            FormField::Name => (self.name, validate_name),
            FormField::Description => (self.description, validate_description),
            FormField::PrivateIp => (self.private_ip, validate_private_ip),
            FormField::SiteName => (self.site_name, validate_site_title),
            FormField::StreetAddress => (self.street_address, validate_street_address),
            FormField::Site => {
                return self
                    .site_typed
                    .with_untracked(Option::is_some)
                    .then(|| "Choose a site from the list, or create a new one".to_owned());
            }
        };
        value
            .with_untracked(|value| check(value))
            .err()
            .map(|wrong| wrong.to_string())
    }

    fn is_valid(self) -> bool {
        let mut fields = vec![
            FormField::Name,
            FormField::Description,
            FormField::PrivateIp,
        ];
        if self.makes_site.get_untracked() {
            fields.extend([FormField::SiteName, FormField::StreetAddress]);
        } else {
            fields.push(FormField::Site);
        }
        let errors: BTreeMap<_, _> = fields
            .into_iter()
            .filter_map(|field| Some((field, self.wrong(field)?)))
            .collect();
        let is_decided = self.is_decided();
        if !is_decided {
            self.problem.set(Some(
                "Choose Keep mine or Take theirs for each field first".to_owned(),
            ));
        }
        let is_valid = errors.is_empty() && is_decided;
        self.errors.set(errors);
        is_valid
    }

    fn draft(self) -> AgentDraft {
        AgentDraft {
            name: self.name.get_untracked(),
            description: self.description.get_untracked(),
            site_id: self.site_id.get_untracked(),
            private_ip: self.private_ip.get_untracked(),
        }
    }

    /// All that can be typed or chosen, to tell whether that went on.
    fn entered(self) -> impl PartialEq {
        (
            self.draft(),
            self.site_typed.get_untracked(),
            self.makes_site.get_untracked(),
            self.site_name.get_untracked(),
            self.street_address.get_untracked(),
        )
    }

    async fn save_all(self) -> Result<(), Stop> {
        if self.makes_site.get_untracked() {
            let site = self.make_site().await?;
            // From here on the site exists: a second Save must not make another.
            self.site_name.set(String::new());
            self.street_address.set(String::new());
            self.site_typed.set(None);
            self.site_id.set(site.id);
            self.makes_site.set(false);
        }
        self.save_agent().await
    }

    async fn make_site(self) -> Result<Site, Stop> {
        let DialogContext { fleet, host, .. } = self.context;
        let title = self
            .site_name
            .with_untracked(|title| title.trim().to_owned());
        let address = self
            .street_address
            .with_untracked(|address| address.trim().to_owned());
        let wanted = NewSite {
            title: title.clone(),
            site_type: SiteType::DataCenter,
            postal_address: PostalAddress {
                address: address.clone(),
                ..PostalAddress::default()
            },
            ..NewSite::default()
        };
        let site = match fleet.client.create_site(wanted).await {
            Ok(answer) => answer.site,
            Err(ApiError::AlreadyExists { message }) => {
                // Perhaps by this very dialog, whose answer was lost.
                fleet.read_sites().await;
                let made = fleet.with(|fleet| {
                    let is_it = |site: &&std::sync::Arc<Site>| {
                        site.title == title && site.postal_address.address == address
                    };
                    fleet
                        .sites()
                        .iter()
                        .find(is_it)
                        .map(|site| Site::clone(site))
                });
                let Some(site) = made else {
                    let text = ApiError::AlreadyExists { message }.to_string();
                    self.set_error(FormField::SiteName, text);
                    return Err(Stop::Shown);
                };
                site
            }
            Err(error) => return Err(Stop::Failed(error)),
        };
        fleet.update(|fleet, now| fleet.site_created(site.clone(), now));
        host.dispatch(HostEvent::SiteCreated {
            id: site.id.clone(),
        });
        Ok(site)
    }

    async fn save_agent(self) -> Result<(), Stop> {
        let fleet = self.context.fleet;
        for tries in 0..MOST_TRIES {
            let base = self.base.get_untracked();
            let Some(changes) = self.draft().changes_from(&base) else {
                // Saved by an earlier try, whose answer was lost.
                if tries > 0 {
                    self.tell_saved();
                }
                return Ok(());
            };
            let entered = self.entered();
            match fleet.client.update_agent(&base.id, changes).await {
                Ok(answer) => {
                    self.base.set(answer.agent.clone());
                    self.decisions.set(Vec::new());
                    fleet.saved(answer);
                    self.tell_saved();
                    if self.entered() == entered {
                        return Ok(());
                    }
                    self.problem
                        .set(Some("Saved, but for what you typed meanwhile".to_owned()));
                    return Err(Stop::Shown);
                }
                Err(ApiError::Conflict) => {
                    let theirs = fleet.client.agent(&base.id).await;
                    let theirs = theirs.map_err(Stop::of_agent)?;
                    fleet.saved(theirs.clone());
                    self.meet(&base, &theirs.agent)?;
                }
                Err(error) => return Err(Stop::of_agent(error)),
            }
        }
        Err(Stop::Failed(ApiError::Conflict))
    }

    fn tell_saved(self) {
        let id = self.base.with_untracked(|base| base.id.clone());
        self.context.host.dispatch(HostEvent::AgentSaved { id });
    }

    /// Puts what the user changed on top of what somebody else saved meanwhile; stops where both
    /// changed the same field.
    fn meet(self, base: &Agent, theirs: &Agent) -> Result<(), Stop> {
        let mine = self.draft();
        let conflicts = conflicts(base, &mine, theirs);
        let AgentDraft {
            name,
            description,
            site_id,
            private_ip,
        } = mine.rebased(base, theirs);
        self.name.set(name);
        self.description.set(description);
        self.site_id.set(site_id);
        self.private_ip.set(private_ip);
        self.base.set(theirs.clone());
        let is_met = conflicts.is_empty();
        let undecided = |conflict| Decision {
            conflict,
            side: None,
        };
        self.decisions
            .set(conflicts.into_iter().map(undecided).collect());
        if is_met { Ok(()) } else { Err(Stop::Shown) }
    }

    fn set_error(self, field: FormField, text: String) {
        self.errors.update(|errors| {
            errors.insert(field, text);
        });
    }

    fn show_gone(self) {
        let id = self.base.with_untracked(|base| base.id.clone());
        self.is_gone.set(true);
        self.context.drop_agent(&id);
        let text = "This agent is not there any more, so it cannot be saved. What you typed is still here, to be copied";
        self.problem.set(Some(text.to_owned()));
    }

    fn show(self, error: ApiError) {
        let text = match error {
            ApiError::Invalid {
                message,
                violations,
            } => {
                let rest = self.show_violations(violations);
                if rest.is_empty() && self.errors.with_untracked(|errors| !errors.is_empty()) {
                    return;
                }
                reason(&ApiError::Invalid {
                    message: if rest.is_empty() {
                        message
                    } else {
                        String::new()
                    },
                    violations: rest,
                })
            }
            ApiError::RateLimited { retry_after_secs } => {
                let secs = retry_after_secs.unwrap_or(PAUSE_SECS);
                let until = local_now() + TimeDelta::seconds(i64::from(secs));
                self.wait_until.set(Some(until));
                self.waiting.set(secs.saturating_mul(1_000), move || {
                    self.wait_until.try_set(None);
                    self.problem.try_set(None);
                });
                format!(
                    "Too many requests; you can save again at {}",
                    intl::time_of_day(until)
                )
            }
            error => reason(&error),
        };
        self.problem.set(Some(text));
    }

    /// Puts violations beside their fields; gives those whose field is not on screen.
    fn show_violations(self, violations: Vec<FieldViolation>) -> Vec<FieldViolation> {
        let mut rest = Vec::new();
        let makes_site = self.makes_site.get_untracked();
        for violation in violations {
            let field = FormField::from_path(&violation.field);
            let on_screen = field.filter(|field| match field {
                FormField::SiteName | FormField::StreetAddress => makes_site,
                FormField::Site => !makes_site,
                _ => true,
            });
            match on_screen {
                Some(field) => {
                    let text = if violation.description.is_empty() {
                        "The server does not accept this".to_owned()
                    } else {
                        violation.description
                    };
                    self.set_error(field, text);
                }
                None => rest.push(violation),
            }
        }
        rest
    }
}

/// Another value now stands in a field.
fn typed(decisions: &mut [Decision], field: EditableField, value: &str) {
    for Decision { conflict, side } in decisions {
        if conflict.field == field {
            *side = Some(if *value == conflict.theirs {
                Side::Theirs
            } else {
                value.clone_into(&mut conflict.mine);
                Side::Mine
            });
        }
    }
}
