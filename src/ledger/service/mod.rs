//! CreateService with its auto scaling, one file for each concept.

mod connect;
mod deployment;
mod exposure;
mod kubernetes;
mod network;
mod placement;
mod predictive;
mod scaling;
mod task;
mod volumes;

use super::row::Table;

pub(super) const TABLES: &[&Table] = &[
    &task::SERVICE,
    &task::OPERATION,
    &placement::PLACEMENT,
    &deployment::DEPLOYMENT,
    &deployment::CIRCUIT_BREAKER,
    &deployment::ALARMS,
    &deployment::HOOKS,
    &deployment::SHIFT,
    &network::NETWORK,
    &exposure::LOAD_BALANCERS,
    &exposure::REGISTRIES,
    &exposure::LATTICE,
    &exposure::GATEWAY,
    &connect::CONNECT,
    &connect::LOGS,
    &connect::SERVICES,
    &volumes::VOLUMES,
    &volumes::TAGS,
    &scaling::TARGET,
    &scaling::POLICIES,
    &scaling::TRACKING,
    &scaling::METRIC,
    &scaling::STEP,
    &scaling::ALARMS,
    &scaling::SCHEDULE,
    &predictive::PREDICTIVE,
    &predictive::PREDEFINED,
    &predictive::CUSTOMIZED,
    &kubernetes::KUBERNETES,
];
