//! What the core has to say about a definition: a value, never a log line.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the code table says what each means")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One statement about one place of a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable CamelCase code, the name of a [`Code`]. Text, because a status may hold codes of a newer release.
    #[schemars(with = "String")]
    pub code: Cow<'static, str>,
    /// Info: worth knowing. Warning: something is lost, the workload runs. Error: refused, nothing is written.
    pub severity: Severity,
    /// The member it speaks of, for example `containerDefinitions[1].memory`; empty for the whole document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is the case, in one or two sentences.
    pub message: String,
    /// What to do about it; empty where nothing needs doing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

impl Finding {
    /// A finding with the code's own severity and no remedy.
    #[must_use]
    pub fn new(code: Code, path: impl fmt::Display, message: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code.as_str()),
            severity: code.severity(),
            path: path.to_string(),
            message: message.into(),
            remedy: String::new(),
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Whether this finding refuses the definition.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Whether any of these findings refuses the definition.
#[must_use]
pub fn any_error(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::is_error)
}

/// A place in a document, kept on the stack while walking it and spelled only when somebody asks.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The whole document.
    pub const ROOT: Self = Self { parent: None, step: Step::Root };

    /// A member of the struct at this place.
    #[must_use]
    pub const fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Member(name) }
    }

    /// An element of the list at this place.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Member(name) => {
                let first = self.parent.is_none_or(|p| matches!(p.step, Step::Root));
                if name.contains(['.', '[', ']']) {
                    write!(f, "[{name:?}]")
                } else if first {
                    f.write_str(name)
                } else {
                    write!(f, ".{name}")
                }
            }
        }
    }
}

/// Declares the finding codes: name, severity, what it means, and what to do about it where that is always the
/// same.
macro_rules! codes {
    ($($name:ident $severity:ident $about:literal $($remedy:literal)?;)+) => {
        /// The finding codes. Their names are part of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $about] $name),+ }

        impl Code {
            /// Every code, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The CamelCase name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// Severity of a finding with this code.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),+ }
            }

            /// What the code means, in one sentence.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => $about),+ }
            }

            /// What to do about it, whatever the member; empty where that depends, or nothing needs doing.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => concat!($($remedy)?)),+ }
            }
        }
    };
}

codes! {
    AlarmApproximated Info "An alarm is judged by KEDA's latest value and by an autoscaler's window.";
    AlarmSettingNotApplied Warning "A setting of a CloudWatch alarm has no effect on scaling."
        "Say it with one metric, a threshold, and periods that all have to be beyond it.";
    AliasNeedsDnsRewrite Warning "Clients use a name that the cluster's DNS does not have.";
    AliasPortTaken Warning "The port of a Service Connect alias leads elsewhere already.";
    AttributeHasNoLabel Warning "A constraint asks for an attribute, or a value of one, that no node can have."
        "Use another one, of letters, digits, dots, hyphens and underscores.";
    AttributeNeedsLabel Info "A constraint or strategy goes by a label that nobody sets by himself.";
    AutoscalerBlind Warning "Pods ask for a label that the operator keeps on nodes, which autoscalers of nodes do not know.";
    AutoscalerConflict Warning "An autoscaler that others have made works against what decides about the count here."
        "Let one of the two decide.";
    BakeTimeNotApplied Warning "A deployment does not wait after its last task is there."
        "Watch it for that long, and apply the old definition again if need be.";
    CapabilityAssumed Info "Every node is taken to have what a constraint asks of ECS's own agent.";
    CapacityProviderNeedsLabel Info "The provider selects nodes by its own label, which they have to carry.";
    CapacityProviderNotFound Warning "The strategy names a capacity provider of which nothing is known here.";
    ClassicLoadBalancerUnsupported Error "Tasks cannot be registered with a classic load balancer."
        "Move to a target group of an application or network load balancer.";
    ClusterMismatch Warning "The service names an ECS cluster that maps to another namespace.";
    CompleteTreatedAsSuccess Warning "What waits for COMPLETE also waits for exit code 0.";
    ConstraintHeldByOperator Info "A placement constraint holds where the operator places tasks; kube-scheduler does not know it.";
    ConstraintNotApplied Warning "A placement constraint goes by something that kube-scheduler does not know.";
    ContainersShareNetwork Info "The containers of a task have one network, where ECS gives each its own.";
    CooldownClamped Info "A cooldown is longer than an autoscaler can wait, or shorter than it looks back.";
    CustomMetricNotApplied Warning "Nothing scales by this metric."
        "Track CPU or memory as well, or make a ScaledObject of your own for the EcsService.";
    DependencyCycle Error "Containers wait for each other, so none of them can start.";
    DependencyMayDeadlock Warning "A container waits for another one that may need it, where ECS starts both.";
    DependencyRetriedInPlace Info "A container that others wait for is tried again in its task instead of the task being replaced.";
    DependencySerialized Info "A container starts after the end of another one that its definition does not make it wait for.";
    DeploymentAlarmsNotApplied Warning "CloudWatch alarms do not stop a deployment."
        "Let the alarm's action apply the old definition again.";
    DeploymentConfigurationBlocks Warning "minimumHealthyPercent and maximumPercent leave no room to replace a task.";
    DeploymentControllerUnsupported Error "Deployments of this controller are driven from outside of ECS.";
    DeploymentStrategyUnsupported Error "Deployments of this strategy cannot be made.";
    DeviceNeedsPlugin Error "A device of the node can only be had through a device plugin.";
    DeviceNotRequested Warning "An accelerator is not asked for, because how many there are is not known.";
    DisableScaleInIgnored Warning "DisableScaleIn of some policies, but not all, is not applied.";
    DnsEntryLeftOut Warning "A pod has fewer DNS servers or search domains than the task asks for.";
    DnsMerged Info "DNS servers and search domains are added to the cluster's instead of taking their place.";
    DockerFilesUnavailable Warning "Nodes run containerd: the files of Docker that are mounted do not exist.";
    DockerLabelsAreAnnotations Info "Docker labels of containers are annotations of the pod.";
    DockerSocketUnavailable Error "Nodes run containerd: the Docker socket that is mounted does not exist.";
    DockerVolumeDriverUnsupported Error "Kubernetes has no such Docker volume, and a substitute could lose data.";
    DockerVolumeOptionsIgnored Warning "Options of a Docker volume are not applied.";
    DrainDelayAssumed Info "How long a task goes on while load balancers let go of it is assumed.";
    DrainReducesCapacity Info "A drained node stops a task before its replacement runs.";
    DuplicateDefinition Error "Two definitions of one name are here, and nothing says which of them counts.";
    DuplicateMember Warning "A member stands twice in one object; the last one counts.";
    DynamicHostPortDropped Info "A dynamic host port is not used: tasks have addresses of their own.";
    EarlySuccessNotApplied Warning "A deployment is complete when all of its tasks are, not earlier.";
    EbsOnFargate Error "Pods of an EKS Fargate profile cannot have EBS volumes.";
    EfsIamUsesNodeIdentity Warning "An EFS mount is authorized as the CSI driver's node plugin, not as the task.";
    EnvironmentFileSnapshotted Info "An environment file is what a ConfigMap or Secret holds, not what S3 holds by now.";
    EnvironmentFileUnmapped Error "Nothing says where the variables of an environment file are in the cluster.";
    EphemeralStorageEvicts Info "A task that fills its disk space is replaced instead of its writes failing.";
    EssentialAsSidecar Info "An essential container that others start after is restarted although its task should be replaced.";
    EssentialExitInPlace Info "When an essential container exits it is restarted in place, alone or with the others, where ECS replaces the task.";
    EssentialExitUnavailable Warning "What essentialExit asks for cannot be had here.";
    ExactPlacementMeaningless Info "Nothing is left to decide about the nodes of these tasks."
        "Leave kubernetes.placement out.";
    ExactPlacementNeedsOperator Info "The operator places the tasks; while it does not run, kube-scheduler does.";
    ExecuteCommandReplaced Info "kubectl exec takes the place of ECS Exec.";
    ExecutionRoleNotUsed Info "Images are pulled with the node's identity, not with the execution role.";
    FargateProfileRefuses Error "EKS Fargate has no pods like this.";
    FargateProfileRequired Info "The pods run on Fargate where a profile of EKS selects them.";
    FargateSizeRoundedUp Info "EKS Fargate takes a larger size than the task asks for.";
    FargateSpotUnavailable Warning "FARGATE_SPOT runs on ordinary nodes, Spot or not.";
    FileSkipped Info "A file of a directory holds nothing that is read here.";
    FireLensNotConfigured Warning "The log router runs with its image's own configuration.";
    FollowsFamily Info "A service that was pinned to a revision of the same run is written as following the family.";
    FsxServerAssumed Warning "The DNS name of a Windows file server is made of its id and domain.";
    GatewayConnectorNotApplied Warning "A gateway connector does not reach the tasks."
        "Route to the Service of the same name.";
    GatewayTargetsAreNodes Warning "A Gateway of the AWS Load Balancer Controller takes nodes for targets, unless another object says that it is the tasks.";
    GmsaNeedsCredentialSpec Warning "A group managed service account needs an object of the cluster, and the container runs without it.";
    GpuOnFargate Error "Fargate has no GPUs.";
    GpuShareNotApplied Warning "The share of a GPU is up to the node, not to the definition.";
    GracePeriodUntilHealthy Info "The grace period of a service ends for a container when it is healthy for the first time.";
    GroupKeptApart Info "Tasks of a group that a constraint keeps away are kept off by the task, too.";
    HealthCheckNotRun Info "A health check that decides about nothing is not run.";
    HostNameLeftOut Warning "A host name that Kubernetes does not write into /etc/hosts is left out.";
    HostnameApproximated Info "A host name is that of the whole task, and has one label.";
    HostnameConflict Error "The containers of a task ask for different host names, and a pod has one.";
    HostsAreShared Info "Lines of /etc/hosts are there for all containers of the task.";
    IgnoredExitCodesRestart Warning "A container is restarted after exit codes that its restart policy ignores.";
    ImageTagMutable Info "Tags are not pinned to digests for the time of a deployment.";
    ImageVolumesNotShared Warning "Volumes that only an image declares are not shared by volumesFrom.";
    InactiveOnEcs Warning "The answer says that ECS no longer runs this.";
    InitProcessNotApplied Warning "Containers get no init process."
        "Put tini into the image, in front of its entry point.";
    InstanceRoleNotUsed Info "On ECS a task without a role has that of its instance.";
    InvalidMetadata Error "Kubernetes does not accept the name or the namespace of a custom resource.";
    InvalidName Error "A name is not one that ECS accepts.";
    InvalidReference Error "A member refers to something that the definition does not have.";
    InvalidValue Error "A value is not one that ECS accepts.";
    IpcAlwaysShared Warning "The containers of a pod share their IPC, which the task asks them not to.";
    IsolationUnavailable Error "The task asks for a sandbox that its pods do not have.";
    KedaMissing Warning "A policy goes by a metric of CloudWatch, which KEDA reads, and the cluster does not have KEDA."
        "Install it: helm install keda kedacore/keda -n keda --create-namespace (offline: --api keda.sh says that it is there).";
    L7BalancingLost Warning "All requests of a client go to one task, because its protocol keeps one connection.";
    LaunchTypeTakenForEc2 Warning "A launch type is taken for EC2: the tasks run on whatever nodes fit."
        "Name a capacity provider instead, and give it the nodes' labels.";
    LifecycleHooksNotCalled Warning "Lifecycle hooks are not called."
        "Run their checks from the pipeline that applies the definition.";
    LinksShareAddress Info "Linked containers are reached at the loopback address that a pod's containers share.";
    LogDestinationLost Warning "Output stays on the node, and nothing sends it where the log driver would.";
    LogDriverReplaced Info "Output stays on the node, for kubectl logs and for collectors there.";
    LogSecretOptionsNotApplied Warning "Secret options of a log driver are not read: there is no driver.";
    ManagedInstancesNotStarted Warning "No managed instances are started."
        "Give the cluster nodes with the provider's label, for example by Karpenter.";
    MetricReadByKeda Info "KEDA reads a metric of CloudWatch and scales by it.";
    MinCapacityRaised Warning "An autoscaler by utilization or by alarms keeps at least one task.";
    MissingMember Error "A member that ECS requires is absent.";
    NameAssumed Info "A name that the file leaves out was taken from elsewhere.";
    NameChanged Info "Kubernetes cannot spell the ECS name; another one is used and the original is kept in an annotation.";
    NameCollision Error "Two different ECS names become the same Kubernetes name.";
    NamespaceMismatch Error "A custom resource names another namespace than the command line.";
    NetworkDeniedByPolicy Warning "That a task has no network holds where the cluster enforces NetworkPolicy.";
    NetworkNotSeparable Error "The network cannot be taken from one container of a pod.";
    NewerRenderingAvailable Info "What would be rendered today differs from what runs; the next deployment takes it over.";
    NodeScalingNotManaged Warning "The number of nodes is not changed."
        "Let Karpenter or the cluster autoscaler scale the nodes with the provider's label.";
    NonEssentialAffectsReadiness Warning "While a non-essential container is down its task is not ready.";
    NotAnEcsDocument Error "The document is none of the shapes that are read here.";
    NotApplicable Info "The member has no meaning on Kubernetes; nothing is lost that could be had.";
    NotExported Info "ECS has no word for a member under `kubernetes`; an export leaves it out.";
    NotGranted Error "The namespace is not allowed to ask for this.";
    OneShotRunsFirst Info "A container that ends by itself runs before the others instead of beside them.";
    OpenPlaceholder Error "A template expression was left in a place where ECS needs the value.";
    OptionUnsupported Error "An option under kubernetes cannot be had with this definition.";
    OutputOnlyMember Info "The member only occurs in answers of the ECS API; it is ignored.";
    Overlaid Info "The pods are not what the definition alone says: an overlay is merged into them.";
    PlaceholderAccount Warning "The account number of an ARN is not one; it looks like a placeholder.";
    PlaceholderKept Info "What looks like a template expression stands where a shell or an agent may expand it; it is kept.";
    PlacementExpressionTooLarge Info "A constraint has more alternatives than a pod should ask for; a label on nodes stands for it.";
    PlacementNotExpressible Error "A constraint speaks of other tasks in a way that pods cannot."
        "Set kubernetes.placement to Exact, or leave out that part of the constraint.";
    PlacementUnsatisfiable Error "No node can ever meet the placement constraints.";
    PodIdentityAssociationRequired Info "The task role needs an association with the service's ServiceAccount.";
    PodSecurityRefuses Error "The Pod Security level of the namespace refuses the pods.";
    PortCollision Error "Two containers of the task listen on the same port, and share one network.";
    PortNameTaken Info "Two port mappings have one name; the second is called by its number.";
    PortRangeNotDeclared Info "A port range can be reached at the task's address, but is on no Service.";
    PredictiveScalingNotApplied Warning "Nothing scales ahead of time."
        "Raise MinCapacity, or add a target tracking policy.";
    PrivilegesConflict Error "Kubernetes refuses this combination of privileges.";
    ProxyConfigurationIgnored Warning "App Mesh has ended: no proxy is put in front of the containers."
        "Take the container of the proxy out; a service mesh of the cluster brings its own.";
    PublicIpUnsupported Warning "Tasks get no public address."
        "Put a NAT gateway in the way of the nodes' subnets.";
    ReadAs Info "A value was not spelled as ECS spells it, and was read for what it means.";
    RecordedDeploymentRefused Error "This release refuses what runs, and changes nothing of it but its count."
        "Edit the definition, so that a new deployment starts, or run the release that recorded it.";
    RestartPeriodIgnored Info "A restart policy's period is replaced by the kubelet's back-off.";
    RevisionMismatch Warning "A service runs another revision than the one that is imported with it.";
    RoleWithoutAccount Warning "A task role is named without its account and cannot be assumed.";
    RouteNotMade Warning "No Ingress or no route of a Gateway is made.";
    S3FilesNeedsDriver Info "S3 Files are mounted by version 3.0 or later of the EFS CSI driver.";
    ScaleOutCooldownApproximated Info "A scale-out cooldown is approximated by a stabilization window.";
    SecretIdentityShared Warning "Secrets are read with an identity that other namespaces can use as well.";
    SecretRefreshApproximated Info "Secrets are read with each deployment and every hour instead of at each start.";
    SecretRegionUnknown Warning "Nothing says in which Region a bare name is.";
    SecretToFill Warning "A Secret has to be filled by hand before tasks can start.";
    SecurityGroupsNeedRules Info "Security groups of tasks have to let in what Kubernetes needs.";
    SecurityGroupsNotApplied Warning "The security groups do not guard the tasks.";
    ServiceAssumed Info "No service runs the task definition; a replica service of one task is taken instead.";
    ServiceConnectNotApplied Warning "A setting of the proxy of Service Connect has no effect: there is no proxy."
        "Use a service mesh, or a route of Gateway API.";
    ServiceConnectWithoutProxy Info "Names of Service Connect lead to the tasks without a proxy.";
    ServiceNotFound Warning "Auto scaling speaks of a service that is not here.";
    ServiceRegistryNotApplied Warning "Names are not registered in Cloud Map.";
    SharedVolumeOnNode Info "A shared Docker volume is a directory of each node, which is empty at first.";
    SnapshotCrdsMissing Error "A volume starts from a snapshot, and the cluster does not serve snapshots.";
    StartAfterCompletion Info "A container that should start beside another one starts after it has ended.";
    StartTimeoutNotApplied Warning "A container that others wait for may take as long as it likes to end.";
    StepScalingApproximated Info "An autoscaler takes steps of one size in each direction.";
    StepScalingNotApplied Warning "Nothing scales by a step scaling policy, or by one of its steps or alarms."
        "Track the alarm's metric with a target tracking policy near its threshold.";
    StopTimeoutPodWide Info "Containers of a task share the time that they have to stop.";
    StrategyNotApplied Warning "A placement strategy is left to kube-scheduler.";
    StrategyOrderApproximated Info "Placement strategies are weighed together instead of one after the other.";
    SubnetsNotApplied Info "Tasks get addresses of their nodes' subnets.";
    Superseded Info "Another definition of the same name is newer, or the same.";
    SwapNotApplied Warning "Swap is the node's business."
        "Set memorySwap in the kubelet's configuration of the nodes.";
    SysctlConflict Error "Two containers of the task set one kernel parameter differently.";
    TagNotApplied Warning "A tag of a volume cannot be set by the EBS CSI driver.";
    TagsAreAnnotations Info "Tags are annotations of what runs the pods.";
    TargetGroupNeedsAccess Info "The security group of a load balancer has to be let in where the tasks run.";
    TargetGroupNotAttached Warning "A target group does not get the tasks.";
    TargetHealthReplacesNoTask Info "A task that fails the health checks of a target group is not replaced.";
    TargetValueRounded Info "An autoscaler keeps a whole percentage near the target.";
    TargetsAreNodes Info "The targets of a target group are all nodes of the cluster.";
    TaskDefinitionNotFound Error "The service names a task definition that is not there.";
    TaskReplacedAtOnce Info "A task that fails is replaced without waiting, however often it fails.";
    TaskRoleLeftToServiceAccount Warning "The task role is that of an existing ServiceAccount, which is not looked at.";
    TaskSizeNotEnforced Warning "The cluster cannot cap the task as a whole; each container is capped by itself.";
    TmpfsOptionsDropped Warning "Mount options of a file system in memory are not applied.";
    TrafficShiftNotApplied Warning "Traffic is not shifted between deployments."
        "Use ROLLING, or shift traffic with the load balancer's own rules.";
    TrustPolicyChangeRequired Info "The task role has to trust the service's ServiceAccount.";
    UlimitsNotApplied Warning "Process limits are applied only by a plugin of the container runtime."
        "Run the NRI plugin ulimit-adjuster in containerd on the nodes; pods are annotated for it.";
    UnknownMember Warning "ECS has no such member; it is ignored.";
    UnreadableFile Error "The file cannot be read, or is not JSON or YAML.";
    UnsafeSysctl Warning "A kernel parameter is one that nodes refuse unless they are told to allow it.";
    UnusedOption Warning "An option of the command line names something that no input has.";
    UserNameNotNumeric Error "A user or group is given by name, and only the image knows its number.";
    VolumeContentNotCopied Info "A volume of the task is empty at first; files of the image are not copied into it.";
    VolumeSecretRequired Info "A volume is mounted with the credentials of a Secret, which has to exist.";
    VpcLatticeNotAttached Warning "A VPC Lattice target group does not get the tasks."
        "Install the AWS Gateway API controller and route to the Service of the same name.";
    WindowsNeedsRuntimePlatform Error "A path of Windows stands in a definition that does not ask for Windows.";
    WrongType Error "A value has a type that ECS does not accept here.";
    ZoneRebalancingNotApplied Warning "Running tasks stay in their zones."
        "Run the descheduler for topology spread.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_spelled_as_json_paths() {
        let containers = Path::ROOT.member("containerDefinitions");
        let second = containers.index(1);
        let labels = second.member("dockerLabels");
        assert_eq!(second.member("memory").to_string(), "containerDefinitions[1].memory");
        assert_eq!(labels.member("a.b").to_string(), "containerDefinitions[1].dockerLabels[\"a.b\"]");
    }

    #[test]
    fn codes_stand_in_alphabetical_order() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    }
}
