//! What changed since somebody last looked.

/// A log that keeps its newest entries. Positions count from the beginning of time, so a reader knows whether it has
/// missed some.
#[derive(Clone, Debug)]
pub(in crate::placement) struct Log<T> {
    start: u64,
    entries: Vec<T>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { start: 0, entries: Vec::new() }
    }
}

impl<T> Log<T> {
    /// Where the next entry will be.
    pub(in crate::placement) fn end(&self) -> u64 {
        self.start + self.entries.len() as u64
    }

    /// Entries from a position on; `None` if some of them are gone.
    pub(in crate::placement) fn since(&self, position: u64) -> Option<&[T]> {
        let skipped = usize::try_from(position.checked_sub(self.start)?).ok()?;
        Some(self.entries.get(skipped..).unwrap_or_default())
    }

    /// Appends, and forgets the older half of what would be more than `most`.
    pub(super) fn push(&mut self, entry: T, most: usize) {
        if self.entries.len() >= most {
            let gone = self.entries.len() / 2;
            self.entries.drain(..gone);
            self.start += gone as u64;
        }
        self.entries.push(entry);
    }

    /// Everybody has missed something.
    pub(super) fn forget(&mut self) {
        self.start = self.end() + 1;
        self.entries.clear();
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_knows_what_it_missed() {
        let mut log = Log::default();
        for entry in 0..10 {
            log.push(entry, 8);
        }
        assert_eq!(log.end(), 10);
        assert_eq!(log.since(7), Some([7, 8, 9].as_slice()));
        assert!(log.since(10).is_some_and(<[_]>::is_empty));
        assert!(log.since(3).is_none());
        log.forget();
        assert!(log.since(10).is_none());
        assert!(log.since(log.end()).is_some());
    }
}
