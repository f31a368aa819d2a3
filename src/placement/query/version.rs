//! Versions of the agent.

use std::cmp::Ordering;
use std::fmt;

/// Numbers that are compared one after the other: 1.14.5 is less than 1.100.0. Missing ones are 0.
#[derive(Clone, Debug, Eq)]
pub struct Version(Vec<u32>);

impl Version {
    /// Reads `1.68.0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let part = |part: &str| part.parse().ok().filter(|_| digits(part));
        text.split('.').map(part).collect::<Option<_>>().map(Self)
    }

    /// Without zeros at the end, which mean nothing.
    fn significant(&self) -> &[u32] {
        let end = self.0.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
        self.0.get(..end).unwrap_or_default()
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.significant() == other.significant()
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.significant().cmp(other.significant())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            write!(f, "{}{part}", if i == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}
