//! Chance by the numbers.

use serde_json::Value;

use super::{Members, splitmix};

/// A source of chance that repeats itself.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
    /// How many of a hundred optional members are there.
    density: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice =
            Self { state: seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9e37_79b9_7f4a_7c15, density: 0 };
        dice.density = dice.pick(&[4, 12, 25, 45]);
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        splitmix::next(&mut self.state)
    }

    /// Less than `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("less than a usize")
    }

    /// At least `low`, at most `high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.next() % u64::try_from(high - low + 1).expect("a range")).expect("in range")
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// Whether an optional member is there.
    pub(crate) fn often(&mut self) -> bool {
        self.chance(self.density)
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.chance(50)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Some of them, each at most once, in any order; at least one.
    pub(crate) fn some<T: Copy>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let mut all = of.to_vec();
        self.shuffle(&mut all);
        all.truncate(1 + self.below(most.min(of.len())));
        all
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }

    /// As many things as `least` to `most`.
    pub(crate) fn list(
        &mut self,
        least: usize,
        most: usize,
        mut make: impl FnMut(&mut Self) -> Value,
    ) -> Value {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| make(self)).collect()
    }

    /// Adds an optional member.
    pub(crate) fn maybe(&mut self, members: &mut Members, name: &str, make: impl FnOnce(&mut Self) -> Value) {
        if self.often() {
            let value = make(self);
            members.insert(name.to_owned(), value);
        }
    }
}
