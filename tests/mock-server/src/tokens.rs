//! The opaque tokens of the agents' list. Inside they name the fleet that they belong to, so that
//! no token outlives a reset or a restart.

/// Asks for the page after `after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken {
    /// The fleet that it belongs to.
    pub fleet: u64,
    /// Of a set of changes: those later than this revision.
    pub since: Option<u64>,
    /// The revision when the first page was read, which the last page's `syncToken` will hold:
    /// what changed while the pages were read then comes with the next set of changes.
    pub begun: u64,
    /// The place of the last agent of the page before.
    pub after: u64,
}

impl PageToken {
    /// As text.
    pub fn encode(self) -> String {
        let Self {
            fleet,
            since,
            begun,
            after,
        } = self;
        let since = since.map_or_else(|| "all".to_owned(), |since| format!("{since:x}"));
        format!("p.{fleet:x}.{since}.{begun:x}.{after:x}")
    }

    /// From text; `None` where it never was a token.
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("p.")?.split('.');
        let fleet = number(parts.next()?)?;
        let since = match parts.next()? {
            "all" => None,
            since => Some(number(since)?),
        };
        let token = Self {
            fleet,
            since,
            begun: number(parts.next()?)?,
            after: number(parts.next()?)?,
        };
        parts.next().is_none().then_some(token)
    }
}

/// Asks for the changes since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncToken {
    /// The fleet that it belongs to.
    pub fleet: u64,
    /// The revision up to which the holder knows all.
    pub revision: u64,
}

impl SyncToken {
    /// As text.
    pub fn encode(self) -> String {
        format!("s.{:x}.{:x}", self.fleet, self.revision)
    }

    /// From text; `None` where it never was a token.
    pub fn decode(text: &str) -> Option<Self> {
        let (fleet, revision) = text.strip_prefix("s.")?.split_once('.')?;
        Some(Self {
            fleet: number(fleet)?,
            revision: number(revision)?,
        })
    }
}

fn number(hex: &str) -> Option<u64> {
    u64::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_the_way_there_and_back() {
        for since in [None, Some(0), Some(u64::MAX)] {
            let token = PageToken {
                fleet: 7,
                since,
                begun: 9,
                after: u64::MAX,
            };
            assert_eq!(PageToken::decode(&token.encode()), Some(token));
        }
        let token = SyncToken {
            fleet: u64::MAX,
            revision: 12,
        };
        assert_eq!(SyncToken::decode(&token.encode()), Some(token));
    }

    #[test]
    fn what_never_was_a_token_is_none() {
        for text in [
            "",
            "p",
            "p.1.2.3",
            "p.1.all.3.4.5",
            "s.1.2",
            "p.x.all.1.1",
            "ü",
        ] {
            assert_eq!(PageToken::decode(text), None, "{text}");
        }
        for text in ["", "s.1", "s.1.2.3", "p.1.all.3.4", "s..", "s.-1.2"] {
            assert_eq!(SyncToken::decode(text), None, "{text}");
        }
    }
}
