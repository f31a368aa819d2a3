//! `dockerSecurityOptions`.

use crate::api::ecs::ContainerDefinition;
use crate::finding::{Code, Path};
use crate::model::security::{AppArmor, SeLinux};
use crate::model::task::Os;
use crate::model::validate::Report;
use crate::policy::Privilege;

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
                options.apparmor = Some(apparmor(value, path, report));
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

fn apparmor(profile: &str, path: Path<'_>, report: &mut Report<'_>) -> AppArmor {
    match profile {
        "docker-default" => AppArmor::RuntimeDefault,
        "unconfined" => {
            report.grant(Privilege::HostAccess, "apparmor:unconfined", path);
            AppArmor::Unconfined
        }
        profile => AppArmor::Localhost(profile.to_owned()),
    }
}

/// Takes one `label:` option over; `false` where it is none.
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
    *slot = Some(value.to_owned());
    true
}
