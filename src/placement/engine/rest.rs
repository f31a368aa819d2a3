//! Strategies that no order of single nodes can express: they decide between the few nodes that are equal so far.

use super::class::Rest;
use super::view::View;
use crate::placement::uid::drawn;

/// The node that is left when the last strategies have decided between equal nodes, which are given in order.
pub(super) fn decide(view: &View<'_>, mut equal: Vec<u32>, lot: u64) -> Option<usize> {
    for rest in &view.class.plan.rest {
        match *rest {
            Rest::Random => return equal.get(drawn(lot, equal.len())).map(|&slot| slot as usize),
            Rest::Spread(column) => {
                let codes = &view.table.columns[column as usize].codes;
                keep_least(&mut equal, |slot| view.group.count(column, codes[slot]));
            }
            Rest::Part(part) => keep_least(&mut equal, |slot| view.part(part, slot, view.table.free(slot))),
        }
    }
    equal.first().map(|&slot| slot as usize)
}

fn keep_least(slots: &mut Vec<u32>, number: impl Fn(usize) -> u32) {
    if let Some(least) = slots.iter().map(|&slot| number(slot as usize)).min() {
        slots.retain(|&slot| number(slot as usize) == least);
    }
}
