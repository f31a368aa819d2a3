//! The stories.

mod accept;
mod autoscale;
mod breaker;
mod capacity;
mod certificate;
mod change;
mod conformance;
mod crash;
mod diff;
mod exact;
mod generated;
mod history;
mod leader;
mod leave;
mod pause;
mod placement;
mod release;
mod repair;
mod replicas;
mod report;
mod rollout;
mod scale;
mod schedule;
mod scope;
mod secrets;
mod silence;
mod start;
mod traffic;
mod volumes;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::cluster::Cluster;

/// A story being told.
type Told = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A story.
pub(crate) struct Story {
    /// Its name: what is the case.
    pub(crate) name: &'static str,
    /// Whether it is about the whole cluster and no other may be told beside it.
    pub(crate) alone: bool,
    /// Tells it; a panic where it went otherwise.
    pub(crate) tell: fn(Arc<Cluster>) -> Told,
}

macro_rules! stories {
    ($($module:ident: $($name:ident),+;)+) => { vec![$($(story!($module, $name, false)),+),+] };
}

macro_rules! story {
    ($module:ident, $name:ident, $alone:literal) => {
        Story { name: stringify!($name), alone: $alone, tell: |cluster| Box::pin($module::$name(cluster)) }
    };
}

/// Every story.
pub(crate) fn all() -> Vec<Story> {
    let mut all = stories! {
        accept: every_example_is_accepted, whatever_the_corpus_renders_to_is_accepted,
            an_unknown_member_is_reported_with_what_was_meant,
            a_wrong_type_is_refused_with_its_place_and_null_is_absent, names_and_counts_are_kept_by_the_schema;
        conformance: the_simulation_behaves_like_this_control_plane;
        generated: whatever_the_generator_makes_is_accepted;
        history: fifty_changes_end_where_a_fresh_install_does;
        start: a_service_reaches_steady_state, a_missing_task_definition_is_waited_for;
        change: a_changed_task_definition_rolls, an_invalid_task_definition_keeps_the_workload,
            an_invalid_service_keeps_the_workload, another_rendering_writes_no_template;
        rollout: a_rolling_update_keeps_within_its_percentages, a_count_may_change_in_the_middle_of_a_rollout,
            providers_take_turns, tasks_move_to_a_provider_that_joins_and_none_is_missed, a_restart_by_kubectl_is_left_alone, tasks_that_are_never_ready_keep_the_old_ones;
        breaker: a_bad_image_is_rolled_back_and_costs_no_task, a_crash_loop_stops_without_rollback_also_over_a_restart,
            a_crash_after_a_task_was_healthy_ends_no_deployment, tasks_without_a_place_say_why,
            a_daemon_whose_pods_are_refused_says_why;
        repair: a_deleted_deployment_comes_back, a_field_changed_by_hand_is_repaired,
            a_foreign_deployment_is_not_taken_over,
            a_foreign_service_account_is_not_taken_over_and_can_be_used_as_it_is;
        pause: a_paused_service_is_left_alone_and_resumes;
        diff: a_diff_says_what_would_change_and_changes_nothing;
        report: what_lives_is_reported_like_its_files;
        scale: the_scaled_count_survives_another_apply, kubectl_scales_and_no_kind_of_apply_resets_it,
            a_record_of_another_release_holds_up_no_count;
        autoscale: the_autoscaler_raises_and_lowers_the_count, an_autoscaler_of_a_child_is_named_and_welcome_on_the_service;
        leader: only_the_leader_writes_and_another_takes_over;
        leave: a_deleted_service_takes_everything_along, a_file_system_can_be_used_again, workloads_left_behind_are_taken_over,
            what_was_left_behind_and_is_not_wanted_any_more_goes, a_namespace_goes_while_no_operator_runs;
        volumes: services_share_a_file_system_and_the_last_one_leaves_it;
        volumes: a_file_system_that_a_service_gives_up_leaves_nothing_behind;
        traffic: names_of_service_connect_are_services_and_go_with_it, no_more_tasks_are_evicted_than_ecs_would_stop, a_protected_task_outlives_a_lower_count_until_its_time_is_over;
        placement: tasks_on_distinct_instances_never_share_one_while_they_roll,
            a_namespace_in_a_cluster_is_shown_and_asked_what_if;
        silence: a_restart_and_a_silent_minute_write_nothing;
    };
    // These need the clock, or several operators, and so the machine for themselves.
    all.push(story!(schedule, a_scheduled_action_is_carried_out_and_a_missed_one_made_up_for_once, true));
    all.push(story!(crash, an_operator_that_is_killed_is_followed_by_one_that_ends_the_same, true));
    all.push(story!(capacity, a_capacity_provider_counts_its_nodes, true));
    all.push(story!(placement, what_no_label_of_nodes_says_is_one_that_the_operator_keeps, true));
    all.push(story!(rollout, a_daemon_is_on_every_node_that_it_is_for, true));
    all.push(story!(volumes, a_storage_class_comes_back_while_it_is_needed_and_goes_afterwards, true));
    all.push(story!(traffic, load_balancing_is_taken_up_when_it_comes_and_rolls_nothing, true));
    all.push(story!(secrets, external_secrets_is_taken_up_when_it_comes_and_rolls_nothing, true));
    all.push(story!(
        autoscale,
        keda_takes_over_from_the_autoscaler_when_it_comes_and_there_is_never_a_second,
        true
    ));
    all.push(story!(release, workloads_outlive_the_operator_and_its_definitions, true));
    for story in [
        story!(exact, tasks_are_packed_node_by_node, true),
        story!(exact, zones_are_balanced_first_and_nodes_packed_then, true),
        story!(exact, whatever_services_ask_for_is_what_the_documentation_says, true),
        story!(exact, distinct_instances_hold_through_a_rolling_update, true),
        story!(exact, a_task_that_keeps_a_group_off_stays_without_it, true),
        story!(exact, a_cluster_that_is_too_small_is_explained, true),
        story!(exact, a_leader_that_is_killed_leaves_no_pod_behind_and_no_decision_undone, true),
        story!(exact, a_leader_that_is_killed_where_it_answers_the_webhook_has_given_no_room_twice, true),
        story!(
            exact,
            without_an_operator_kube_scheduler_places_and_without_a_leader_nobody_waits_for_long,
            true
        ),
        story!(exact, a_task_that_its_node_does_not_take_is_replaced, true),
        story!(
            replicas,
            whichever_replica_is_asked_the_leader_decides_and_no_task_waits_for_a_dead_one,
            true
        ),
        story!(
            certificate,
            certificates_are_renewed_and_restored_while_the_webhook_serves_and_then_nothing_is_written,
            true
        ),
        story!(scope, an_operator_of_some_namespaces_leaves_others_alone_and_counts_what_they_take, true),
    ] {
        all.push(story);
    }
    all.push(story!(silence, an_operator_of_the_whole_cluster_writes_nothing, true));
    all
}
