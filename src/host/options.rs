//! What the host configures by attributes of `<kproxy-agents>`. A bad value counts as the default.

use crate::domain::encode_component;

/// How the page shows its view in the URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UrlState {
    /// Not at all: the URL is the host's.
    #[default]
    Memory,
    /// In query keys prefixed `kp-`.
    Query,
    /// In the page's own routes below the base path.
    Path,
}

/// Which of the browser's credentials go with a request, as fetch knows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are fetch's")]
pub enum CredentialsMode {
    #[default]
    SameOrigin,
    Include,
    Omit,
}

/// The attributes of one element, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementOptions {
    /// Where the agent API is; no trailing slash. Empty: the page's own origin.
    pub api_base: String,
    /// Passed to fetch.
    pub credentials: CredentialsMode,
    /// How the view shows in the URL.
    pub url_state: UrlState,
    /// Where the page's own routes begin; no trailing slash, so `/` is empty.
    pub base_path: String,
    /// Pause between two reads, 5 to 3600 s.
    pub refresh_secs: u32,
    /// URL template of the shell's own map tiles, with `{z}`, `{x}`, `{y}` as Leaflet knows them.
    pub tile_url: Option<String>,
    /// Attribution shown on the map, as text.
    pub tile_attribution: String,
    /// URL template of a device's page, with `{id}`.
    pub device_href: Option<String>,
    /// Level of the page's heading in the host's outline, 1 to 6.
    pub heading_level: u8,
    /// Nothing may be changed.
    pub read_only: bool,
}

impl ElementOptions {
    /// Reads the attributes; `attribute` gives an attribute's value by its name.
    pub fn parse(attribute: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| attribute(name).map(|value| value.trim().to_owned());
        let not_empty = |name: &str| text(name).filter(|value| !value.is_empty());
        Self {
            api_base: text("api-base")
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned(),
            credentials: match text("credentials").as_deref() {
                Some("include") => CredentialsMode::Include,
                Some("omit") => CredentialsMode::Omit,
                _ => CredentialsMode::SameOrigin,
            },
            url_state: match text("url-state").as_deref() {
                Some("query") => UrlState::Query,
                Some("path") => UrlState::Path,
                _ => UrlState::Memory,
            },
            base_path: text("base-path")
                .filter(|path| is_path(path))
                .map(|path| path.trim_end_matches('/').to_owned())
                .unwrap_or_default(),
            refresh_secs: text("refresh-seconds")
                .and_then(|value| whole_secs(&value))
                .map_or(60, |secs| secs.clamp(5, 3600)),
            tile_url: not_empty("tile-url").filter(|template| is_tile_template(template)),
            tile_attribution: text("tile-attribution").unwrap_or_default(),
            device_href: not_empty("device-href").filter(|template| is_safe_href(template)),
            heading_level: text("heading-level")
                .and_then(|value| value.parse().ok())
                .filter(|level| (1..=6).contains(level))
                .unwrap_or(1),
            read_only: is_on(attribute("read-only")),
        }
    }

    /// Where a device's name leads; `None`: nowhere.
    pub fn device_link(&self, device_id: &str) -> Option<String> {
        let id = encode_component(device_id).to_string();
        Some(self.device_href.as_ref()?.replace("{id}", &id))
    }
}

/// A boolean attribute. As in HTML it is on if it is there, but for `false`, which is what frameworks
/// and templates write for off.
fn is_on(attribute: Option<String>) -> bool {
    attribute.is_some_and(|value| !value.trim().eq_ignore_ascii_case("false"))
}

/// A decimal number of seconds, without its fraction; less than none counts as none. Taken apart by
/// hand: the standard library's parser of such numbers, with its tables, is 11 kB over the wire.
fn whole_secs(text: &str) -> Option<u32> {
    let positive = text.strip_prefix('+').unwrap_or(text);
    let negative = text.strip_prefix('-');
    let number = negative.unwrap_or(positive);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut digits = whole.bytes().chain(fraction.bytes()).peekable();
    if digits.peek().is_none() || !digits.all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let secs = match whole {
        "" => 0,
        // Digits that do not parse are too many.
        _ => whole.parse().unwrap_or(u32::MAX),
    };
    Some(if negative.is_some() { 0 } else { secs })
}

/// A path of this origin, without query and fragment. Browsers take two slashes, of either kind,
/// for the beginning of another host's URL.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '?', '#'])
}

/// Has a place for each coordinate of a tile, and no placeholder at which Leaflet would throw.
fn is_tile_template(template: &str) -> bool {
    let mut rest = template;
    let mut names = Vec::new();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return false;
        };
        names.push(name);
        rest = after;
    }
    is_safe_href(template)
        && ["z", "x"].iter().all(|name| names.contains(name))
        && (names.contains(&"y") || names.contains(&"-y"))
        && names
            .iter()
            .all(|name| ["z", "x", "y", "-y", "s", "r"].contains(name))
}

/// Only http, https and relative links: never `javascript:` or another scheme.
fn is_safe_href(template: &str) -> bool {
    let before_path = template.split(['/', '?', '#']).next().unwrap_or_default();
    match before_path.split_once(':') {
        None => true,
        Some((scheme, _)) => {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> ElementOptions {
        ElementOptions::parse(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn without_attributes_all_is_default() {
        let options = ElementOptions::parse(|_| None);
        assert_eq!(options.refresh_secs, 60);
        assert_eq!(options.heading_level, 1);
        assert_eq!(options.url_state, UrlState::Memory);
        assert!(!options.read_only);
        assert_eq!(options.api_base, "");
    }

    #[test]
    fn words_are_known_and_others_are_the_default() {
        for (word, mode) in [
            ("include", CredentialsMode::Include),
            (" omit ", CredentialsMode::Omit),
            ("same-origin", CredentialsMode::SameOrigin),
            ("all", CredentialsMode::SameOrigin),
        ] {
            assert_eq!(with("credentials", word).credentials, mode, "{word}");
        }
        for (word, state) in [
            ("query", UrlState::Query),
            (" path ", UrlState::Path),
            ("memory", UrlState::Memory),
            ("hash", UrlState::Memory),
        ] {
            assert_eq!(with("url-state", word).url_state, state, "{word}");
        }
    }

    #[test]
    fn all_attributes_are_published() {
        // The theme is the style sheet's.
        let asked = std::cell::RefCell::new(std::collections::BTreeSet::from(["theme".to_owned()]));
        ElementOptions::parse(|name| {
            asked.borrow_mut().insert(name.to_owned());
            None
        });
        assert_eq!(
            asked.into_inner(),
            crate::host::manifest::names("attributes")
        );
    }

    #[test]
    fn refresh_seconds_are_clamped_and_nonsense_is_the_default() {
        assert_eq!(with("refresh-seconds", "1").refresh_secs, 5);
        assert_eq!(with("refresh-seconds", "99999").refresh_secs, 3600);
        assert_eq!(with("refresh-seconds", "soon").refresh_secs, 60);
        assert_eq!(with("refresh-seconds", "NaN").refresh_secs, 60);
        for nonsense in ["", ".", "-", "+-7", "7.x", "7,5", "1.2.3", "0x10"] {
            assert_eq!(
                with("refresh-seconds", nonsense).refresh_secs,
                60,
                "{nonsense}"
            );
        }
    }

    #[test]
    fn refresh_seconds_are_any_decimal_number_and_count_whole() {
        for (text, secs) in [
            ("7.5", 7),
            ("+30", 30),
            ("30.", 30),
            ("0030.999", 30),
            (".5", 5),
            ("-7.5", 5),
            ("99999999999999999999", 3600),
            ("-99999999999999999999", 5),
        ] {
            assert_eq!(with("refresh-seconds", text).refresh_secs, secs, "{text}");
        }
    }

    #[test]
    fn trailing_slashes_of_bases_are_dropped() {
        assert_eq!(with("api-base", "/api/").api_base, "/api");
        assert_eq!(with("base-path", "/").base_path, "");
        assert_eq!(with("base-path", "/kproxy/").base_path, "/kproxy");
        assert_eq!(with("base-path", "kproxy").base_path, "");
    }

    #[test]
    fn a_base_path_stays_within_the_origin() {
        assert_eq!(with("base-path", " /a/b ").base_path, "/a/b");
        for bad in [
            "//evil.example/a",
            "/\\evil.example",
            "/a?b",
            "/a#b",
            "https://x/a",
        ] {
            assert_eq!(with("base-path", bad).base_path, "", "{bad}");
        }
    }

    #[test]
    fn a_tile_template_has_all_coordinates_and_nothing_unknown() {
        for good in [
            "https://{s}.tiles.example/{z}/{x}/{y}{r}.png",
            "/tiles/{z}/{x}/{-y}.png?key=a:b",
        ] {
            assert_eq!(with("tile-url", good).tile_url.as_deref(), Some(good));
        }
        for bad in [
            "",
            "/tiles/0.png",
            "/tiles/{z}/{x}.png",
            "/tiles/{z}/{x}/{y}/{key}.png",
            "/tiles/{ z }/{x}/{y}.png",
            "/tiles/{z}/{x}/{y}/{",
            "data:image/png,{z}/{x}/{y}",
        ] {
            assert_eq!(with("tile-url", bad).tile_url, None, "{bad}");
        }
    }

    #[test]
    fn a_device_link_is_http_https_or_relative() {
        for good in [
            "/devices/{id}",
            "https://portal.example/d?id={id}",
            "../d/{id}",
            "?d={id}:x",
        ] {
            assert_eq!(with("device-href", good).device_href.as_deref(), Some(good));
        }
        for bad in [
            "javascript:alert({id})",
            " JavaScript:x",
            "data:text/html,{id}",
            "",
        ] {
            assert_eq!(with("device-href", bad).device_href, None, "{bad}");
        }
    }

    #[test]
    fn a_devices_id_cannot_leave_its_place_in_the_link() {
        let options = with("device-href", "/d/{id}?from={id}");
        assert_eq!(
            options.device_link("a/../b?c#é").as_deref(),
            Some("/d/a%2F..%2Fb%3Fc%23%C3%A9?from=a%2F..%2Fb%3Fc%23%C3%A9")
        );
        assert_eq!(
            with("device-href", "{id}")
                .device_link("javascript:alert(1)")
                .as_deref(),
            Some("javascript%3Aalert%281%29")
        );
        assert_eq!(ElementOptions::parse(|_| None).device_link("a"), None);
    }

    // embedding.md#attributes
    #[test]
    fn false_is_no_and_all_else_is_yes() {
        for (value, expected) in [
            ("", true),
            ("read-only", true),
            ("true", true),
            ("0", true),
            ("false", false),
            (" False ", false),
        ] {
            assert_eq!(with("read-only", value).read_only, expected, "{value:?}");
        }
    }

    #[test]
    fn a_bad_heading_level_is_the_default() {
        assert_eq!(with("heading-level", "3").heading_level, 3);
        assert_eq!(with("heading-level", "0").heading_level, 1);
        assert_eq!(with("heading-level", "7").heading_level, 1);
    }
}
