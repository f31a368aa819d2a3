//! A set of places that knows how many it has before each: the one that a lot draws is found in a few steps.

/// One bit a place, and sums of whole words (a Fenwick tree).
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    sums: Vec<u32>,
    count: usize,
}

impl Bits {
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Puts a place in or takes it out; places that do not exist yet come to be.
    pub(super) fn set(&mut self, place: usize, is_in: bool) {
        while self.words.len() <= place / 64 {
            // The sum of a node is that of its children, and nothing is in the word itself yet.
            let number = self.words.len() + 1;
            let low = number & number.wrapping_neg();
            let children =
                std::iter::successors(Some(1), |step| Some(step * 2)).take_while(|&step| step < low);
            let sum = children.map(|step| self.sums[number - step - 1]).sum();
            self.words.push(0);
            self.sums.push(sum);
        }
        let bit = 1 << (place % 64);
        if (self.words[place / 64] & bit != 0) == is_in {
            return;
        }
        self.words[place / 64] ^= bit;
        self.count = if is_in { self.count + 1 } else { self.count - 1 };
        let mut number = place / 64 + 1;
        while let Some(sum) = self.sums.get_mut(number - 1) {
            *sum = if is_in { *sum + 1 } else { *sum - 1 };
            number += number & number.wrapping_neg();
        }
    }

    /// The place that has so many before it.
    pub(super) fn nth(&self, mut before: usize) -> Option<usize> {
        if before >= self.count {
            return None;
        }
        let mut word = 0;
        let mut step = self.words.len().next_power_of_two();
        while step > 0 {
            if let Some(&sum) = self.sums.get(word + step - 1)
                && sum as usize <= before
            {
                before -= sum as usize;
                word += step;
            }
            step /= 2;
        }
        let mut bits = *self.words.get(word)?;
        for _ in 0..before {
            bits &= bits - 1;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * 8 + self.sums.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_found_by_how_many_are_before_it() {
        let mut bits = Bits::default();
        let mut list: Vec<usize> = Vec::new();
        let mut state = 1_usize;
        for _ in 0..3_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = (state >> 33) % 2_000;
            let is_in = state >> 60 & 3 != 0;
            bits.set(place, is_in);
            list.retain(|&one| one != place);
            if is_in {
                list.push(place);
            }
        }
        list.sort_unstable();
        assert_eq!(bits.count(), list.len());
        let found: Vec<_> = (0..list.len()).filter_map(|before| bits.nth(before)).collect();
        assert_eq!(found, list);
        assert_eq!(bits.nth(list.len()), None);
    }
}
