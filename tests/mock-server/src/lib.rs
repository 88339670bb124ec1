//! A stand-in for the backend that the kproxy Agents page is a client of: the whole agent API
//! (`docs/agent-api.md`), in memory, with a sample fleet that lives; and the built page beside it.
//!
//! - the API, one file per resource and verb: `agents/`, `sites/`, `credentials.rs`, published by
//!   `openapi.rs`;
//! - what it stands on: `world.rs` (everything that one test sees), `fleet/` (agents and sites, how
//!   they are made up and how they live), `gazetteer.rs`, `clock.rs`;
//! - for tests: `control/` (`/__mock/…`), `faults.rs`, `journal.rs`;
//! - the page: `static_files.rs`.
//!
//! `README.md` tells how to use it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{any, get};
use kproxy_agents::api::wire::{AGENTS_PATH, CREDENTIALS_PATH, Region, SITES_PATH};
use tokio::net::TcpListener;
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::cors::CorsLayer;

mod agents;
mod answer;
pub mod clock;
mod control;
mod credentials;
mod error;
mod extract;
mod faults;
mod fleet;
mod gazetteer;
mod journal;
pub mod openapi;
mod refusals;
mod sites;
mod static_files;
mod tokens;
mod world;

use clock::Clock;
use error::ApiError;
use static_files::Dist;
use world::Worlds;

/// The most agents that a sample fleet may have.
pub const MAX_AGENTS: usize = 100_000;
/// The most sites that a sample fleet may have.
pub const MAX_SITES: usize = 5_000;
/// API answers below this size, in bytes, are not worth compressing.
const COMPRESS_ABOVE: u64 = 4_096;

/// How a server is set up. The fleet's part of it can be changed later by `/__mock/reset`.
#[derive(Clone, Debug)]
pub struct Options {
    /// The sample fleet.
    pub fleet: FleetOptions,
    /// Where the built page is.
    pub dist: PathBuf,
    /// The path under which the page is served, such as `/settings/kproxy`; empty: the root.
    pub base_path: String,
    /// Whether `/__mock/…` and worlds are there.
    pub control: bool,
    /// Whether pages of other origins may call the API.
    pub cors: bool,
    /// Further folders to serve: hosts that embed the page, for one.
    pub mounts: Vec<Mount>,
}

/// A folder served under a path of its own, as the built page is.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Such as `/hosts/react`.
    pub path: String,
    /// Where its files are.
    pub folder: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fleet: FleetOptions::default(),
            dist: PathBuf::from("dist"),
            base_path: String::new(),
            control: false,
            cors: false,
            mounts: Vec::new(),
        }
    }
}

/// How a sample fleet is made up. The same options and clock give the same fleet.
#[derive(Clone, Debug)]
pub struct FleetOptions {
    /// How many agents, at most [`MAX_AGENTS`].
    pub agents: usize,
    /// How many sites, at most [`MAX_SITES`]; `None`: as many as suit that many agents.
    pub sites: Option<usize>,
    /// Any number; another number is another fleet.
    pub seed: u64,
    /// How many agents fall silent or come back in a minute; 0: none.
    pub change_rate: f64,
    /// Where the organization's flow goes.
    pub region: Region,
    /// Whether lists carry a `syncToken`.
    pub sync: bool,
    /// What the server takes for the time.
    pub clock: Clock,
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self {
            agents: 60,
            sites: None,
            seed: 1,
            change_rate: 0.2,
            region: Region::Us,
            sync: true,
            clock: Clock::default(),
        }
    }
}

/// What all requests share.
#[derive(Debug)]
struct App {
    /// The worlds that requests pick from.
    worlds: Worlds,
    /// The built page.
    dist: Dist,
    /// What else is served, under paths of their own.
    mounts: Vec<Dist>,
}

/// A server that is ready to answer.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    router: Router,
}

impl Server {
    /// Makes up the fleet and takes the port; port 0 takes any that is free.
    ///
    /// # Errors
    /// Where the address cannot be had, such as one that is in use.
    pub async fn bind(options: Options, address: (&str, u16)) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self {
            listener,
            router: router(options),
        })
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// Where the system cannot tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the process ends.
    ///
    /// # Errors
    /// Where the listening socket breaks.
    pub async fn run(self) -> io::Result<()> {
        axum::serve(self.listener, self.router).await
    }
}

/// The whole server as an axum router.
pub fn router(options: Options) -> Router {
    let Options {
        fleet,
        dist,
        base_path,
        control,
        cors,
        mounts,
    } = options;
    let dist = Dist::new(dist, &base_path);
    dist.warm_up();
    let mounted = |mount: Mount| Dist::new(mount.folder, &mount.path);
    let app = Arc::new(App {
        worlds: Worlds::new(fleet, control),
        dist,
        mounts: mounts.into_iter().map(mounted).collect(),
    });

    let mut api = Router::new()
        .route(AGENTS_PATH, get(agents::list))
        .route(
            &format!("{AGENTS_PATH}/{{id}}"),
            get(agents::get)
                .patch(agents::update)
                .delete(agents::remove),
        )
        .route(CREDENTIALS_PATH, get(credentials::get))
        .route(SITES_PATH, get(sites::list).post(sites::create))
        .route("/kproxy/{*rest}", any(no_such_call))
        .route("/site/{*rest}", any(no_such_call))
        .method_not_allowed_fallback(no_such_method)
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&app),
            faults::inject,
        ))
        .route("/openapi.json", get(openapi::document));
    if control {
        api = api.nest("/__mock", control::router());
    }
    let mut router = api
        .route("/__mock/{*rest}", any(no_such_call))
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(SizeAbove::new(COMPRESS_ABOVE)),
        )
        .fallback(static_files::serve)
        .with_state(app);
    if cors {
        router = router.layer(CorsLayer::very_permissive());
    }
    router
}

async fn no_such_call(request: Request) -> Response {
    ApiError::no_such_call(request.uri().path()).into()
}

async fn no_such_method(request: Request) -> Response {
    ApiError::no_such_method(request.method()).into()
}
