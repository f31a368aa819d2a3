//! Whom tasks are to the cluster and to AWS.

use k8s_openapi::api::core::v1::ServiceAccount;

use super::meta;
use crate::model::Service;
use crate::model::service::Identity;
use crate::object::Object;

/// Annotation that EKS' webhook reads (IAM roles for service accounts).
const ROLE: &str = "eks.amazonaws.com/role-arn";

/// The service's own ServiceAccount. It is named like the service, because trust policies contain the name.
pub(super) fn service_account(service: &Service) -> Option<Object> {
    let Identity::Own { role } = &service.identity else {
        return None;
    };
    Some(account(service, &service.name.label, role.as_deref()).into())
}

/// A ServiceAccount, with the role that its tokens stand for.
pub(super) fn account(service: &Service, name: &str, role: Option<&str>) -> ServiceAccount {
    let mut metadata = meta::owned(service, name);
    if let Some(role) = role {
        metadata.annotations.get_or_insert_default().insert(ROLE.to_owned(), role.to_owned());
    }
    ServiceAccount { metadata, automount_service_account_token: Some(false), ..ServiceAccount::default() }
}
