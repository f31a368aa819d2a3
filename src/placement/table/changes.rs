//! What became of nodes, one column per fact, so that many changes are compared at once.

use super::{Free, Log};

/// How many changes are looked at together.
const AT_ONCE: usize = 16;

/// What a node has left after something changed there.
#[derive(Clone, Copy, Debug)]
pub(in crate::placement) struct Change {
    pub(in crate::placement) slot: u32,
    pub(in crate::placement) free: Free,
}

/// The log of changes.
#[derive(Clone, Debug, Default)]
pub(in crate::placement) struct Changes {
    slot: Log<u32>,
    cpu: Log<u32>,
    memory: Log<u32>,
    rest: Log<[u16; 2]>,
}

/// A part of the log.
#[derive(Clone, Copy, Debug)]
pub(in crate::placement) struct Since<'a> {
    slot: &'a [u32],
    cpu: &'a [u32],
    memory: &'a [u32],
    rest: &'a [[u16; 2]],
}

impl Changes {
    /// Where the next change will be.
    pub(in crate::placement) fn end(&self) -> u64 {
        self.slot.end()
    }

    /// Changes from a position on; `None` if some of them are gone.
    pub(in crate::placement) fn since(&self, position: u64) -> Option<Since<'_>> {
        Some(Since {
            slot: self.slot.since(position)?,
            cpu: self.cpu.since(position)?,
            memory: self.memory.since(position)?,
            rest: self.rest.since(position)?,
        })
    }

    /// Appends, and forgets the older half of what would be more than `most`.
    pub(super) fn push(&mut self, Change { slot, free }: Change, most: usize) {
        self.slot.push(slot, most);
        self.cpu.push(free.cpu, most);
        self.memory.push(free.memory, most);
        self.rest.push([free.gpu, free.pods], most);
    }

    /// Everybody has missed something.
    pub(super) fn forget(&mut self) {
        self.slot.forget();
        self.cpu.forget();
        self.memory.forget();
        self.rest.forget();
    }

    pub(super) fn bytes(&self) -> usize {
        self.slot.bytes() + self.cpu.bytes() + self.memory.bytes() + self.rest.bytes()
    }
}

impl Since<'_> {
    /// Every change.
    pub(in crate::placement) fn each(&self, mut tell: impl FnMut(Change)) {
        (0..self.slot.len()).for_each(|index| tell(self.change(index)));
    }

    /// Changes whose node, and what it has left of CPU and memory, are wanted. That is asked without branches, so that the
    /// compiler compares many at once.
    pub(in crate::placement) fn each_of(
        &self,
        wanted: impl Fn(u32, u32, u32) -> bool,
        mut tell: impl FnMut(Change),
    ) {
        let (slot, _) = self.slot.as_chunks::<AT_ONCE>();
        let (cpu, _) = self.cpu.as_chunks::<AT_ONCE>();
        let (memory, _) = self.memory.as_chunks::<AT_ONCE>();
        for (chunk, ((slot, cpu), memory)) in slot.iter().zip(cpu).zip(memory).enumerate() {
            let mut lanes = [0; AT_ONCE];
            for lane in 0..AT_ONCE {
                lanes[lane] = u8::from(wanted(slot[lane], cpu[lane], memory[lane]));
            }
            let mut left = u128::from_le_bytes(lanes);
            while left != 0 {
                tell(self.change(chunk * AT_ONCE + (left.trailing_zeros() / u8::BITS) as usize));
                left &= left - 1;
            }
        }
        for index in slot.len() * AT_ONCE..self.slot.len() {
            if wanted(self.slot[index], self.cpu[index], self.memory[index]) {
                tell(self.change(index));
            }
        }
    }

    fn change(&self, index: usize) -> Change {
        let [gpu, pods] = self.rest[index];
        let free = Free { cpu: self.cpu[index], memory: self.memory[index], gpu, pods };
        Change { slot: self.slot[index], free }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than are looked at together, and some besides.
    #[test]
    fn those_that_are_wanted_are_found_in_order() {
        let mut changes = Changes::default();
        for slot in 0..100 {
            let free = Free { cpu: slot * 7 % 100, memory: slot * 13 % 100, gpu: 1, pods: 2 };
            changes.push(Change { slot, free }, 1_000);
        }
        for from in [0, 1, 16, 83, 99, 100] {
            let since = changes.since(from).unwrap();
            let wanted =
                |slot: u32, cpu: u32, memory: u32| slot < 95 && (20..60).contains(&cpu) && memory > 30;
            let (mut all, mut found) = (Vec::new(), Vec::new());
            since.each(|change| all.push((change.slot, change.free.cpu, change.free.memory)));
            since.each_of(wanted, |change| found.push((change.slot, change.free.cpu, change.free.memory)));
            assert_eq!(all.len(), 100 - usize::try_from(from).unwrap());
            all.retain(|&(slot, cpu, memory)| wanted(slot, cpu, memory));
            assert_eq!(found, all);
        }
    }
}
