//! Nodes as the query language sees them.

use crate::placement::attribute;
use crate::placement::node::Node;
use crate::placement::query;
use crate::placement::table::{NONE, Table};

/// A node as the query language sees it, from one cluster: tasks of other clusters, and pods that are no tasks, are not
/// seen.
pub(super) struct OnNode<'a> {
    node: &'a Node,
    tasks: Option<(&'a Table, usize, &'a str)>,
}

impl<'a> OnNode<'a> {
    /// The node without tasks.
    pub(super) const fn empty(node: &'a Node) -> Self {
        Self { node, tasks: None }
    }

    /// The node in a slot, with what runs there.
    pub(super) fn new(table: &'a Table, slot: usize, cluster: &'a str) -> Option<Self> {
        Some(Self { node: table.node(slot)?, tasks: Some((table, slot, cluster)) })
    }
}

impl query::Instance for OnNode<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        attribute::of(&self.node.labels, name)
    }

    fn instance_id(&self) -> Option<&str> {
        self.node.ec2_instance_id.as_deref()
    }

    fn registered_at(&self) -> Option<jiff::Timestamp> {
        self.node.registered
    }

    fn running_tasks(&self) -> i64 {
        i64::try_from(query::Instance::groups(self).count()).unwrap_or(i64::MAX)
    }

    fn groups(&self) -> impl Iterator<Item = &str> {
        self.tasks.into_iter().flat_map(|(table, slot, cluster)| {
            table.tasks_on(slot).filter_map(move |id| {
                let group = table.task(id).group;
                let group = if group == NONE { None } else { table.groups.get(group as usize) }?;
                (*group.group.cluster == *cluster).then_some(&*group.group.name)
            })
        })
    }
}
