//! The mock server keeps the contract, and a run changes only what it may.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use conformance::{Api, CannotRun, Options};
use serde_json::{Value, json};

use crate::support::{
    AGENTS, EDITED, Mock, Proxy, REMOVED, SITES, TOKEN, failed, id_at, run, skipped,
};

/// What no contact of an agent changes.
fn lasting(agent: &Value) -> Value {
    let fields = [
        "id",
        "name",
        "description",
        "siteId",
        "privateIp",
        "created",
    ];
    fields.iter().map(|field| agent[field].clone()).collect()
}

#[test]
fn the_mock_server_passes_whole() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let report = run(mock.options()).unwrap();
    let (passed, failed, skipped) = report.counts();
    assert_eq!((failed, skipped), (0, 0), "{report}");
    assert_eq!(passed, report.findings.len());
    assert!(
        report
            .to_string()
            .ends_with(&format!("{passed} passed, 0 failed, 0 skipped\n"))
    );
}

#[test]
fn a_large_fleet_that_lives_passes_too() {
    let live = |options: &mut mock_server::Options| {
        options.fleet.agents = 1_200;
        options.fleet.change_rate = 600.0;
    };
    let mock = Mock::start(live, Proxy::default());
    let report = run(mock.options()).unwrap();
    assert_eq!(failed(&report), [""; 0], "{report}");
}

#[test]
fn what_a_backend_need_not_give_is_not_missed() {
    let proxy = Proxy {
        came: Some(Arc::new(|_, came| drop(came.headers.remove("etag")))),
        ..Proxy::default()
    };
    let mock = Mock::start(|options| options.fleet.sync = false, proxy);
    let report = run(mock.options()).unwrap();
    assert_eq!(failed(&report), [""; 0], "{report}");
    let skipped = skipped(&report);
    assert_eq!(skipped.len(), 10, "{report}");
    assert!(
        skipped
            .iter()
            .all(|(_, why)| why.ends_with("which it need not")),
        "{report}"
    );
}

#[test]
fn a_fleet_of_none_passes() {
    let mock = Mock::start(|options| options.fleet.agents = 0, Proxy::default());
    let report = run(mock.options()).unwrap();
    assert_eq!(failed(&report), [""; 0], "{report}");
}

#[test]
fn a_run_without_permission_only_reads() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let (agents, sites) = (mock.agents(), mock.sites());
    let options = Options {
        agent: None,
        disposable_agent: None,
        create_site: false,
        origin: None,
        ..mock.options()
    };
    let report = run(options).unwrap();
    assert_eq!(failed(&report), [""; 0], "{report}");
    for request in mock.requests() {
        assert_eq!(request["method"], "GET", "{request}");
    }
    let after: Vec<_> = mock.agents().iter().map(lasting).collect();
    assert_eq!(after, agents.iter().map(lasting).collect::<Vec<_>>());
    assert_eq!(mock.sites(), sites);
    assert!(report.notes.is_empty());
    // What was not looked at is told, with what to pass.
    for (check, why) in skipped(&report) {
        let passed = ["AGENT=", "CREATE_SITE=1", "ORIGIN="];
        assert!(
            passed.iter().any(|passed| why.contains(passed)),
            "{check}: {why}"
        );
    }
}

#[test]
fn a_run_with_permission_changes_only_what_it_may() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let (agents, sites) = (mock.agents(), mock.sites());
    let report = run(mock.options()).unwrap();

    let (edited, removed) = (id_at(EDITED), id_at(REMOVED));
    let expected = agents
        .iter()
        .filter(|agent| agent["id"] != *removed)
        .map(lasting);
    let after = mock.agents();
    assert_eq!(
        after.iter().map(lasting).collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
    let changed: Vec<_> = after
        .iter()
        .filter(|agent| !agents.iter().any(|before| before["etag"] == agent["etag"]))
        .map(|agent| &agent["id"])
        .collect();
    assert_eq!(
        changed,
        [&json!(edited)],
        "none but the agent that may be edited ever was"
    );

    let made = &mock.sites()[sites.len()..];
    assert_eq!(mock.sites()[..sites.len()], sites);
    assert_eq!(made.len(), 1, "{made:?}");
    let title = made[0]["title"].as_str().unwrap();
    assert!(title.starts_with("kproxy conformance "));
    assert_eq!(title.chars().count(), 40);

    for request in mock.requests() {
        let (method, path) = (
            request["method"].as_str().unwrap(),
            request["path"].as_str().unwrap(),
        );
        let may = match method {
            "GET" | "OPTIONS" => true,
            "POST" => path == SITES,
            "PATCH" => [&edited, &removed]
                .iter()
                .any(|id| path == format!("{AGENTS}/{id}")),
            "DELETE" => path == format!("{AGENTS}/{removed}"),
            _ => false,
        };
        let is_nobody = path.starts_with(&format!("{AGENTS}/no-such-agent-"));
        assert!(may || is_nobody, "{request}");
    }
    let notes = report.notes.join("\n");
    for told in [
        title,
        &format!("{edited:?} was edited, and put back"),
        &format!("{removed:?} was removed"),
    ] {
        assert!(notes.contains(told), "{notes}");
    }
}

#[test]
fn an_interrupted_run_puts_back_what_it_edited() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let before: Vec<_> = mock.agents().iter().map(lasting).collect();
    let options = mock.options();
    let interrupted = Arc::clone(&options.interrupted);
    let report = conformance::run(options, &mut |finding| {
        if finding.check == "Texts come back as they were sent" {
            interrupted.store(true, Ordering::Relaxed);
        }
    });
    let report = report.unwrap();
    assert!(report.interrupted);
    assert_eq!(
        mock.agents().iter().map(lasting).collect::<Vec<_>>(),
        before
    );
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("put back as it was")),
        "{report}"
    );
    assert_eq!(failed(&report), [""; 0]);
}

#[test]
fn an_account_that_may_only_look_skips_what_it_may_not() {
    let proxy = Proxy {
        came: Some(Arc::new(|asked, came| {
            if matches!(&*asked.method, "PATCH" | "POST" | "DELETE") && came.status != 401 {
                came.refuse(403, 7);
            }
        })),
        ..Proxy::default()
    };
    let mock = Mock::start(|_| {}, proxy);
    let report = run(mock.options()).unwrap();
    assert_eq!(failed(&report), [""; 0], "{report}");
    let (_, _, skipped) = report.counts();
    assert!(skipped > 20, "{report}");
}

#[test]
fn too_many_calls_are_waited_out() {
    let mock = Mock::start(|_| {}, Proxy::default());
    for route in [
        "GET /kproxy/v202611/agents/{id}",
        "PATCH /kproxy/v202611/agents/{id}",
    ] {
        let fault =
            json!({"route": route, "times": 1, "status": 429, "headers": {"Retry-After": "0"}});
        mock.control("faults", fault);
    }
    let report = run(mock.options()).unwrap();
    assert_eq!(failed(&report), [""; 0], "{report}");
}

fn cannot_run(mock: &Mock, change: impl FnOnce(&mut Options)) -> String {
    let mut options = mock.options();
    change(&mut options);
    let CannotRun(why) = run(options).unwrap_err();
    assert!(!why.contains(TOKEN), "{why}");
    why
}

#[test]
fn a_run_that_cannot_begin_says_why_and_changes_nothing() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let why = cannot_run(&mock, |options| options.headers.clear());
    assert!(
        why.contains("(401): give AUTH_EMAIL and AUTH_TOKEN, or HEADER"),
        "{why}"
    );
    let why = cannot_run(&mock, |options| {
        options.headers = conformance::headers_of("X-CH-Auth-API-Token: wrong").unwrap();
    });
    assert!(why.contains("does not take the headers"), "{why}");
    let why = cannot_run(&mock, |options| options.agent = Some("nobody".into()));
    assert_eq!(why, "There is no agent \"nobody\", which AGENT names");
    let why = cannot_run(&mock, |options| {
        options.disposable_agent.clone_from(&options.agent);
    });
    assert_eq!(why, "AGENT and DISPOSABLE_AGENT have to be two");
    for request in mock.requests() {
        assert_eq!(request["method"], "GET", "{request}");
    }

    // Nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let why = cannot_run(&mock, |options| {
        options.api = Api::parse(&format!("http://{free}")).unwrap();
    });
    assert!(why.contains("cannot be reached"), "{why}");

    let forbidding = Proxy {
        came: Some(Arc::new(|_, came| came.refuse(403, 7))),
        ..Proxy::default()
    };
    let why = cannot_run(&Mock::start(|_| {}, forbidding), |_| {});
    assert!(why.contains("(403)"), "{why}");
}
