//! The mock server: see the library.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use kproxy_agents::api::wire::Region;
use mock_server::clock::Clock;
use mock_server::{FleetOptions, MAX_AGENTS, MAX_SITES, Mount, Options, Server};

/// Stands in for the backend of the kproxy Agents page: the whole agent API in memory, a sample
/// fleet that lives, and the built page.
///
/// Once it listens it prints the page's address, such as `http://127.0.0.1:8080`, on a line of its own.
#[derive(Debug, Parser)]
#[command(version, after_help = NOTES, max_term_width = 100)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct Args {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// How many agents the sample fleet has, up to 100,000
    #[arg(long, default_value_t = 60, value_parser = up_to(MAX_AGENTS))]
    agents: u64,
    /// How many sites it has, up to 5,000 [default: as suits the agents]
    #[arg(long, value_parser = up_to(MAX_SITES))]
    sites: Option<u64>,
    /// Which sample fleet; the same number always gives the same one
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many agents fall silent or come back in a minute; with 0 none does, but healthy ones
    /// still keep contacting
    #[arg(long, default_value_t = 0.2, value_name = "PER_MINUTE", value_parser = rate)]
    change_rate: f64,
    /// Where the organization's flow goes
    #[arg(long, value_enum, ignore_case = true, default_value_t = RegionArg::Us)]
    region: RegionArg,
    /// Give no syncToken, as a backend may that does not keep track of changes
    #[arg(long)]
    no_sync: bool,
    /// Folder of the built page
    #[arg(long, default_value = "dist")]
    dist: PathBuf,
    /// Path under which the page is served, such as /settings/kproxy; the API stays at the root
    #[arg(long, default_value = "/")]
    base_path: String,
    /// Let tests control the server: faults, clock, agents, worlds (/__mock/…)
    #[arg(long)]
    control: bool,
    /// Let pages of any origin call the API, for trying out embedding
    #[arg(long)]
    cors: bool,
    /// Print the contract of the API as OpenAPI 3.1, and do nothing else
    #[arg(long)]
    openapi: bool,
    /// Serve another folder, too, under this path, such as a host that embeds the page; repeatable
    #[arg(long, value_name = "PATH=FOLDER", value_parser = mount)]
    mount: Vec<Mount>,
}

const NOTES: &str = "\
The API: /kproxy/v202611/agents, /kproxy/v202611/credentials, /site/v202509/sites; described by
/openapi.json. Every other path that a browser opens gives the page.

Control, with --control (tests/mock-server/README.md has it all):
  POST   /__mock/reset       a new fleet: {\"agents\": 12, \"seed\": 3, \"at\": \"2026-11-02T12:00:00Z\"}
  POST   /__mock/faults      {\"route\": \"GET /kproxy/v202611/agents\", \"times\": 1, \"status\": 503}
  DELETE /__mock/faults      all is well again
  POST   /__mock/release     {\"name\": \"…\"}: lets go what a fault holds
  GET    /__mock/requests    what the API was asked; DELETE forgets it
  POST   /__mock/agents      adds an agent; PATCH and DELETE /__mock/agents/{id}
  POST   /__mock/sites       adds a site; DELETE /__mock/sites/{id}
  POST   /__mock/clock       {\"offsetSecs\": 3600} or {\"at\": \"…\"}; {} is the real time
The header x-mock-world: NAME or the cookie mock-world=NAME picks a world of its own: fleet,
faults, clock and requests.

Cities: GeoNames (https://www.geonames.org), CC BY 4.0.";

/// As on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RegionArg {
    #[value(name = "US")]
    Us,
    #[value(name = "EU")]
    Eu,
}

fn up_to(most: usize) -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(..=most as u64)
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=100_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("not from 0 to 100,000".to_owned())
    }
}

fn mount(text: &str) -> Result<Mount, String> {
    match text.split_once('=') {
        Some((path, folder)) if path.starts_with('/') && !folder.is_empty() => Ok(Mount {
            path: path.to_owned(),
            folder: folder.into(),
        }),
        _ => Err("not of the form /PATH=FOLDER".to_owned()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    if args.openapi {
        print!("{}", mock_server::openapi::text());
        return ExitCode::SUCCESS;
    }
    let path = match args.base_path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}/"),
    };
    let options = Options {
        fleet: FleetOptions {
            agents: args.agents as usize,
            sites: args.sites.map(|sites| sites as usize),
            seed: args.seed,
            change_rate: args.change_rate,
            region: match args.region {
                RegionArg::Us => Region::Us,
                RegionArg::Eu => Region::Eu,
            },
            sync: !args.no_sync,
            clock: Clock::default(),
        },
        dist: args.dist,
        base_path: args.base_path,
        control: args.control,
        cors: args.cors,
        mounts: args.mount,
    };
    let (host, port) = (args.host.as_str(), args.port);
    let server = match Server::bind(options, (host, port)).await {
        Ok(server) => server,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            eprintln!("Port {port} on {host} is already in use. Choose another one with --port.");
            return ExitCode::FAILURE;
        }
        Err(error) => {
            eprintln!("Cannot listen on {host}, port {port}: {error}.");
            return ExitCode::FAILURE;
        }
    };
    match server.address() {
        Ok(address) => println!("http://{address}{path}"),
        Err(error) => eprintln!("Cannot tell the address: {error}."),
    }
    match server.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The server has stopped: {error}.");
            ExitCode::FAILURE
        }
    }
}
