//! RegisterTaskDefinition, one file for each concept.

mod container;
mod environment;
mod kubernetes;
mod life;
mod logging;
mod network;
mod resources;
mod security;
mod task;
mod volumes;

use super::row::Table;

pub(super) const TABLES: &[&Table] = &[
    &task::TASK,
    &task::PLATFORM,
    &container::CONTAINER,
    &environment::ENVIRONMENT,
    &life::LIFE,
    &life::RESTART,
    &life::HEALTH,
    &resources::RESOURCES,
    &resources::LINUX,
    &network::NETWORK,
    &network::PORTS,
    &network::PROXY,
    &security::SECURITY,
    &logging::LOGGING,
    &logging::FIRELENS,
    &volumes::MOUNTS,
    &volumes::VOLUMES,
    &volumes::DOCKER,
    &volumes::EFS,
    &volumes::S3FILES,
    &volumes::FSX,
    &kubernetes::KUBERNETES,
];
