//! How many agents have which status.

use super::Status;

/// Numbers of agents by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts {
    critical: usize,
    warning: usize,
    pending: usize,
    healthy: usize,
}

impl StatusCounts {
    /// How many have this status.
    pub fn of(self, status: Status) -> usize {
        match status {
            Status::Critical => self.critical,
            Status::Warning => self.warning,
            Status::Pending => self.pending,
            Status::Healthy => self.healthy,
        }
    }

    /// How many there are.
    pub fn total(self) -> usize {
        Status::WORST_FIRST
            .into_iter()
            .map(|status| self.of(status))
            .sum()
    }

    /// The worst status that any has; `None`: there are none.
    pub fn worst(self) -> Option<Status> {
        Status::WORST_FIRST
            .into_iter()
            .find(|&status| self.of(status) > 0)
    }

    /// Counts one more.
    pub fn count(&mut self, status: Status) {
        self.add(status, 1);
    }

    /// Counts those of another group, too.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for status in Status::WORST_FIRST {
            self.add(status, other.of(status));
        }
        self
    }

    /// Counts one less.
    pub(super) fn uncount(&mut self, status: Status) {
        let number = self.number_mut(status);
        *number = number.saturating_sub(1);
    }

    fn add(&mut self, status: Status, number: usize) {
        *self.number_mut(status) += number;
    }

    fn number_mut(&mut self, status: Status) -> &mut usize {
        match status {
            Status::Critical => &mut self.critical,
            Status::Warning => &mut self.warning,
            Status::Pending => &mut self.pending,
            Status::Healthy => &mut self.healthy,
        }
    }
}

impl FromIterator<Status> for StatusCounts {
    fn from_iter<I: IntoIterator<Item = Status>>(statuses: I) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            counts.count(status);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // page.md#map/3, #status/5
    #[test]
    fn the_worst_status_of_a_group_is_told() {
        let counts: StatusCounts = [Status::Healthy, Status::Pending, Status::Healthy]
            .into_iter()
            .collect();
        assert_eq!(counts.worst(), Some(Status::Pending));
        assert_eq!((counts.total(), counts.of(Status::Healthy)), (3, 2));
        assert_eq!(StatusCounts::default().worst(), None);
        assert_eq!(counts.with(counts).total(), 6);
    }

    #[test]
    fn one_less_is_never_less_than_none() {
        let mut counts: StatusCounts = [Status::Healthy].into_iter().collect();
        counts.uncount(Status::Healthy);
        counts.uncount(Status::Critical);
        assert_eq!(counts, StatusCounts::default());
    }
}
