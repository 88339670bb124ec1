//! `ETag` and conditional requests.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use super::{TRIES, skip};
use crate::answer::Answer;
use crate::backend::{Ask, Backend};
use crate::calls::{self, MAX_PAGE_SIZE, SITES_PATH};
use crate::run::{Checked, Run};

/// Looks at the lists that may carry an `ETag`.
pub fn check(run: &mut Run<'_>) {
    run.part("Caching");
    run.check(
        "The ETag of the agents leaves serverTime out, and sent back costs a 304",
        "docs/agent-api.md#caching/1, #caching/2: a list may carry an ETag; conditional requests \
         then cost a 304; a list's ETag leaves serverTime out",
        |backend| etag_is_of_content(backend, &calls::page_path(MAX_PAGE_SIZE, "", "")),
    );
    run.check(
        "The ETag of the sites, sent back, costs a 304",
        "docs/agent-api.md#caching/1: a list may carry an ETag; conditional requests then cost a \
         304",
        |backend| etag_is_of_content(backend, SITES_PATH),
    );
}

/// What a list holds but for `serverTime`, as text.
fn content(answer: &Answer) -> Checked<BTreeMap<String, String>> {
    let fields = answer.success()?.fields()?.into_iter();
    let fields = fields.filter(|(name, _)| name != "serverTime");
    Ok(fields
        .map(|(name, raw)| (name, raw.get().to_owned()))
        .collect())
}

/// Whether two tags are the same but for `W/`.
fn same_tag(one: &str, other: &str) -> bool {
    one.trim_start_matches("W/") == other.trim_start_matches("W/")
}

fn etag_is_of_content(backend: &Backend, path: &str) -> Checked {
    let mut first = backend.ask(Ask::get(path))?;
    for _ in 0..TRIES {
        if first.success()?.header("etag").is_empty() {
            return skip("the list carries no ETag, which it need not");
        }
        let second = at_another_time(backend, path, &first)?;
        let is_same = content(&first)? == content(&second)?;
        match (
            is_same,
            same_tag(&first.header("etag"), &second.header("etag")),
        ) {
            (true, false) => {
                return Err(second.wrong(format!(
                    "the list has not changed, but its ETag has, from {} to {}",
                    first.header("etag"),
                    second.header("etag"),
                )));
            }
            (false, true) => {
                return Err(second.wrong(format!(
                    "the list has changed, but its ETag is still {}",
                    second.header("etag")
                )));
            }
            _ => {}
        }
        let ask = Ask::get(path).with("if-none-match", second.header("etag"));
        let third = backend.ask(ask)?;
        if third.status == 304 {
            return Ok(());
        }
        if content(&third)? == content(&second)? {
            let wrong = "the list has not changed, but was sent again where a 304 would do";
            return Err(third.wrong(wrong));
        }
        first = third;
    }
    skip("the list changed at every read")
}

/// The list once more, with another `serverTime` if it has one.
fn at_another_time(backend: &Backend, path: &str, first: &Answer) -> Checked<Answer> {
    let time = |answer: &Answer| -> Checked<Option<String>> {
        Ok(answer
            .success()?
            .fields()?
            .get("serverTime")
            .map(|raw| raw.get().to_owned()))
    };
    let told = time(first)?;
    for pause in [1, 1_100] {
        sleep(Duration::from_millis(pause).min(backend.options().patience));
        let second = backend.ask(Ask::get(path))?;
        if told.is_none() || time(&second)? != told {
            return Ok(second);
        }
    }
    backend.ask(Ask::get(path))
}
