//! A world: everything that one test sees. Fleet, clock, faults and the journal of requests.
//!
//! With `--control` a request picks its world by the header `x-mock-world: NAME` or the cookie
//! `mock-world=NAME`; a world that is not there yet is made as the flags say. Without, and for
//! requests that name none, there is the one nameless world.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

use crate::faults::Faults;
use crate::fleet::Fleet;
use crate::journal::Journal;
use crate::{App, FleetOptions};

/// The header that picks a world.
pub const WORLD_HEADER: &str = "x-mock-world";
/// The cookie that picks a world.
pub const WORLD_COOKIE: &str = "mock-world";

/// What one test sees.
#[derive(Debug)]
pub struct World {
    state: Mutex<WorldState>,
    /// What goes wrong on demand.
    pub faults: Faults,
    /// What was asked.
    pub journal: Journal,
}

/// The part of a world that the API answers from.
#[derive(Debug)]
pub struct WorldState {
    /// How the fleet was made up; its clock is the one that counts.
    pub options: FleetOptions,
    /// Agents and sites.
    pub fleet: Fleet,
}

impl WorldState {
    fn new(options: FleetOptions) -> Self {
        let fleet = Fleet::sample(&options);
        Self { options, fleet }
    }

    /// The time on the server's clock. Lets the fleet live until then.
    pub fn catch_up(&mut self) -> DateTime<Utc> {
        let now = self.options.clock.now();
        self.fleet.live_until(now);
        now
    }
}

impl World {
    fn new(options: FleetOptions) -> Self {
        Self {
            state: Mutex::new(WorldState::new(options)),
            faults: Faults::default(),
            journal: Journal::default(),
        }
    }

    /// The state, for the time of one short piece of work.
    pub fn state(&self) -> MutexGuard<'_, WorldState> {
        lock(&self.state)
    }

    /// Replaces everything.
    pub fn reset(&self, options: FleetOptions) {
        let fresh = WorldState::new(options);
        self.faults.clear();
        self.journal.clear();
        *self.state() = fresh;
    }
}

/// All worlds.
#[derive(Debug)]
pub struct Worlds {
    options: FleetOptions,
    nameless: Arc<World>,
    named: Option<Mutex<HashMap<String, Arc<World>>>>,
}

impl Worlds {
    /// One nameless world; others on demand where `with_named`.
    pub fn new(options: FleetOptions, with_named: bool) -> Self {
        let nameless = Arc::new(World::new(options.clone()));
        Self {
            options,
            nameless,
            named: with_named.then(Mutex::default),
        }
    }

    /// How new worlds are made up.
    pub fn options(&self) -> &FleetOptions {
        &self.options
    }

    /// Whether tests may control the server.
    pub fn are_controlled(&self) -> bool {
        self.named.is_some()
    }

    /// The world that a request picks.
    pub fn pick(&self, request: &HeaderMap) -> Arc<World> {
        let (Some(named), Some(name)) = (&self.named, world_name(request)) else {
            return Arc::clone(&self.nameless);
        };
        let make = || Arc::new(World::new(self.options.clone()));
        Arc::clone(lock(named).entry(name.to_owned()).or_insert_with(make))
    }

    /// Forgets a named world; the next request for it makes it again.
    pub fn forget(&self, request: &HeaderMap) {
        if let (Some(named), Some(name)) = (&self.named, world_name(request)) {
            lock(named).remove(name);
        }
    }
}

fn world_name(request: &HeaderMap) -> Option<&str> {
    let by_header = request
        .get(WORLD_HEADER)
        .and_then(|name| name.to_str().ok());
    let by_cookie = || {
        request
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find_map(|(name, value)| (name == WORLD_COOKIE).then_some(value))
    };
    by_header.or_else(by_cookie).filter(|name| !name.is_empty())
}

/// Extracts the world that the request picks.
#[derive(Clone, Debug)]
pub struct Here(pub Arc<World>);

impl FromRequestParts<Arc<App>> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(app.worlds.pick(&parts.headers)))
    }
}

/// Locks, whatever became of the last who did.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
