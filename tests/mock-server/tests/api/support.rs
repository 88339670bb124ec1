//! Starts servers and asks them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use jsonschema::Validator;
use mock_server::clock::Clock;
use mock_server::{FleetOptions, Options, Server};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

pub const AGENTS: &str = "/kproxy/v202611/agents";
pub const SITES: &str = "/site/v202509/sites";
pub const CREDENTIALS: &str = "/kproxy/v202611/credentials";

/// When the tests take place.
pub fn noon() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

/// A server with control over it, whose clock stands still.
pub fn options() -> Options {
    let fleet = FleetOptions {
        change_rate: 0.0,
        clock: Clock::Frozen(noon()),
        ..FleetOptions::default()
    };
    Options {
        fleet,
        control: true,
        dist: "/there/is/no/dist".into(),
        ..Options::default()
    }
}

/// A server in this process.
#[derive(Clone)]
pub struct Mock {
    pub base: String,
    client: reqwest::Client,
    world: Option<&'static str>,
    contract: Arc<Contract>,
}

impl Mock {
    pub async fn start() -> Self {
        Self::start_with(options()).await
    }

    pub async fn start_with_fleet(change: impl FnOnce(&mut FleetOptions)) -> Self {
        let mut options = options();
        change(&mut options.fleet);
        Self::start_with(options).await
    }

    pub async fn start_with(options: Options) -> Self {
        let server = Server::bind(options, ("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", server.address().unwrap());
        tokio::spawn(server.run());
        // No redirects, no connection that a fault broke used again.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        let document = client
            .get(format!("{base}/openapi.json"))
            .send()
            .await
            .unwrap();
        let contract = Arc::new(Contract::new(document.json().await.unwrap()));
        Self {
            base,
            client,
            world: None,
            contract,
        }
    }

    /// The same server, another world.
    pub fn in_world(&self, name: &'static str) -> Self {
        Self {
            world: Some(name),
            ..self.clone()
        }
    }

    pub fn contract(&self) -> &Value {
        &self.contract.document
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match self.world {
            Some(name) => request.header("x-mock-world", name),
            None => request,
        }
    }

    /// Sends a request and holds its answer against the contract.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap().to_vec();
        let answer = Answer {
            status,
            headers,
            body,
        };
        self.contract.check(&method, &path, &answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn get_if_changed(&self, path: &str, etag: &str) -> Answer {
        self.send(
            self.request(Method::GET, path)
                .header("if-none-match", etag),
        )
        .await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A call of `/__mock/…`, which has to succeed.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self.post(&format!("/__mock/{path}"), body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn clear(&self, what: &str) {
        assert_eq!(self.delete(&format!("/__mock/{what}")).await.status, 200);
    }

    /// All agents of one page, which has to hold the whole fleet.
    pub async fn agents(&self) -> Vec<Value> {
        let page = self.get(&format!("{AGENTS}?pageSize=10000")).await.json();
        assert_eq!(page["nextPageToken"], "");
        page["agents"].as_array().unwrap().clone()
    }

    pub async fn sites(&self) -> Vec<Value> {
        self.get(SITES).await.json()["sites"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// What the journal says of the requests so far.
    pub async fn requests(&self) -> Vec<Value> {
        self.get("/__mock/requests").await.json()["requests"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Waits until the journal says so.
    pub async fn until_requests(&self, enough: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        loop {
            let requests = self.requests().await;
            if enough(&requests) {
                return requests;
            }
        }
    }
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// HTTP status and `google.rpc.Code` of an error.
    pub fn error(&self) -> (u16, i64) {
        (self.status, self.json()["code"].as_i64().unwrap())
    }

    /// The fields that an error finds fault with.
    pub fn fields(&self) -> Vec<String> {
        assert_eq!(self.error(), (400, 3), "{}", self.text());
        let detail = &self.json()["details"][0];
        assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.BadRequest");
        let violations = detail["fieldViolations"].as_array().unwrap().clone();
        let text = |violation: &Value| {
            assert_ne!(violation["description"], "");
            violation["field"].as_str().unwrap().to_owned()
        };
        violations.iter().map(text).collect()
    }
}

/// The id of an agent or a site.
pub fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// An agent's path.
pub fn path_of(id: &str) -> String {
    format!("{AGENTS}/{}", utf8_percent_encode(id, NON_ALPHANUMERIC))
}

/// The published contract, and how answers are held against it.
pub struct Contract {
    document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    fn new(document: Value) -> Self {
        Self {
            document,
            validators: Mutex::default(),
        }
    }

    /// Panics where an answer is not what the contract says. Answers to calls that the contract
    /// does not have are let through.
    fn check(&self, method: &Method, path: &str, answer: &Answer) {
        let Some(template) = template(path) else {
            return;
        };
        let Some(call) = self.document["paths"][template].get(method.as_str().to_lowercase())
        else {
            return;
        };
        let what = format!("{method} {template} {}", answer.status);
        let response = &call["responses"][answer.status.to_string()];
        assert!(response.is_object(), "the contract has no {what}");
        let Some(schema) = response["content"]["application/json"].get("schema") else {
            assert!(
                answer.body.is_empty(),
                "{what} has a body: {}",
                answer.text()
            );
            return;
        };
        assert_eq!(answer.header("content-type"), "application/json", "{what}");
        let validator = Arc::clone(
            self.validators
                .lock()
                .unwrap()
                .entry(what.clone())
                .or_insert_with(|| Arc::new(self.validator(schema))),
        );
        let errors: Vec<_> = validator
            .iter_errors(&answer.json())
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}");
    }

    /// Stricter than the contract: what it does not mention is an error, and what answers always
    /// hold has to be there.
    fn validator(&self, schema: &Value) -> Validator {
        let mut schemas = self.document["components"]["schemas"].clone();
        for (name, schema) in schemas.as_object_mut().unwrap() {
            let Some(properties) = schema["properties"].as_object() else {
                continue;
            };
            let all: Vec<_> = properties.keys().cloned().collect();
            schema["additionalProperties"] = json!(false);
            if name != "ErrorDetail" {
                schema["required"] = json!(all);
            }
        }
        let document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": { "schemas": schemas },
            "allOf": [schema],
        });
        jsonschema::options()
            .should_validate_formats(true)
            .build(&document)
            .unwrap()
    }
}

fn template(path: &str) -> Option<&'static str> {
    match path {
        AGENTS => Some(AGENTS),
        SITES => Some(SITES),
        CREDENTIALS => Some(CREDENTIALS),
        _ => path
            .starts_with(&format!("{AGENTS}/"))
            .then_some("/kproxy/v202611/agents/{id}"),
    }
}

/// Agents by id.
pub fn by_id(agents: &[Value]) -> Map<String, Value> {
    agents
        .iter()
        .map(|agent| (id(agent).to_owned(), agent.clone()))
        .collect()
}
