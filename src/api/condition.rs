//! Conditions: their types, their reasons, and the merge that keeps transition times honest.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

/// Condition types, the same on every kind. `Ready`, `Reconciling` and `Stalled` follow kstatus.
pub mod types {
    /// The object does what its spec asks.
    pub const READY: &str = "Ready";
    /// Work is under way towards the spec.
    pub const RECONCILING: &str = "Reconciling";
    /// Nothing will change until somebody changes something.
    pub const STALLED: &str = "Stalled";
    /// How exactly Kubernetes can do what the ECS definition says.
    pub const FIDELITY: &str = "Fidelity";
}

/// Machine-readable reasons; part of the API.
pub mod reasons {
    /// All tasks of the primary deployment run, none of an older one is left.
    pub const STEADY_STATE: &str = "SteadyState";
    /// A deployment is rolling out.
    pub const DEPLOYMENT_IN_PROGRESS: &str = "DeploymentInProgress";
    /// Tasks are being started or stopped to reach the desired count.
    pub const SCALING: &str = "Scaling";
    /// The definition has Error findings; the last good workload keeps running.
    pub const INVALID: &str = "InvalidDefinition";
    /// A referenced task definition (or revision of it) does not exist yet.
    pub const TASK_DEFINITION_MISSING: &str = "TaskDefinitionNotFound";
    /// A capacity provider of the strategy does not exist yet.
    pub const CAPACITY_PROVIDER_MISSING: &str = "CapacityProviderNotFound";
    /// A recorded deployment was written by a release that knows more.
    pub const UNREADABLE_RECORD: &str = "UnreadableRecord";
    /// The definition was not looked at.
    pub const NOT_CHECKED: &str = "NotChecked";
    /// Another object in the namespace already has this ECS name.
    pub const NAME_COLLISION: &str = "NameCollision";
    /// An object that we would have to write belongs to somebody else.
    pub const FOREIGN_OBJECT: &str = "ForeignObject";
    /// minimumHealthyPercent and maximumPercent leave no room to stop or to start a task.
    pub const DEPLOYMENT_CONFIGURATION: &str = "DeploymentConfiguration";
    /// Tasks of the primary deployment cannot start, or keep ending.
    pub const TASKS_FAILING: &str = "TasksFailing";
    /// Tasks cannot be placed: no node takes them, or pods are refused.
    pub const UNABLE_TO_PLACE: &str = "UnableToPlaceTask";
    /// The circuit breaker has ended the deployment.
    pub const DEPLOYMENT_FAILED: &str = "DeploymentFailed";
    /// The circuit breaker has ended the deployment, and the last one that was complete comes back.
    pub const ROLLING_BACK: &str = "RollingBack";
    /// The circuit breaker has ended the deployment, and the last one that was complete runs again.
    pub const ROLLED_BACK: &str = "RolledBack";
    /// `kubernetes.paused` is set.
    pub const PAUSED: &str = "Paused";
    /// The revision is registered.
    pub const REGISTERED: &str = "Registered";
    /// The definition is accepted.
    pub const ACCEPTED: &str = "Accepted";
    /// The API server refused an object or could not be reached.
    pub const API_ERROR: &str = "ApiError";
    /// Nothing to report: the opposite of an abnormal condition.
    pub const NONE: &str = "AsExpected";
    /// No finding at all.
    pub const EXACT: &str = "Exact";
    /// Infos and Warnings, no Error.
    pub const APPROXIMATED: &str = "Approximated";
    /// At least one Error.
    pub const BLOCKED: &str = "Blocked";
}

/// A condition as it should be now, before it is compared with what the status already says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// One of [`types`].
    pub type_: &'static str,
    /// True, False or Unknown.
    pub status: Status,
    /// One of [`reasons`].
    pub reason: &'static str,
    /// One sentence for people, as it is stored.
    pub message: String,
}

/// Longest message, in bytes: what an API server has to say of an object can be very long.
const LONGEST: usize = 1024;

impl Desired {
    /// A condition with a message that is cut where it is too long: before anything is compared with what is stored.
    #[must_use]
    pub fn new(type_: &'static str, status: Status, reason: &'static str, mut message: String) -> Self {
        if message.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
            message.truncate(end);
            message.push('…');
        }
        Self { type_, status, reason, message }
    }
}

/// The three values of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum Status {
    True,
    False,
    Unknown,
}

impl Status {
    /// The spelling in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<bool> for Status {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Merges wanted conditions with the previous ones: `lastTransitionTime` moves only when `status` does,
/// so that an unchanged world gives an unchanged status and nothing is written.
#[must_use]
pub fn merge(
    previous: &[Condition],
    wanted: Vec<Desired>,
    generation: i64,
    now: Timestamp,
) -> Vec<Condition> {
    wanted
        .into_iter()
        .map(|want| {
            let old = previous.iter().find(|c| c.type_ == want.type_);
            let since = old
                .filter(|c| c.status == want.status.as_str())
                .map_or_else(|| Time(now), |c| c.last_transition_time.clone());
            Condition {
                type_: want.type_.to_owned(),
                status: want.status.as_str().to_owned(),
                reason: want.reason.to_owned(),
                message: want.message,
                observed_generation: Some(generation),
                last_transition_time: since,
            }
        })
        .collect()
}
