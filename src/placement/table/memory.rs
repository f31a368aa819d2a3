//! How much memory the table takes.

use super::{BLOCK, Column, Demand, GroupTable, Presence, Table};

/// Bytes of a group, or of a column, besides what there is for each node.
const ONE: usize = 512;

impl Table {
    /// Bytes that the table takes, without names, labels and tasks, which are kept as they came.
    pub(in crate::placement) fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().chain(&self.labels).map(Column::bytes).sum();
        let groups: usize = self.groups.iter().map(GroupTable::bytes).sum();
        let ports: usize = self.ports.iter().chain(&self.closed).map(Presence::bytes).sum();
        let free = self.cpu.capacity() * 8 + self.gpu.capacity() * 4 + self.plain.capacity() * 16;
        let rows = self.nodes.capacity() * size_of::<usize>()
            + self.first.capacity() * 4
            + self.over.capacity() * 40;
        free + rows + columns + groups + ports + self.changes.bytes() + self.changed.bytes()
    }

    /// Bytes, about, of what is never forgotten of classes, without names: a number for each node and column, a bit for each
    /// node and group or port.
    pub(in crate::placement) fn kept(&self) -> usize {
        let numbers = self.columns.len() + self.labels.len();
        let bits = self.groups.len() + self.ports.len() + self.closed.len();
        let of_node = numbers * size_of::<u32>() * BLOCK + bits * size_of::<u64>();
        let demands = self.demands.len() * 2 * size_of::<Demand>();
        (numbers + bits) * ONE + demands + of_node * self.slots().div_ceil(BLOCK)
    }
}
