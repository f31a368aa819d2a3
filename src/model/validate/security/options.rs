//! `dockerSecurityOptions`.

use crate::api::ecs::ContainerDefinition;
use crate::finding::{Code, Path};
use crate::model::security::{AppArmor, SELINUX_CONFINED_TYPES, SeLinux};
use crate::model::task::Os;
use crate::model::validate::Report;
use crate::policy::Privilege;

/// Bytes of the name of an AppArmor profile, as the API server counts them.
const MAX_PROFILE: usize = 4095;

/// What the options say together.
#[derive(Default)]
pub(super) struct Options {
    pub(super) no_new_privileges: bool,
    pub(super) apparmor: Option<AppArmor>,
    pub(super) selinux: SeLinux,
}

pub(super) fn read(
    definition: &ContainerDefinition,
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Options {
    let mut options = Options::default();
    for (i, text) in definition.docker_security_options.iter().enumerate() {
        let path = path.index(i);
        // Docker takes both.
        let (name, value) = text.split_once([':', '=']).unwrap_or((text, ""));
        if os != Os::Linux && name != "credentialspec" {
            report.add(
                Code::InvalidValue,
                path,
                format!("{text:?} is not supported for Windows containers: credentialspec:PATH."),
            );
            continue;
        }
        match (name, value) {
            ("no-new-privileges", "" | "true") => options.no_new_privileges = true,
            ("no-new-privileges", "false") => options.no_new_privileges = false,
            ("apparmor", value) if !value.is_empty() => {
                options.apparmor = apparmor(value, path, report);
            }
            ("label", value) if selinux(value, &mut options.selinux, path, report) => {}
            ("credentialspec", value) if !value.is_empty() => {}
            _ => report.add(
                Code::InvalidValue,
                path,
                format!(
                    "{text:?} is none of no-new-privileges, apparmor:PROFILE, label:VALUE, credentialspec:PATH."
                ),
            ),
        }
    }
    options
}

fn apparmor(profile: &str, path: Path<'_>, report: &mut Report<'_>) -> Option<AppArmor> {
    match profile {
        "docker-default" => Some(AppArmor::RuntimeDefault),
        "unconfined" => {
            report.grant(Privilege::HostAccess, "apparmor:unconfined", path);
            Some(AppArmor::Unconfined)
        }
        // What the API server takes for a profile of the node.
        _ if profile.trim() == profile && profile.len() <= MAX_PROFILE => {
            Some(AppArmor::Localhost(profile.to_owned()))
        }
        _ => {
            report.add(
                Code::InvalidValue,
                path,
                format!(
                    "The name of an AppArmor profile starts and ends with no space and has at most {MAX_PROFILE} bytes."
                ),
            );
            None
        }
    }
}

/// Takes one `label:` option over; `false` where it is none.
///
/// The runtime confines a container with a type of its own and a level that no other container has. Whoever chooses
/// another type, or any user, role or level, may read what belongs to other containers or to the node.
fn selinux(value: &str, label: &mut SeLinux, path: Path<'_>, report: &mut Report<'_>) -> bool {
    if value == "disable" {
        report.grant(Privilege::HostAccess, "label:disable", path);
        // What container-selinux calls a container that is not confined.
        label.type_ = Some("spc_t".to_owned());
        return true;
    }
    let Some((part, value)) = value.split_once(':').filter(|(_, value)| !value.is_empty()) else {
        return false;
    };
    let slot = match part {
        "user" => &mut label.user,
        "role" => &mut label.role,
        "type" => &mut label.type_,
        "level" => &mut label.level,
        _ => return false,
    };
    if part != "type" || !SELINUX_CONFINED_TYPES.contains(&value) {
        report.grant(Privilege::HostAccess, &format!("label:{part}:{value}"), path);
    }
    *slot = Some(value.to_owned());
    true
}
