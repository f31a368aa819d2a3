//! CreateCapacityProvider, one file for each concept.

mod instances;
mod provider;

use super::row::Table;

pub(super) const TABLES: &[&Table] = &[
    &provider::PROVIDER,
    &provider::GROUP,
    &instances::INSTANCES,
    &instances::TEMPLATE,
    &instances::REQUIREMENTS,
    &provider::KUBERNETES,
];
