//! The checks, one file for each part of the contract. Each looks through the API alone, and first
//! says what should hold, then where the contract says so.
//!
//! A backend lives: agents contact, come and go while it is looked at. So no check holds against it
//! what such a change explains; where two reads have to agree, they are tried again.

use crate::run::{Checked, Run, Stop};

mod caching;
mod credentials;
mod cross_origin;
mod edit;
mod incremental;
mod list;
mod media_type;
mod one_agent;
mod paging;
mod remove;
mod sign_in;
mod sites;
mod time;

/// How often two reads are tried that a change in between would spoil.
const TRIES: usize = 5;

/// Makes every check, the ones that change nothing first.
pub fn all(run: &mut Run<'_>) {
    let agents = list::check(run);
    paging::check(run, &agents);
    incremental::check(run, &agents);
    time::check(run);
    caching::check(run);
    one_agent::check(run, &agents);
    let mut sites = sites::check(run);
    credentials::check(run);
    sites.extend(sites::check_making(run));
    edit::check(run, &agents, &sites);
    remove::check(run, &agents);
    sign_in::check(run);
    cross_origin::check(run);
    media_type::check(run);
}

/// What an earlier read brought; a check that needs it is skipped where it failed.
fn needed<'a, T>(read: &'a Checked<T>, what: &str) -> Checked<&'a T> {
    read.as_ref().map_err(|stop| match stop {
        Stop::Skipped(why) => Stop::Skipped(why.clone()),
        Stop::Fails(_) => Stop::Skipped(format!("{what} could not be read")),
    })
}

/// Skips a check.
fn skip<T>(why: impl Into<String>) -> Checked<T> {
    Err(Stop::Skipped(why.into()))
}

/// What the run may use; a check that needs more is skipped.
fn permitted<'a>(id: Option<&'a String>, how: &str) -> Checked<&'a str> {
    match id {
        Some(id) => Ok(id),
        None => skip(format!("not permitted; pass {how}")),
    }
}
