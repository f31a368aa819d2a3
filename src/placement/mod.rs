//! Where tasks may run: the cluster query language, and what of it node labels and pods can say.

pub mod attribute;
pub mod membership;
pub mod native;
pub mod query;
mod requirement;

pub use native::Native;
pub use requirement::{Operator, Requirement, Term};
