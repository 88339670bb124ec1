//! Whether the API takes the user for signed in, so that the host is asked for a sign-in once, and
//! not by each call that is refused.

use leptos::prelude::*;

/// What the answers say of the user's session with the API. Once its owner is cleaned up, nothing
/// happens any more.
#[derive(Clone, Copy)]
pub struct Session(StoredValue<Parts>);

#[derive(Clone, Copy)]
struct Parts {
    signed_out: RwSignal<bool>,
    sign_ins: RwSignal<u32>,
    round: u32,
    refusals: u32,
}

/// When a call began. Refusals that were told, and sign-ins, begin another round: what is answered
/// to a call of an earlier one says nothing about now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Round(Option<u32>);

/// Signed in, as far as is known; belongs to the current owner.
impl Default for Session {
    fn default() -> Self {
        Self(StoredValue::new(Parts {
            signed_out: RwSignal::new(false),
            sign_ins: RwSignal::new(0),
            round: 0,
            refusals: 0,
        }))
    }
}

impl Session {
    /// Whether the API refused a call with 401, and the user has not signed in since.
    pub fn signed_out(self) -> RwSignal<bool> {
        self.0.with_value(|parts| parts.signed_out)
    }

    /// Counts the sign-ins since.
    pub fn sign_ins(self) -> RwSignal<u32> {
        self.0.with_value(|parts| parts.sign_ins)
    }

    /// To be kept from a call's beginning to its answer.
    pub fn round(self) -> Round {
        Round(self.0.try_with_value(|parts| parts.round))
    }

    /// How many refusals followed each other, with sign-ins in between.
    pub fn refusals(self) -> u32 {
        self.0
            .try_with_value(|parts| parts.refusals)
            .unwrap_or_default()
    }

    /// A call was answered with 401. `true`: the host does not know yet.
    pub fn refused(self, begun: Round) -> bool {
        let is_news = begun == self.round() && !self.is_signed_out();
        if is_news {
            self.update(true, |parts| parts.refusals += 1);
        }
        is_news
    }

    /// The API took a call.
    pub fn accepted(self, begun: Round) {
        if begun == self.round() {
            self.update(false, |parts| parts.refusals = 0);
        }
    }

    /// The user has signed in again; nothing happens where nobody asked for that.
    pub fn signed_in(self) {
        if self.is_signed_out() {
            self.renew();
        }
    }

    /// Calls go out with other credentials from now on: what was refused may be tried again.
    pub fn renew(self) {
        if let Some(sign_ins) = self.update(false, |parts| parts.sign_ins) {
            sign_ins.update(|sign_ins| *sign_ins += 1);
        }
    }

    /// Calls go to another API from now on.
    pub fn forget(self) {
        self.update(false, |parts| parts.refusals = 0);
    }

    fn is_signed_out(self) -> bool {
        self.0
            .try_with_value(|parts| parts.signed_out.get_untracked())
            .unwrap_or_default()
    }

    /// Begins a round.
    fn update<T>(self, signed_out: bool, change: impl FnOnce(&mut Parts) -> T) -> Option<T> {
        let (signal, result) = self.0.try_update_value(|parts| {
            parts.round += 1;
            (parts.signed_out, change(parts))
        })?;
        if signal.get_untracked() != signed_out {
            signal.set(signed_out);
        }
        Some(result)
    }
}
