//! Nodes by the values of the attributes that tasks are spread over: nodes with the same values are one cell.
//!
//! Classes that spread over the same attributes share a layout.

use crate::placement::table::{BLOCK, NONE, Table, number};
use crate::placement::uid::Map;

/// Most cells whose nodes are known as bits: more than a region has zones.
const FEW: usize = 16;

/// The cells of one list of attributes.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Columns of the attributes.
    levels: Vec<u32>,
    /// The cell of each node; `NONE` for slots that were empty all the time.
    cell_of: Vec<u32>,
    /// The values of each cell.
    cells: Vec<Box<[u32]>>,
    numbers: Map<Box<[u32]>, u32>,
    /// The nodes of each cell, one bit each, while there are few cells.
    members: Vec<Vec<u64>>,
    places: Option<Places>,
    /// Goes up whenever places change other than by new ones at the end.
    version: u64,
    /// Goes up whenever cells get new numbers.
    generation: u64,
    seen: Option<(u64, u64)>,
}

/// Where nodes stand in their cells: in the order of their slots.
#[derive(Clone, Debug)]
struct Places {
    place_of: Vec<u32>,
    slots: Vec<Vec<u32>>,
    last: usize,
}

impl Layout {
    pub(super) fn new(levels: &[u32]) -> Self {
        Self { levels: levels.to_vec(), ..Self::default() }
    }

    pub(super) fn levels(&self) -> &[u32] {
        &self.levels
    }

    pub(super) fn cells(&self) -> &[Box<[u32]>] {
        &self.cells
    }

    /// The cell of a node.
    pub(super) fn cell(&self, slot: usize) -> u32 {
        self.cell_of.get(slot).copied().unwrap_or(NONE)
    }

    /// The nodes of each cell, one bit each, if there are few cells.
    pub(super) fn members(&self) -> Option<&[Vec<u64>]> {
        (self.cells.len() <= FEW).then_some(&*self.members)
    }

    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// Where a node stands in its cell, while places are known.
    pub(super) fn place(&self, slot: usize) -> Option<usize> {
        let place = *self.places.as_ref()?.place_of.get(slot)?;
        (place != NONE).then_some(place as usize)
    }

    /// The node at a place of a cell.
    pub(super) fn slot(&self, cell: usize, place: usize) -> Option<usize> {
        self.places.as_ref()?.slots.get(cell)?.get(place).map(|&slot| slot as usize)
    }

    /// Nodes of each cell, in order, while places are known.
    pub(super) fn slots(&self) -> Option<&[Vec<u32>]> {
        self.places.as_ref().map(|places| places.slots.as_slice())
    }

    pub(super) fn bytes(&self) -> usize {
        let places = self.places.as_ref().map_or(0, |places| {
            places.place_of.capacity() * 4 + places.slots.iter().map(|all| all.capacity() * 4).sum::<usize>()
        });
        let members = self.members.iter().map(|words| words.capacity() * 8).sum::<usize>();
        self.cell_of.capacity() * 4 + members + places
    }

    /// Brings the cells up to date.
    pub(super) fn refresh(&mut self, table: &Table) {
        let seen = self.seen.filter(|&(epoch, _)| epoch == table.epoch);
        let crowded = self.cells.len() > 2 * table.slots() + 64;
        let changed = seen.filter(|_| !crowded).and_then(|(_, position)| table.changed.since(position));
        if let Some(changed) = changed {
            for &slot in changed {
                if table.node(slot as usize).is_some() {
                    self.assign(table, slot as usize);
                }
            }
        } else {
            let (version, generation) = (self.version + 1, self.generation + 1);
            *self = Self { version, generation, ..Self::new(&std::mem::take(&mut self.levels)) };
            self.cell_of.reserve_exact(table.slots() + table.slots() / 16);
            for (slot, _) in table.nodes() {
                self.assign(table, slot);
            }
        }
        self.seen = Some((table.epoch, table.changed.end()));
    }

    /// Finds out where every node stands, for those who want to know places.
    pub(super) fn arrange(&mut self) {
        if self.places.is_some() {
            return;
        }
        let mut places = Places { place_of: vec![NONE; self.cell_of.len()], slots: Vec::new(), last: 0 };
        let mut counts = vec![0; self.cells.len()];
        for &cell in self.cell_of.iter().filter(|&&cell| cell != NONE) {
            counts[cell as usize] += 1;
        }
        places.slots =
            counts.into_iter().map(|count: usize| Vec::with_capacity(count + count / 16)).collect();
        for (slot, &cell) in self.cell_of.iter().enumerate() {
            if cell != NONE {
                places.append(slot, cell as usize);
            }
        }
        self.version += 1;
        self.places = Some(places);
    }

    fn assign(&mut self, table: &Table, slot: usize) {
        let codes: Box<[u32]> =
            self.levels.iter().map(|&level| table.columns[level as usize].codes[slot]).collect();
        let cell = if let Some(&known) = self.numbers.get(&codes) {
            known
        } else {
            let cell = number(self.cells.len());
            self.cells.push(codes.clone());
            self.numbers.insert(codes, cell);
            cell
        };
        if self.cell_of.len() <= slot {
            if self.cell_of.capacity() <= slot {
                self.cell_of.reserve_exact(slot + 1 + slot / 16 - self.cell_of.len());
            }
            self.cell_of.resize(slot + 1, NONE);
        }
        let before = std::mem::replace(&mut self.cell_of[slot], cell);
        if before == cell {
            return;
        }
        self.move_bit(slot, before, cell, table.slots());
        if let Some(places) = &mut self.places {
            if before == NONE && slot >= places.last {
                places.append(slot, cell as usize);
            } else {
                self.places = None;
                self.version += 1;
            }
        }
    }

    /// Moves the bit of a node from one cell to another one.
    fn move_bit(&mut self, slot: usize, before: u32, after: u32, slots: usize) {
        if self.cells.len() > FEW {
            self.members = Vec::new();
            return;
        }
        let bit = 1 << (slot % BLOCK);
        if let Some(word) =
            self.members.get_mut(before as usize).and_then(|words| words.get_mut(slot / BLOCK))
        {
            *word &= !bit;
        }
        self.members.resize_with(self.cells.len(), Vec::new);
        let words = &mut self.members[after as usize];
        let length = slots.div_ceil(BLOCK);
        if words.len() < length {
            words.reserve_exact(length + length / BLOCK - words.len());
            words.resize(length, 0);
        }
        words[slot / BLOCK] |= bit;
    }
}

impl Places {
    fn append(&mut self, slot: usize, cell: usize) {
        if self.slots.len() <= cell {
            self.slots.resize(cell + 1, Vec::new());
        }
        if self.place_of.len() <= slot {
            if self.place_of.capacity() <= slot {
                self.place_of.reserve_exact(slot + 1 + slot / 16 - self.place_of.len());
            }
            self.place_of.resize(slot + 1, NONE);
        }
        self.place_of[slot] = number(self.slots[cell].len());
        self.slots[cell].push(number(slot));
        self.last = slot + 1;
    }
}
