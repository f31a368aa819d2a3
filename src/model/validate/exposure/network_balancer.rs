//! A new load balancer of the network kind: a Service that users make themselves, because it outlives deployments and
//! has settings that neither ECS nor `kubernetes:` has words for.

use serde_json::json;

use crate::api::labels;
use crate::desired::Context;
use crate::model::task::Protocol;

/// Prefix of the annotations that the AWS Load Balancer Controller reads.
const PREFIX: &str = "service.beta.kubernetes.io/aws-load-balancer-";

/// How to make one for a port of the tasks. Its health checks are TCP, whatever the port is; `checked` is the port for
/// them where that is another one.
pub(super) fn remedy(context: &Context, port: u16, protocol: Protocol, checked: Option<u16>) -> String {
    let name = &context.name;
    let mut annotations = json!({});
    let mut annotate = |key: &str, value: String| annotations[format!("{PREFIX}{key}")] = value.into();
    annotate("nlb-target-type", "ip".to_owned());
    annotate("scheme", "internal".to_owned());
    if let Some(checked) = checked {
        annotate("healthcheck-port", checked.to_string());
    }
    let entry = format!("{}-{port}", protocol.as_str().to_lowercase());
    let manifest = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": format!("{name}-nlb"), "namespace": context.namespace, "annotations": annotations,
        },
        "spec": {
            "type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb",
            "selector": {labels::SERVICE: name},
            "ports": [{"name": entry, "port": port, "targetPort": port, "protocol": protocol.as_str()}],
        },
    });
    let unchecked = if protocol == Protocol::Udp && checked.is_none() {
        " Its health checks are TCP: as long as no task answers them it sends to all, also to those that do not work."
    } else {
        ""
    };
    format!(
        "Make a network load balancer of your own, a Service beside the one of the operator (with the scheme \
         internet-facing it is open to the internet; in EKS Auto Mode the class is eks.amazonaws.com/nlb): \
         {manifest}{unchecked}"
    )
}
