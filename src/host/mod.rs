//! What the host of `<kproxy-agents>` sees of it: attributes, events, and the element itself.
//!
//! `custom-elements.json` is the published form of the same interface; tests hold the two together.

#[cfg(target_arch = "wasm32")]
mod dispatch;
#[cfg(target_arch = "wasm32")]
mod element;
mod events;
mod options;

#[cfg(target_arch = "wasm32")]
pub use element::Host;
pub use events::HostEvent;
pub use options::{CredentialsMode, ElementOptions, UrlState};

/// The interface as it is published.
#[cfg(test)]
mod manifest {
    use serde_json::Value;

    /// The entries of one kind, such as `attributes`.
    pub fn entries(kind: &str) -> Vec<Value> {
        let manifest: Value = serde_json::from_str(include_str!("custom-elements.json")).unwrap();
        let element = &manifest["modules"][0]["declarations"][0];
        element[kind].as_array().unwrap().clone()
    }

    /// The names of the entries of one kind.
    pub fn names(kind: &str) -> std::collections::BTreeSet<String> {
        let name = |entry: Value| entry["name"].as_str().unwrap().to_owned();
        entries(kind).into_iter().map(name).collect()
    }
}
