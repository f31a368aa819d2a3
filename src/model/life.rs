//! When a container of a task starts, how it is checked, and what follows when it ends.

use crate::api::ecs::ContainerCondition;
use crate::api::task_definition::OneShot;

/// Seconds between the stop signal and SIGKILL where a definition does not say, on ECS as on Kubernetes.
pub const STOP_TIMEOUT: u32 = 30;

/// The life of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// What it waits for, written or implied by `links`, `volumesFrom` and the log router.
    pub dependencies: Vec<Dependency>,
    /// Its health check.
    pub health: Option<HealthCheck>,
    /// Seconds from its start within which it has to reach the condition that others wait for.
    pub start_timeout: Option<u32>,
    /// Seconds between the stop signal and SIGKILL.
    pub stop_timeout: Option<u32>,
    /// Whether and when it is restarted in place.
    pub restart: Option<Restart>,
    /// How it is run where it ends by itself.
    pub one_shot: Option<OneShot>,
    /// Whether any exit code counts as success.
    pub wrap_complete: bool,
    /// Whether standard input stays open.
    pub interactive: bool,
    /// Whether it has a terminal.
    pub terminal: bool,
}

impl Life {
    /// Seconds between the stop signal and SIGKILL. Kubernetes knows no less than one.
    #[must_use]
    pub fn stops_within(&self) -> u32 {
        self.stop_timeout.unwrap_or(STOP_TIMEOUT).max(1)
    }
}

/// A container that another one waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its place among the containers of the task.
    pub container: usize,
    /// What it has to be.
    pub condition: ContainerCondition,
}

/// A command that tells whether a container is healthy; all times in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// The words that are executed; exit code 0 means healthy.
    pub command: Vec<String>,
    /// Between two checks.
    pub interval: u32,
    /// After which a check has failed.
    pub timeout: u32,
    /// Failures in a row that make the container unhealthy.
    pub retries: u32,
    /// After the start, in which failures do not count.
    pub start_period: u32,
    /// After the start, in which nothing follows from being unhealthy.
    pub grace: u32,
}

impl HealthCheck {
    /// Seconds after its start at which a container that never is healthy is given up.
    ///
    /// Source: `HealthCheck` of the ECS API: failures count after `startPeriod`, and `retries` of them decide;
    /// `healthCheckGracePeriodSeconds` of CreateService.
    #[must_use]
    pub const fn budget(&self) -> u32 {
        let unhealthy = self.start_period + self.retries * self.interval;
        if self.grace > unhealthy { self.grace } else { unhealthy }
    }
}

/// `restartPolicy`, enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restart {
    /// Exit codes after which the container stays down: each once, ascending.
    pub ignored: Vec<i32>,
}
