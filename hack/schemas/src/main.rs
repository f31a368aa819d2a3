//! Checks what ecs-bridge writes for third parties against their own published types: each object has to be read by the
//! type of its kind, and to be written back as it was. A member that is misspelled or stands in the wrong place is
//! dropped by the type and so does not come back.
//!
//! Arguments: files of manifests, YAML or JSON, of any kinds; those of other parties are looked at.

use std::collections::BTreeMap;
use std::process::ExitCode;

use kcr_elbv2_k8s_aws::v1beta1::targetgroupbindings::TargetGroupBinding;
use kcr_external_secrets_io::v1::externalsecrets::ExternalSecret;
use kcr_external_secrets_io::v1::secretstores::SecretStore;
use kcr_gateway_networking_k8s_io::v1::httproutes::HttpRoute;
use kcr_keda_sh::v1alpha1::scaledobjects::ScaledObject;
use kcr_keda_sh::v1alpha1::triggerauthentications::TriggerAuthentication;
use kcr_snapshot_storage_k8s_io::v1::volumesnapshotcontents::VolumeSnapshotContent;
use kcr_snapshot_storage_k8s_io::v1::volumesnapshots::VolumeSnapshot;
use kcr_vpcresources_k8s_aws::v1beta1::securitygrouppolicies::SecurityGroupPolicy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

type Check = fn(&Value) -> Result<Value, serde_json::Error>;

/// Kinds of which types are published.
const KINDS: &[(&str, &str, Check)] = &[
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", there_and_back::<TargetGroupBinding>),
    ("external-secrets.io/v1", "ExternalSecret", there_and_back::<ExternalSecret>),
    ("external-secrets.io/v1", "SecretStore", there_and_back::<SecretStore>),
    ("gateway.networking.k8s.io/v1", "HTTPRoute", there_and_back::<HttpRoute>),
    ("keda.sh/v1alpha1", "ScaledObject", there_and_back::<ScaledObject>),
    ("keda.sh/v1alpha1", "TriggerAuthentication", there_and_back::<TriggerAuthentication>),
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshot", there_and_back::<VolumeSnapshot>),
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent", there_and_back::<VolumeSnapshotContent>),
    ("vpcresources.k8s.aws/v1beta1", "SecurityGroupPolicy", there_and_back::<SecurityGroupPolicy>),
];

fn there_and_back<T: DeserializeOwned + Serialize>(object: &Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(object.clone())?)
}

fn main() -> ExitCode {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = 0;
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        for object in
            documents.iter().flat_map(|one| one.as_array().map_or(std::slice::from_ref(one), Vec::as_slice))
        {
            let known = KINDS
                .iter()
                .find(|(version, kind, _)| object["apiVersion"] == *version && object["kind"] == *kind);
            let Some((_, kind, check)) = known else { continue };
            *seen.entry(kind).or_default() += 1;
            let name = &object["metadata"]["name"];
            match check(object) {
                Ok(back) if back == *object => {}
                Ok(back) => {
                    wrong += 1;
                    println!("{path}: {kind} {name} is not what it was:\n{object:#}\n{back:#}");
                }
                Err(error) => {
                    wrong += 1;
                    println!("{path}: {kind} {name} is none: {error}\n{object:#}");
                }
            }
        }
    }
    let missing: Vec<_> =
        KINDS.iter().map(|(_, kind, _)| *kind).filter(|kind| !seen.contains_key(kind)).collect();
    println!("{seen:?}: {wrong} wrong");
    if !missing.is_empty() {
        println!("of these there is none to look at: {}", missing.join(", "));
    }
    ExitCode::from(u8::from(wrong > 0 || !missing.is_empty()))
}
