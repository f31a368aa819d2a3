//! ECS's own language: what its files hold and what they mean.
//!
//! From bytes to custom resources: [`document`] makes values of bytes, [`detect`] says what a value is, [`template`]
//! fills what a pipeline would have filled, [`read`] takes it for what it means, [`import`] puts a run together.
//! All of it is pure: the operator reads custom resources with the same [`read`].

pub mod arn;
pub mod detect;
pub mod document;
pub mod export;
pub mod import;
pub mod output_only;
pub mod read;
pub mod schedule;
pub mod secret_ref;
pub mod shape;
pub mod template;
