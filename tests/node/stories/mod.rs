//! The stories.

mod arguments;
mod limits;
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
            an_entry_point_drops_the_command_of_the_image;
        limits: the_hard_limit_of_memory_kills, a_reservation_of_memory_does_not_kill,
            the_size_of_the_task_is_a_ceiling_over_its_containers, cpu_units_are_shares_and_no_ceiling;
        user: a_user_and_its_group_are_as_asked,
            a_read_only_root_cannot_be_written_but_volumes_can;
        volumes: a_volume_of_the_task_is_shared_and_empty_in_each_task, a_host_volume_outlives_the_task,
            a_read_only_mount_cannot_be_written;
    }
}
