//! Capacity providers: how tasks are shared out among them, and what fits where.

pub mod fargate;
pub mod strategy;
