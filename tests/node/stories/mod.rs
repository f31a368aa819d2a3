//! The stories.

mod arguments;
mod exits;
mod health;
mod limits;
mod operator;
mod order;
mod stop;
mod surroundings;
mod user;
mod volumes;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::node::Node;

/// A story being told.
type Told = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A story.
pub(crate) struct Story {
    /// Its name: what is the case.
    pub(crate) name: &'static str,
    /// Tells it; a panic where it went otherwise.
    pub(crate) tell: fn(Arc<Node>) -> Told,
}

macro_rules! stories {
    ($($module:ident: $($name:ident),+;)+) => { vec![$($(
        Story { name: stringify!($name), tell: |node| Box::pin($module::$name(node)) }
    ),+),+] };
}

/// Every story.
pub(crate) fn all() -> Vec<Story> {
    stories! {
        arguments: a_dollar_sign_arrives_unharmed, a_command_leaves_the_entry_point_of_the_image,
            an_entry_point_drops_the_command_of_the_image, a_secret_arrives_as_it_is;
        operator: the_operator_runs_from_its_image_and_chart;
        health: a_health_check_kills_after_its_budget_and_not_before,
            a_container_that_turns_unhealthy_is_killed_after_its_retries,
            an_unhealthy_container_that_is_not_essential_goes_on;
        order: start_waits_until_the_dependency_runs, healthy_waits_for_the_health_check,
            complete_waits_for_the_end_whatever_its_code, success_waits_for_the_end,
            a_failed_success_dependency_ends_the_task, containers_stop_in_reverse_order;
        exits: the_end_of_an_essential_container_restarts_the_task, replacing_the_task_makes_another_one,
            the_end_of_another_container_leaves_the_task_alone, a_restart_policy_keeps_the_rest_of_the_task,
            an_ignored_exit_code_is_no_case_for_the_restart_policy, a_one_shot_runs_once_beside_the_others;
        stop: the_stop_timeout_is_granted_and_then_it_kills, a_container_that_ends_in_time_is_not_killed;
        limits: the_hard_limit_of_memory_kills, a_reservation_of_memory_does_not_kill,
            the_size_of_the_task_is_a_ceiling_over_its_containers, cpu_units_are_shares_and_no_ceiling;
        user: a_user_and_its_group_are_as_asked, capabilities_are_those_of_docker_and_those_asked_for,
            a_read_only_root_cannot_be_written_but_volumes_can;
        surroundings: file_systems_in_memory_have_their_sizes, kernel_parameters_are_those_of_the_task,
            containers_of_a_task_share_localhost, a_host_port_is_reached_at_the_instance,
            processes_are_shared_where_asked_for, a_privileged_container_may_administer;
        volumes: a_volume_of_the_task_is_shared_and_empty_in_each_task, a_host_volume_outlives_the_task,
            a_read_only_mount_cannot_be_written,
            volumes_from_another_container_are_the_same_volumes;
    }
}
