//! The program: what it is told by its environment, what it prints, and how it exits.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use crate::support::{AGENTS, EDITED, Mock, Proxy, SITES, TOKEN, id_at};

fn program(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    for variable in [
        "API",
        "HEADER",
        "HEADERS_FILE",
        "AUTH_EMAIL",
        "AUTH_TOKEN",
        "AGENT",
        "DISPOSABLE_AGENT",
        "CREATE_SITE",
        "ORIGIN",
        "TIME_LIMIT",
    ] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied());
    command
}

fn run(variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = program(variables).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(stdout), text(stderr));
    assert!(!stdout.contains(TOKEN) && !stderr.contains(TOKEN));
    (status.code(), stdout, stderr)
}

#[test]
fn it_exits_with_0_where_all_holds() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let token = format!("X-CH-Auth-API-Token: {TOKEN}");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headers");
    std::fs::write(&file, format!("# mine\n{token}\n")).unwrap();
    for signs_in in [
        ("AUTH_TOKEN", TOKEN),
        ("HEADER", &format!("X-Other: one\n{token}")),
        ("HEADERS_FILE", file.to_str().unwrap()),
    ] {
        // What is empty counts as not given.
        let variables = [
            ("API", &*mock.base),
            signs_in,
            ("AGENT", ""),
            ("DISPOSABLE_AGENT", ""),
            ("CREATE_SITE", ""),
            ("ORIGIN", ""),
        ];
        let (code, out, err) = run(&variables);
        assert_eq!((code, &*err), (Some(0), ""), "{out}");
        assert!(
            out.contains("\nPaging\n  ok       A page holds no more agents"),
            "{out}"
        );
        let last = out.lines().last().unwrap();
        assert!(
            last.contains(" passed, 0 failed, ") && last.ends_with(" skipped"),
            "{last}"
        );
    }
    assert!(
        mock.requests()
            .iter()
            .all(|request| request["method"] == "GET")
    );
}

#[test]
fn it_takes_permissions_from_its_environment() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let agent = id_at(EDITED);
    let variables = [
        ("API", &*mock.base),
        ("AUTH_TOKEN", TOKEN),
        ("AGENT", &*agent),
        ("CREATE_SITE", "1"),
    ];
    let (code, out, _) = run(&variables);
    assert_eq!(code, Some(0), "{out}");
    let asked = |method: &str, path: &str| {
        mock.requests()
            .iter()
            .any(|request| request["method"] == method && request["path"] == path)
    };
    assert!(asked("PATCH", &format!("{AGENTS}/{agent}")));
    assert!(asked("POST", SITES));
    assert!(
        out.contains("was made, and stays: this API cannot remove sites."),
        "{out}"
    );
}

#[test]
fn it_exits_with_1_where_something_does_not_hold() {
    let proxy = Proxy {
        came: Some(Arc::new(|_, came| {
            came.change_agents(|agent| agent["flowPort"] = "9995".into());
        })),
        ..Proxy::default()
    };
    let mock = Mock::start(|_| {}, proxy);
    let (code, out, _) = run(&[("API", &mock.base), ("AUTH_TOKEN", TOKEN)]);
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("wrong     agents[0].flowPort is \"9995\", not a whole number"),
        "{out}"
    );
    assert!(out.contains("(and 31 more such)"), "{out}");
}

#[test]
fn it_exits_with_2_where_it_cannot_run() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let base = &*mock.base;
    for (variables, words) in [
        (&[][..], "--api"),
        (&[("API", "localhost:8080")], "API has to be a URL"),
        (
            &[("API", "http://127.0.0.1:1")],
            "http://127.0.0.1:1 cannot be reached: ",
        ),
        (
            &[("API", "http://nobody.invalid")],
            "http://nobody.invalid cannot be reached: ",
        ),
        (
            &[("API", &*base.replace("http:", "https:"))],
            "cannot be reached: no secure connection: ",
        ),
        (&[("API", base)], "The backend asks to sign in (401)"),
        (
            &[("API", base), ("HEADER", TOKEN)],
            "A header has to look like Name: value.",
        ),
        (
            &[("API", base), ("HEADERS_FILE", "/there/is/none")],
            "HEADERS_FILE /there/is/none cannot be read",
        ),
        (
            &[("API", base), ("AUTH_TOKEN", TOKEN), ("AGENT", "nobody")],
            "There is no agent \"nobody\", which AGENT names.",
        ),
    ] {
        let (code, out, err) = run(variables);
        assert_eq!(code, Some(2), "{out}{err}");
        assert!(out.is_empty() && err.contains(words), "{out}{err}");
    }
}

#[test]
fn it_puts_back_what_it_edited_though_nobody_reads_on() {
    let mock = Mock::start(|_| {}, Proxy::default());
    let before = mock.agents()[EDITED].clone();
    let agent = id_at(EDITED);
    let mut child = program(&[
        ("API", &mock.base),
        ("AUTH_TOKEN", TOKEN),
        ("AGENT", &agent),
    ])
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let after = mock.agents()[EDITED].clone();
    assert_ne!(after["etag"], before["etag"]);
    assert_eq!(after["name"], before["name"]);
}

#[test]
#[cfg(unix)]
fn interrupted_it_puts_back_what_it_edited_and_exits_with_2() {
    // The first edit waits until the program has been interrupted.
    let ((arrived, at_edit), (go_on, may_go_on)) = (channel(), channel::<()>());
    let (arrived, may_go_on) = (Mutex::new(arrived), Mutex::new(may_go_on));
    let proxy = Proxy {
        came: Some(Arc::new(move |asked, _| {
            if asked.is("PATCH", "{id}") && arrived.lock().unwrap().send(()).is_ok() {
                // Other requests have to go on meanwhile.
                let _ = tokio::task::block_in_place(|| may_go_on.lock().unwrap().recv());
            }
        })),
        ..Proxy::default()
    };
    let mock = Mock::start(|_| {}, proxy);
    let before = mock.agents()[EDITED].clone();
    let agent = id_at(EDITED);
    let mut child = program(&[
        ("API", &mock.base),
        ("AUTH_TOKEN", TOKEN),
        ("AGENT", &agent),
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    at_edit.recv().unwrap();
    drop(at_edit);
    assert_ne!(mock.agents()[EDITED]["name"], before["name"]);
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut told = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut told)
        .unwrap();
    assert_eq!(told, "Ending; what was edited is put back first.\n");
    drop(go_on);

    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{out}");
    assert!(
        out.contains("The run was interrupted; not all was looked at."),
        "{out}"
    );
    assert_eq!(mock.agents()[EDITED]["name"], before["name"]);
}
