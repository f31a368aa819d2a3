//! A tournament of keys: the least one of any number, and the first place that has it, in a few steps.

/// How many meet in one round: one cache line of narrow keys.
const FAN: usize = 16;

/// A key; the greatest one stands for no candidate.
pub(super) trait Key: Copy + Ord + From<u32> + std::fmt::Debug {
    const NONE: Self;
}

impl Key for u32 {
    const NONE: Self = Self::MAX;
}

impl Key for u64 {
    const NONE: Self = Self::MAX;
}

/// Keys in the lowest level, above each sixteen of them their least one, up to a level of at most sixteen.
#[derive(Clone, Debug)]
pub(super) struct Tree<K> {
    levels: Vec<Vec<K>>,
}

impl<K: Key> Tree<K> {
    pub(super) fn new(mut keys: Vec<K>) -> Self {
        pad(&mut keys);
        let mut tree = Self { levels: vec![keys] };
        tree.raise();
        tree
    }

    /// Builds what is above the highest level.
    fn raise(&mut self) {
        while let Some(top) = self.levels.last()
            && top.len() > FAN
        {
            let mut level = Vec::with_capacity((top.len() / FAN).next_multiple_of(FAN));
            level.extend(top.as_chunks::<FAN>().0.iter().map(least));
            pad(&mut level);
            self.levels.push(level);
        }
    }

    /// The least key.
    pub(super) fn min(&self) -> K {
        self.levels.last().and_then(|top| top.iter().min().copied()).unwrap_or(K::NONE)
    }

    /// The first place that has this key, which is the least one.
    pub(super) fn first(&self, key: K) -> usize {
        let mut place = 0;
        for level in self.levels.iter().rev() {
            let children = level.get(place * FAN..).unwrap_or_default();
            place = place * FAN + children.iter().position(|&one| one == key).unwrap_or_default();
        }
        place
    }

    /// All places that have this key, which is the least one, in order; `false` if there are more than `most`.
    pub(super) fn all(&self, key: K, most: usize, found: &mut impl FnMut(usize)) -> bool {
        let mut left = most.saturating_add(1);
        self.descend(self.levels.len(), 0, key, &mut left, found)
    }

    fn descend(
        &self,
        level: usize,
        place: usize,
        key: K,
        left: &mut usize,
        found: &mut impl FnMut(usize),
    ) -> bool {
        let Some(below) = level.checked_sub(1) else {
            *left = left.saturating_sub(1);
            found(place);
            return *left > 0;
        };
        let from = place * FAN;
        let children = self.levels[below].get(from..from + FAN).unwrap_or_default();
        children
            .iter()
            .enumerate()
            .filter(|&(_, &one)| one == key)
            .all(|(i, _)| self.descend(below, from + i, key, left, found))
    }

    /// Gives a place another key; places that do not exist yet come to be.
    pub(super) fn set(&mut self, place: usize, key: K) {
        if place >= self.levels[0].len() {
            self.grow(place);
        }
        let (mut place, mut new) = (place, key);
        let mut old = std::mem::replace(&mut self.levels[0][place], new);
        for level in 1..self.levels.len() {
            if old == new {
                return;
            }
            let from = place / FAN * FAN;
            place /= FAN;
            let parent = self.levels[level][place];
            let winner = if new <= parent {
                new
            } else if old > parent {
                return;
            } else {
                self.levels[level - 1][from..].first_chunk().map_or(new, least)
            };
            self.levels[level][place] = winner;
            (old, new) = (parent, winner);
        }
    }

    fn grow(&mut self, place: usize) {
        let mut length = (place + 1).next_multiple_of(FAN);
        for level in &mut self.levels {
            if level.capacity() < length {
                level.reserve_exact((length + length / FAN).next_multiple_of(FAN) - level.len());
            }
            if level.len() < length {
                level.resize(length, K::NONE);
            }
            length = (length / FAN).next_multiple_of(FAN);
        }
        self.raise();
    }

    pub(super) fn bytes(&self) -> usize {
        self.levels.iter().map(|level| level.capacity() * size_of::<K>()).sum()
    }
}

fn pad<K: Key>(keys: &mut Vec<K>) {
    let length = keys.len().max(1).next_multiple_of(FAN);
    keys.reserve_exact(length - keys.len());
    keys.resize(length, K::NONE);
}

fn least<K: Key>(keys: &[K; FAN]) -> K {
    let mut least = keys[0];
    for &key in keys {
        least = least.min(key);
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key that is ever set is found where a list would find it, through growth and all.
    #[test]
    fn the_first_least_key_is_found() {
        let mut list: Vec<u32> = (0..40).map(|i| 1000 + i % 7).collect();
        let mut tree = Tree::new(list.clone());
        let mut state = 1_u64;
        for step in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = (state >> 33) as usize;
            let place = if step % 10 == 0 { list.len() } else { random % list.len() };
            let key = if random.is_multiple_of(5) { u32::NONE } else { u32::try_from(random % 50).unwrap() };
            if place == list.len() {
                list.push(key);
            } else {
                list[place] = key;
            }
            tree.set(place, key);
            let least = *list.iter().min().unwrap();
            assert_eq!(tree.min(), least);
            if least != u32::NONE {
                assert_eq!(Some(tree.first(least)), list.iter().position(|&one| one == least));
            }
        }
        let least = tree.min();
        let places: Vec<_> = (0..list.len()).filter(|&place| list[place] == least).collect();
        let mut found = Vec::new();
        assert!(tree.all(least, usize::MAX, &mut |place| found.push(place)));
        assert_eq!(found, places);
        assert!(places.len() < 2 || !tree.all(least, places.len() - 1, &mut |_| ()));
    }
}
