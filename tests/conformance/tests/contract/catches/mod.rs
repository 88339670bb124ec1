//! Each way in which a backend can break the contract, and the checks that catch it. Nothing else
//! may fail: a report that blames what is right helps nobody.

mod agents;
mod caching;
mod credentials;
mod edit;
mod incremental;
mod one_agent;
mod paging;
mod refused;
mod remove;
mod sign_in;
mod sites;
mod time;

use std::sync::Arc;

use conformance::{Options, Report};
use serde_json::{Value, json};

use crate::support::{AGENTS, Asked, Came, Mock, OTHER, Proxy, TOKEN, failed, id_at, run};

/// The mock server's own.
const API_TOKEN: &str = "3f1c0a9b7e5d48c2a6f40e8b92d7513c";

/// A way to break the contract.
struct Break {
    what: &'static str,
    proxy: Proxy,
    mock: fn(&mut mock_server::Options),
    fault: Value,
    /// The run may change nothing, which is quicker.
    only_reads: bool,
    fails: Vec<&'static str>,
    says: &'static str,
}

/// Starts the mock server with that break and runs all checks.
fn report_of(broken: &Break) -> Report {
    let mock = Mock::start(broken.mock, broken.proxy.clone());
    let mut options = mock.options();
    if broken.only_reads {
        options = Options {
            agent: None,
            disposable_agent: None,
            create_site: false,
            ..options
        };
    }
    if !broken.fault.is_null() {
        mock.control("faults", broken.fault.clone());
    }
    run(options).unwrap()
}

/// Each break fails the checks that begin with these words, and none else; the report says so in
/// plain words.
fn are_caught(breaks: Vec<Break>) {
    for broken in breaks {
        let report = report_of(&broken);
        let failed = failed(&report);
        let are_the_ones = failed.len() == broken.fails.len()
            && failed
                .iter()
                .zip(&broken.fails)
                .all(|(check, words)| check.starts_with(words));
        assert!(are_the_ones, "{}: {failed:#?}\n{report}", broken.what);
        for secret in [TOKEN, API_TOKEN] {
            assert!(!report.to_string().contains(secret), "{}", broken.what);
        }
        assert!(
            report.to_string().contains(broken.says),
            "{}: {report}",
            broken.what
        );
    }
}

fn no_break() -> Break {
    Break {
        what: "",
        proxy: Proxy::default(),
        mock: |_| {},
        fault: Value::Null,
        only_reads: false,
        fails: Vec::new(),
        says: "",
    }
}

/// An answer is broken on its way back.
fn came(
    what: &'static str,
    change: impl Fn(&Asked, &mut Came) + Send + Sync + 'static,
    fails: &[&'static str],
    says: &'static str,
) -> Break {
    let proxy = Proxy {
        came: Some(Arc::new(change)),
        ..Proxy::default()
    };
    Break {
        what,
        proxy,
        fails: fails.to_vec(),
        says,
        ..no_break()
    }
}

/// A request is broken on its way there.
fn asked(
    what: &'static str,
    change: impl Fn(&mut Asked) + Send + Sync + 'static,
    fails: &[&'static str],
    says: &'static str,
) -> Break {
    let proxy = Proxy {
        asked: Some(Arc::new(change)),
        ..Proxy::default()
    };
    Break {
        what,
        proxy,
        fails: fails.to_vec(),
        says,
        ..no_break()
    }
}

/// A fault that the mock server itself can be asked for.
fn fault(what: &'static str, fault: Value, fails: &[&'static str], says: &'static str) -> Break {
    Break {
        what,
        fault,
        fails: fails.to_vec(),
        says,
        ..no_break()
    }
}

/// One agent, which the run does not touch, has another value in a field.
fn field(name: &'static str, value: Value, fails: &[&'static str], says: &'static str) -> Break {
    let id = id_at(OTHER);
    let change = move |_: &Asked, came: &mut Came| {
        came.change_agents(|agent| {
            if agent["id"] == *id {
                agent[name] = value.clone();
            }
        });
    };
    Break {
        only_reads: true,
        ..came(name, change, fails, says)
    }
}

fn is_first_page(asked: &Asked) -> bool {
    asked.is("GET", AGENTS) && !asked.query.contains("Token=")
}

fn is_list_of_10_000(asked: &Asked) -> bool {
    is_first_page(asked) && asked.query.contains("pageSize=10000")
}

/// Answers a bad request with this body.
fn violation(kind: &str, field: &str, description: &str) -> String {
    let violation = json!({"field": field, "description": description});
    let detail = json!({"@type": kind, "fieldViolations": [violation]});
    json!({"code": 3, "message": "no", "details": [detail]}).to_string()
}

const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";
