//! The values for the install commands. Nothing of the answer is told: it is secret.

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::backend::{Ask, Backend};
use crate::calls::CREDENTIALS_PATH;
use crate::run::{Checked, Run};

/// Looks at the credentials.
pub fn check(run: &mut Run<'_>) {
    run.part("Credentials");
    run.check(
        "The credentials hold apiEmail, apiToken, region US or EU, and latestVersion",
        "docs/agent-api.md#calls/5, #get-the-credentials/1: GET credentials answers \
         {\"apiEmail\", \"apiToken\", \"region\": \"US\" or \"EU\", \"latestVersion\"}",
        |backend| {
            let (answer, body) = read(backend)?;
            for field in ["apiEmail", "apiToken"] {
                match body.get(field).map(Value::as_str) {
                    Some(Some(text)) if !text.is_empty() => {}
                    None | Some(Some(_)) => return Err(answer.wrong(format!("{field} is missing"))),
                    Some(None) => return Err(answer.wrong(format!("{field} is no text"))),
                }
            }
            if !matches!(
                body.get("region").and_then(Value::as_str),
                Some("US" | "EU")
            ) {
                return Err(answer.wrong("region is neither US nor EU"));
            }
            match body.get("latestVersion") {
                None | Some(Value::Null | Value::String(_)) => Ok(()),
                Some(_) => Err(answer.wrong("latestVersion is no text")),
            }
        },
    );
    run.check(
        "No cache may keep the credentials",
        "docs/agent-api.md#get-the-credentials/2: GET credentials is answered with Cache-Control: \
         no-store",
        |backend| {
            let (answer, _) = read(backend)?;
            let cache_control = answer.header("cache-control").to_lowercase();
            if cache_control
                .split(',')
                .any(|part| part.trim() == "no-store")
            {
                return Ok(());
            }
            let found = if cache_control.is_empty() {
                "missing"
            } else {
                &cache_control
            };
            Err(answer.wrong(format!("Cache-Control is {found}, not no-store")))
        },
    );
}

fn read(backend: &Backend) -> Checked<(Answer, Map<String, Value>)> {
    let answer = backend.ask(Ask::get(CREDENTIALS_PATH).secret())?;
    let body = answer.success()?.object()?;
    if let Some(token) = body.get("apiToken").and_then(Value::as_str) {
        backend.keep_secret(token);
    }
    Ok((answer, body))
}
