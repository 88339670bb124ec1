//! The program itself.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mock-server"))
}

/// What it prints once it listens, and what its contract then answers.
async fn start(flags: &[&str]) -> (String, reqwest::StatusCode) {
    let mut child = program()
        .args(["--port", "0"])
        .args(flags)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let mut contract: reqwest::Url = line.trim().parse().unwrap();
    contract.set_path("/openapi.json");
    let answer = reqwest::get(contract).await;
    child.kill().unwrap();
    child.wait().unwrap();
    (line, answer.unwrap().status())
}

#[tokio::test]
async fn it_prints_the_pages_address_once_it_listens() {
    let (line, status) = start(&[]).await;
    assert!(line.starts_with("http://127.0.0.1:"), "{line}");
    assert!(line.trim().ends_with(|end: char| end.is_ascii_digit()));
    assert_eq!(status, 200);
    let (line, status) = start(&["--base-path", "/settings/kproxy"]).await;
    assert!(line.trim().ends_with("/settings/kproxy/"), "{line}");
    assert_eq!(status, 200);
}

#[test]
fn a_port_in_use_is_told_in_a_plain_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = program().args(["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("Port {port} on 127.0.0.1 is already in use. Choose another one with --port.\n")
    );
}

#[tokio::test]
async fn it_prints_the_contract_that_it_serves() {
    let output = program().arg("--openapi").output().unwrap();
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mock = crate::support::Mock::start().await;
    assert_eq!(mock.get("/openapi.json").await.json(), printed);
}

#[test]
fn help_explains_it_all() {
    let output = program().arg("--help").output().unwrap();
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    let flags = "--host --port --agents --sites --seed --change-rate --region --no-sync --dist \
        --base-path --openapi --control --cors --mount x-mock-world /__mock/faults GeoNames";
    for flag in flags.split(' ') {
        assert!(help.contains(flag), "{flag}");
    }
}

#[test]
fn flags_out_of_range_are_refused() {
    for flags in [
        ["--agents", "100001"],
        ["--change-rate", "-1"],
        ["--region", "MARS"],
        ["--mount", "hosts=there"],
    ] {
        assert_eq!(
            program().args(flags).output().unwrap().status.code(),
            Some(2),
            "{flags:?}"
        );
    }
}
