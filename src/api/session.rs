//! Whether the API takes the user for signed in, so that the host is asked for a sign-in once, and
//! not by each call that is refused.

use leptos::prelude::*;

use crate::browser::lasting::{Lasting, Published};

/// What the answers say of the user's session with the API. Once its owner is cleaned up, nothing
/// happens any more.
#[derive(Clone, Copy)]
pub struct Session {
    signed_out: Published<bool>,
    sign_ins: Published<u32>,
    counts: StoredValue<Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    epoch: u32,
    refusals: u32,
    /// An answer of this epoch looked like a sign-in page.
    is_suspected: bool,
}

/// When a call was sent. A reported refusal and a sign-in each start another epoch: what is answered
/// to a call of an earlier one says nothing about now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Epoch(Option<u32>);

/// Signed in, as far as is known; belongs to the current owner.
impl Default for Session {
    fn default() -> Self {
        Self {
            signed_out: Published::new(false),
            sign_ins: Published::new(0),
            counts: StoredValue::new(Counts::default()),
        }
    }
}

impl Session {
    /// Whether the API refused a call with 401, and the user has not signed in since.
    pub fn signed_out(self) -> Lasting<ReadSignal<bool>> {
        self.signed_out.read_only()
    }

    /// Counts the sign-ins since.
    pub fn sign_ins(self) -> Lasting<ReadSignal<u32>> {
        self.sign_ins.read_only()
    }

    /// To be kept from a call's beginning to its answer.
    pub fn epoch(self) -> Epoch {
        Epoch(self.counts.try_with_value(|counts| counts.epoch))
    }

    /// How many refusals followed each other, with sign-ins in between.
    pub fn refusals(self) -> u32 {
        self.counts
            .try_with_value(|counts| counts.refusals)
            .unwrap_or_default()
    }

    /// A call was answered with 401. `true`: the host does not know yet.
    pub fn refused(self, begun: Epoch) -> bool {
        let is_news = begun == self.epoch() && !self.is_signed_out();
        if is_news {
            self.begin_epoch(true, |counts| counts.refusals += 1);
        }
        is_news
    }

    /// A call was answered with what looks like a sign-in page: the user may be signed out. `true`:
    /// the host does not know yet.
    pub fn suspected(self, begun: Epoch) -> bool {
        let is_news = begun == self.epoch() && !self.is_signed_out() && !self.is_suspected();
        if is_news {
            self.counts.try_update_value(|counts| {
                counts.is_suspected = true;
                counts.refusals += 1;
            });
        }
        is_news
    }

    /// The API took a call.
    pub fn accepted(self, begun: Epoch) {
        if begun != self.epoch() {
            return;
        }
        // Where nothing was refused, the other calls under way stay of this epoch.
        if self.is_signed_out() || self.is_suspected() {
            self.begin_epoch(false, |counts| counts.refusals = 0);
        } else {
            self.counts.try_update_value(|counts| counts.refusals = 0);
        }
    }

    /// The user has signed in again; nothing happens where nobody asked for that.
    pub fn signed_in(self) {
        if self.is_signed_out() || self.is_suspected() {
            self.renew();
        }
    }

    /// Calls go out with other credentials from now on: what was refused may be tried again.
    pub fn renew(self) {
        self.begin_epoch(false, |_| {});
        self.sign_ins.try_update(|sign_ins| *sign_ins += 1);
    }

    /// Calls go to another API from now on.
    pub fn forget(self) {
        self.begin_epoch(false, |counts| counts.refusals = 0);
    }

    fn is_signed_out(self) -> bool {
        self.signed_out.try_get_untracked().unwrap_or_default()
    }

    fn is_suspected(self) -> bool {
        self.counts
            .try_with_value(|counts| counts.is_suspected)
            .unwrap_or_default()
    }

    fn begin_epoch(self, signed_out: bool, change: impl FnOnce(&mut Counts)) {
        self.counts.try_update_value(|counts| {
            counts.epoch += 1;
            counts.is_suspected = false;
            change(counts);
        });
        if self.is_signed_out() != signed_out {
            self.signed_out.try_set(signed_out);
        }
    }
}
