//! Many nodes at once.

use std::sync::Arc;

use jiff::Timestamp;

use super::{BLOCK, Table};
use crate::placement::node::Node;

/// A node on its way into the table.
struct Arrival {
    registered: Option<Timestamp>,
    /// The first bytes of its name: nearly all that it takes to put names into order, without looking them up.
    beginning: u128,
    node: Arc<Node>,
    /// Where the numbers of its values are.
    codes: usize,
}

impl Arrival {
    fn new(node: Node, codes: usize) -> Self {
        let mut beginning = [0; 16];
        for (to, from) in beginning.iter_mut().zip(node.name.bytes()) {
            *to = from;
        }
        let beginning = u128::from_be_bytes(beginning);
        Self { registered: node.registered, beginning, node: Arc::new(node), codes }
    }
}

impl Table {
    /// Adds many nodes, or says what known ones have become: the oldest first, and by name where age does not decide. Each
    /// is told with what it was before.
    pub(in crate::placement) fn set_nodes(
        &mut self,
        nodes: impl Iterator<Item = Node>,
        mut tell: impl FnMut(&Arc<Node>, Option<Arc<Node>>),
    ) {
        // Labels are read while a node is at hand: in the order of the table each is somewhere else.
        let width = self.labels.len() + self.columns.len();
        let mut codes = Vec::with_capacity(nodes.size_hint().0 * width);
        let mut arrivals: Vec<Arrival> = Vec::with_capacity(nodes.size_hint().0);
        for node in nodes {
            let first = codes.len();
            codes.extend(self.labels.iter_mut().chain(&mut self.columns).map(|column| column.code(&node)));
            arrivals.push(Arrival::new(node, first));
        }
        arrivals.sort_by(|a, b| {
            let order = (a.registered, a.beginning).cmp(&(b.registered, b.beginning));
            order.then_with(|| a.node.name.cmp(&b.node.name))
        });
        self.make_room(arrivals.len());
        for Arrival { node, codes: first, .. } in arrivals {
            let before = self.put(&node, codes.get(first..first + width));
            tell(&node, before);
        }
    }

    /// Makes room for more nodes.
    fn make_room(&mut self, more: usize) {
        let slots = self.slots() + more;
        let padded = slots.next_multiple_of(BLOCK);
        lengthen(&mut self.cpu, padded);
        lengthen(&mut self.memory, padded);
        lengthen(&mut self.gpu, padded);
        lengthen(&mut self.pods, padded);
        lengthen(&mut self.plain, padded / BLOCK);
        lengthen(&mut self.roomy, padded / BLOCK);
        lengthen(&mut self.nodes, slots);
        lengthen(&mut self.first, slots);
        self.by_name.reserve(more);
        for column in self.labels.iter_mut().chain(&mut self.columns) {
            lengthen(&mut column.codes, slots);
        }
    }
}

/// Room for so many in all.
fn lengthen<T>(column: &mut Vec<T>, length: usize) {
    column.reserve_exact(length.saturating_sub(column.len()));
}
