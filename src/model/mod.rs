//! Validated types, and the validation that makes them.
//!
//! Whatever is a value of this module can be turned into objects that the API server has no reason to
//! refuse; every reason to refuse a definition is a finding of [`validate`].

pub mod exposure;
pub mod life;
pub mod limits;
pub mod name;
pub mod network;
pub mod order;
pub mod scaling;
pub mod secret;
pub mod security;
pub mod service;
pub mod task;
pub mod units;
pub mod validate;
pub mod volume;

pub use service::Service;
pub use task::Task;
