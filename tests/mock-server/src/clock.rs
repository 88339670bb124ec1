//! What the server takes for the time.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The server's clock. Tests shift it or stop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock, shifted by so much.
    Shifted(TimeDelta),
    /// Always this time.
    Frozen(DateTime<Utc>),
}

impl Default for Clock {
    fn default() -> Self {
        Self::Shifted(TimeDelta::zero())
    }
}

impl Clock {
    /// The time, to the millisecond.
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Self::Shifted(by) => {
                let now = Utc::now();
                now.checked_add_signed(by).unwrap_or(now).trunc_subsecs(3)
            }
            Self::Frozen(at) => at.trunc_subsecs(3),
        }
    }
}
