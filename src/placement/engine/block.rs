//! Whether any of 64 nodes is of interest: by two columns and without branches, so that the compiler compares many at once.

use super::class::Part;
use super::view::View;
use crate::placement::table::{BLOCK, NONE};

/// The lead in a key, if it is a column.
#[allow(clippy::cast_possible_truncation, reason = "one of two halves")]
pub(super) fn lead_of(view: &View<'_>, lead: Option<&Part>, key: u64) -> Option<u32> {
    let parts = &view.class.plan.parts;
    lead.filter(|lead| **lead != Part::Tasks)?;
    Some(if parts.len() > 1 && parts.first() == lead { (key >> 32) as u32 } else { key as u32 })
}

/// What a node must have left to be of interest.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    cpu: Range,
    memory: Range,
    gpu: u16,
}

impl Wanted {
    /// Enough for the task, and no more than `most` of what leads; `None` if there is no such amount.
    pub(super) fn new(view: &View<'_>, lead: Option<&Part>, most: u32) -> Option<Self> {
        let need = view.class.need;
        let up_to = |part: Part| if lead == Some(&part) { most } else { NONE };
        Some(Self {
            cpu: Range::new(need.cpu, up_to(Part::Cpu))?,
            memory: Range::new(need.memory, up_to(Part::Memory))?,
            gpu: need.gpu,
        })
    }

    /// What any node must have left whose key is not above this one.
    pub(super) fn up_to(view: &View<'_>, key: u64) -> Option<Self> {
        let lead = view.class.plan.parts.first();
        Self::new(view, lead, lead_of(view, lead, key).unwrap_or(NONE))
    }

    /// Whether a node that has this left is of no interest.
    pub(super) const fn misses(&self, cpu: u32, memory: u32) -> bool {
        self.cpu.misses(cpu) | self.memory.misses(memory)
    }

    /// Whether any of the open nodes of a block is of interest. Arrays of a known length are what the compiler compares many
    /// at once of.
    pub(super) fn is_in(&self, view: &View<'_>, from: usize, open: u64) -> bool {
        let table = view.table;
        let (Some(cpu), Some(memory)) = (array(&table.cpu, from), array(&table.memory, from)) else {
            return false;
        };
        if open == u64::MAX && self.gpu == 0 {
            return self.hits(cpu, memory, |_| 0);
        }
        let mut closed = lanes(!open);
        if self.gpu > 0
            && let Some(gpu) = array(&table.gpu, from)
        {
            for (lane, &left) in closed.iter_mut().zip(gpu) {
                *lane |= if left < self.gpu { NONE } else { 0 };
            }
        }
        self.hits(cpu, memory, |lane| closed[lane])
    }

    fn hits(&self, cpu: &[u32; BLOCK], memory: &[u32; BLOCK], closed: impl Fn(usize) -> u32) -> bool {
        let mut all_miss = NONE;
        for lane in 0..BLOCK {
            let misses = if self.misses(cpu[lane], memory[lane]) { NONE } else { 0 };
            all_miss &= closed(lane) | misses;
        }
        all_miss == 0
    }
}

/// The numbers from one to another. A number is in it or not by one subtraction and one comparison of signed numbers,
/// which every processor can do many at once of.
#[derive(Clone, Copy)]
struct Range {
    shift: u32,
    width: i32,
}

const SIGN: u32 = 1 << 31;

impl Range {
    /// `None` if there are no such numbers.
    const fn new(from: u32, to: u32) -> Option<Self> {
        match to.checked_sub(from) {
            Some(width) => Some(Self { shift: from ^ SIGN, width: (width ^ SIGN).cast_signed() }),
            None => None,
        }
    }

    const fn misses(self, number: u32) -> bool {
        number.wrapping_sub(self.shift).cast_signed() > self.width
    }
}

/// For each bit a lane of 32 like it.
fn lanes(bits: u64) -> [u32; BLOCK] {
    const FOUR: [[u32; 4]; 16] = {
        let mut all = [[0; 4]; 16];
        let mut i = 0;
        while i < 64 {
            if (i / 4) >> (i % 4) & 1 == 1 {
                all[i / 4][i % 4] = NONE;
            }
            i += 1;
        }
        all
    };
    let mut lanes = [0; BLOCK];
    for (i, four) in lanes.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *four = FOUR[(bits >> (4 * i) & 15) as usize];
    }
    lanes
}

fn array<T>(column: &[T], from: usize) -> Option<&[T; BLOCK]> {
    column.get(from..)?.first_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_its_ends_and_what_is_between_them() {
        for (from, to) in
            [(0, NONE), (0, 0), (5, 9), (5, NONE), (SIGN, SIGN + 1), (NONE - 1, NONE), (NONE, NONE)]
        {
            let range = Range::new(from, to).unwrap();
            for number in [0, 1, 4, 5, 7, 9, 10, SIGN - 1, SIGN, SIGN + 1, SIGN + 2, NONE - 2, NONE - 1, NONE]
            {
                assert_eq!(range.misses(number), !(from..=to).contains(&number), "{number} in {from}..={to}");
            }
        }
        assert!(Range::new(5, 4).is_none());
    }

    #[test]
    fn every_bit_has_its_lane() {
        for bits in [0, 1, 1 << 63, 0x0123_4567_89ab_cdef, u64::MAX] {
            let lanes = lanes(bits);
            assert!(
                (0..BLOCK).all(|lane| lanes[lane] == if bits >> lane & 1 == 1 { NONE } else { 0 }),
                "{bits:x}"
            );
        }
    }
}
