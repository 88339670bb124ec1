//! The view of a URL, and the URL of a view, so that links, Back, Forward and reload
//! restore it.

use form_urlencoded::{byte_serialize, parse};
use percent_encoding::percent_decode_str;

use super::percent::encode_component;
use super::{Filter, Status};

/// The prefix of each key where the page shares the query with its host.
const SHARED_PREFIX: &str = "kp-";

/// Keys of the query.
mod key {
    pub const TEXT: &str = "q";
    pub const STATUS: &str = "status";
    pub const LOCATED: &str = "located";
    pub const AGENT: &str = "agent";
    /// Only where the page has no path of its own.
    pub const DIALOG: &str = "dialog";
    /// Only where the page has no path of its own.
    pub const ID: &str = "id";
    pub const ALL: [&str; 6] = [TEXT, STATUS, LOCATED, AGENT, DIALOG, ID];
}

/// A dialog that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogView {
    /// "Adding a kproxy Agent".
    Add,
    /// "kproxy Agent", of the agent with this id.
    Edit(String),
    /// "Remove kproxy Agent", of the agent with this id.
    Remove(String),
}

impl DialogView {
    /// The dialog's word in the URL.
    fn slug(&self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Edit(_) => "edit",
            Self::Remove(_) => "remove",
        }
    }

    /// The agent it is about.
    pub fn agent_id(&self) -> Option<&str> {
        match self {
            Self::Add => None,
            Self::Edit(id) | Self::Remove(id) => Some(id),
        }
    }

    /// The dialog of this word, about this agent where it needs one.
    fn from_slug(word: &str, id: Option<String>) -> Option<Self> {
        let id = id.filter(|id| !id.is_empty());
        match word {
            "add" => Some(Self::Add),
            "edit" => id.map(Self::Edit),
            "remove" => id.map(Self::Remove),
            _ => None,
        }
    }
}

/// What of the page's state lives in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewState {
    /// What the controls are set to.
    pub filter: Filter,
    /// The ids of the expanded agents, each once.
    pub expanded: Vec<String>,
    /// The open dialog.
    pub dialog: Option<DialogView>,
}

/// The part of a path below a base, which has no slash at its end: empty, or with a slash before it.
/// `None`: the path is not below it; `/app` has no claim to `/apple`.
pub fn below_base<'a>(path: &'a str, base: &str) -> Option<&'a str> {
    path.strip_prefix(base)
        .filter(|below| below.is_empty() || below.starts_with('/'))
}

impl ViewState {
    /// Expands an agent, or folds it again.
    pub fn toggle(&mut self, id: String) {
        if self.expanded.contains(&id) {
            self.expanded.retain(|expanded| *expanded != id);
        } else {
            self.expanded.push(id);
        }
    }

    /// Reads the page's own path, below its base and as in the URL (still
    /// percent-encoded), and query. What it does not know is ignored.
    pub fn from_path(path_below_base: &str, query: &str) -> Self {
        let mut view = Self::from_pairs(query, "");
        let segments: Vec<_> = path_below_base
            .split('/')
            .filter(|s| !s.is_empty())
            .collect();
        view.dialog = match segments.as_slice() {
            ["add"] => Some(DialogView::Add),
            ["agents", id, word @ ("edit" | "remove")] => {
                let id = percent_decode_str(id).decode_utf8().ok();
                DialogView::from_slug(word, id.map(Into::into))
            }
            _ => None,
        };
        view
    }

    /// The path below the base, beginning with `/`, and the query without `?`.
    pub fn to_path(&self) -> (String, String) {
        let path = match &self.dialog {
            None => "/".to_owned(),
            Some(DialogView::Add) => "/add".to_owned(),
            Some(dialog @ (DialogView::Edit(id) | DialogView::Remove(id))) => {
                format!("/agents/{}/{}", encode_component(id), dialog.slug())
            }
        };
        let mut query = String::new();
        self.push_pairs(&mut query, "");
        (path, query)
    }

    /// Reads the page's own keys, those with `kp-` before them, out of a query that belongs to the
    /// host.
    pub fn from_query(query: &str) -> Self {
        let mut view = Self::from_pairs(query, SHARED_PREFIX);
        let (mut word, mut id) = (None, None);
        for (key, value) in pairs(query) {
            match key.strip_prefix(SHARED_PREFIX) {
                Some(key::DIALOG) => word = Some(value),
                Some(key::ID) => id = Some(value),
                _ => {}
            }
        }
        view.dialog = word.and_then(|word| DialogView::from_slug(&word, id));
        view
    }

    /// The host's query with the page's own keys brought up to date; the host's own stay untouched
    /// and in order.
    pub fn to_query(&self, foreign_query: &str) -> String {
        let mut query = String::new();
        for part in without_mark(foreign_query)
            .split('&')
            .filter(|part| !part.is_empty())
        {
            if !is_own(part) {
                push_part(&mut query, part);
            }
        }
        self.push_pairs(&mut query, SHARED_PREFIX);
        if let Some(dialog) = &self.dialog {
            push_pair(&mut query, SHARED_PREFIX, key::DIALOG, dialog.slug());
            if let Some(id) = dialog.agent_id() {
                push_pair(&mut query, SHARED_PREFIX, key::ID, id);
            }
        }
        query
    }

    fn from_pairs(query: &str, prefix: &str) -> Self {
        let mut view = Self::default();
        for (key, value) in pairs(query) {
            match key.strip_prefix(prefix) {
                Some(key::TEXT) => view.filter.text = value,
                Some(key::STATUS) => view.filter.status = Status::from_slug(&value),
                Some(key::LOCATED) => view.filter.unlocated = value == "no",
                Some(key::AGENT) if !value.is_empty() && !view.expanded.contains(&value) => {
                    view.expanded.push(value);
                }
                _ => {}
            }
        }
        view
    }

    fn push_pairs(&self, query: &mut String, prefix: &str) {
        let Self {
            filter, expanded, ..
        } = self;
        if !filter.text.is_empty() {
            push_pair(query, prefix, key::TEXT, &filter.text);
        }
        if let Some(status) = filter.status {
            push_pair(query, prefix, key::STATUS, status.slug());
        }
        if filter.unlocated {
            push_pair(query, prefix, key::LOCATED, "no");
        }
        for id in expanded {
            push_pair(query, prefix, key::AGENT, id);
        }
    }
}

fn without_mark(query: &str) -> &str {
    query.strip_prefix('?').unwrap_or(query)
}

/// The decoded keys and values.
fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    parse(without_mark(query).as_bytes()).into_owned()
}

/// Whether this part of a shared query is one of the page's own pairs.
fn is_own(part: &str) -> bool {
    parse(part.as_bytes()).next().is_some_and(|(key, _)| {
        key.strip_prefix(SHARED_PREFIX)
            .is_some_and(|key| key::ALL.contains(&key))
    })
}

fn push_part(query: &mut String, part: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(part);
}

fn push_pair(query: &mut String, prefix: &str, key: &str, value: &str) {
    push_part(query, prefix);
    query.push_str(key);
    query.push('=');
    query.extend(byte_serialize(value.as_bytes()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full_view() -> ViewState {
        ViewState {
            filter: Filter {
                text: "os lo".into(),
                status: Some(Status::Critical),
                unlocated: true,
            },
            expanded: vec!["a1".into(), "b/2".into()],
            dialog: Some(DialogView::Edit("b/2".into())),
        }
    }

    #[test]
    fn an_agent_is_expanded_once_and_folded_alone() {
        let mut view = ViewState::default();
        for (id, expanded) in [
            ("a", ["a"].as_slice()),
            ("b", &["a", "b"]),
            ("a", &["b"]),
            ("a", &["b", "a"]),
        ] {
            view.toggle(id.into());
            assert_eq!(view.expanded, expanded);
        }
    }

    #[test]
    fn the_plain_list_has_a_plain_url() {
        assert_eq!(ViewState::default().to_path(), ("/".into(), String::new()));
        assert_eq!(ViewState::default().to_query(""), "");
        assert_eq!(ViewState::from_path("/", ""), ViewState::default());
        assert_eq!(ViewState::from_path("", "?"), ViewState::default());
        assert_eq!(ViewState::from_query(""), ViewState::default());
    }

    // page.md#url/2, #url/3
    #[test]
    fn a_view_has_a_readable_url_of_its_own() {
        let (path, query) = full_view().to_path();
        assert_eq!(path, "/agents/b%2F2/edit");
        assert_eq!(
            query,
            "q=os+lo&status=critical&located=no&agent=a1&agent=b%2F2"
        );
        assert_eq!(ViewState::from_path(&path, &query), full_view());
        assert_eq!(
            ViewState::from_path("/add/", "").dialog,
            Some(DialogView::Add)
        );
        assert_eq!(
            ViewState::from_path("/agents/x/remove", "").dialog,
            Some(DialogView::Remove("x".into()))
        );
    }

    // page.md#url/4
    #[test]
    fn a_view_lives_in_prefixed_keys_beside_the_hosts_own() {
        let query = full_view().to_query("?q=host%20s&kp-q=old&tab=1&kp-other&&a=%zz");
        assert_eq!(
            query,
            "q=host%20s&tab=1&kp-other&a=%zz&kp-q=os+lo&kp-status=critical&kp-located=no\
             &kp-agent=a1&kp-agent=b%2F2&kp-dialog=edit&kp-id=b%2F2"
        );
        assert_eq!(ViewState::from_query(&query), full_view());
        assert_eq!(
            ViewState::default().to_query(&query),
            "q=host%20s&tab=1&kp-other&a=%zz"
        );
        assert_eq!(
            ViewState::from_query("q=x&status=critical&agent=a"),
            ViewState::default()
        );
    }

    // page.md#url/8
    #[test]
    fn unknown_values_are_ignored_and_dropped() {
        let view = ViewState::from_path(
            "/agents/x/explode",
            "status=Broken&located=yes&agent=&agent=a&agent=a&sort=name",
        );
        assert_eq!(view.to_path(), ("/".into(), "agent=a".into()));
        for path in [
            "/agents",
            "/agents//edit",
            "/agents/%ff/edit",
            "/add/more",
            "/agents/a/b/edit",
        ] {
            assert_eq!(ViewState::from_path(path, "").dialog, None, "{path}");
        }
        for query in [
            "kp-dialog=edit",
            "kp-dialog=edit&kp-id=",
            "kp-dialog=x&kp-id=a",
            "kp-id=a",
        ] {
            assert_eq!(ViewState::from_query(query).dialog, None, "{query}");
        }
        assert_eq!(
            ViewState::from_query("kp-id=a&kp-dialog=add").to_query("kp-id=a&kp-dialog=add"),
            "kp-dialog=add"
        );
    }

    #[test]
    fn a_base_is_whole_segments() {
        assert_eq!(below_base("/", ""), Some("/"));
        assert_eq!(below_base("/add", ""), Some("/add"));
        assert_eq!(below_base("/app", "/app"), Some(""));
        assert_eq!(
            below_base("/app/agents/a/edit", "/app"),
            Some("/agents/a/edit")
        );
        for other in ["/apple", "/", "/ap", "/other/app/"] {
            assert_eq!(below_base(other, "/app"), None, "{other}");
        }
    }

    fn any_id() -> impl Strategy<Value = String> {
        prop_oneof![
            "[/%+&=?#;:@ a2Fé.\u{0}\\\\]{1,6}",
            "\\PC{1,6}",
            any::<String>().prop_filter("ids are not empty", |id| !id.is_empty()),
        ]
    }

    fn any_view() -> impl Strategy<Value = ViewState> {
        let status = prop::option::of(prop::sample::select(Status::WORST_FIRST.to_vec()));
        let filter =
            (any::<String>(), status, any::<bool>()).prop_map(|(text, status, unlocated)| Filter {
                text,
                status,
                unlocated,
            });
        let dialog = prop::option::of(prop_oneof![
            Just(DialogView::Add),
            any_id().prop_map(DialogView::Edit),
            any_id().prop_map(DialogView::Remove),
        ]);
        let expanded = prop::collection::btree_set(any_id(), 0..4)
            .prop_map(|ids| ids.into_iter().collect::<Vec<_>>());
        (filter, expanded, dialog).prop_map(|(filter, expanded, dialog)| ViewState {
            filter,
            expanded,
            dialog,
        })
    }

    proptest! {
        #[test]
        fn a_url_leads_back_to_its_view(view in any_view(), foreign in "([a-z]{1,3}(=[a-z%+]{0,3})?&?){0,4}") {
            let (path, query) = view.to_path();
            prop_assert!(path.starts_with('/') && path.is_ascii() && query.is_ascii());
            prop_assert!(!path.contains(['?', '#', ' ', '\\']) && !query.contains(['#', ' ']));
            prop_assert_eq!(&ViewState::from_path(&path, &query), &view);
            let shared = view.to_query(&foreign);
            prop_assert_eq!(&ViewState::from_query(&shared), &view);
            prop_assert_eq!(view.to_query(&shared), shared);
        }

        #[test]
        fn reading_any_url_never_panics(path in any::<String>(), query in any::<String>()) {
            let view = ViewState::from_path(&path, &query);
            let (path, query) = view.to_path();
            prop_assert_eq!(ViewState::from_path(&path, &query), view);
            let view = ViewState::from_query(&query);
            prop_assert_eq!(ViewState::from_query(&view.to_query(&query)), view);
        }
    }
}
