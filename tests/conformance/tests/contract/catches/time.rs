//! `serverTime`.

use std::sync::Mutex;

use serde_json::json;

use super::{Break, are_caught, came, no_break};

#[test]
fn a_wrong_clock_is_caught() {
    are_caught(vec![
        came(
            "serverTime stands still",
            {
                let first = Mutex::new(None);
                move |_, came| {
                    came.change(|body| {
                        if let Some(time) = body.get_mut("serverTime") {
                            *time = first
                                .lock()
                                .unwrap()
                                .get_or_insert_with(|| time.clone())
                                .clone();
                        }
                    });
                }
            },
            &["serverTime moves on"],
            "serverTime is still not later",
        ),
        Break {
            what: "serverTime is in another zone",
            mock: |options| {
                options.fleet.clock =
                    mock_server::clock::Clock::Shifted(chrono::TimeDelta::hours(-5));
            },
            fails: vec!["serverTime is the time"],
            says: "minutes off the Date header of the same answer",
            ..no_break()
        },
        came(
            "serverTime is no clock's",
            |_, came| {
                came.change(|body| {
                    if let Some(time) = body.get_mut("serverTime") {
                        *time = json!("0001-01-01T00:00:00Z");
                    }
                });
            },
            &["serverTime is the time", "serverTime moves on"],
            "serverTime is in the year 1",
        ),
    ]);
}
