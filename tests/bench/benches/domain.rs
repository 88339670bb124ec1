//! What the rules cost with 10,000 agents: the mock server's fleet is read, merged, filtered, sorted and
//! gathered into markers.

#![allow(
    missing_docs,
    reason = "`criterion_group!` makes a function without any"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on may panic"
)]

use std::hint::black_box;
use std::sync::Arc;

use bench::Answers;
use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kproxy_agents::api::decode::{agents_page, sites};
use kproxy_agents::domain::{
    Agent, Column, Direction, Filter, Fleet, FleetReadKind, MarkerGroups, Row, Sorting,
    filter_rows, sort,
};

const AGENTS: usize = 10_000;
const WORLD_ZOOM: u8 = 1;
/// One agent of so many changes from one read to the next.
const ONE_IN: usize = 100;

fn now() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

fn read(fleet: &mut Fleet, kind: FleetReadKind, pages: Vec<Vec<Agent>>, now: DateTime<Utc>) {
    let mut read = fleet.begin_read(kind);
    for agents in pages {
        fleet.apply_page(&mut read, agents, &[], now);
    }
    fleet.finish_read(read);
}

/// The agents of these pages of which one in so many has made contact again, and those alone.
fn contacts(pages: &[Vec<Agent>], one_in: usize) -> Vec<Agent> {
    let agents = pages.iter().flatten().step_by(one_in).cloned();
    agents
        .map(|agent| Agent {
            last_contact: Some(now() + TimeDelta::minutes(1)),
            ..agent
        })
        .collect()
}

fn domain(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answers = runtime.block_on(Answers::read(AGENTS, now())).unwrap();
    criterion.bench_function("parse", |bencher| {
        bencher.iter(|| -> usize {
            let pages = answers.pages.iter();
            pages
                .map(|page| agents_page(page).unwrap().agents.len())
                .sum()
        });
    });

    let pages: Vec<Vec<Agent>> = answers
        .pages
        .iter()
        .map(|page| agents_page(page).unwrap().agents)
        .collect();
    let fleet = || {
        let mut fleet = Fleet::new();
        let begun = fleet.begin_sites_read();
        fleet.apply_sites(begun, sites(&answers.sites).unwrap().sites, true, now());
        read(&mut fleet, FleetReadKind::Whole, pages.clone(), now());
        fleet
    };
    criterion.bench_function("merge a first read", |bencher| {
        bencher.iter_batched(
            || (Fleet::new(), pages.clone()),
            |(mut fleet, pages)| {
                read(&mut fleet, FleetReadKind::Whole, pages, now());
                fleet
            },
            BatchSize::LargeInput,
        );
    });
    for (name, one_in) in [
        ("merge a minute later, all in contact", 1),
        ("merge changes, 1 %", ONE_IN),
    ] {
        let changed = contacts(&pages, one_in);
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched(
                || (fleet(), vec![changed.clone()]),
                |(mut fleet, pages)| {
                    read(
                        &mut fleet,
                        FleetReadKind::Changes,
                        pages,
                        now() + TimeDelta::minutes(1),
                    );
                    fleet
                },
                BatchSize::LargeInput,
            );
        });
    }

    let rows: Vec<Arc<Row>> = fleet().rows().cloned().collect();
    for text in ["k", "kp", "198.18.3", "frankfurt", "xyzzy"] {
        let filter = Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        criterion.bench_function(&format!("filter by {text:?}"), |bencher| {
            bencher.iter(|| filter_rows(black_box(&rows), &filter).len());
        });
    }

    let by_name = Sorting {
        column: Column::Name,
        direction: Direction::Ascending,
    };
    let mut sorted = rows.clone();
    sort(&mut sorted, by_name);
    for (name, rows) in [
        ("sort by name", &rows),
        ("sort by name what is sorted", &sorted),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || rows.clone(),
                |rows| sort(rows, by_name),
                BatchSize::LargeInput,
            );
        });
    }

    criterion.bench_function("gather into markers", |bencher| {
        bencher.iter(|| MarkerGroups::of(black_box(&rows), WORLD_ZOOM));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = domain
}
criterion_main!(benches);
