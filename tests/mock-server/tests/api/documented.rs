//! The examples in `docs/agent-api.md`, asked in the order of the document: its answers are those
//! of the server. With `UPDATE_DOCS=1` they are written anew.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{env, fs};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Mock;

const HOW_TO_UPDATE: &str = "UPDATE_DOCS=1 cargo test -p mock-server --test api documented";
/// Lines of an example are broken beyond this.
const WIDTH: usize = 100;

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(file)
}

fn is_update() -> bool {
    env::var_os("UPDATE_DOCS").is_some()
}

/// A request of the document, and the answer that follows it.
struct Example {
    /// The line on which the request stands, from 1.
    line: usize,
    method: Method,
    path: String,
    body: Option<Value>,
    status: u16,
    /// The lines of the answer, from 0, without its fences.
    answer: Range<usize>,
}

/// Each is a block ```` ```http ````, a line such as `` `200 OK` ``, and a block ```` ```json ````.
fn examples(lines: &[String]) -> Vec<Example> {
    let find = |from: usize, what: &str| {
        let found = (from..lines.len()).find(|&at| lines[at] == what);
        found.unwrap_or_else(|| panic!("line {from}: no {what} follows"))
    };
    let starts = (0..lines.len()).filter(|&at| lines[at] == "```http");
    let example = |start: usize| {
        let end = find(start, "```");
        let (method, path) = lines[start + 1].split_once(' ').unwrap();
        let body = lines[start + 2..end].concat();
        let answer = find(end, "```json") + 1;
        let status = lines[end + 1..answer]
            .iter()
            .find_map(|line| line.strip_prefix('`')?.get(..3)?.parse().ok());
        Example {
            line: start + 2,
            method: method.parse().unwrap(),
            path: path.to_owned(),
            body: (!body.is_empty()).then(|| serde_json::from_str(&body).unwrap()),
            status: status.unwrap_or_else(|| panic!("line {end}: no status follows")),
            answer: answer..find(answer, "```"),
        }
    };
    starts.map(example).collect()
}

/// Three agents, two sites: with everything, with next to nothing, and one to remove.
async fn small_world() -> Mock {
    let mock = Mock::start_with_fleet(|fleet| {
        fleet.agents = 0;
        fleet.sites = Some(0);
    })
    .await;
    let site = |id: &str, title: &str, place: (f64, f64), city: &str, country: &str| {
        json!({
            "id": id, "title": title, "lat": place.0, "lon": place.1,
            "type": "SITE_TYPE_DATA_CENTER", "postalAddress": {"city": city, "country": country},
        })
    };
    let sites = json!([
        site("21", "Frankfurt DC", (50.11, 8.68), "Frankfurt", "Germany"),
        site(
            "22",
            "Singapore DC",
            (1.29, 103.85),
            "Singapore",
            "Singapore"
        ),
    ]);
    mock.control("sites", sites).await;
    let agents = json!([
        {
            "id": "104501", "name": "fra-core-1", "description": "Rack 12", "siteId": "21",
            "privateIp": "10.1.2.3", "ipAddress": "203.0.113.4", "version": "7.48.0",
            "lastContact": "2026-11-02T11:57:30Z", "lastSeen": "2026-11-02T11:58:00Z",
            "apiUser": "kproxy-agent+1234@kentik.com", "userAgent": "kproxy/7.48.0",
            "devices": [{"id": "801", "name": "fra-edge-1"}, {"id": "802", "name": "fra-edge-2"}],
            "created": "2025-03-01T09:00:00Z", "etag": "5f1c",
        },
        {"id": "104502", "ipAddress": "203.0.113.5", "created": "2026-11-02T11:59:00Z", "etag": "5f1d"},
        {"id": "104503", "name": "old", "ageSecs": 86_400, "ipAddress": "203.0.113.6",
            "created": "2025-03-02T09:00:00Z", "etag": "5f1e"},
    ]);
    mock.control("agents", agents).await;
    mock
}

/// What the document calls the tokens of this run, which no other run has.
#[derive(Default)]
struct Tokens(BTreeMap<String, String>);

impl Tokens {
    fn real(&self, path: &str) -> String {
        self.0.iter().fold(path.to_owned(), |path, (real, named)| {
            path.replace(named, real)
        })
    }

    fn named(&mut self, answer: String) -> String {
        let value: Value = serde_json::from_str(&answer).unwrap();
        for (key, name) in [("nextPageToken", "page"), ("syncToken", "sync")] {
            let token = value[key].as_str().unwrap_or_default().to_owned();
            if !token.is_empty() && !self.0.contains_key(&token) {
                let earlier = self.0.values().filter(|other| other.starts_with(name));
                // Nobody has a token for the first page.
                let number = earlier.count() + if name == "page" { 2 } else { 1 };
                self.0.insert(token, format!("{name}-{number}"));
            }
        }
        self.0
            .iter()
            .fold(answer, |answer, (real, named)| answer.replace(real, named))
    }
}

/// The server refuses these only when it is told to.
async fn provoke(mock: &Mock, example: &Example) {
    let headers = match example.status {
        401 => json!({}),
        429 => json!({"retry-after": "30"}),
        _ => return,
    };
    let path = example.path.split('?').next().unwrap();
    let route = format!("{} {path}", example.method);
    let fault = json!({"route": route, "times": 1, "status": example.status, "headers": headers});
    mock.control("faults", fault).await;
}

/// JSON as it came, in lines of a readable length.
fn laid_out(compact: &str, indent: usize) -> String {
    let Some(inner) = (compact.len() > 2 && compact.starts_with(['{', '[']))
        .then(|| &compact[1..compact.len() - 1])
    else {
        return compact.to_owned();
    };
    let (open, close) = (&compact[..1], &compact[compact.len() - 1..]);
    let part = |part: &str| match part.split_once("\":") {
        Some((key, value)) if open == "{" => format!("{key}\": {}", laid_out(value, indent + 2)),
        _ => laid_out(part, indent + 2),
    };
    let parts: Vec<_> = elements(inner).into_iter().map(part).collect();
    let line = format!("{open}{}{close}", parts.join(", "));
    if !line.contains('\n') && indent + line.chars().count() <= WIDTH {
        return line;
    }
    let margin = " ".repeat(indent);
    let parts = parts.join(&format!(",\n{margin}  "));
    format!("{open}\n{margin}  {parts}\n{margin}{close}")
}

/// What stands between the commas of an object or array.
fn elements(inner: &str) -> Vec<&str> {
    let (mut depth, mut in_text, mut is_escaped, mut start) = (0, false, false, 0);
    let mut found = Vec::new();
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&inner[start..]);
    found
}

#[tokio::test]
async fn the_examples_in_the_docs_are_what_the_server_sends() {
    let file = docs("agent-api.md");
    let text = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let examples = examples(&lines);
    assert!(examples.len() > 12);
    let mock = small_world().await;
    let mut tokens = Tokens::default();
    let mut answers = Vec::new();
    for example in &examples {
        provoke(&mock, example).await;
        let mut request = mock.request(example.method.clone(), &tokens.real(&example.path));
        if let Some(body) = &example.body {
            request = request.json(body);
        }
        let answer = mock.send(request).await;
        let what = format!(
            "docs/agent-api.md:{}: {} {}",
            example.line, example.method, example.path
        );
        assert_eq!(answer.status, example.status, "{what}: {}", answer.text());
        let actual = tokens.named(answer.text());
        if !is_update() {
            let documented = lines[example.answer.clone()].concat();
            let same = serde_json::from_str::<Value>(&documented).is_ok_and(|documented| {
                documented == serde_json::from_str::<Value>(&actual).unwrap()
            });
            let actual = laid_out(&actual, 0);
            assert!(
                same,
                "{what}: the server sends\n{actual}\nTo update: {HOW_TO_UPDATE}"
            );
        }
        answers.push((example.answer.clone(), laid_out(&actual, 0)));
    }
    if is_update() {
        for (at, answer) in answers.into_iter().rev() {
            lines.splice(at, answer.lines().map(str::to_owned));
        }
        fs::write(file, lines.join("\n") + "\n").unwrap();
    }
}

#[test]
fn the_openapi_document_in_the_docs_is_current() {
    let (file, current) = (docs("openapi.json"), mock_server::openapi::text());
    if is_update() {
        fs::write(file, current).unwrap();
    } else {
        let committed = fs::read_to_string(file).unwrap_or_default();
        let is_current = committed == current;
        assert!(
            is_current,
            "docs/openapi.json is not current. To update: {HOW_TO_UPDATE}"
        );
    }
}
