//! A status, by shape, word and color together.

use leptos::prelude::*;

use crate::domain::Status;

/// A status's filled shape. Each has its own, so that none is shown by color alone.
pub fn status_shape(status: Status) -> &'static str {
    match status {
        Status::Critical => {
            r#"<path class="kp-shape" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="kp-mark" d="m5.500 5.500 5 5m0-5-5 5"/>"#
        }
        Status::Warning => {
            r#"<path class="kp-shape" d="M8 1 15.500 14.500H.500z"/><path class="kp-mark" d="M8 6v4m0 2v.200"/>"#
        }
        Status::Pending => {
            r#"<rect class="kp-shape" x="1.500" y="1.500" width="13" height="13" rx="2.500"/><path class="kp-mark" d="M5 8h.200M8 8h.200M11 8h.200"/>"#
        }
        Status::Healthy => {
            r#"<circle class="kp-shape" cx="8" cy="8" r="7"/><path class="kp-mark" d="m4.900 8.200 2.200 2.200 4-4.500"/>"#
        }
    }
}

/// The class names of a badge for this status.
pub fn status_class(status: Status) -> String {
    format!("kp-status kp-{}", status.slug())
}

/// A status: shape, color and word.
#[component]
pub fn StatusBadge(
    /// The status.
    status: Signal<Status>,
) -> impl IntoView {
    view! {
        <span class=move || status_class(status.get())>
            <svg
                class="kp-status-icon"
                viewBox="0 0 16 16"
                width="16"
                height="16"
                aria-hidden="true"
                inner_html=move || status_shape(status.get())
            ></svg>
            {move || status.get().label()}
        </span>
    }
}
