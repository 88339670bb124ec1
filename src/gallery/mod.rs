//! The gallery: every widget in every state, for viewing and testing. Development builds only.
//!
//! It is at `/gallery` below the base path, with a page for each widget. The widgets are the
//! product's own, but nothing here reaches an agent.

mod buttons;
mod combobox;
mod copy_button;
mod dialog;
mod disclosure;
mod field;
mod specimen;
mod status;
mod texts;

use leptos::prelude::*;

use crate::host::{ElementOptions, Host, UrlState};

/// A page of the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GalleryPage {
    Buttons,
    Combobox,
    CopyButton,
    Dialog,
    Disclosure,
    Field,
    Status,
}

impl GalleryPage {
    const ALL: [Self; 7] = [
        Self::Buttons,
        Self::Combobox,
        Self::CopyButton,
        Self::Dialog,
        Self::Disclosure,
        Self::Field,
        Self::Status,
    ];

    /// Its name in the URL.
    fn slug(self) -> &'static str {
        match self {
            Self::Buttons => "buttons",
            Self::Combobox => "combobox",
            Self::CopyButton => "copy-button",
            Self::Dialog => "dialog",
            Self::Disclosure => "disclosure",
            Self::Field => "field",
            Self::Status => "status",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Buttons => "Buttons",
            Self::Combobox => "Combobox",
            Self::CopyButton => "Copy button",
            Self::Dialog => "Dialog",
            Self::Disclosure => "Disclosure",
            Self::Field => "Field",
            Self::Status => "Status and icons",
        }
    }

    fn view(self) -> AnyView {
        match self {
            Self::Buttons => buttons::page().into_any(),
            Self::Combobox => combobox::page().into_any(),
            Self::CopyButton => copy_button::page().into_any(),
            Self::Dialog => dialog::page().into_any(),
            Self::Disclosure => disclosure::page().into_any(),
            Self::Field => field::page().into_any(),
            Self::Status => status::page().into_any(),
        }
    }
}

/// The themes: the value of the element's attribute, and its name.
const THEMES: [(&str, &str); 3] = [("auto", "Auto"), ("light", "Light"), ("dark", "Dark")];

/// The page of the gallery that the URL names.
#[derive(Clone)]
struct GalleryRoute {
    /// The path of the gallery's first page.
    address: String,
    /// `None`: the first page.
    page: Option<GalleryPage>,
    theme: &'static str,
}

impl GalleryRoute {
    /// `None` if the URL is not in the gallery.
    fn read(options: &ElementOptions) -> Option<Self> {
        let location = web_sys::window()?.location();
        let path = location.pathname().ok()?;
        let below = path.strip_prefix(options.base_path.as_str())?;
        let rest = below.strip_prefix("/gallery")?;
        if options.url_state != UrlState::Path || !(rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        let slug = rest.trim_matches('/');
        let search = location.search().unwrap_or_default();
        let theme = form_urlencoded::parse(search.trim_start_matches('?').as_bytes())
            .find(|(key, _)| key == "theme")
            .and_then(|(_, value)| THEMES.into_iter().find(|(theme, _)| *theme == value));
        Some(Self {
            address: format!("{}/gallery", options.base_path),
            page: GalleryPage::ALL
                .into_iter()
                .find(|page| page.slug() == slug),
            theme: theme.map_or("auto", |(theme, _)| theme),
        })
    }

    fn address_of(&self, page: Option<GalleryPage>, theme: &str) -> String {
        let slash = if page.is_some() { "/" } else { "" };
        let slug = page.map_or("", GalleryPage::slug);
        format!("{}{slash}{slug}?theme={theme}", self.address)
    }
}

/// The gallery, if the URL is in it.
pub fn gallery(options: &ElementOptions, host: Host) -> Option<AnyView> {
    let route = GalleryRoute::read(options)?;
    // An element always takes an attribute of this name.
    host.element()?.set_attribute("theme", route.theme).ok();
    Some(view! { <Gallery route /> }.into_any())
}

/// The gallery, with links to its pages and themes.
#[component]
fn Gallery(
    /// The page to show.
    route: GalleryRoute,
) -> impl IntoView {
    let GalleryRoute { page, theme, .. } = route;
    let title = page.map_or("Gallery", GalleryPage::label);
    let link = |to: Option<GalleryPage>, words: &'static str| {
        view! {
            <li>
                <a class="kp-link" href=route.address_of(to, theme) aria-current=(to == page).then_some("page")>
                    {words}
                </a>
            </li>
        }
    };
    let pages = GalleryPage::ALL
        .map(|to| link(Some(to), to.label()))
        .into_iter()
        .collect_view();
    let themes = THEMES
        .map(|(to, words)| {
            view! {
                <li>
                    <a class="kp-link" href=route.address_of(page, to) aria-current=(to == theme).then_some("true")>
                        {words}
                    </a>
                </li>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <div class="kp-gallery">
            <nav class="kp-gallery-nav" aria-label="Widgets"><ul>{link(None, "Gallery")}{pages}</ul></nav>
            <nav class="kp-gallery-nav" aria-label="Theme"><ul>{themes}</ul></nav>
            <h1 class="kp-title">{title}</h1>
            {match page {
                Some(page) => page.view(),
                None => view! {
                    <p>"Each widget has a page that shows all its states. Nothing here reaches an agent."</p>
                }.into_any(),
            }}
        </div>
    }
}
