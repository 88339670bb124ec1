//! The problem that a dialog shows at its top.

use std::fmt;

use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;

use super::context::DialogContext;
use crate::api::ApiError;
use crate::browser::intl;
use crate::page::icons::{self, Icon};
use crate::state::{FleetReader, Loaded};

/// Why a dialog has no agent to show.
pub fn missing_agent_text(reader: FleetReader) -> String {
    if reader.store.loaded().get() == Loaded::Whole {
        return "This agent no longer exists. It was removed, or the link is wrong.".to_owned();
    }
    match reader.problem().get() {
        Some(problem) => format!("Could not load the agents: {problem}."),
        None => "Loading…".to_owned(),
    }
}

/// A problem with the dialog as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A call failed. What was typed is kept.
    Call(ApiError),
    /// The API takes no calls before this time, on the local clock.
    WaitUntil(ApiError, DateTime<Utc>),
    /// No answer came, and what was read since does not show that it was saved.
    NoAnswer,
    /// No answer came, and the agent was still there since.
    NoAnswerToRemove,
    /// Fields in conflict have to be decided first.
    Undecided,
    /// Saved, but not what was typed during the save.
    TypedMeanwhile,
    /// The agent no longer exists, and cannot be saved.
    AgentGone,
}

impl Problem {
    /// Why a save failed, and until when the API asks to wait, if it does.
    pub fn of_save(error: ApiError, reader: FleetReader) -> Self {
        match reader.client.rate_limit.until().get_untracked() {
            Some(until) if error.wait_secs().is_some() => Self::WaitUntil(error, until),
            _ => Self::Call(error),
        }
    }

    /// Why a change failed that may have been made all the same.
    pub fn of_lost_answer(error: ApiError, reader: FleetReader) -> Self {
        match error {
            ApiError::NoAnswer => Self::NoAnswer,
            error => Self::of_save(error, reader),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call(ApiError::Unauthenticated) => {
                "Your session has expired. Sign in again, then try again; nothing here is lost"
            }
            Self::Call(ApiError::Forbidden) => {
                "You may look at the agents, but not change them; ask an administrator for access"
            }
            Self::Call(error) => return error.fmt(f),
            Self::WaitUntil(error, until) => {
                let why = match error {
                    ApiError::RateLimited { .. } => "Too many requests",
                    _ => "The server asks for a pause",
                };
                let until = intl::time_of_day(*until);
                return write!(f, "{why}; you can save again at {until}");
            }
            Self::NoAnswer => {
                "No answer; it may have been saved. What you typed is kept; press Save to make sure"
            }
            Self::NoAnswerToRemove => {
                "No answer; it may have been removed. Press Remove to make sure"
            }
            Self::Undecided => "Choose Keep mine or Take theirs for each field first",
            Self::TypedMeanwhile => "Saved, except for what you typed in the meantime",
            Self::AgentGone => {
                "This agent no longer exists, so it cannot be saved. What you typed is still here to copy"
            }
        })
    }
}

/// The problem at the top of a dialog, announced and scrolled into view when it appears.
#[component]
pub fn ProblemNotice(
    /// What the dialog works with.
    context: DialogContext,
    /// The problem, if any. Signing in clears the problem of being signed out, and time
    /// clears the problem of having to wait.
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    context.on_sign_in(move || {
        if problem.get_untracked() == Some(Problem::Call(ApiError::Unauthenticated)) {
            problem.set(None);
        }
    });
    let wait_until = context.reader.client.rate_limit.until();
    Effect::watch(
        move || wait_until.get(),
        move |until, _, _| {
            let is_wait = |problem: &Option<Problem>| match problem {
                Some(Problem::WaitUntil(..)) => true,
                Some(Problem::Call(error)) => error.wait_secs().is_some(),
                _ => false,
            };
            if until.is_none() && problem.with_untracked(is_wait) {
                problem.set(None);
            }
        },
        false,
    );
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if problem.with(Option::is_some) {
            // Once the text is there. The pressed button may be far below.
            request_animation_frame(move || {
                if let Some(node) = node.try_get_untracked().flatten() {
                    node.scroll_into_view();
                }
            });
        }
    });
    // A live region is announced only if it was there before its text.
    view! {
        <div class="kp-dialog-problem" role="alert" node_ref=node>
            {move || problem.get().map(|problem| view! {
                <Icon svg=icons::ALERT />
                <p>{problem.to_string()}</p>
            })}
        </div>
    }
}
