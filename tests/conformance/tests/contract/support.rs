//! The mock server in this process, behind a proxy that breaks what it asks and answers.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use conformance::{Api, CannotRun, Options, Outcome, Report, headers_of};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub const AGENTS: &str = "/kproxy/v202611/agents";
pub const CREDENTIALS: &str = "/kproxy/v202611/credentials";
pub const SITES: &str = "/site/v202509/sites";
/// What signs in.
pub const TOKEN: &str = "a-token-that-nobody-may-see";
/// As many as have all that is awkward, and few, since every run reads them often.
const FLEET: usize = 36;
/// Places in the sample fleet: of the agent that may be edited, of the one that may be removed, and
/// of one that no run chooses by itself.
pub const EDITED: usize = 20;
pub const REMOVED: usize = 30;
pub const OTHER: usize = 25;
/// A portal of another origin.
pub const ORIGIN: &str = "https://portal.example.com";

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A request on its way to the mock server.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    /// Whether this is that call; `{id}` stands for any agent's.
    pub fn is(&self, method: &str, path: &str) -> bool {
        let is_one = self.path.starts_with(&format!("{AGENTS}/"));
        let is_path = if path.ends_with("{id}") {
            is_one
        } else {
            self.path == path
        };
        self.method == method && is_path
    }

    /// What the body says of an agent.
    pub fn agent(&self) -> Map<String, Value> {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["agent"].as_object().cloned().unwrap_or_default()
    }

    /// Has the body say something else of the agent.
    pub fn change_agent(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        let mut agent = self.agent();
        change(&mut agent);
        self.body = json!({ "agent": agent }).to_string();
    }

    /// Takes a key out of the query.
    pub fn forget(&mut self, key: &str) {
        let key = format!("{key}=");
        let others: Vec<_> = self
            .query
            .split('&')
            .filter(|pair| !pair.starts_with(&key))
            .collect();
        self.query = others.join("&");
    }
}

/// An answer on its way back.
#[derive(Clone, Debug)]
pub struct Came {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Came {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Changes the body, if it is JSON.
    pub fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut body) = serde_json::from_slice(&self.body) {
            change(&mut body);
            self.body = body.to_string().into_bytes();
        }
    }

    /// Changes every agent in the body.
    pub fn change_agents(&mut self, change: impl Fn(&mut Value)) {
        self.change(|body| {
            if let Some(agents) = body["agents"].as_array_mut() {
                agents.iter_mut().for_each(&change);
            } else if body["agent"].is_object() {
                change(&mut body["agent"]);
            }
        });
    }

    /// Something else altogether.
    pub fn replace(&mut self, status: u16, kind: &'static str, body: impl Into<Vec<u8>>) {
        self.status = status;
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = body.into();
    }

    /// An error as the contract wants it.
    pub fn refuse(&mut self, status: u16, code: i32) {
        let body = json!({"code": code, "message": "no", "details": []}).to_string();
        self.replace(status, "application/json", body);
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }
}

pub type ChangeAsked = Arc<dyn Fn(&mut Asked) + Send + Sync>;
pub type ChangeCame = Arc<dyn Fn(&Asked, &mut Came) + Send + Sync>;

/// What the proxy breaks.
#[derive(Clone, Default)]
pub struct Proxy {
    pub asked: Option<ChangeAsked>,
    pub came: Option<ChangeCame>,
}

/// The mock server, which asks to sign in, behind a proxy.
pub struct Mock {
    pub base: String,
    client: ureq::Agent,
}

impl Mock {
    pub fn start(change: impl FnOnce(&mut mock_server::Options), proxy: Proxy) -> Self {
        let mut options = mock_server::Options {
            fleet: mock_server::FleetOptions {
                agents: FLEET,
                change_rate: 0.0,
                ..Default::default()
            },
            dist: "/there/is/no/dist".into(),
            control: true,
            cors: true,
            ..Default::default()
        };
        change(&mut options);
        let router = mock_server::router(options)
            .layer(from_fn(ask_to_sign_in))
            .layer(from_fn(move |request, next| {
                pass(proxy.clone(), request, next)
            }));
        Self {
            base: serve(router),
            client: client(),
        }
    }

    pub fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.base));
        let request = request
            .header("x-ch-auth-api-token", TOKEN)
            .header("x-test", "1");
        let text = request.call().unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    pub fn control(&self, path: &str, body: Value) {
        let request = self.client.post(format!("{}/__mock/{path}", self.base));
        request.send(&body.to_string()).unwrap();
    }

    /// All agents, as they are behind the proxy.
    pub fn agents(&self) -> Vec<Value> {
        let page = self.get(&format!("{AGENTS}?pageSize=10000"));
        page["agents"].as_array().unwrap().clone()
    }

    pub fn sites(&self) -> Vec<Value> {
        self.get(SITES)["sites"].as_array().unwrap().clone()
    }

    /// What was asked of the mock server, but by this test itself.
    pub fn requests(&self) -> Vec<Value> {
        let requests = self.get("/__mock/requests")["requests"]
            .as_array()
            .unwrap()
            .clone();
        let ours = |request: &Value| request["headers"].get("x-test").is_some();
        requests
            .into_iter()
            .filter(|request| !ours(request))
            .collect()
    }

    /// What a run is told that may do all.
    pub fn options(&self) -> Options {
        let agents = self.agents();
        let id = |place: usize| Some(agents.get(place)?["id"].as_str()?.to_owned());
        Options {
            headers: headers_of(&format!("X-CH-Auth-API-Token: {TOKEN}")).unwrap(),
            agent: id(EDITED),
            disposable_agent: id(REMOVED),
            create_site: true,
            origin: Some(ORIGIN.to_owned()),
            time_limit: Duration::from_secs(5),
            patience: Duration::from_millis(120),
            ..Options::new(Api::parse(&self.base).unwrap())
        }
    }
}

/// A run that nobody watches.
pub fn run(options: Options) -> Result<Report, CannotRun> {
    conformance::run(options, &mut |_| {})
}

/// The id of the agent at that place of the sample fleet.
pub fn id_at(place: usize) -> String {
    static IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mock = Mock::start(|_| {}, Proxy::default());
        let agents = mock.agents();
        agents
            .iter()
            .map(|agent| agent["id"].as_str().unwrap().to_owned())
            .collect()
    });
    IDS[place].clone()
}

/// Serves until the tests end; gives the base URL.
pub fn serve(router: Router) -> String {
    RUNTIME.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        // Else the small packets of an answer wait for one another.
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        format!("http://{address}")
    })
}

fn client() -> ureq::Agent {
    ureq::Agent::config_builder()
        .max_idle_connections(0)
        .build()
        .new_agent()
}

/// Only control calls and preflights need not sign in.
async fn ask_to_sign_in(request: Request, next: Next) -> Response {
    let token = request.headers().get("x-ch-auth-api-token");
    let is_free = request.uri().path().starts_with("/__mock") || request.method() == "OPTIONS";
    if is_free || token.is_some_and(|token| token == TOKEN) {
        return next.run(request).await;
    }
    let body = json!({"code": 16, "message": "Sign in", "details": []});
    let json = [
        (header::CONTENT_TYPE, "application/json"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN),
    ];
    (StatusCode::UNAUTHORIZED, json, body.to_string()).into_response()
}

async fn pass(proxy: Proxy, request: Request, next: Next) -> Response {
    let by_test =
        request.headers().contains_key("x-test") || request.uri().path().starts_with("/__mock");
    if by_test || (proxy.asked.is_none() && proxy.came.is_none()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let as_asked = asked.clone();
    if let Some(change) = &proxy.asked {
        change(&mut asked);
    }
    // It is routed already, and so keeps what was found in its path.
    parts.uri = format!("{}?{}", asked.path, asked.query).parse().unwrap();
    parts.headers = asked.headers;
    let mut request = Request::from_parts(parts, Body::from(asked.body));
    // There is no breaking what is packed.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    request.headers_mut().remove(header::CONTENT_LENGTH);
    let response = next.run(request).await;
    let Some(change) = &proxy.came else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut came = Came {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    };
    change(&as_asked, &mut came);
    came.headers.remove(header::CONTENT_LENGTH);
    parts.headers = came.headers;
    parts.status = StatusCode::from_u16(came.status).unwrap();
    Response::from_parts(parts, Body::from(came.body))
}

/// The names of the checks that failed, and of those that were skipped.
pub fn failed(report: &Report) -> Vec<&'static str> {
    let findings = report.findings.iter();
    let failed = findings.filter(|finding| matches!(finding.outcome, Outcome::Fails(_)));
    failed.map(|finding| finding.check).collect()
}

pub fn skipped(report: &Report) -> Vec<(&'static str, String)> {
    let findings = report.findings.iter();
    let skipped = findings.filter_map(|finding| match &finding.outcome {
        Outcome::Skipped(why) => Some((finding.check, why.clone())),
        _ => None,
    });
    skipped.collect()
}
