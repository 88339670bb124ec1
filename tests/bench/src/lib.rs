//! What the benchmarks read: the mock server's fleet, as the agent API answers. `benches/domain.rs` measures the rules
//! on it, natively; `page.mjs` measures the page, in a browser.

use std::error::Error;

use chrono::{DateTime, Utc};
use kproxy_agents::api::decode::agents_page;
use mock_server::clock::Clock;
use mock_server::{FleetOptions, Options, Server};

/// The bodies of a whole read.
#[derive(Debug)]
pub struct Answers {
    /// Of the sites.
    pub sites: String,
    /// Of the pages of agents, 1,000 each.
    pub pages: Vec<String>,
}

impl Answers {
    /// Reads a fleet of so many agents from a mock server of its own, whose clock stands at `now`.
    ///
    /// # Errors
    /// What keeps the server from starting or answering.
    pub async fn read(agents: usize, now: DateTime<Utc>) -> Result<Self, Box<dyn Error>> {
        let fleet = FleetOptions {
            agents,
            clock: Clock::Frozen(now),
            ..FleetOptions::default()
        };
        let options = Options {
            fleet,
            ..Options::default()
        };
        let server = Server::bind(options, ("127.0.0.1", 0)).await?;
        let base = format!("http://{}", server.address()?);
        tokio::spawn(server.run());
        let get = async |path: &str| reqwest::get(format!("{base}{path}")).await?.text().await;

        let sites = get("/site/v202509/sites").await?;
        let mut pages = Vec::new();
        let mut token = String::new();
        loop {
            let path = format!("/kproxy/v202611/agents?pageSize=1000&pageToken={token}");
            let page = get(&path).await?;
            token = agents_page(&page)?.next_page_token;
            pages.push(page);
            if token.is_empty() {
                return Ok(Self { sites, pages });
            }
        }
    }
}
