//! Classes, prepared for decisions: what depends on the node alone is known per node, the rest is numbers to compare.

use super::eligible::Eligible;
use super::index::Index;
use super::on_node::OnNode;
use super::pace::Pace;
use crate::placement::explain::Explanation;
use crate::placement::query::{Expression, Subject};
use crate::placement::table::Table;
use crate::placement::task::{Class, Constraint, Field, Resource, Strategy};

/// A class and what is known for it.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) class: Class,
    /// Numbers of its demand and group.
    pub(super) demand: u32,
    pub(super) group: u32,
    /// Numbers of the ports that have to be free.
    pub(super) ports: Vec<u32>,
    /// What a node must have left.
    pub(super) need: Need,
    pub(super) distinct: bool,
    /// Expressions whose answer changes with the tasks on a node.
    pub(super) moving: Vec<Expression>,
    pub(super) plan: Plan,
    /// Number of the layout of its levels.
    pub(super) layout: Option<usize>,
    pub(super) eligible: Eligible,
    pub(super) index: Option<Index>,
    pub(super) pace: Pace,
    /// Why no node can take a task, and in which state of the engine that was.
    pub(super) unplaced: Option<(u64, Explanation)>,
}

/// Amounts, as wide as the columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) cpu: u32,
    pub(super) memory: u32,
    pub(super) gpu: u16,
}

/// The strategies, by what it takes to follow them.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// Columns of the attributes that tasks are spread over first.
    pub(super) levels: Vec<u32>,
    /// Then numbers of single nodes.
    pub(super) parts: Vec<Part>,
    /// What is left to decide between nodes that are equal in all of these.
    pub(super) rest: Vec<Rest>,
}

/// A number of a node, of which the least is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Tasks of the group.
    Tasks,
    /// CPU left.
    Cpu,
    /// Memory left.
    Memory,
}

/// What can follow a number of single nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// The fewest tasks of the group with the same value of this column.
    Spread(u32),
    /// The least number.
    Part(Part),
    /// A draw.
    Random,
}

impl Prepared {
    pub(super) fn new(class: Class, table: &mut Table) -> Self {
        let group = table.group(&class.group);
        let demand = table.demand(&class.demand);
        let ports = class.demand.ports.iter().map(|&port| table.port(port)).collect();
        let distinct = class.constraints.contains(&Constraint::DistinctInstance);
        let expressions = class.constraints.iter().filter_map(|constraint| match constraint {
            Constraint::MemberOf(expression) => Some(expression.clone()),
            Constraint::DistinctInstance => None,
        });
        let (moving, fixed): (Vec<_>, Vec<_>) = expressions.partition(depends_on_tasks);
        let eligible = Eligible::new(&class, &fixed, table);
        let plan = Plan::new(&class.strategies_in_force(), distinct, table, group);
        let need = Need {
            cpu: class.demand.cpu,
            memory: class.demand.memory,
            gpu: u16::try_from(class.demand.gpu).unwrap_or(u16::MAX),
        };
        Self {
            class,
            demand,
            group,
            ports,
            need,
            distinct,
            moving,
            plan,
            layout: None,
            eligible,
            index: None,
            pace: Pace::default(),
            unplaced: None,
        }
    }

    /// Brings up to date which nodes are eligible.
    pub(super) fn refresh(&mut self, table: &Table) {
        self.eligible.refresh(&self.class.tolerations, table);
    }

    /// Whether the expressions that look at tasks select a node.
    pub(super) fn moved_to(&self, table: &Table, slot: usize) -> bool {
        let cluster = &self.class.group.cluster;
        self.moving.is_empty()
            || OnNode::new(table, slot, cluster)
                .is_some_and(|instance| self.moving.iter().all(|one| one.evaluate(&instance)))
    }
}

impl Plan {
    fn new(strategies: &[Strategy], distinct: bool, table: &mut Table, group: u32) -> Self {
        let mut plan = Self::default();
        for strategy in strategies {
            let part = match strategy {
                Strategy::Random => {
                    plan.rest.push(Rest::Random);
                    break;
                }
                Strategy::Spread(Field::Attribute(name)) => {
                    let column = table.column(name);
                    table.spread(group, column);
                    if !plan.parts.is_empty() || !plan.rest.is_empty() {
                        plan.rest.push(Rest::Spread(column));
                    } else if !plan.levels.contains(&column) {
                        plan.levels.push(column);
                    }
                    continue;
                }
                // Nodes that already have one are no candidates at all.
                Strategy::Spread(Field::InstanceId) if distinct => continue,
                Strategy::Spread(Field::InstanceId) => Part::Tasks,
                Strategy::Binpack(Resource::Cpu) => Part::Cpu,
                Strategy::Binpack(Resource::Memory) => Part::Memory,
            };
            if !plan.rest.is_empty() {
                plan.rest.push(Rest::Part(part));
            } else if !plan.parts.contains(&part) {
                // Two numbers make one key; a third one decides between what is left.
                if plan.parts.len() < 2 {
                    plan.parts.push(part);
                } else {
                    plan.rest.push(Rest::Part(part));
                }
            }
        }
        plan
    }
}

/// Whether an expression asks for anything that changes when tasks come and go.
fn depends_on_tasks(expression: &Expression) -> bool {
    let mut depends = false;
    expression.comparisons(&mut |comparison| {
        depends |= matches!(comparison.subject, Subject::RunningTasksCount | Subject::TaskGroup);
    });
    depends
}
