//! Saves what is entered in the dialog "kproxy Agent": performs the calls that [`SaveProtocol`] asks
//! for, notifies the rest of the page and the host, and shows why a save stopped.

use std::collections::BTreeMap;

use futures::channel::oneshot;
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use super::context::DialogContext;
use super::form::AgentForm;
use super::problem::Problem;
use crate::api::ApiError;
use crate::api::wire::{FieldViolation, NewSite};
use crate::domain::{
    AgentChanges, FormField, PostalAddress, SaveEvent, SaveProtocol, SaveStep, SaveStopped, Saved,
    SiteEntry, SiteType,
};
use crate::host::HostEvent;

/// How long a conflict waits for the title of a site that somebody else has just made.
const SITES_WAIT_MS: u32 = 2_000;

/// Saves the form. Why it stopped is on screen once this returns. Goes on when the dialog is closed
/// meanwhile: what was sent is taken in, but nothing more is sent.
pub async fn save(form: AgentForm) -> Result<(), SaveStopped<ApiError>> {
    if untrack(move || form.is_blocked()) {
        return Err(SaveStopped::Blocked);
    }
    let context = form.context;
    let id = form.base.with_untracked(|base| base.id.clone());
    form.problem.set(None);
    form.errors.set(BTreeMap::new());
    form.saving.set(true);
    let outcome = run(form, context, &id).await;
    form.saving.try_set(false);
    let is_saved = matches!(
        outcome,
        Ok(Saved::Changed) | Err(SaveStopped::TypedMeanwhile)
    );
    if is_saved {
        let id = id.clone();
        context.host.dispatch(HostEvent::AgentSaved { id });
    }
    if outcome == Err(SaveStopped::AgentGone) {
        context.drop_agent(&id);
    }
    match outcome {
        Ok(_) => Ok(()),
        Err(stopped) => {
            if form.is_open() {
                show(form, &stopped);
            }
            Err(stopped)
        }
    }
}

/// Performs one call after the other.
async fn run(
    form: AgentForm,
    context: DialogContext,
    id: &str,
) -> Result<Saved, SaveStopped<ApiError>> {
    let mut protocol = SaveProtocol::default();
    let mut event: SaveEvent<ApiError> = SaveEvent::Submitted;
    let mut edit = untrack(move || form.edit());
    loop {
        let is_open = form.is_open();
        if is_open {
            edit = untrack(move || form.edit());
        }
        if let SaveEvent::NoAnswer(error) = &event
            && is_open
        {
            let problem = Problem::of_lost_answer(error.clone(), context.reader);
            form.problem.set(Some(problem));
        }
        let step = protocol.next(event, &mut edit);
        if is_open {
            form.show(edit.clone());
        }
        event = match step {
            SaveStep::CreateSite(_) | SaveStep::UpdateAgent(_) if !is_open => {
                return Err(SaveStopped::Closed);
            }
            SaveStep::CreateSite(site) => create_site(context, site).await,
            SaveStep::FindSite { site, otherwise } => find_site(context, site, otherwise).await,
            SaveStep::UpdateAgent(changes) => update_agent(context, id, changes).await,
            SaveStep::ReadAgent => read_agent(context, id).await,
            SaveStep::End(outcome) => return outcome,
        };
    }
}

async fn create_site(context: DialogContext, site: SiteEntry) -> SaveEvent<ApiError> {
    let wanted = NewSite {
        title: site.title,
        site_type: SiteType::DataCenter,
        postal_address: PostalAddress {
            address: site.address,
            ..PostalAddress::default()
        },
        ..NewSite::default()
    };
    match context.reader.client.create_site(wanted).await {
        Ok(answer) => {
            context.apply_created_site(&answer.site);
            SaveEvent::SiteCreated(answer.site)
        }
        Err(error @ ApiError::AlreadyExists { .. }) => SaveEvent::SiteTitleTaken(error),
        Err(error) if error.may_have_been_done() => SaveEvent::NoAnswer(error),
        Err(error) => SaveEvent::Failed(error),
    }
}

async fn find_site(
    context: DialogContext,
    site: SiteEntry,
    otherwise: SaveStopped<ApiError>,
) -> SaveEvent<ApiError> {
    let DialogContext { store, reader, .. } = context;
    reader.read_sites().await;
    let found = store.with_untracked(|fleet| site.find_in(fleet.sites()));
    match found.flatten() {
        Some(site) => {
            context.apply_created_site(&site);
            SaveEvent::SiteCreated(site)
        }
        None => SaveEvent::SiteNotFound(otherwise),
    }
}

async fn update_agent(
    context: DialogContext,
    id: &str,
    changes: AgentChanges,
) -> SaveEvent<ApiError> {
    let DialogContext { store, reader, .. } = context;
    match reader.client.update_agent(id, changes).await {
        Ok(answer) => {
            store.apply_saved(answer.clone());
            SaveEvent::AgentUpdated(answer.agent)
        }
        Err(ApiError::Conflict) => SaveEvent::EtagOutdated,
        Err(error) if error.may_have_been_done() => SaveEvent::NoAnswer(error),
        Err(error) => agent_failure(error),
    }
}

async fn read_agent(context: DialogContext, id: &str) -> SaveEvent<ApiError> {
    let DialogContext { store, reader, .. } = context;
    match reader.client.agent(id).await {
        Ok(answer) => {
            store.apply_saved(answer.clone());
            name_site(context, &answer.agent.site_id).await;
            SaveEvent::AgentRead(answer.agent)
        }
        Err(error) => agent_failure(error),
    }
}

/// Reads the sites if somebody else has just made this one, so that a conflict over it can name it.
/// It is named later if that takes long.
async fn name_site(context: DialogContext, id: &str) {
    let is_known = context
        .store
        .with_untracked(|fleet| id.is_empty() || fleet.site(id).is_some());
    if is_known == Some(false) {
        let reader = context.reader;
        let (sent, read) = oneshot::channel::<()>();
        reader.spawn(async move {
            reader.read_sites().await;
            drop(sent);
        });
        let (Either::Left(_) | Either::Right(_)) =
            select(read, TimeoutFuture::new(SITES_WAIT_MS)).await;
    }
}

fn agent_failure(error: ApiError) -> SaveEvent<ApiError> {
    match error {
        ApiError::NotFound => SaveEvent::AgentGone,
        error => SaveEvent::Failed(error),
    }
}

/// Shows why a save stopped, beside the fields or at the top.
fn show(form: AgentForm, stopped: &SaveStopped<ApiError>) {
    let problem = match stopped {
        // Save looks disabled; conflicts are shown separately.
        SaveStopped::Blocked | SaveStopped::InConflict | SaveStopped::Closed => return,
        SaveStopped::NotReady {
            errors,
            has_undecided,
        } => {
            for (&field, error) in errors {
                form.set_error(field, error.to_string());
            }
            if !has_undecided {
                return;
            }
            Problem::Undecided
        }
        SaveStopped::SiteTitleTaken(error) => {
            form.set_error(FormField::SiteName, error.to_string());
            return;
        }
        SaveStopped::GaveUp => Problem::Call(ApiError::Conflict),
        SaveStopped::TypedMeanwhile => Problem::TypedMeanwhile,
        SaveStopped::AgentGone => {
            form.is_gone.set(true);
            Problem::AgentGone
        }
        SaveStopped::Failed(ApiError::Invalid {
            message,
            violations,
        }) => match show_violations(form, message, violations) {
            Some(problem) => problem,
            None => return,
        },
        SaveStopped::NoAnswer(error) => Problem::of_lost_answer(error.clone(), form.context.reader),
        SaveStopped::Failed(error) => Problem::of_save(error.clone(), form.context.reader),
    };
    form.problem.set(Some(problem));
}

/// Shows violations beside their fields; returns the rest, for the top of the dialog.
fn show_violations(
    form: AgentForm,
    message: &str,
    violations: &[FieldViolation],
) -> Option<Problem> {
    let site_mode = form.site_mode.get_untracked();
    let mut rest = Vec::new();
    for violation in violations {
        let field = FormField::from_path(&violation.field);
        match field.filter(|field| field.is_shown(site_mode)) {
            Some(field) if violation.description.is_empty() => {
                form.set_error(field, "The server does not accept this".to_owned());
            }
            Some(field) => form.set_error(field, violation.description.clone()),
            None => rest.push(violation.clone()),
        }
    }
    if rest.is_empty() && form.errors.with_untracked(|errors| !errors.is_empty()) {
        return None;
    }
    let message = if rest.is_empty() { message } else { "" };
    Some(Problem::Call(ApiError::Invalid {
        message: message.to_owned(),
        violations: rest,
    }))
}
