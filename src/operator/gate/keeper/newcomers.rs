//! Pods that are being created: each gets a node at once where that can be decided, and room is held for it until it is seen.

use std::time::Duration;

use tokio::time::Instant;

use super::Keeper;
use super::books::{in_scope, is_trusted};
use crate::api::labels;
use crate::operator::gate::newcomer::{Asking, Newcomer};
use crate::operator::gate::view::PodView;

/// How long it takes until all is known that has happened while nothing was heard.
const CATCHES_UP: Duration = Duration::from_secs(1);

impl Keeper {
    /// Answers a question.
    pub(in crate::operator::gate) fn answer(&mut self, asking: Asking, now: Instant) {
        let Asking { newcomer, answer } = asking;
        if let Some(earlier) = newcomer.earlier() {
            self.give_back(earlier);
        }
        if answer.is_closed() {
            // Nobody waits for the answer any more: the pod is gated, or will never be.
            return;
        }
        if let Err(Some(_)) = answer.send(self.reserve(&newcomer, now)) {
            self.give_back(newcomer.review());
        }
    }

    /// A node for a pod that is being created, with room held for it until it is there. `None` where it has to wait: nothing is
    /// known yet or heard of pods now, others were first, too much is asked, or there is no room, which is told when it is its
    /// turn.
    ///
    /// Nodes that are not heard of keep nobody waiting: a pod that waits is decided about by the same ones.
    pub(super) fn reserve(&mut self, newcomer: &Newcomer, now: Instant) -> Option<String> {
        let pod = newcomer.view();
        let knows = self.listed.has_nodes && self.listed.has_pods;
        let hears = !self.listed.is_deaf() && !self.listed.silent;
        let is_first = self.queue.is_empty() && self.delayed.is_empty();
        if !knows
            || !hears
            || !is_first
            || !self.reserved.admits(newcomer.review())
            || !in_scope(&self.scopes, pod)
            || !is_trusted(&self.refusals, pod, now)
            || !self.questions.one_more(now)
        {
            return None;
        }
        let task = self.reserved.next();
        let node = self.placer.place_newcomer(pod, &task)?;
        self.reserved.insert(newcomer.review(), self.pins.open(now), now);
        Some(node)
    }

    /// Ends a reservation.
    pub(super) fn give_back(&mut self, review: &str) {
        let number = self.take_back(review);
        self.pins.close(number);
    }

    /// The same, for a pod that has come for it: the number of its pin.
    pub(super) fn claim(&mut self, pod: &PodView) -> Option<u64> {
        self.take_back(pod.annotation(labels::RESERVATION)?)
    }

    fn take_back(&mut self, review: &str) -> Option<u64> {
        let (task, number) = self.reserved.remove(review)?;
        self.placer.remove_task(&task);
        Some(number)
    }

    /// Ends reservations that nobody has come for. While nothing is heard of pods none ends: they may be there.
    pub(super) fn expire(&mut self, now: Instant) {
        if self.listed.is_deaf() {
            return;
        }
        while let Some(review) = self.reserved.overdue(now) {
            self.give_back(&review);
            // The pod was refused by somebody else; or it is there, and not heard of.
            self.listed.silent = true;
        }
    }

    /// The watch of pods has failed.
    pub(in crate::operator::gate) fn lose_pods(&mut self) {
        self.listed.lost = true;
    }

    /// Something was heard of pods.
    pub(super) fn hear(&mut self, now: Instant) {
        if std::mem::take(&mut self.listed.lost) {
            self.reserved.postpone(now + CATCHES_UP);
        }
        self.listed.silent = false;
    }
}
