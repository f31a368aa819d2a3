//! Who waits, who has been given a node, and what is to be written next. No IO: events and the time are arguments.
//!
//! Decisions are made one at a time, in the order in which pods asked; what is written of them may be under way for several
//! pods at once. Of a pod that something is under way for, news are kept until that has ended.

mod books;
mod newcomers;
mod pins;
mod rate;
mod reserved;
mod stale;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

pub(super) use self::books::{Action, Arrival, Order, Outcome};
use self::books::{Known, Listed, Ours, deployment, fingerprint, in_scope, is_trusted, order};
use self::pins::Pins;
use self::rate::Rate;
use self::reserved::Reserved;
use super::pin;
use super::placer::{Placer, Taken};
use super::view::{NodeView, PodView};

/// Writes that are under way at one time, at most.
const UNDER_WAY: usize = 32;
/// How often pods are looked after whose node does not take them.
const LOOK: Duration = Duration::from_secs(1);
/// How long a pod waits after a write whose outcome is not known.
const AGAIN: Duration = Duration::from_secs(1);
/// How often tasks of a deployment may be refused by the node that they were given, until kube-scheduler decides about them.
const REFUSALS: u32 = 3;
/// For how long these are remembered.
const REMEMBERED: Duration = Duration::from_secs(900);
/// How long until a pod is replaced that has been told to go before, or whose deletion was refused.
const DROPPED: Duration = Duration::from_secs(300);

/// Keeps the books of exact placement.
pub(super) struct Keeper {
    placer: Placer,
    scopes: Vec<String>,
    /// Fingerprints by name.
    nodes: HashMap<String, u64>,
    pods: HashMap<String, Known>,
    queue: VecDeque<String>,
    /// Pods that may be queued again at a time.
    delayed: Vec<(Instant, String)>,
    pins: Pins,
    /// Pods with a node that have not started yet.
    pinned: HashSet<String>,
    /// When all of them had been looked at.
    looked: Option<Instant>,
    /// Pods that were replaced since.
    drops: usize,
    under_way: usize,
    listed: Listed,
    /// Refusals of nodes by deployment, and when the last one was.
    refusals: HashMap<String, (u32, Instant)>,
    reserved: Reserved,
    /// Questions for pods that are being created.
    questions: Rate,
}

impl Keeper {
    /// Knows nothing yet. Pods of these namespaces are decided about, or of all. `patience` is how long a pod without a
    /// node waits for others that have one.
    pub(super) fn new(placer: Placer, scopes: &[String], patience: Duration) -> Self {
        Self {
            placer,
            scopes: scopes.to_vec(),
            nodes: HashMap::new(),
            pods: HashMap::new(),
            queue: VecDeque::new(),
            delayed: Vec::new(),
            pins: Pins::new(patience),
            pinned: HashSet::new(),
            looked: None,
            drops: 0,
            under_way: 0,
            listed: Listed::default(),
            refusals: HashMap::new(),
            reserved: Reserved::new(patience),
            questions: Rate::default(),
        }
    }

    /// A list of nodes begins.
    pub(super) fn list_nodes(&mut self) {
        self.listed.nodes = Some(HashSet::new());
        self.listed.first_nodes.clear();
    }

    /// A list of nodes is complete.
    pub(super) fn nodes_listed(&mut self) {
        let listed = self.listed.nodes.take().unwrap_or_default();
        let gone: Vec<String> = self.nodes.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        for name in gone {
            self.forget_node(&name);
        }
        // Between nodes that are equal in everything the one that joined first is taken, before a restart and after it.
        let mut first = std::mem::take(&mut self.listed.first_nodes);
        first.sort_by_cached_key(|node| (node.0.metadata.creation_timestamp.clone(), node.name().to_owned()));
        self.listed.has_nodes = true;
        for node in first {
            self.observe_node(node);
        }
    }

    /// A node is there, or has changed.
    pub(super) fn observe_node(&mut self, node: NodeView) {
        if let Some(listed) = &mut self.listed.nodes {
            listed.insert(node.name().to_owned());
        }
        if !self.listed.has_nodes {
            return self.listed.first_nodes.push(node);
        }
        let fingerprint = fingerprint(&node.content());
        if self.nodes.insert(node.name().to_owned(), fingerprint) != Some(fingerprint) {
            self.placer.set_node(&node);
        }
    }

    /// A node is gone.
    pub(super) fn forget_node(&mut self, name: &str) {
        if self.nodes.remove(name).is_some() {
            self.placer.remove_node(name);
        }
    }

    /// A list of pods begins.
    pub(super) fn list_pods(&mut self) {
        self.listed.pods = Some(HashSet::new());
    }

    /// A list of pods is complete.
    pub(super) fn pods_listed(&mut self) {
        let listed = self.listed.pods.take().unwrap_or_default();
        (self.listed.lost, self.listed.silent) = (false, false);
        let gone: Vec<String> = self.pods.keys().filter(|uid| !listed.contains(*uid)).cloned().collect();
        for uid in gone {
            self.forget(&uid);
        }
        if !std::mem::replace(&mut self.listed.has_pods, true) {
            // A list is in the order of names.
            let asked = |uid: &String| {
                let ours = self.pods.get(uid).and_then(|known| known.ours.as_ref());
                ours.map(|ours| (ours.pod.0.metadata.creation_timestamp.clone(), ours.pod.version()))
            };
            let mut queue: Vec<String> = self.queue.iter().cloned().collect();
            queue.sort_by_key(asked);
            self.queue = queue.into();
        }
    }

    /// A pod is there, or has changed; told where it has come with the node that it was given while it was created.
    pub(super) fn observe(&mut self, pod: PodView, now: Instant) -> Option<Arrival> {
        self.hear(now);
        // What was held for it is taken by itself now, and its pin is as old as the reservation.
        let reserved = self.claim(&pod);
        let arrival = reserved.and_then(|_| Arrival::of(&pod));
        self.take_over(pod, reserved, now);
        arrival
    }

    fn take_over(&mut self, pod: PodView, reserved: Option<u64>, now: Instant) {
        let uid = pod.uid().to_owned();
        if let Some(listed) = &mut self.listed.pods {
            listed.insert(uid.clone());
        }
        if pod.has_ended() {
            self.pins.close(reserved);
            return self.forget(&uid);
        }
        let version = pod.version();
        let known = self.pods.entry(uid.clone()).or_insert(Known { version, taken: None, ours: None });
        if known.version > version {
            return self.pins.close(reserved);
        }
        known.version = version;
        if let Some(ours) = known.ours.as_mut().filter(|ours| ours.busy) {
            ours.pod = pod;
            return self.pins.close(reserved);
        }
        self.settle(&uid, pod, reserved, now);
    }

    /// Takes over what a pod is now, while nothing is under way for it. `reserved` is the number of its pin, where it has come for
    /// a reservation.
    fn settle(&mut self, uid: &str, pod: PodView, reserved: Option<u64>, now: Instant) {
        // A gate of ours is ours to take away, even where the label that it was added for is gone.
        let decides = (pod.is_ours() || pod.is_gated()) && pod.node().is_none();
        let pinned = if decides && !pod.is_gated() { pin::pinned(&pod) } else { None };
        let taken = pod.node().or(pinned).map(|node| Taken::of(&pod, node));
        let Some(known) = self.pods.get_mut(uid) else { return };
        // What kube-scheduler has tried already is not under way any more.
        let is_open = pinned.is_some() && !pod.is_unschedulable() && !pod.is_deleting();
        let before = known.ours.as_ref().and_then(|ours| ours.pin).or(reserved);
        let number = self.pins.follow(before, is_open, now);
        let wanted = taken.as_ref().map(fingerprint);
        if known.taken != wanted {
            match &taken {
                Some(taken) => self.placer.set_task(&pod, taken),
                None => self.placer.remove_task(uid),
            }
            known.taken = wanted;
        }
        if !decides {
            known.ours = None;
            if self.pinned.remove(uid) && pod.node().is_some() {
                // Nodes do take what they are given.
                self.refusals.remove(&deployment(&pod));
            }
            return;
        }
        let ours_alone = in_scope(&self.scopes, &pod);
        let is_pinned = ours_alone && pinned.is_some() && pin::is_ours(&pod) && !pod.is_daemon();
        let waits = ours_alone && pod.waits_for_us() && !pod.is_deleting();
        let ours = known.ours.get_or_insert_with(|| Box::new(Ours::new(pod.clone())));
        ours.pin = number;
        ours.refused = pod.is_unschedulable().then(|| ours.refused.unwrap_or(now));
        ours.pod = pod;
        if is_pinned {
            self.pinned.insert(uid.to_owned());
        } else {
            self.pinned.remove(uid);
        }
        if waits && !ours.queued && !ours.left {
            ours.queued = true;
            self.queue.push_back(uid.to_owned());
        }
    }

    /// A pod is gone, or has ended.
    pub(super) fn forget(&mut self, uid: &str) {
        if let Some(known) = self.pods.remove(uid) {
            if known.taken.is_some() {
                self.placer.remove_task(uid);
            }
            self.pins.close(known.ours.and_then(|ours| ours.pin));
        }
        self.pinned.remove(uid);
    }

    /// What to write next, if there is something. Whoever asks has to say what came of it.
    pub(super) fn next(&mut self, now: Instant) -> Option<Order> {
        self.expire(now);
        if !self.listed.has_nodes || !self.listed.has_pods || self.under_way >= UNDER_WAY {
            return None;
        }
        let order = self.replace(now).or_else(|| self.decide(now))?;
        self.under_way += 1;
        Some(order)
    }

    /// Decides about the first pod that waits.
    fn decide(&mut self, now: Instant) -> Option<Order> {
        let all = std::mem::take(&mut self.delayed);
        let (due, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| *at <= now);
        self.delayed = later;
        for (_, uid) in due {
            self.queue.push_front(uid);
        }
        loop {
            let waited = self.pins.released(now);
            let has_waited = waited.is_some();
            let uid = waited.or_else(|| self.queue.pop_front())?;
            let Some(known) = self.pods.get_mut(&uid) else { continue };
            let Some(ours) = known.ours.as_mut() else { continue };
            ours.queued = false;
            if ours.busy || !ours.pod.waits_for_us() || ours.pod.is_deleting() {
                continue;
            }
            let pod = &ours.pod;
            // Here kube-scheduler knows more than we do: its own words shall be told.
            let silent =
                |reason: &str| Action::Leave { patch: pin::nowhere(pod, None), reason: reason.to_owned() };
            let action = if pod.is_daemon() {
                silent("Its DaemonSet has chosen its node.")
            } else if !is_trusted(&self.refusals, pod, now) {
                silent("The nodes that its tasks were given have refused them.")
            } else {
                match self.placer.place(pod, pod.uid()) {
                    Ok(node) => {
                        ours.pin = Some(self.pins.open(now));
                        known.taken = Some(fingerprint(&Taken::of(pod, &node)));
                        Action::Pin { patch: pin::to(pod, &node), node }
                    }
                    Err(_) if !has_waited && self.pins.hold(&uid, now) => {
                        ours.queued = true;
                        continue;
                    }
                    Err(nowhere) => {
                        let reason = nowhere.reason(&mut self.placer, pod);
                        Action::Leave { patch: pin::nowhere(pod, Some(&reason)), reason }
                    }
                }
            };
            ours.busy = true;
            ours.decided = pod.version();
            return Some(order(&uid, &ours.pod, action));
        }
    }

    /// What came of an order.
    pub(super) fn done(&mut self, uid: &str, action: &Action, outcome: Outcome, now: Instant) {
        self.under_way = self.under_way.saturating_sub(1);
        let Some(ours) = self.pods.get_mut(uid).and_then(|known| known.ours.as_mut()) else {
            // It went while something was under way; what it took went with it.
            return;
        };
        ours.busy = false;
        let pod = match outcome {
            Outcome::Gone => return self.forget(uid),
            Outcome::Written(pod) if pod.version() >= ours.pod.version() => {
                if let Some(known) = self.pods.get_mut(uid) {
                    known.version = pod.version();
                }
                *pod
            }
            Outcome::Written(_) => ours.pod.clone(),
            Outcome::Deleted => {
                ours.dropped = Some(now + DROPPED);
                ours.pod.clone()
            }
            Outcome::Refused => {
                ours.left = !matches!(action, Action::Pin { .. });
                if let Action::Delete { .. } = action {
                    ours.dropped = Some(now + DROPPED);
                }
                // What cannot be written with a node may be written without one.
                if let Action::Pin { .. } = action {
                    self.refusals.insert(deployment(&ours.pod), (REFUSALS, now));
                }
                ours.pod.clone()
            }
            Outcome::Outdated | Outcome::Unknown => {
                // News of it are here, or will come; then it is looked at again, and after a while in any case.
                let is_news = ours.pod.version() > ours.decided;
                if ours.pod.waits_for_us() && !ours.queued && !is_news {
                    ours.queued = true;
                    self.delayed.push((now + AGAIN, uid.to_owned()));
                }
                ours.pod.clone()
            }
        };
        self.settle(uid, pod, None, now);
    }

    /// When to look again without news.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        // While no more can be written, the end of a write is what to wait for.
        let can_write = self.under_way < UNDER_WAY;
        let delayed = self.delayed.iter().filter(|_| can_write).map(|(at, _)| *at).min();
        let released = self.pins.due().filter(|_| can_write);
        let look = (!self.pinned.is_empty()).then(|| now + LOOK);
        let reserved = self.reserved.due().filter(|_| !self.listed.is_deaf());
        delayed.into_iter().chain(released).chain(look).chain(reserved).min()
    }

    /// Pods that wait for a decision, or for it to be written.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len() + self.pins.held() + self.delayed.len() + self.under_way
    }
}

#[cfg(test)]
mod tests;
