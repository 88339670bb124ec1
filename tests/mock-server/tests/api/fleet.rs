//! The sample fleet.

use std::collections::HashSet;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use kproxy_agents::domain::{Agent, Site, Status};
use mock_server::clock::Clock;
use serde_json::{Value, json};

use crate::support::{AGENTS, Mock, id, noon};

async fn fleet(mock: &Mock) -> (Vec<Agent>, Vec<Site>) {
    let agents = mock
        .agents()
        .await
        .into_iter()
        .map(|agent| serde_json::from_value(agent).unwrap());
    let sites = mock
        .sites()
        .await
        .into_iter()
        .map(|site| serde_json::from_value(site).unwrap());
    (agents.collect(), sites.collect())
}

fn count(agents: &[Agent], now: DateTime<Utc>, wanted: Status) -> usize {
    agents
        .iter()
        .filter(|agent| Status::at(agent.last_contact, now) == wanted)
        .count()
}

#[tokio::test]
async fn the_same_seed_and_clock_give_the_same_fleet() {
    let (one, two) = (Mock::start().await, Mock::start().await);
    for reset in [
        json!({}),
        json!({"seed": 7, "agents": 333, "sites": 12, "changeRate": 5}),
    ] {
        one.control("reset", reset.clone()).await;
        two.control("reset", reset).await;
        for _ in 0..2 {
            assert_eq!(one.agents().await, two.agents().await);
            assert_eq!(one.sites().await, two.sites().await);
            let later = json!({"at": noon() + TimeDelta::hours(5)});
            one.control("clock", later.clone()).await;
            two.control("clock", later).await;
        }
    }
}

#[tokio::test]
async fn another_seed_gives_another_fleet() {
    let mock = Mock::start().await;
    let before = mock.agents().await;
    mock.control("reset", json!({"seed": 2})).await;
    assert_ne!(mock.agents().await, before);
}

#[tokio::test]
async fn whatever_the_seed_a_fleet_has_all_that_a_page_may_stumble_over() {
    let mock = Mock::start().await;
    for seed in 0..20 {
        mock.control("reset", json!({"seed": seed})).await;
        let (agents, sites) = fleet(&mock).await;
        assert_eq!(agents.len(), 60);
        let healthy = count(&agents, noon(), Status::Healthy);
        assert!(
            (40..=50).contains(&healthy),
            "seed {seed}: {healthy} healthy"
        );
        for status in [Status::Warning, Status::Critical, Status::Pending] {
            assert!(
                count(&agents, noon(), status) >= 2,
                "seed {seed}: {status:?}"
            );
        }

        let place = |agent: &Agent| {
            sites
                .iter()
                .find(|site| site.id == agent.site_id)
                .and_then(Site::coordinates)
        };
        let any = |what: &str, is: &dyn Fn(&Agent) -> bool| {
            assert!(agents.iter().any(is), "seed {seed}: no agent {what}");
        };
        any("west of the 180th meridian", &|agent| {
            place(agent).is_some_and(|at| at.lon > 170.0)
        });
        any("east of it", &|agent| {
            place(agent).is_some_and(|at| at.lon < -150.0)
        });
        any("without a site", &|agent| agent.site_id.is_empty());
        any("whose site is not there", &|agent| {
            !agent.site_id.is_empty() && sites.iter().all(|site| site.id != agent.site_id)
        });
        any("at a site with no location", &|agent| {
            sites
                .iter()
                .any(|site| site.id == agent.site_id && site.coordinates().is_none())
        });
        any("without a private IP", &|agent| agent.private_ip.is_empty());
        any("without a name", &|agent| agent.name.is_empty());
        any("with a name of 128", &|agent| {
            agent.name.chars().count() == 128
        });
        any("with markup for a name", &|agent| {
            agent.name.contains("<img")
        });
        any("with 40 devices", &|agent| agent.devices.len() == 40);
        any("with no device", &|agent| agent.devices.is_empty());
        let at_one_site = |site: &Site| {
            agents
                .iter()
                .filter(|agent| agent.site_id == site.id)
                .count()
        };
        assert!(
            sites.iter().any(|site| at_one_site(site) >= 3),
            "seed {seed}"
        );
    }
}

#[tokio::test]
async fn a_fleet_keeps_to_the_contract() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 2000).await;
    let (agents, sites) = fleet(&mock).await;
    let ids: HashSet<_> = agents.iter().map(|agent| &agent.id).collect();
    assert_eq!(ids.len(), agents.len());
    for agent in &agents {
        assert!(agent.name.chars().count() <= 128 && agent.description.chars().count() <= 1024);
        let is_ip = |ip: &String| ip.is_empty() || ip.parse::<std::net::IpAddr>().is_ok();
        assert!(
            is_ip(&agent.private_ip) && is_ip(&agent.ip_address),
            "{agent:?}"
        );
        assert!(
            agent.created < agent.last_contact || agent.last_contact.is_none(),
            "{agent:?}"
        );
        assert!(agent.last_contact <= Some(noon()) && agent.last_seen <= agent.last_contact);
    }
    let titles: HashSet<_> = sites.iter().map(|site| site.title.to_lowercase()).collect();
    assert_eq!(titles.len(), sites.len());
    for site in &sites {
        assert!((3..=40).contains(&site.title.chars().count()), "{site:?}");
    }
    let named: Vec<_> = agents
        .iter()
        .map(|agent| &agent.name)
        .filter(|name| !name.is_empty())
        .collect();
    let different: HashSet<_> = named.iter().collect();
    assert_eq!(different.len(), named.len(), "names are unique");
    for version in ["2026.2.0", "7.27", "7.49.0~rc3", "7.49.0-0.1.rc3"] {
        assert!(
            agents.iter().any(|agent| agent.version == version),
            "{version}"
        );
    }
    assert!(
        agents.iter().any(|agent| agent.version.len() == 40),
        "a commit hash"
    );
}

#[tokio::test]
async fn a_frozen_population_keeps_its_statuses_for_ten_minutes() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 500).await;
    let statuses = |agents: &[Agent], now| -> Vec<_> {
        agents
            .iter()
            .map(|agent| Status::at(agent.last_contact, now))
            .collect()
    };
    let before = statuses(&fleet(&mock).await.0, noon());
    let later = noon() + TimeDelta::minutes(10);
    mock.control("clock", json!({"at": later})).await;
    assert_eq!(statuses(&fleet(&mock).await.0, later), before);
}

#[tokio::test]
async fn now_and_then_agents_fall_silent_and_others_come_back() {
    let mock = Mock::start_with_fleet(|fleet| fleet.change_rate = 0.2).await;
    let (before, _) = fleet(&mock).await;
    let later = noon() + TimeDelta::hours(6);
    mock.control("clock", json!({"at": later})).await;
    let (after, _) = fleet(&mock).await;
    let turned = |from: Status, to: Status| {
        let statuses = before.iter().zip(&after).map(|(before, after)| {
            (
                Status::at(before.last_contact, noon()),
                Status::at(after.last_contact, later),
            )
        });
        statuses.filter(|turn| *turn == (from, to)).count()
    };
    assert!(turned(Status::Healthy, Status::Critical) > 0);
    assert!(turned(Status::Critical, Status::Healthy) > 0);
    assert_eq!(
        turned(Status::Pending, Status::Pending),
        count(&before, noon(), Status::Pending)
    );
}

#[tokio::test]
async fn fleets_may_be_small() {
    let mock = Mock::start().await;
    for agents in [0, 1, 2, 5, 9, 10, 19, 20] {
        for sites in [0, 1, 3] {
            mock.control("reset", json!({"agents": agents, "sites": sites}))
                .await;
            assert_eq!(mock.agents().await.len(), agents);
            assert_eq!(mock.sites().await.len(), sites);
        }
    }
}

#[tokio::test]
async fn a_hundred_thousand_agents_take_seconds_at_most() {
    let started = Instant::now();
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 100_000).await;
    let sites = mock.sites().await;
    assert_eq!(sites.len(), 5_000);
    // Not held against the contract: that takes longer than all the rest.
    let url = format!("{}{AGENTS}?pageSize=10000", mock.base);
    let page: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(page["agents"].as_array().unwrap().len(), 10_000);
    // An unoptimised build on a busy machine; a tenth of that otherwise.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[tokio::test]
async fn without_a_frozen_clock_the_server_tells_the_real_time() {
    let mock = Mock::start_with_fleet(|fleet| fleet.clock = Clock::default()).await;
    let page = mock.get(AGENTS).await.json();
    let time: DateTime<Utc> = page["serverTime"].as_str().unwrap().parse().unwrap();
    assert!((Utc::now() - time).abs() < TimeDelta::minutes(1));
    assert!(
        page["agents"]
            .as_array()
            .unwrap()
            .iter()
            .all(|agent| !id(agent).is_empty())
    );
}
