//! What a cluster needs besides Kubernetes, from what definitions set and what is said of them.

use serde::Serialize;
use serde_json::Value;

use crate::finding::Code;
use crate::ledger::Root;
use crate::report::{Definition, Found};

/// Something to install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddOn {
    /// What it is called.
    pub name: &'static str,
    /// What it is needed for.
    pub purpose: &'static str,
    /// How it is installed.
    pub install: &'static str,
    /// The definitions that need it.
    pub needed_by: Vec<String>,
}

/// A reason to install something.
enum When {
    /// A member is set.
    Set(Root, &'static str),
    /// A member has one of these values.
    Is(Root, &'static str, &'static [&'static str]),
    /// A finding says so.
    Said(Code),
}

struct Row {
    name: &'static str,
    purpose: &'static str,
    install: &'static str,
    when: &'static [When],
}

const DEVICES: &str = "containerDefinitions[].resourceRequirements[].type";
const EBS: &str = "volumeConfigurations[].managedEBSVolume";
const SENT_ON: &[&str] = &["awslogs", "awsfirelens", "fluentd", "gelf", "splunk", "syslog"];

/// Everything that may be needed, in the order in which it is told.
const ROWS: &[Row] = &[
    Row {
        name: "IAM OIDC provider of the cluster",
        purpose: "task roles (IRSA)",
        install: "eksctl utils associate-iam-oidc-provider --cluster CLUSTER --approve",
        when: &[When::Said(Code::TrustPolicyChangeRequired)],
    },
    Row {
        name: "EKS Pod Identity Agent",
        purpose: "task roles (Pod Identity)",
        install: "aws eks create-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent",
        when: &[When::Said(Code::PodIdentityAssociationRequired)],
    },
    Row {
        name: "External Secrets Operator",
        purpose: "secrets; without it, fill them by the commands below",
        install: "helm install external-secrets external-secrets/external-secrets -n external-secrets --create-namespace",
        when: &[When::Said(Code::SecretToFill), When::Said(Code::SecretRefreshApproximated)],
    },
    Row {
        name: "EBS CSI driver",
        purpose: "EBS volumes",
        install: "aws eks create-addon --cluster-name CLUSTER --addon-name aws-ebs-csi-driver",
        when: &[When::Set(Root::Service, EBS)],
    },
    Row {
        name: "Snapshot controller",
        purpose: "EBS volumes that start from a snapshot",
        install: "aws eks create-addon --cluster-name CLUSTER --addon-name snapshot-controller",
        when: &[When::Set(Root::Service, "volumeConfigurations[].managedEBSVolume.snapshotId")],
    },
    Row {
        name: "EFS CSI driver",
        purpose: "EFS and S3 Files (version 3.0)",
        install: "aws eks create-addon --cluster-name CLUSTER --addon-name aws-efs-csi-driver",
        when: &[
            When::Set(Root::TaskDefinition, "volumes[].efsVolumeConfiguration"),
            When::Set(Root::TaskDefinition, "volumes[].s3filesVolumeConfiguration"),
        ],
    },
    Row {
        name: "SMB CSI driver",
        purpose: "FSx for Windows",
        install: "helm install csi-driver-smb csi-driver-smb/csi-driver-smb -n kube-system --set windows.enabled=true",
        when: &[When::Set(Root::TaskDefinition, "volumes[].fsxWindowsFileServerVolumeConfiguration")],
    },
    Row {
        name: "AWS Load Balancer Controller",
        purpose: "target groups, and Ingresses of class alb",
        install: "helm install aws-load-balancer-controller eks/aws-load-balancer-controller -n kube-system --set clusterName=CLUSTER",
        when: &[
            When::Set(Root::Service, "loadBalancers[].targetGroupArn"),
            When::Is(Root::Service, "kubernetes.ingress.ingressClassName", &["alb"]),
        ],
    },
    Row {
        name: "Gateway API, and a controller for it",
        purpose: "routes of Gateways",
        install: "kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/latest/download/standard-install.yaml",
        when: &[When::Set(Root::Service, "kubernetes.gateway")],
    },
    Row {
        name: "Security groups for pods, in the VPC CNI",
        purpose: "security groups that guard tasks",
        install: "kubectl -n kube-system set env daemonset aws-node ENABLE_POD_ENI=true",
        when: &[When::Is(Root::Service, "kubernetes.securityGroups", &["Enforce"])],
    },
    Row {
        name: "external-dns",
        purpose: "names of Cloud Map that clients outside of the cluster use",
        install: "helm install external-dns external-dns/external-dns -n external-dns --create-namespace",
        when: &[When::Said(Code::ServiceRegistryNotApplied)],
    },
    Row {
        name: "metrics-server",
        purpose: "target tracking on CPU and memory",
        install: "aws eks create-addon --cluster-name CLUSTER --addon-name metrics-server",
        when: &[When::Set(
            Root::Service,
            "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration",
        )],
    },
    Row {
        name: "KEDA",
        purpose: "target tracking on metrics of CloudWatch; its operator needs a role that reads them",
        install: "helm install keda kedacore/keda -n keda --create-namespace",
        when: &[When::Said(Code::KedaMissing), When::Said(Code::MetricReadByKeda)],
    },
    Row {
        name: "NVIDIA device plugin",
        purpose: "GPUs",
        install: "helm install nvdp nvdp/nvidia-device-plugin -n nvidia-device-plugin --create-namespace",
        when: &[When::Is(Root::TaskDefinition, DEVICES, &["GPU"])],
    },
    Row {
        name: "Neuron device plugin",
        purpose: "Neuron devices",
        install: "helm install neuron oci://public.ecr.aws/neuron/neuron-helm-chart -n kube-system",
        when: &[When::Is(Root::TaskDefinition, DEVICES, &["NeuronDevice"])],
    },
    Row {
        name: "A collector on the nodes, such as Fluent Bit",
        purpose: "logs where ECS sends them; see Logs below",
        install: "helm install fluent-bit fluent/fluent-bit -n logging --create-namespace",
        when: &[When::Is(Root::TaskDefinition, "containerDefinitions[].logConfiguration.logDriver", SENT_ON)],
    },
    Row {
        name: "A network plugin that enforces NetworkPolicy",
        purpose: "tasks without network",
        install: "in the VPC CNI add-on: --configuration-values '{\"enableNetworkPolicy\": \"true\"}'",
        when: &[When::Said(Code::NetworkDeniedByPolicy)],
    },
];

impl Row {
    fn is_needed(&self, root: Root, spec: &Value, findings: &[Found]) -> bool {
        self.when.iter().any(|when| match when {
            When::Set(of, path) => *of == root && any(spec, path, &|_| true),
            When::Is(of, path, values) => {
                let is = |value: &Value| value.as_str().is_some_and(|value| values.contains(&value));
                *of == root && any(spec, path, &is)
            }
            When::Said(code) => findings.iter().any(|found| found.finding.code == code.as_str()),
        })
    }
}

/// Whether anything at a path of member names, `[]` for the elements of a list, is so.
fn any(value: &Value, path: &str, is: &dyn Fn(&Value) -> bool) -> bool {
    if path.is_empty() {
        return is(value);
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    match step.strip_suffix("[]") {
        Some(list) => value
            .get(list)
            .and_then(Value::as_array)
            .is_some_and(|elements| elements.iter().any(|element| any(element, rest, is))),
        None => value.get(step).is_some_and(|member| any(member, rest, is)),
    }
}

/// Which rows one definition needs, by number.
pub(in crate::report) fn of(root: Root, spec: &Value, findings: &[Found]) -> Vec<usize> {
    let rows = ROWS.iter().enumerate();
    rows.filter(|(_, row)| row.is_needed(root, spec, findings)).map(|(number, _)| number).collect()
}

/// What all of them need.
pub(super) fn all(definitions: &[Definition]) -> Vec<AddOn> {
    let needed = ROWS.iter().enumerate().map(|(number, row)| {
        let by = definitions.iter().filter(|definition| definition.add_ons.contains(&number));
        let mut needed_by: Vec<String> = by.map(Definition::shown).collect();
        needed_by.dedup();
        AddOn { name: row.name, purpose: row.purpose, install: row.install, needed_by }
    });
    needed.filter(|add_on| !add_on.needed_by.is_empty()).collect()
}
