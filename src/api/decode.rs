//! Decodes response bodies into agents, sites and credentials.
//!
//! A page of agents is read in one go; only where that fails is each agent read by itself, so that
//! a malformed one costs only itself. The same goes for sites. What JSON has no word for, or leaves
//! open, is mended then: a bare `NaN` is `null`, and of two fields with one name the last counts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::ApiError;
use super::json_path::{path_of, string_len};
use super::wire::{AgentAnswer, AgentsPage, Credentials, SiteAnswer, SitesAnswer};
use crate::domain::text::{display_text, trim_blanks};
use crate::domain::{Agent, Site};

/// A page of agents, with what could not be read of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecodedPage {
    /// The agents that could be read.
    pub agents: Vec<Agent>,
    /// One [`ApiError::Malformed`] for each agent that could not.
    pub unreadable: Vec<ApiError>,
    /// Asks for the next page; empty on the last.
    pub next_page_token: String,
    /// Asks for the changes since; empty where the backend gives none.
    pub sync_token: String,
    /// Agents gone since the `syncToken`.
    pub removed_ids: Vec<String>,
    /// The server's clock, if the answer has it.
    pub server_time: Option<DateTime<Utc>>,
}

/// The sites, with how many could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecodedSites {
    /// The sites that could be read.
    pub sites: Vec<Site>,
    /// How many could not, by the page or by the backend.
    pub unreadable: usize,
}

/// Reads a page of agents.
///
/// # Errors
/// [`ApiError::Malformed`] where the page as a whole cannot be read.
pub fn agents_page(text: &str) -> Result<DecodedPage, ApiError> {
    let whole: Option<AgentsPage<Agent>> = at_one_go(text)
        .filter(|page: &AgentsPage<Agent>| page.agents.iter().all(|agent| !agent.id.is_empty()));
    let (page, unreadable) = match whole {
        Some(page) => (page, Vec::new()),
        None => agents_one_by_one(text)?,
    };
    let mut agents = page.agents;
    agents.iter_mut().for_each(make_agent_harmless);
    Ok(DecodedPage {
        agents,
        unreadable,
        next_page_token: page.next_page_token,
        sync_token: page.sync_token,
        removed_ids: page.removed_ids,
        server_time: page.server_time,
    })
}

fn agents_one_by_one(text: &str) -> Result<(AgentsPage<Agent>, Vec<ApiError>), ApiError> {
    let page: AgentsPage<Box<RawValue>> = parse(text, "")?;
    let (agents, unreadable) = each_by_itself(&page.agents, "agents", |agent: &Agent| &agent.id);
    let page = AgentsPage {
        agents,
        next_page_token: page.next_page_token,
        sync_token: page.sync_token,
        removed_ids: page.removed_ids,
        server_time: page.server_time,
    };
    Ok((page, unreadable))
}

/// Reads the sites.
///
/// # Errors
/// [`ApiError::Malformed`] where they cannot be read as a whole.
pub fn sites(text: &str) -> Result<DecodedSites, ApiError> {
    let whole: Option<SitesAnswer<Site>> = at_one_go(text)
        .filter(|answer: &SitesAnswer<Site>| answer.sites.iter().all(|site| !site.id.is_empty()));
    let (answer, errors) = match whole {
        Some(answer) => (answer, Vec::new()),
        None => sites_one_by_one(text)?,
    };
    let unknown_to_backend = usize::try_from(answer.invalid_count).unwrap_or_default();
    let mut sites = answer.sites;
    sites.iter_mut().for_each(make_site_harmless);
    Ok(DecodedSites {
        sites,
        unreadable: errors.len() + unknown_to_backend,
    })
}

fn sites_one_by_one(text: &str) -> Result<(SitesAnswer<Site>, Vec<ApiError>), ApiError> {
    let answer: SitesAnswer<Box<RawValue>> = parse(text, "")?;
    let (sites, errors) = each_by_itself(&answer.sites, "sites", |site: &Site| &site.id);
    let answer = SitesAnswer {
        sites,
        invalid_count: answer.invalid_count,
    };
    Ok((answer, errors))
}

/// Takes out of an agent's texts what would turn the text around them; see [`display_text`]. The
/// description is a text to be edited, and stands alone: it stays as it is.
fn make_agent_harmless(agent: &mut Agent) {
    for text in [
        &mut agent.name,
        &mut agent.private_ip,
        &mut agent.ip_address,
        &mut agent.version,
        &mut agent.api_user,
        &mut agent.user_agent,
    ] {
        make_harmless(text);
    }
    if trim_blanks(&agent.name).is_empty() {
        agent.name.clear();
    }
    for device in &mut agent.devices {
        make_harmless(&mut device.name);
        // Without a name the id is shown.
        if trim_blanks(&device.name).is_empty() {
            device.name = match display_text(&device.id) {
                Cow::Owned(harmless) => harmless,
                Cow::Borrowed(_) => String::new(),
            };
        }
    }
}

/// As for an agent.
fn make_site_harmless(site: &mut Site) {
    let address = &mut site.postal_address;
    for text in [
        &mut site.title,
        &mut address.address,
        &mut address.city,
        &mut address.region,
        &mut address.postal_code,
        &mut address.country,
    ] {
        make_harmless(text);
    }
}

fn make_harmless(text: &mut String) {
    if let Cow::Owned(harmless) = display_text(text) {
        *text = harmless;
    }
}

/// Reads text of which nothing is malformed: the quick way, which cannot tell what is wrong.
fn at_one_go<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Reads the answer to GET or PATCH of one agent.
///
/// # Errors
/// [`ApiError::Malformed`] where it cannot be read, or holds no agent.
pub fn agent(text: &str) -> Result<AgentAnswer, ApiError> {
    let mut answer: AgentAnswer = parse(text, "")?;
    need(&answer.agent.id, "agent.id")?;
    make_agent_harmless(&mut answer.agent);
    Ok(answer)
}

/// Reads the answer to the creation of a site.
///
/// # Errors
/// [`ApiError::Malformed`] where it cannot be read, or holds no site.
pub fn site(text: &str) -> Result<SiteAnswer, ApiError> {
    let mut answer: SiteAnswer = parse(text, "")?;
    need(&answer.site.id, "site.id")?;
    make_site_harmless(&mut answer.site);
    Ok(answer)
}

/// Reads the credentials.
///
/// # Errors
/// [`ApiError::Malformed`], which names the field but holds nothing of the text: it is secret.
pub fn credentials(text: &str) -> Result<Credentials, ApiError> {
    let credentials: Credentials = parse(text, "").map_err(without_secrets)?;
    need(&credentials.api_email, "apiEmail")?;
    need(&credentials.api_token, "apiToken")?;
    Ok(credentials)
}

/// Of an error in the credentials, only what cannot be part of them.
fn without_secrets(error: ApiError) -> ApiError {
    const FIELDS: [&str; 4] = ["apiEmail", "apiToken", "region", "latestVersion"];
    let ApiError::Malformed { path, reason } = error else {
        return error;
    };
    let path = FIELDS.into_iter().find(|field| *field == path);
    let reason = [IS_EMPTY, IS_WEB_PAGE, IS_CUT_SHORT]
        .into_iter()
        .find(|known| *known == reason);
    ApiError::malformed(
        path.unwrap_or_default(),
        reason.unwrap_or("is not as expected"),
    )
}

/// Reads an answer that says no more than that it is one.
///
/// # Errors
/// [`ApiError::Malformed`] where it is neither empty nor a JSON object.
pub fn empty_or_object(text: &str) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    parse::<BTreeMap<String, Box<RawValue>>>(text, "").map(drop)
}

/// Reads every element by itself; those that fail, or have no id, become errors with their path.
fn each_by_itself<T: DeserializeOwned>(
    elements: &[Box<RawValue>],
    list: &str,
    id: impl Fn(&T) -> &str,
) -> (Vec<T>, Vec<ApiError>) {
    let mut read = Vec::with_capacity(elements.len());
    let mut errors = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let path = format!("{list}[{index}]");
        let parsed = parse::<T>(element.get(), &path)
            .and_then(|value| need(id(&value), &format!("{path}.id")).map(|()| value));
        match parsed {
            Ok(value) => read.push(value),
            Err(error) => errors.push(error),
        }
    }
    (read, errors)
}

fn need(text: &str, path: &str) -> Result<(), ApiError> {
    if text.is_empty() {
        Err(ApiError::malformed(path, "is missing"))
    } else {
        Ok(())
    }
}

/// Parses the text at `path` in an answer; an error has the whole path.
fn parse<T: DeserializeOwned>(text: &str, path: &str) -> Result<T, ApiError> {
    parse_as_it_is(text, path).or_else(|error| {
        let finite = without_nan(text);
        let text = finite.as_deref().unwrap_or(text);
        let mended = finite.as_deref().and_then(at_one_go);
        mended
            .or_else(|| {
                // Of two fields with one name, a `Value` keeps the last.
                let value: Value = at_one_go(text)?;
                at_one_go(&value.to_string())
            })
            .ok_or(error)
    })
}

fn parse_as_it_is<'de, T: Deserialize<'de>>(text: &'de str, path: &str) -> Result<T, ApiError> {
    serde_json::from_str(text)
        .map_err(|error| explain(text, &join(path, &path_of(text, &error)), &error))
}

/// The text with `null` for the numbers that JSON has no word for but some programs write; `None`
/// where there are none.
fn without_nan(text: &str) -> Option<String> {
    const NO_NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
    if !NO_NUMBERS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (outside, string) = rest.split_at(rest.find('"').unwrap_or(rest.len()));
        mended += &NO_NUMBERS.iter().fold(outside.to_owned(), |outside, word| {
            outside.replace(word, "null")
        });
        let (string, after) = string.split_at(string_len(string));
        mended += string;
        rest = after;
    }
    Some(mended)
}

const IS_EMPTY: &str = "it is empty";
const IS_WEB_PAGE: &str = "it is a web page, not JSON";
const IS_CUT_SHORT: &str = "it is cut short";

/// `agents[3]` and `devices[0].id` make `agents[3].devices[0].id`.
fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        (_, "") => outer.to_owned(),
        ("", _) => inner.to_owned(),
        _ if inner.starts_with('[') => format!("{outer}{inner}"),
        _ => format!("{outer}.{inner}"),
    }
}

fn explain(text: &str, path: &str, error: &serde_json::Error) -> ApiError {
    let text = text.trim_start();
    match error.classify() {
        _ if text.is_empty() => ApiError::malformed("", IS_EMPTY),
        _ if text.starts_with('<') => ApiError::malformed("", IS_WEB_PAGE),
        Category::Eof | Category::Io => ApiError::malformed(path, IS_CUT_SHORT),
        Category::Syntax => ApiError::malformed(path, &format!("not JSON: {error}")),
        Category::Data => {
            // The position means nothing to a reader who has the path.
            let message = error.to_string();
            let what = message.split(" at line ").next().unwrap_or(&message);
            ApiError::malformed(path, what)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::api::wire::Region;
    use crate::domain::{Device, SiteType};

    fn path_and_reason(error: &ApiError) -> (&str, &str) {
        let ApiError::Malformed { path, reason } = error else {
            panic!("{error:?}")
        };
        (path, reason)
    }

    fn ids(page: &DecodedPage) -> Vec<&str> {
        page.agents.iter().map(|agent| agent.id.as_str()).collect()
    }

    #[test]
    fn a_whole_page_is_read() {
        let page = agents_page(
            r#"{"agents":[{"id":"a","name":"Edge","flowPort":2055,"lastContact":"2026-11-23T10:00:00Z",
            "devices":[{"id":"d","name":"rtr"}],"unknown":{"x":[1]}},{"id":"b"}],"nextPageToken":"n",
            "syncToken":"s","removedIds":["c"],"serverTime":"2026-11-23T11:00:00+01:00"}"#,
        )
        .unwrap();
        let ten = Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap();
        assert_eq!(ids(&page), ["a", "b"]);
        assert_eq!(page.agents[0].last_contact, Some(ten));
        assert_eq!(page.agents[0].devices[0].name, "rtr");
        assert_eq!(
            (page.agents[0].flow_port, page.agents[1].flow_port),
            (2055, 9995)
        );
        assert_eq!(
            (page.next_page_token.as_str(), page.sync_token.as_str()),
            ("n", "s")
        );
        assert_eq!(page.removed_ids, ["c"]);
        assert_eq!(page.server_time, Some(ten));
        assert!(page.unreadable.is_empty());
    }

    // agent-api.md#conventions/4
    #[test]
    fn null_is_the_default_everywhere() {
        let nulls = r#"{"agents":null,"nextPageToken":null,"syncToken":null,"removedIds":null,"serverTime":null}"#;
        assert_eq!(agents_page(nulls).unwrap(), DecodedPage::default());
        assert_eq!(agents_page("{}").unwrap(), DecodedPage::default());
        let fields = [
            "name",
            "description",
            "siteId",
            "privateIp",
            "ipAddress",
            "flowPort",
            "version",
            "lastContact",
            "lastSeen",
            "apiUser",
            "userAgent",
            "devices",
            "created",
            "etag",
        ];
        let nulls = fields.join(r#"":null,""#);
        let page = agents_page(&format!(r#"{{"agents":[{{"id":"a","{nulls}":null}}]}}"#)).unwrap();
        assert_eq!(
            page.agents,
            agents_page(r#"{"agents":[{"id":"a"}]}"#).unwrap().agents
        );
        assert_eq!(
            sites(r#"{"sites":null,"invalidCount":null}"#).unwrap(),
            DecodedSites::default()
        );
    }

    // agent-api.md#errors/18, #errors/19, #agent/18, #agent/19
    #[test]
    fn a_malformed_agent_costs_that_agent_alone() {
        for (bad, path) in [
            (
                r#"{"id":"x","lastContact":"yesterday"}"#,
                "agents[1].lastContact",
            ),
            (r#"{"id":"x","lastContact":17}"#, "agents[1].lastContact"),
            (r#"{"id":"x","devices":{}}"#, "agents[1].devices"),
            (
                r#"{"id":"x","devices":[{"id":"d"},{"id":true}]}"#,
                "agents[1].devices[1].id",
            ),
            (
                r#"{"id":"x","devices":[["d","rtr"]]}"#,
                "agents[1].devices[0]",
            ),
            (r#"{"id":"x","flowPort":70000}"#, "agents[1].flowPort"),
            (r#"{"id":"x","flowPort":9995.5}"#, "agents[1].flowPort"),
            (r#"{"id":"x","flowPort":"-1"}"#, "agents[1].flowPort"),
            (r#"{"id":"x","flowPort":"udp"}"#, "agents[1].flowPort"),
            (r#"{"id":"x","flowPort":1e999}"#, "agents[1].flowPort"),
            (r#"{"id":"x","name":"\ud83d"}"#, "agents[1].name"),
            (
                r#"{"id":"x","unknown":"\ud83d","name":3}"#,
                "agents[1].name",
            ),
            (r#"{"id":1.5}"#, "agents[1].id"),
            (r#"{"id":123456789012345678901234567890}"#, "agents[1].id"),
            (r#"{"id":{}}"#, "agents[1].id"),
            (r#"{"id":""}"#, "agents[1].id"),
            (r#"{"name":"x"}"#, "agents[1].id"),
            ("null", "agents[1]"),
            ("\"x\"", "agents[1]"),
            ("[]", "agents[1]"),
            (r#"["x","name"]"#, "agents[1]"),
        ] {
            let text = format!(r#"{{"agents":[{{"id":"a"}},{bad},{{"id":"b"}}],"syncToken":"s"}}"#);
            let page = agents_page(&text).unwrap_or_else(|error| panic!("{bad}: {error}"));
            assert_eq!(ids(&page), ["a", "b"], "{bad}");
            assert_eq!(page.sync_token, "s");
            let [error] = page.unreadable.as_slice() else {
                panic!("{bad}")
            };
            assert_eq!(path_and_reason(error).0, path, "{bad}: {error}");
        }
    }

    // agent-api.md#server-clock/2
    #[test]
    fn a_nonsensical_server_time_counts_as_missing() {
        for time in [
            "17",
            "\"noon\"",
            "{}",
            "[\"x\"]",
            "true",
            "\"\\ud83d\"",
            "\"\"",
            "1e999",
        ] {
            for agents in [r#"{"id":"a"}"#, r#"{"id":"a"},{"id":true}"#] {
                let text = format!(r#"{{"agents":[{agents}],"serverTime":{time}}}"#);
                let page = agents_page(&text).unwrap_or_else(|error| panic!("{time}: {error}"));
                assert_eq!((page.server_time, ids(&page)), (None, vec!["a"]), "{time}");
            }
        }
    }

    // agent-api.md#errors/18
    #[test]
    fn a_page_that_is_no_page_is_an_error_with_its_path() {
        for (text, path, reason) in [
            ("", "", "it is empty"),
            (" \n", "", "it is empty"),
            (
                "<!doctype html><p>Sign in",
                "",
                "it is a web page, not JSON",
            ),
            ("upstream timeout", "", "not JSON"),
            (
                r#"{"agents":[{"id":"a"},{"id":"#,
                "agents[1].id",
                "it is cut short",
            ),
            (r#"{"agents":[]"#, "agents", "it is cut short"),
            (r#"{"agents":{}}"#, "agents", "invalid type: map"),
            (
                r#"{"agents":[],"nextPageToken":[]}"#,
                "nextPageToken",
                "invalid type: sequence",
            ),
            (
                r#"{"agents":[],"removedIds":["a",true]}"#,
                "removedIds[1]",
                "invalid type: boolean",
            ),
            (r#"{"agents":[]}]"#, "", "not JSON: trailing"),
            ("7", "", "invalid type: integer"),
            ("[]", "", "invalid type: sequence"),
            (r#" [[{"id":"a"}]]"#, "", "invalid type: sequence"),
        ] {
            let error = agents_page(text).unwrap_err();
            let (got_path, got_reason) = path_and_reason(&error);
            assert_eq!(got_path, path, "{text}: {error}");
            assert!(got_reason.starts_with(reason), "{text}: {error}");
        }
    }

    // agent-api.md#list-sites/1, #lenient-reading/1
    #[test]
    fn one_bad_site_costs_only_itself() {
        let decoded = sites(
            r#"{"sites":[{"id":"s","title":"Oslo","lat":59.9,"lon":10.7,"type":"SITE_TYPE_NEW"},
            {"id":"t","lat":"north"},{"title":"no id"},{"id":"u","postalAddress":null}],"invalidCount":2}"#,
        )
        .unwrap();
        let ids: Vec<_> = decoded.sites.iter().map(|site| site.id.as_str()).collect();
        assert_eq!((ids, decoded.unreadable), (vec!["s", "u"], 4));
        assert_eq!(
            path_and_reason(&sites(r#"{"sites":7}"#).unwrap_err()).0,
            "sites"
        );
    }

    #[test]
    fn one_agent_and_one_site_need_an_id() {
        assert_eq!(
            agent(r#"{"agent":{"id":"a"},"serverTime":7}"#)
                .unwrap()
                .agent
                .id,
            "a"
        );
        assert_eq!(site(r#"{"site":{"id":"s"}}"#).unwrap().site.id, "s");
        assert_eq!(
            path_and_reason(&agent(r#"{"agent":{}}"#).unwrap_err()).0,
            "agent.id"
        );
        assert_eq!(
            path_and_reason(&site(r#"{"site":{}}"#).unwrap_err()).0,
            "site.id"
        );
        let error = agent(r#"{"agent":{"id":"a","created":"x"}}"#).unwrap_err();
        assert_eq!(path_and_reason(&error).0, "agent.created");
        assert!(
            path_and_reason(&agent("{}").unwrap_err())
                .1
                .starts_with("missing field")
        );
    }

    #[test]
    fn nothing_but_agents_or_sites_without_an_id_is_nothing() {
        for text in [
            r#"{"agents":[{"name":"nobody"}],"sites":[{"title":"nowhere"}]}"#,
            r#"{"agents":[{"id":""}],"sites":[{"id":""}]}"#,
        ] {
            let page = agents_page(text).unwrap();
            assert_eq!((page.agents.len(), page.unreadable.len()), (0, 1), "{text}");
            let sites = sites(text).unwrap();
            assert_eq!((sites.sites.len(), sites.unreadable), (0, 1), "{text}");
        }
    }

    // agent-api.md#calls/5, #lenient-reading/1
    #[test]
    fn credentials_are_read() {
        let text =
            r#"{"apiEmail":"a@b.c","apiToken":"t0k","region":"EU","latestVersion":"2026.2.0"}"#;
        let read = credentials(text).unwrap();
        assert_eq!(
            (read.api_email.as_str(), read.api_token.as_str()),
            ("a@b.c", "t0k")
        );
        assert_eq!(read.region, Region::Eu);
        for region in ["\"MARS\"", "null", "7", "\"US\"", "\"\""] {
            let text = format!(r#"{{"apiEmail":"a@b.c","apiToken":"t","region":{region}}}"#);
            assert_eq!(credentials(&text).unwrap().region, Region::Us, "{region}");
        }
    }

    #[test]
    fn an_error_in_the_credentials_tells_nothing_of_them() {
        for text in [
            r#"{"apiEmail":"a@b.c","apiToken":["s3cret"]}"#,
            r#"{"apiEmail":{"s3cret":1},"apiToken":"s3cret"}"#,
            r#"{"apiEmail":"a@b.c","apiToken":"s3cret"#,
            r#"{"apiEmail":"","apiToken":"s3cret"}"#,
            "\"s3cret\"",
            "<p>s3cret",
        ] {
            let error = credentials(text).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
    }

    // agent-api.md#lenient-reading/2
    #[test]
    fn numbers_may_be_quoted_and_ids_may_be_numbers() {
        let page = agents_page(
            r#"{"agents":[{"id":104501,"siteId":21,"etag":7,"flowPort":"2055","devices":[{"id":801}]},
            {"id":"b","flowPort":2055.0},{"id":18446744073709551615,"flowPort":"2.055e3"},{"id":-3.0,"flowPort":"0"}],
            "nextPageToken":2,"syncToken":3,"removedIds":[104502,"c"]}"#,
        )
        .unwrap();
        assert!(page.unreadable.is_empty());
        assert_eq!(ids(&page), ["104501", "b", "18446744073709551615", "-3"]);
        let ports: Vec<_> = page.agents.iter().map(|agent| agent.flow_port).collect();
        assert_eq!(ports, [2055, 2055, 2055, 9995]);
        let first = &page.agents[0];
        assert_eq!(
            [&first.site_id, &first.etag, &first.devices[0].id],
            ["21", "7", "801"]
        );
        assert_eq!([page.next_page_token, page.sync_token], ["2", "3"]);
        assert_eq!(page.removed_ids, ["104502", "c"]);

        let decoded = sites(r#"{"sites":[{"id":21,"lat":"50.11","lon":"-8.68"}]}"#).unwrap();
        assert_eq!(decoded.sites[0].id, "21");
        assert_eq!((decoded.sites[0].lat, decoded.sites[0].lon), (50.11, -8.68));
    }

    // agent-api.md#lenient-reading/1, #lenient-reading/3
    #[test]
    fn a_sites_type_may_be_a_number_and_is_never_an_error() {
        for (site_type, expected) in [
            ("0", SiteType::Unspecified),
            ("1", SiteType::DataCenter),
            ("\"2\"", SiteType::Cloud),
            ("3", SiteType::Branch),
            ("4", SiteType::Connectivity),
            ("5", SiteType::Customer),
            ("6.0", SiteType::Other),
            ("7", SiteType::Unspecified),
            ("-1", SiteType::Unspecified),
            ("1.5", SiteType::Unspecified),
            ("1e999", SiteType::Unspecified),
            ("null", SiteType::Unspecified),
            ("{}", SiteType::Unspecified),
            ("\"SITE_TYPE_BRANCH\"", SiteType::Branch),
            ("\"SITE_TYPE_MOON\"", SiteType::Unspecified),
            ("\"\\ud83d\"", SiteType::Unspecified),
        ] {
            let text = format!(r#"{{"sites":[{{"id":"s","type":{site_type}}}]}}"#);
            let decoded = sites(&text).unwrap();
            assert_eq!(decoded.unreadable, 0, "{site_type}");
            assert_eq!(decoded.sites[0].site_type, expected, "{site_type}");
        }
    }

    // agent-api.md#lenient-reading/4, #server-clock/2
    #[test]
    fn times_before_all_contact_are_null() {
        for time in [
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00+02:00",
            "0000-12-31T22:00:00Z",
            "0001-06-01T12:00:00.5Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00.000Z",
            "1970-01-01T05:30:00+05:30",
            "1970-01-01T00:00:00-08:00",
            "1970-01-01T00:00:00+05:30",
        ] {
            let text = format!(
                r#"{{"agents":[{{"id":"a","lastContact":"{time}","lastSeen":"{time}","created":"{time}"}}],
                "serverTime":"{time}"}}"#
            );
            let page = agents_page(&text).unwrap();
            let times = page.agents[0].clone();
            assert_eq!(
                [
                    times.last_contact,
                    times.last_seen,
                    times.created,
                    page.server_time
                ],
                [None; 4],
                "{time}"
            );
        }
        let time = r#"{"agents":[{"id":"a","lastSeen":"1970-01-01T00:00:01Z"}]}"#;
        assert!(agents_page(time).unwrap().agents[0].last_seen.is_some());
    }

    #[test]
    fn a_time_beyond_year_9999_is_none() {
        let text = r#"{"agents":[{"id":"a","lastContact":"+12026-01-01T00:00:00Z"},
            {"id":"b","lastContact":"9999-12-31T23:59:59Z"}]}"#;
        let page = agents_page(text).unwrap();
        assert_eq!(ids(&page), ["b"]);
        assert_eq!(
            path_and_reason(&page.unreadable[0]).0,
            "agents[0].lastContact"
        );
    }

    // agent-api.md#lenient-reading/5
    #[test]
    fn a_count_that_is_no_count_is_0() {
        for (count, expected) in [
            ("3", 3),
            ("\"3\"", 3),
            ("3.0", 3),
            ("\"0\"", 0),
            ("-1", 0),
            ("\"-1\"", 0),
            ("\"\"", 0),
            ("\"many\"", 0),
            ("\"NaN\"", 0),
            ("NaN", 0),
            ("1e999", 0),
            ("{}", 0),
            ("[1]", 0),
            ("true", 0),
            ("null", 0),
        ] {
            let text = format!(r#"{{"sites":[{{"id":"s"}}],"invalidCount":{count}}}"#);
            let decoded = sites(&text).unwrap_or_else(|error| panic!("{count}: {error}"));
            assert_eq!(
                (decoded.sites.len(), decoded.unreadable),
                (1, expected),
                "{count}"
            );
        }
    }

    // agent-api.md#site/3, #lenient-reading/8
    #[test]
    fn a_site_off_the_globe_has_no_location() {
        for degrees in [
            "\"NaN\"",
            "\"Infinity\"",
            "\"-Infinity\"",
            "\"1e999\"",
            "NaN",
            "Infinity",
            "-Infinity",
            "181",
            "\"-180.1\"",
            "null",
            "\"\"",
        ] {
            let text = format!(
                r#"{{"sites":[{{"id":"s","title":"NaN \"Infinity","lat":8.5,"lon":{degrees}}},{{"id":"t"}}]}}"#
            );
            let decoded = sites(&text).unwrap_or_else(|error| panic!("{degrees}: {error}"));
            assert_eq!(
                (decoded.sites.len(), decoded.unreadable),
                (2, 0),
                "{degrees}"
            );
            let site = &decoded.sites[0];
            assert_eq!(site.title, "NaN \"Infinity");
            assert_eq!(site.coordinates(), None, "{degrees}");
            // What differs from itself would look changed at each read.
            assert_eq!(site, &site.clone());
        }
    }

    // agent-api.md#lenient-reading/6
    #[test]
    fn of_two_fields_with_one_name_the_last_counts() {
        let page = agents_page(
            r#"{"agents":[{"id":"x"}],"agents":[{"id":"a","name":"x","name":"y"},{"id":"b","name":"\ud83d"}],
            "syncToken":"s","syncToken":"t"}"#,
        );
        // The lone surrogate keeps the text from being read as a whole.
        assert!(page.is_err());
        let page = agents_page(
            r#"{"agents":[{"id":"x"}],"agents":[{"id":"a","name":"x","name":"y"}],"syncToken":"s","syncToken":"t"}"#,
        )
        .unwrap();
        assert_eq!((ids(&page), page.sync_token.as_str()), (vec!["a"], "t"));
        assert_eq!(page.agents[0].name, "y");
        let page = agents_page(
            r#"{"agents":[{"id":"a","name":"x","name":"y"},{"id":"b","name":"\ud83d"}],"syncToken":"s"}"#,
        )
        .unwrap();
        assert_eq!((ids(&page), page.unreadable.len()), (vec!["a"], 1));
    }

    // agent-api.md#lenient-reading/7
    #[test]
    fn an_array_is_no_object() {
        let is_refused = |path: &str, error: ApiError| {
            assert_eq!(path_and_reason(&error).0, path, "{error}");
            assert!(
                error.to_string().contains("invalid type: sequence"),
                "{error}"
            );
        };
        is_refused("agent", agent(r#"{"agent":["a","name"]}"#).unwrap_err());
        is_refused("", agent(r#"[{"id":"a"}]"#).unwrap_err());
        is_refused("site", site(r#"{"site":["s","Oslo"]}"#).unwrap_err());
        is_refused("", sites(r#"[[{"id":"s"}]]"#).unwrap_err());
        is_refused(
            "site.postalAddress",
            site(r#"{"site":{"id":"s","postalAddress":["1 Main St"]}}"#).unwrap_err(),
        );
        assert!(credentials(r#"["a@b.c","t0k"]"#).is_err());
        assert_eq!(
            sites(r#"{"sites":[["s","Oslo"],{"id":"t"}]}"#)
                .unwrap()
                .unreadable,
            1
        );
    }

    // page.md#texts/5
    #[test]
    fn no_text_turns_what_stands_beside_it() {
        let evil = "\u{2069}\u{202e}x\u{202d}";
        let text = format!(
            r#"{{"agents":[{{"id":"{evil}","name":"{evil}","version":"{evil}","devices":[{{"id":"{evil}"}},{{"id":"d"}}]}},
            {{"id":"b","name":" \u200b"}}]}}"#
        );
        let page = agents_page(&text).unwrap();
        let [first, second] = page.agents.as_slice() else {
            panic!()
        };
        assert_eq!([&first.name, &first.version], ["x", "x"]);
        assert_eq!(first.id, evil);
        let devices: Vec<_> = first.devices.iter().map(Device::display_name).collect();
        assert_eq!(devices, ["x", "d"]);
        assert_eq!(second.display_name(), "Auto Generated");
        let text = format!(
            r#"{{"site":{{"id":"s","title":"{evil}","postalAddress":{{"city":"{evil}"}}}}}}"#
        );
        let site = site(&text).unwrap().site;
        assert_eq!([&site.title, &site.postal_address.city], ["x", "x"]);
    }

    #[test]
    fn depth_alone_is_no_harm() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let text = format!(
            r#"{{"agents":[{{"id":"a","unknown":{deep}}},{{"id":"b","devices":{deep}}},{{"id":"c","name":1,"x":{deep}}}]}}"#
        );
        let page = agents_page(&text).unwrap();
        assert_eq!((ids(&page), page.unreadable.len()), (vec!["a"], 2));
        assert!(agents_page(&deep).is_err());
        assert!(credentials(&deep).is_err());
    }

    // agent-api.md#remove-an-agent/3
    #[test]
    fn an_answer_without_content_is_empty_or_an_object() {
        for text in ["", " \n", "{}", " {\"removed\": {\"a\": [1e999]}} "] {
            assert_eq!(empty_or_object(text), Ok(()), "{text}");
        }
        for text in [
            "<!doctype html><p>Sign in",
            "OK",
            "[]",
            "null",
            "\"\"",
            "0",
            "{",
            "{} {}",
            "{\"a\": }",
        ] {
            assert!(empty_or_object(text).is_err(), "{text}");
        }
        assert_eq!(
            path_and_reason(&empty_or_object("<p>").unwrap_err()).1,
            IS_WEB_PAGE
        );
    }

    #[test]
    fn an_error_in_the_credentials_says_what_is_safe_to_say() {
        for (text, reason) in [
            ("", IS_EMPTY),
            ("<p>s3cret", IS_WEB_PAGE),
            (r#"{"apiToken":"s3cret"#, IS_CUT_SHORT),
            (r#"{"apiToken":["s3cret"]}"#, "is not as expected"),
        ] {
            let error = credentials(text).unwrap_err();
            assert_eq!(path_and_reason(&error).1, reason, "{text}");
        }
    }

    #[test]
    fn an_error_in_the_credentials_names_the_field() {
        for (text, path) in [
            (
                r#"{"apiEmail":"a@b.c","apiToken":"t","region":{"s3cret":"x"}}"#,
                "region",
            ),
            (
                r#"{"apiEmail":"a@b.c","apiToken":"t","region":["EU"]}"#,
                "region",
            ),
            (r#"{"apiEmail":"a@b.c","apiToken":["s3cret"]}"#, "apiToken"),
            (r#"{"apiEmail":7,"apiToken":"s3cret"}"#, "apiEmail"),
            (
                r#"{"apiEmail":"a@b.c","apiToken":"s3cret","latestVersion":{}}"#,
                "latestVersion",
            ),
            (r#"{"s3cret":tru}"#, ""),
            (r#"{"apiEmail":"a@b.c","apiToken":""}"#, "apiToken"),
        ] {
            let error = credentials(text).unwrap_err();
            assert_eq!(path_and_reason(&error).0, path, "{error}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = (agents_page(&text), sites(&text), agent(&text), site(&text), credentials(&text));
        }

        #[test]
        fn a_page_cut_short_is_an_error(cut in 1..80_usize) {
            let text = r#"{"agents":[{"id":"a","name":"Edge"},{"id":7}],"serverTime":"2026-11-23T10:00:00Z"}"#;
            prop_assert!(agents_page(text.get(..text.len() - cut).unwrap()).is_err());
        }
    }
}
