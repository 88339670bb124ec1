//! Shifts or stops the server's clock.

use axum::body::Bytes;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

use super::read;
use crate::answer;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::world::Here;

/// What the clock is to show. Nothing: the machine's time.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClockSetting {
    /// Always this time.
    at: Option<DateTime<Utc>>,
    /// The machine's time, shifted by so much.
    offset_secs: Option<i64>,
}

impl From<ClockSetting> for Clock {
    fn from(setting: ClockSetting) -> Self {
        let shift = setting
            .offset_secs
            .and_then(TimeDelta::try_seconds)
            .unwrap_or_default();
        setting.at.map_or(Self::Shifted(shift), Self::Frozen)
    }
}

/// `POST /__mock/clock`.
pub(super) async fn set(Here(world): Here, body: Bytes) -> Result<Response, ApiError> {
    let setting: ClockSetting = read(&body)?;
    let mut state = world.state();
    state.options.clock = setting.into();
    let now = state.catch_up();
    Ok(answer::unstored(json!({ "serverTime": now })))
}
