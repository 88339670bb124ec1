//! The icons: 16 px drawings in the color of the text around them.

use leptos::prelude::*;

pub const SEARCH: &str = r#"<path d="M11.250 7a4.250 4.250 0 1 1-8.500 0 4.250 4.250 0 0 1 8.500 0zM10.200 10.200l3.300 3.300"/>"#;
pub const REFRESH: &str = r#"<path d="M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3"/>"#;
pub const CLOSE: &str = r#"<path d="m4.5 4.5 7 7m0-7-7 7"/>"#;
pub const PLUS: &str = r#"<path d="M8 3.5v9M3.5 8h9"/>"#;
pub const MINUS: &str = r#"<path d="M3.5 8h9"/>"#;
pub const FIT: &str = r#"<path d="M3 6V3h3m4 0h3v3m0 4v3h-3m-4 0H3v-3"/>"#;
pub const ALERT: &str = r#"<path d="M8 2.2 14.3 13H1.7zM8 6.5V9.500m0 1.700v.300"/>"#;
pub const MAP_PIN: &str = r#"<path d="M8 14s4.500-4.200 4.500-7.500a4.500 4.500 0 0 0-9 0C3.500 9.800 8 14 8 14z"/><circle cx="8" cy="6.500" r="1.500"/>"#;
pub const CHEVRON: &str = r#"<path d="m6 4 4 4-4 4"/>"#;
pub const CHECK: &str = r#"<path d="m3.500 8.500 3 3 6-7"/>"#;
pub const COPY: &str = r#"<rect x="5.500" y="5.500" width="8" height="8" rx="1.500"/><path d="M10.500 5.500V4A1.500 1.500 0 0 0 9 2.500H4A1.500 1.500 0 0 0 2.500 4v5A1.500 1.500 0 0 0 4 10.500h1.500"/>"#;
pub const EDIT: &str = r#"<path d="m9.500 4 2.500 2.500M3 13l.600-3.100 7.200-7.200a1.200 1.200 0 0 1 1.700 0l.800.800a1.200 1.200 0 0 1 0 1.700L6.100 12.400z"/>"#;
pub const REMOVE: &str = r#"<path d="M2.500 4.500h11M6 4.500V3a.800.800 0 0 1 .800-.800h2.400A.800.800 0 0 1 10 3v1.500m2.500 0-.600 8.200a1 1 0 0 1-1 .900H5.100a1 1 0 0 1-1-.900l-.600-8.200M6.700 7.300v3.500m2.600-3.500v3.500"/>"#;
pub const EXTERNAL: &str = r#"<path d="M9.500 2.500h4v4m0-4-6 6M12 9.500v3a1 1 0 0 1-1 1H3.500a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h3"/>"#;

/// An icon of this module, hidden from assistive technology because the text beside it says the same.
#[component]
pub fn Icon(
    /// The content of its `<svg>`.
    svg: &'static str,
) -> impl IntoView {
    view! {
        <svg
            class="kp-icon"
            viewBox="0 0 16 16"
            width="16"
            height="16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.500"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            inner_html=svg
        ></svg>
    }
}
