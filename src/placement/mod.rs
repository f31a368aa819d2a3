//! Where tasks may run, and which node one goes to: the cluster query language, what of it node labels and pods can say, and
//! the engine that decides.

pub mod attribute;
mod engine;
mod explain;
pub mod kubernetes;
pub mod membership;
pub mod native;
pub mod node;
pub mod query;
mod remedy;
mod requirement;
pub mod rules;
pub mod selector;
mod table;
pub mod task;
mod uid;
pub mod what_if;

pub use engine::{ClassId, Daemon, Engine, Mark, Memory, Mode, Placed};
pub use explain::{Amount, Counted, Explanation, Reason};
pub use native::Native;
pub use requirement::{Operator, Requirement, Term};
pub use uid::Uid;
