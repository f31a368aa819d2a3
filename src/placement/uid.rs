//! Names of tasks and draws of lots, as numbers.

use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

/// What names a task: the `metadata.uid` of its pod, or any other text.
///
/// A UUID is the number that it writes; of other texts the 128-bit FNV-1a hash is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u128);

/// Where a hash of a text begins.
pub(super) const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;

impl From<&str> for Uid {
    fn from(text: &str) -> Self {
        Self(uuid(text).unwrap_or_else(|| hash(BASIS, text)))
    }
}

/// The number that a UUID writes.
fn uuid(text: &str) -> Option<u128> {
    if text.len() != 36 {
        return None;
    }
    let mut digits = 0;
    let mut number = 0;
    for byte in text.bytes().filter(|&byte| byte != b'-') {
        number = number << 4 | u128::from(char::from(byte).to_digit(16)?);
        digits += 1;
    }
    (digits == 32).then_some(number)
}

/// The hash of what was hashed before and a text after it.
pub(super) fn hash(before: u128, text: &str) -> u128 {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(before, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

impl From<&String> for Uid {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] =
            [self.0 >> 96, self.0 >> 80 & 0xffff, self.0 >> 64 & 0xffff, self.0 >> 48 & 0xffff];
        write!(f, "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{:012x}", self.0 & 0xffff_ffff_ffff)
    }
}

/// The lot of a task: SplitMix64's finalizer over the seed and both halves of its uid. The same seed and uid draw the same
/// lot, whatever was decided before.
pub(super) const fn lot(seed: u64, uid: Uid) -> u64 {
    #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
    let (high, low) = ((uid.0 >> 64) as u64, uid.0 as u64);
    mix(seed ^ mix(low ^ mix(high)))
}

/// Which of `count` candidates a lot draws.
pub(super) fn drawn(lot: u64, count: usize) -> usize {
    let index = (u128::from(lot) * count as u128) >> 64;
    usize::try_from(index).unwrap_or_default()
}

const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A map that no stranger can fill with colliding keys, so that a short hash will do. It is never iterated over.
pub(super) type Map<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Hash>>;

/// A hash of few instructions.
#[derive(Clone, Copy, Default)]
pub(super) struct Hash(u64);

impl Hash {
    const fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Hash {
    fn finish(&self) -> u64 {
        mix(self.0)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
    fn write_u128(&mut self, number: u128) {
        self.add(number as u64);
        self.add((number >> 64) as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_of_a_pod_is_written_as_it_was_read() {
        let text = "0aa3c5f4-7bd5-4d6f-8a2b-0123456789ab";
        assert_eq!(Uid::from(text).to_string(), text);
        assert_ne!(Uid::from("web-1"), Uid::from("web-2"));
        assert_eq!(Uid::from("prod/web-1"), Uid(hash(hash(BASIS, "prod/"), "web-1")));
        let other = "0aa3c5f4-7bd5-4d6f-8a2b-0123456789ag";
        assert_eq!(Uid::from(other), Uid(hash(BASIS, other)));
    }

    #[test]
    fn a_lot_draws_each_candidate_about_as_often() {
        let mut drawn_of = [0; 3];
        for uid in 0..3_000 {
            drawn_of[drawn(lot(7, Uid(uid)), 3)] += 1;
        }
        assert!(drawn_of.iter().all(|&count| (900..1100).contains(&count)), "{drawn_of:?}");
        assert_ne!(lot(7, Uid(1)), lot(8, Uid(1)));
    }
}
