//! `serverTime`.

use std::thread::sleep;
use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::skip;
use crate::answer::Answer;
use crate::backend::Backend;
use crate::calls;
use crate::run::{Checked, Run};

/// Server times outside these years are no clock's.
const PLAUSIBLE_YEARS: std::ops::Range<i32> = 2000..2200;
/// Two clocks further apart than this do not show the same time.
const APART: TimeDelta = TimeDelta::minutes(10);
/// Looks at the server's clock.
pub fn check(run: &mut Run<'_>) {
    run.part("The server's clock");
    run.check(
        "serverTime is the time",
        "docs/agent-api.md#server-clock/1: serverTime corrects a wrong clock on the user's \
         machine: every age on the page is on the server's clock",
        is_the_time,
    );
    run.check(
        "serverTime moves on",
        "docs/agent-api.md#server-clock/3: serverTime corrects a wrong clock on the user's \
         machine; a cached answer may repeat an old one",
        moves_on,
    );
}

fn look(backend: &Backend) -> Checked<(Option<DateTime<Utc>>, Answer)> {
    let page = calls::page(backend, calls::page_path(1, "", ""))?;
    Ok((time_of(page.server_time()), page.answer))
}

fn is_the_time(backend: &Backend) -> Checked {
    let (time, answer) = look(backend)?;
    let Some(time) = time else {
        return Err(answer.wrong("serverTime is missing, or no RFC 3339 time"));
    };
    let year = time.year();
    if !PLAUSIBLE_YEARS.contains(&year) {
        return Err(answer.wrong(format!("serverTime is in the year {year}")));
    }
    let here = Utc::now();
    let Ok(date) = DateTime::parse_from_rfc2822(&answer.header("date")) else {
        return Ok(());
    };
    let date = date.with_timezone(&Utc);
    // Either of the other two clocks may be wrong; both, and in the same way, hardly.
    if (time - date).abs() > APART && (time - here).abs() > APART && (date - here).abs() < APART {
        let minutes = (time - date).num_minutes();
        return Err(answer.wrong(format!(
            "serverTime is {minutes} minutes off the Date header of the same answer, and off the \
             clock here"
        )));
    }
    Ok(())
}

fn moves_on(backend: &Backend) -> Checked {
    let (Some(begun), _) = look(backend)? else {
        return skip("serverTime could not be read");
    };
    let patience = backend.options().patience;
    let mut waited = Duration::ZERO;
    // A clock may show seconds only.
    for pause in [50].into_iter().chain(std::iter::repeat(1_100)) {
        let pause = Duration::from_millis(pause).min(patience);
        sleep(pause);
        waited += pause;
        let (time, answer) = look(backend)?;
        if time.is_some_and(|time| time > begun) {
            return Ok(());
        }
        if waited >= patience {
            let secs = waited.as_secs_f64();
            return Err(answer.wrong(format!("after {secs:.1} s serverTime is still not later")));
        }
    }
    Ok(())
}

/// The time that a field's JSON holds.
fn time_of(json: &str) -> Option<DateTime<Utc>> {
    let text: String = serde_json::from_str(json).ok()?;
    let time = DateTime::parse_from_rfc3339(&text).ok()?;
    Some(time.with_timezone(&Utc))
}

/// Whether a field's JSON is an RFC 3339 time.
pub fn is_time(json: &str) -> bool {
    time_of(json).is_some()
}
