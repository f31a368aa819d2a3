//! What has to exist first, as Markdown: what is long is folded away.

use super::cell;
use crate::iam::OIDC_PROVIDER;
use crate::report::needed::{AddOn, LogRouting, Needed, Role};

/// Definitions that are named for one add-on; the others are counted.
const NAMED: usize = 3;
/// Commands that are shown unfolded.
const SHOWN: usize = 5;

/// The sections; nothing where nothing is needed.
pub(super) fn sections(needed: &Needed) -> String {
    let mut text = String::new();
    add_ons(&needed.add_ons, &mut text);
    roles(&needed.roles, &mut text);
    commands(&needed.commands, &mut text);
    if let Some(routing) = &needed.log_routing {
        logs(routing, &mut text);
    }
    text
}

fn add_ons(add_ons: &[AddOn], text: &mut String) {
    if add_ons.is_empty() {
        return;
    }
    text.push_str("\n### Add-ons\n\n| add-on | needed for | by | install it |\n|---|---|---|---|\n");
    for AddOn { name, purpose, install, needed_by } in add_ons {
        let by = match needed_by.len() {
            count if count > NAMED + 1 => {
                format!("{} and {} more", needed_by[..NAMED].join(", "), count - NAMED)
            }
            _ => needed_by.join(", "),
        };
        text.push_str(&format!("| {name} | {purpose} | {} | `{}` |\n", cell(&by), cell(install)));
    }
}

fn roles(roles: &[Role], text: &mut String) {
    if roles.is_empty() {
        return;
    }
    text.push_str(
        "\n### Roles\n\nThese roles have to trust the ServiceAccounts of their tasks. ECS keeps them as well: each policy \
         names both.\n\n",
    );
    for Role { arn, service_accounts, allows, .. } in roles {
        let accounts: Vec<String> = service_accounts.iter().map(|account| format!("`{account}`")).collect();
        text.push_str(&format!("- `{arn}`: {}", accounts.join(", ")));
        if !allows.is_empty() {
            text.push_str(&format!(
                "; secrets are read with it, so its policy has to allow `{}`",
                allows.join("` and `")
            ));
        }
        text.push('\n');
    }
    let mut policies = String::new();
    let mut irsa = false;
    for Role { arn, trust_policy, .. } in roles {
        let policy = format!("{trust_policy:#}");
        irsa |= policy.contains(OIDC_PROVIDER);
        policies.push_str(&format!("\n`{arn}`:\n\n```json\n{policy}\n```\n"));
    }
    let provider = if irsa {
        format!(
            "\n`{OIDC_PROVIDER}` is what this prints: `aws eks describe-cluster --name CLUSTER --query \
             cluster.identity.oidc.issuer --output text | cut -d/ -f3-`\n"
        )
    } else {
        String::new()
    };
    let apply = "\nPut it in place with `aws iam update-assume-role-policy --role-name ROLE --policy-document file://policy.json`.\n";
    folded("Trust policies", &format!("{provider}{apply}{policies}"), text);
}

fn commands(commands: &[String], text: &mut String) {
    if commands.is_empty() {
        return;
    }
    text.push_str("\n### Commands\n");
    let block = format!("\n```sh\n{}\n```\n", commands.join("\n"));
    if commands.len() > SHOWN {
        folded(&format!("{} commands", commands.len()), &block, text);
    } else {
        text.push_str(&block);
    }
}

fn logs(routing: &LogRouting, text: &mut String) {
    text.push_str(
        "\n### Logs\n\nOutput stays on the nodes. A collector that reads it there can send it where ECS does; nothing applies this \
         configuration.\n",
    );
    let mut inside = String::new();
    if !routing.secrets.is_empty() {
        inside.push_str(&format!(
            "\nThe collector needs these environment variables, from a Secret: `{}`.\n",
            routing.secrets.join("`, `")
        ));
    }
    inside.push_str(&format!("\n```ini\n{}```\n", routing.fluent_bit));
    folded("Configuration of Fluent Bit", &inside, text);
    if let Some(config_map) = &routing.fargate {
        folded("The same for EKS Fargate", &format!("\n```yaml\n{config_map}```\n"), text);
    }
}

fn folded(summary: &str, inside: &str, text: &mut String) {
    text.push_str(&format!("\n<details><summary>{summary}</summary>\n{inside}\n</details>\n"));
}
