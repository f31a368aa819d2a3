//! Quotas of objects by their kind.

use super::refusal::Refusal;
use super::resource::{Id, of_kind};
use super::store::Store;

/// Refuses an object that would be one too many in its namespace.
pub(super) fn admit(store: &Store, id: &Id) -> Result<(), Refusal> {
    if id.namespace.is_empty() {
        return Ok(());
    }
    let dot = if id.group.is_empty() { "" } else { "." };
    let what = format!("count/{}{dot}{}", id.plural, id.group);
    for (quota, object) in store.list(of_kind("ResourceQuota"), &id.namespace) {
        let limit = object["spec"]["hard"][&what].as_str().and_then(|text| text.parse::<usize>().ok());
        let used = store.list(id.resource(), &id.namespace).len();
        if let Some(limit) = limit.filter(|limit| used >= *limit) {
            let message = format!(
                "{}{dot}{} {:?} is forbidden: exceeded quota: {}, requested: {what}=1, used: {what}={used}, limited: {what}={limit}",
                id.plural, id.group, id.name, quota.name
            );
            return Err(Refusal::new(403, "Forbidden", message));
        }
    }
    Ok(())
}
