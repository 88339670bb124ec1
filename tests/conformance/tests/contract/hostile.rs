//! Whatever comes, a run ends, says so in a few plain words, and tells no secret.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use conformance::{Api, Options, Outcome, Report};
use serde_json::{Value, json};

use crate::support::{AGENTS, Mock, Proxy, TOKEN, failed, run, skipped};

/// A run against something that may not even speak HTTP.
fn run_against(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Report {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    let options = Options {
        agent: Some("a".into()),
        disposable_agent: Some("b".into()),
        create_site: true,
        origin: Some("https://portal.example.com".into()),
        time_limit: Duration::from_millis(300),
        patience: Duration::from_millis(10),
        ..Options::new(Api::parse(&format!("http://{address}")).unwrap())
    };
    conformance::run(options, &mut |_| {}).unwrap()
}

/// Reads a request's head, and answers it with these bytes.
fn answering(bytes: impl Into<Vec<u8>>) -> impl Fn(TcpStream) + Send + Sync {
    let bytes = bytes.into();
    move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&bytes);
    }
}

fn http(head: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What is wrong with the list of agents, for a start.
fn first_wrong(report: &Report) -> &str {
    match &report.findings[0].outcome {
        Outcome::Fails(faults) => &faults[0].wrong,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_agent_api_is_told_in_plain_words() {
    let json = "200 OK\r\ncontent-type: application/json";
    for (bytes, words) in [
        (
            http(
                "200 OK\r\ncontent-type: text/html",
                "<!doctype html><title>Portal</title>",
            ),
            "the body is a web page, not JSON",
        ),
        (http("204 No Content", ""), "the body is empty"),
        (http(json, "[]"), "the body is not a JSON object"),
        (http(json, "{\"agents\": [{"), "the body is cut short"),
        (
            http(json, &"[".repeat(100_000)),
            "the body is not a JSON object",
        ),
        (
            http(json, &format!("{{\"agents\": {}", "[".repeat(100_000))),
            "the body is cut short",
        ),
        (http(json, "{\"agents\": {}}"), "agents is no list"),
        (
            http(json, "{\"serverTime\": 1e999, \"nextPageToken\": [7]}"),
            "nextPageToken is [7], not a text",
        ),
        (
            http("302 Found\r\nlocation: /login", ""),
            "the status is 302, not a 2xx",
        ),
        (
            http("302 Found\r\nlocation: /kproxy/v202611/agents", ""),
            "the status is 302, not a 2xx",
        ),
        (
            http("503 Service Unavailable", "<h1>Down</h1>"),
            "the status is 503, not a 2xx",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            "what came is no answer in HTTP: ",
        ),
        (Vec::new(), "the connection broke before an answer came: "),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"agents\": [".to_vec(),
            "the answer broke off after 12 of 100 bytes: ",
        ),
        (
            http("200 OK\r\ncontent-encoding: gzip", "{}"),
            "the answer broke off after 0 bytes: gzip decompression failed",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{\"\xff\"".to_vec(),
            "the body is not UTF-8",
        ),
    ] {
        let report = run_against(answering(bytes));
        assert!(first_wrong(&report).starts_with(words), "{words}: {report}");
    }
}

#[test]
fn a_backend_that_is_too_slow_is_not_waited_for_long() {
    let begun = Instant::now();
    let silent = run_against(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let dripping = run_against(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    for report in [silent, dripping] {
        assert!(
            first_wrong(&report).starts_with("no whole answer came within 0."),
            "{report}"
        );
        let skipped = skipped(&report);
        let given_up = skipped
            .iter()
            .filter(|(_, why)| why == "the backend gave no answer 3 times in a row");
        assert!(given_up.count() > 20, "{report}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn an_answer_without_end_is_left() {
    let report = run_against(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"agents\": [");
        while stream.write_all(&[b' '; 8_192]).is_ok() {}
    });
    let wrong = first_wrong(&report);
    // Whichever limit is met first.
    let limits = [
        "the answer has more than 64 MiB",
        "no whole answer came within",
    ];
    assert!(
        limits.iter().any(|limit| wrong.starts_with(limit)),
        "{wrong}"
    );
}

#[test]
fn a_list_without_end_is_left() {
    let count = Arc::new(AtomicU64::new(0));
    let proxy = Proxy {
        came: Some(Arc::new(move |asked, came| {
            if asked.is("GET", AGENTS) {
                let next = count.fetch_add(1, Ordering::Relaxed).to_string();
                came.replace(
                    200,
                    "application/json",
                    json!({"nextPageToken": next}).to_string(),
                );
            }
        })),
        ..Proxy::default()
    };
    let report = {
        let mock = Mock::start(|_| {}, proxy);
        run(mock.options()).unwrap()
    };
    assert!(
        first_wrong(&report).ends_with("hold no new agent, yet there is a nextPageToken"),
        "{report}"
    );
}

#[test]
fn a_backend_that_repeats_what_signs_in_gives_nothing_away() {
    let proxy = Proxy {
        came: Some(Arc::new(|asked, came| {
            let token = asked.headers.get("x-ch-auth-api-token");
            let token = token.map_or("", |token| token.to_str().unwrap());
            came.replace(
                500,
                "text/html",
                format!("<pre>token={token}\u{1b}[2J</pre>"),
            );
        })),
        ..Proxy::default()
    };
    let mock = Mock::start(|_| {}, proxy);
    let report = run(mock.options()).unwrap().to_string();
    assert!(report.contains("<pre>token=[secret] [2J</pre>"), "{report}");
    assert!(!report.contains(TOKEN) && !report.contains('\u{1b}'));
}

#[test]
fn a_secret_that_is_cut_short_is_not_told_either() {
    for before in (270..300).step_by(5) {
        let proxy = Proxy {
            came: Some(Arc::new(move |_, came| {
                came.replace(
                    500,
                    "text/html",
                    format!("{}{TOKEN}{TOKEN}", "x".repeat(before)),
                );
            })),
            ..Proxy::default()
        };
        let mock = Mock::start(|_| {}, proxy);
        let report = run(mock.options()).unwrap().to_string();
        assert!(report.contains('…'), "{report}");
        assert!(!report.contains(&TOKEN[..4]), "{report}");
    }
}

/// Replaces one value, somewhere, by one of another kind.
fn mutate(value: &mut Value, random: &mut impl FnMut(usize) -> usize) {
    let is_here = random(4) == 0;
    match value {
        Value::Array(items) if !items.is_empty() && !is_here => {
            let index = random(items.len());
            mutate(&mut items[index], random);
        }
        Value::Object(fields) if !fields.is_empty() && !is_here => {
            let index = random(fields.len());
            mutate(fields.values_mut().nth(index).unwrap(), random);
        }
        _ => {
            let others = [
                json!(null),
                json!(true),
                json!(-1),
                json!(1e300),
                json!(""),
                json!("\u{0}\u{202e}😀"),
                json!([]),
                json!([[], {}]),
                json!({}),
                json!({"id": {"id": 7}}),
                json!("9".repeat(5_000)),
            ];
            *value = others[random(others.len())].clone();
        }
    }
}

#[test]
fn answers_with_anything_in_them_never_make_it_panic() {
    for seed in 1..=8 {
        let state = AtomicU64::new(seed);
        let proxy = Proxy {
            came: Some(Arc::new(move |_, came| {
                let mut random = |below: usize| {
                    let step =
                        |x: u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
                    let x = state
                        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
                        .unwrap();
                    (x >> 33) as usize % below
                };
                if random(3) > 0 {
                    came.change(|body| mutate(body, &mut random));
                }
                if random(40) == 0 {
                    came.status = [200, 204, 301, 304, 400, 404, 409, 410, 500][random(9)];
                }
            })),
            ..Proxy::default()
        };
        let mock = Mock::start(|_| {}, proxy);
        let options = Options {
            time_limit: Duration::from_secs(10),
            ..mock.options()
        };
        // Whether it can begin is chance, too.
        if let Ok(report) = run(options) {
            assert!(!failed(&report).is_empty(), "{report}");
        }
    }
}
