//! Saves what is entered in the dialog "kproxy Agent": performs the calls that [`SaveProtocol`] asks
//! for, notifies the rest of the page and the host, and shows why a save stopped.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::context::DialogContext;
use super::form::AgentForm;
use super::problem::Problem;
use crate::api::ApiError;
use crate::api::wire::{FieldViolation, NewSite};
use crate::domain::{
    Agent, AgentChanges, FormField, PostalAddress, SaveEvent, SaveProtocol, SaveStep, SaveStopped,
    Saved, SiteEntry, SiteType,
};
use crate::host::HostEvent;

/// Saves the form. Why it stopped is on screen once this returns.
pub async fn save(form: AgentForm) -> Result<(), SaveStopped<ApiError>> {
    if untrack(move || form.is_blocked()) {
        return Err(SaveStopped::Blocked);
    }
    form.problem.set(None);
    form.errors.set(BTreeMap::new());
    form.saving.set(true);
    let outcome = run(form).await;
    form.saving.try_set(false);
    match outcome {
        Ok(Saved::Unchanged) => Ok(()),
        Ok(Saved::Changed) => {
            report_saved(form);
            Ok(())
        }
        Err(stopped) => {
            if stopped == SaveStopped::TypedMeanwhile {
                report_saved(form);
            }
            show(form, &stopped);
            Err(stopped)
        }
    }
}

/// Performs one call after the other.
async fn run(form: AgentForm) -> Result<Saved, SaveStopped<ApiError>> {
    let mut protocol = SaveProtocol::default();
    let mut event = SaveEvent::Submitted;
    loop {
        let step = form.update(|edit| protocol.next(event, edit));
        event = match step {
            SaveStep::CreateSite(site) => create_site(form.context, site).await,
            SaveStep::FindSite { site, taken } => find_site(form.context, site, taken).await,
            SaveStep::UpdateAgent(changes) => update_agent(form, changes).await,
            SaveStep::ReadAgent => read_agent(form).await,
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
        Err(error) => SaveEvent::Failed(error),
    }
}

async fn find_site(
    context: DialogContext,
    site: SiteEntry,
    taken: ApiError,
) -> SaveEvent<ApiError> {
    let DialogContext { store, reader, .. } = context;
    reader.read_sites().await;
    let found = store.with_untracked(|fleet| site.find_in(fleet.sites()));
    match found.flatten() {
        Some(site) => {
            context.apply_created_site(&site);
            SaveEvent::SiteCreated(site)
        }
        None => SaveEvent::SiteNotFound(taken),
    }
}

async fn update_agent(form: AgentForm, changes: AgentChanges) -> SaveEvent<ApiError> {
    let DialogContext { store, reader, .. } = form.context;
    match reader.client.update_agent(&agent_id(form), changes).await {
        Ok(answer) => {
            store.apply_saved(answer.clone());
            SaveEvent::AgentUpdated(answer.agent)
        }
        Err(ApiError::Conflict) => SaveEvent::EtagOutdated,
        Err(error) => agent_failure(error),
    }
}

async fn read_agent(form: AgentForm) -> SaveEvent<ApiError> {
    let DialogContext { store, reader, .. } = form.context;
    match reader.client.agent(&agent_id(form)).await {
        Ok(answer) => {
            store.apply_saved(answer.clone());
            SaveEvent::AgentRead(answer.agent)
        }
        Err(error) => agent_failure(error),
    }
}

fn agent_failure(error: ApiError) -> SaveEvent<ApiError> {
    match error {
        ApiError::NotFound => SaveEvent::AgentGone,
        error => SaveEvent::Failed(error),
    }
}

fn agent_id(form: AgentForm) -> String {
    form.base.with_untracked(|base: &Agent| base.id.clone())
}

fn report_saved(form: AgentForm) {
    let id = agent_id(form);
    form.context.host.dispatch(HostEvent::AgentSaved { id });
}

/// Shows why a save stopped, beside the fields or at the top.
fn show(form: AgentForm, stopped: &SaveStopped<ApiError>) {
    let problem = match stopped {
        // Save looks disabled; conflicts are shown separately.
        SaveStopped::Blocked | SaveStopped::InConflict => return,
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
            form.context.drop_agent(&agent_id(form));
            Problem::AgentGone
        }
        SaveStopped::Failed(error @ ApiError::RateLimited { .. }) => {
            let until = form
                .context
                .reader
                .client
                .rate_limit
                .until()
                .get_untracked();
            until.map_or_else(|| Problem::Call(error.clone()), Problem::WaitUntil)
        }
        SaveStopped::Failed(ApiError::Invalid {
            message,
            violations,
        }) => match show_violations(form, message, violations) {
            Some(problem) => problem,
            None => return,
        },
        SaveStopped::Failed(error) => Problem::Call(error.clone()),
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
