//! The events of `<kproxy-agents>`: their names and their `detail`.
//!
//! Hosts find them documented in `custom-elements.json`; a test below holds the two together.

/// An event for the host. It bubbles, and crosses shadow roots.
pub enum HostEvent {
    /// The first agents are on screen, or the first error.
    Ready,
    /// A device's link was followed; prevented, the host goes there itself.
    Navigate {
        /// The device's.
        id: String,
        /// Where the link leads.
        href: String,
    },
    /// The API considers the user signed out.
    AuthRequired {
        /// To be called once the user is signed in again.
        retry: Box<dyn Fn()>,
    },
    /// An agent was changed.
    AgentSaved {
        /// The agent's.
        id: String,
    },
    /// An agent was removed.
    AgentRemoved {
        /// The agent's.
        id: String,
    },
    /// A site was made.
    SiteCreated {
        /// The site's.
        id: String,
    },
    /// A call to the agent API failed. The entry script dispatches those of the kinds `load` and `panic`.
    Error {
        /// A sentence for the user.
        message: String,
    },
}

/// A value in an event's `detail`.
pub enum Detail {
    /// A string.
    Text(String),
    /// A function without arguments.
    Function(Box<dyn Fn()>),
}

impl HostEvent {
    /// The name that hosts listen for.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ready => "kp-ready",
            Self::Navigate { .. } => "kp-navigate",
            Self::AuthRequired { .. } => "kp-auth-required",
            Self::AgentSaved { .. } => "kp-agent-saved",
            Self::AgentRemoved { .. } => "kp-agent-removed",
            Self::SiteCreated { .. } => "kp-site-created",
            Self::Error { .. } => "kp-error",
        }
    }

    /// Whether the host may prevent what follows.
    pub fn is_cancelable(&self) -> bool {
        matches!(self, Self::Navigate { .. })
    }

    /// The entries of the event's `detail`.
    pub fn into_detail(self) -> Vec<(&'static str, Detail)> {
        let text = |key: &'static str, value: String| (key, Detail::Text(value));
        match self {
            Self::Ready => Vec::new(),
            Self::Navigate { id, href } => vec![
                text("kind", "device".to_owned()),
                text("id", id),
                text("href", href),
            ],
            Self::AuthRequired { retry } => vec![("retry", Detail::Function(retry))],
            Self::AgentSaved { id } | Self::AgentRemoved { id } | Self::SiteCreated { id } => {
                vec![text("id", id)]
            }
            Self::Error { message } => {
                vec![text("kind", "api".to_owned()), text("message", message)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::host::manifest;

    fn one_of_each() -> Vec<HostEvent> {
        let (id, href) = (String::new(), String::new());
        vec![
            HostEvent::Ready,
            HostEvent::Navigate {
                id: id.clone(),
                href,
            },
            HostEvent::AuthRequired {
                retry: Box::new(|| {}),
            },
            HostEvent::AgentSaved { id: id.clone() },
            HostEvent::AgentRemoved { id: id.clone() },
            HostEvent::SiteCreated { id },
            HostEvent::Error {
                message: String::new(),
            },
        ]
    }

    /// The index of an event in `one_of_each`. A new one does not compile until it is added here.
    fn index(event: &HostEvent) -> usize {
        match event {
            HostEvent::Ready => 0,
            HostEvent::Navigate { .. } => 1,
            HostEvent::AuthRequired { .. } => 2,
            HostEvent::AgentSaved { .. } => 3,
            HostEvent::AgentRemoved { .. } => 4,
            HostEvent::SiteCreated { .. } => 5,
            HostEvent::Error { .. } => 6,
        }
    }

    #[test]
    fn the_host_may_prevent_a_navigation_alone() {
        let cancelable = one_of_each().into_iter().filter(HostEvent::is_cancelable);
        let names: Vec<_> = cancelable.map(|event| event.name()).collect();
        assert_eq!(names, ["kp-navigate"]);
    }

    #[test]
    fn all_events_are_published_with_their_detail() {
        let published = manifest::entries("events");
        let names: BTreeSet<_> = one_of_each()
            .iter()
            .map(|event| event.name().to_owned())
            .collect();
        let indices: Vec<_> = one_of_each().iter().map(index).collect();
        assert_eq!(indices, (0..7).collect::<Vec<_>>());
        assert_eq!(manifest::names("events"), names);
        for event in one_of_each() {
            let name = event.name();
            let entry = published
                .iter()
                .find(|entry| entry["name"] == name)
                .unwrap();
            let detail = entry["type"]["text"].as_str().unwrap();
            let keys: Vec<_> = event
                .into_detail()
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            for key in &keys {
                assert!(detail.contains(&format!("{key}: ")), "{name}: {key}");
            }
            assert_eq!(detail.matches(": ").count(), keys.len(), "{name}: {detail}");
        }
    }
}
