//! Incremental refresh: `syncToken` and `removedIds`.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use crate::support::{AGENTS, Mock, by_id, id, noon, path_of};

async fn sync_token(mock: &Mock) -> String {
    let page = mock.get(&format!("{AGENTS}?pageSize=10000")).await.json();
    page["syncToken"].as_str().unwrap().to_owned()
}

async fn changes(mock: &Mock, token: &str) -> Value {
    mock.get(&format!("{AGENTS}?pageSize=10000&syncToken={token}"))
        .await
        .json()
}

fn ids(page: &Value) -> Vec<&str> {
    page["agents"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn without_changes_there_are_none() {
    let mock = Mock::start().await;
    let token = sync_token(&mock).await;
    let page = changes(&mock, &token).await;
    assert_eq!((ids(&page), &page["removedIds"]), (vec![], &json!([])));
    assert_eq!(page["syncToken"], token);
}

#[tokio::test]
async fn only_what_changed_comes() {
    let mock = Mock::start().await;
    let agents = mock.agents().await;
    let token = sync_token(&mock).await;
    mock.patch(
        &path_of(id(&agents[7])),
        json!({"agent": {"name": "seven"}}),
    )
    .await;
    mock.delete(&path_of(id(&agents[8]))).await;
    mock.delete(&path_of(id(&agents[9]))).await;
    mock.control(
        "agents",
        json!([{"id": "new"}, {"id": id(&agents[9]), "name": "back"}]),
    )
    .await;

    let page = changes(&mock, &token).await;
    assert_eq!(ids(&page), [id(&agents[7]), "new", id(&agents[9])]);
    assert_eq!(
        page["removedIds"],
        json!([id(&agents[8])]),
        "one that is back is not removed"
    );
    let token = page["syncToken"].as_str().unwrap();
    assert!(ids(&changes(&mock, token).await).is_empty());
}

#[tokio::test]
async fn an_edit_of_nothing_is_no_change() {
    let mock = Mock::start().await;
    let agent = mock.agents().await.swap_remove(3);
    let token = sync_token(&mock).await;
    for nothing in [json!({}), json!({"name": agent["name"]})] {
        let answer = mock
            .patch(&path_of(id(&agent)), json!({ "agent": nothing }))
            .await;
        assert_eq!(answer.json()["agent"], agent);
    }
    assert!(ids(&changes(&mock, &token).await).is_empty());
}

#[tokio::test]
async fn an_agent_that_falls_silent_has_not_changed() {
    let mock = Mock::start_with_fleet(|fleet| fleet.change_rate = 600.0).await;
    for secs in 1..30 {
        let before = by_id(&mock.agents().await);
        let token = sync_token(&mock).await;
        mock.control("clock", json!({"at": noon() + TimeDelta::seconds(secs)}))
            .await;
        let page = changes(&mock, &token).await;
        for agent in page["agents"].as_array().unwrap() {
            assert_ne!(before[id(agent)], *agent);
        }
    }
}

#[tokio::test]
async fn a_minute_later_some_have_contacted_but_not_the_whole_fleet() {
    let mock = Mock::start_with_fleet(|fleet| fleet.agents = 1000).await;
    let token = sync_token(&mock).await;
    mock.control("clock", json!({"at": noon() + TimeDelta::minutes(1)}))
        .await;
    let count = ids(&changes(&mock, &token).await).len();
    assert!((100..500).contains(&count), "{count}");
}

#[tokio::test]
async fn an_unknown_or_old_sync_token_is_410() {
    let mock = Mock::start().await;
    for token in ["x", "s.1.2", "s.", "💥"] {
        let answer = mock.get(&format!("{AGENTS}?syncToken={token}")).await;
        assert_eq!(answer.error(), (410, 9), "{token}");
    }
    let token = sync_token(&mock).await;
    let agent = mock.agents().await.swap_remove(0);
    mock.delete(&path_of(id(&agent))).await;
    mock.control("clock", json!({"at": noon() + TimeDelta::minutes(59)}))
        .await;
    assert_eq!(
        changes(&mock, &token).await["removedIds"],
        json!([id(&agent)])
    );
    // Then the removal is forgotten.
    mock.control("clock", json!({"at": noon() + TimeDelta::minutes(61)}))
        .await;
    let path = format!("{AGENTS}?syncToken={token}");
    assert_eq!(mock.get(&path).await.error(), (410, 9));

    let token = sync_token(&mock).await;
    mock.control("reset", json!({})).await;
    assert_eq!(
        mock.get(&format!("{AGENTS}?syncToken={token}"))
            .await
            .error(),
        (410, 9)
    );
}

#[tokio::test]
async fn a_backend_may_give_no_sync_token() {
    let mock = Mock::start_with_fleet(|fleet| fleet.sync = false).await;
    assert_eq!(sync_token(&mock).await, "");
    assert_eq!(
        mock.get(&format!("{AGENTS}?syncToken=s.1.1")).await.error(),
        (410, 9)
    );
}

/// A client that keeps the fleet up to date by changes alone.
struct Client {
    agents: Map<String, Value>,
    token: String,
}

impl Client {
    /// Reads changes page by page; the world goes on between pages.
    async fn refresh(&mut self, mock: &Mock, page_size: usize, mut meanwhile: Option<&mut Chance>) {
        let size = format!("{AGENTS}?pageSize={page_size}");
        let mut query = format!("{size}&syncToken={}", self.token);
        loop {
            let page = mock.get(&query).await.json();
            for removed in page["removedIds"].as_array().unwrap() {
                self.agents.remove(removed.as_str().unwrap());
            }
            self.agents
                .extend(by_id(page["agents"].as_array().unwrap()));
            let next = page["nextPageToken"].as_str().unwrap();
            if next.is_empty() {
                page["syncToken"]
                    .as_str()
                    .unwrap()
                    .clone_into(&mut self.token);
                return;
            }
            query = format!("{size}&pageToken={next}");
            if let Some(chance) = &mut meanwhile {
                chance.strike(mock).await;
            }
        }
    }
}

/// What may happen to a fleet.
struct Chance {
    rng: fastrand::Rng,
    minutes: i64,
}

impl Chance {
    async fn strike(&mut self, mock: &Mock) {
        let agents = mock.agents().await;
        let Some(agent) = self.rng.choice(&agents).map(id) else {
            return;
        };
        match self.rng.u32(0..6) {
            0 => {
                let name = json!({"agent": {"name": self.rng.u32(..).to_string()}});
                mock.patch(&path_of(agent), name).await;
            }
            1 => drop(mock.delete(&path_of(agent)).await),
            2 => {
                let live = self.rng.bool();
                mock.control(
                    "agents",
                    json!({"id": self.rng.u8(0..9).to_string(), "live": live}),
                )
                .await;
            }
            3 => {
                let change = json!({"ageSecs": self.rng.u32(0..5000)});
                mock.patch(&path_of(agent).replace(AGENTS, "/__mock/agents"), change)
                    .await;
            }
            // A clock may be set back, too; not so far that removals are forgotten.
            _ => {
                self.minutes = (self.minutes + self.rng.i64(-3..9)).min(50);
                let now = noon() + TimeDelta::minutes(self.minutes);
                mock.control("clock", json!({"at": now})).await;
            }
        }
    }
}

#[tokio::test]
async fn changes_lead_to_the_same_fleet_as_a_whole_read() {
    let mock = Mock::start().await;
    for seed in 0..12 {
        let reset = json!({"agents": 30, "seed": seed, "changeRate": 2.0});
        mock.control("reset", reset).await;
        let mut chance = Chance {
            rng: fastrand::Rng::with_seed(seed),
            minutes: 0,
        };
        let whole = mock.get(AGENTS).await.json();
        let mut client = Client {
            agents: by_id(whole["agents"].as_array().unwrap()),
            token: whole["syncToken"].as_str().unwrap().to_owned(),
        };
        for round in 0..6 {
            for _ in 0..chance.rng.u32(0..4) {
                chance.strike(&mock).await;
            }
            client.refresh(&mock, 4, Some(&mut chance)).await;
            // With nothing happening between pages, the client has it all.
            client.refresh(&mock, 7, None).await;
            assert_eq!(
                client.agents,
                by_id(&mock.agents().await),
                "seed {seed}, round {round}"
            );
        }
    }
}
