//! Why tasks are not placed, in ECS's words: the same reason in the same words, whichever task it befalls.

/// Longest quotation, in characters.
const LONGEST: usize = 400;

/// What kube-scheduler says of nodes, and what ECS says of container instances.
const REASONS: &[(&str, &str)] = &[
    ("Insufficient cpu", "has insufficient CPU units available"),
    ("Insufficient memory", "has insufficient memory available"),
    ("free ports", "is already using a port required by your task"),
    ("anti-affinity", "encountered error \"DistinctInstance placement constraint unsatisfied.\""),
    ("node affinity/selector", "encountered error \"MemberOf placement constraint unsatisfied.\""),
    ("node selector", "encountered error \"MemberOf placement constraint unsatisfied.\""),
    ("Insufficient", "has insufficient resources available"),
    ("taint", "has a taint that the task does not tolerate"),
    ("volume", "cannot use a volume of the task"),
    ("Too many pods", "has no room for another task"),
];

/// Why no node takes a task, from the scheduler's words.
#[must_use]
pub fn unplaced(words: &str) -> String {
    if words.contains("no nodes available") || words.starts_with("0/0 ") {
        return "No Container Instances were found in your cluster.".to_owned();
    }
    let mut meanings: Vec<&str> = Vec::new();
    // One clause for each kind of node; what preemption would do comes behind.
    for clause in words.split("preemption:").next().unwrap_or_default().split(", ") {
        let meaning = REASONS.iter().find(|(sign, _)| clause.contains(sign)).map(|(_, meaning)| *meaning);
        if let Some(meaning) = meaning.filter(|meaning| !meanings.contains(meaning)) {
            meanings.push(meaning);
        }
    }
    if meanings.is_empty() {
        return without_numbers(words);
    }
    meanings.sort_unstable();
    format!("The closest matching container instance {}.", meanings.join(", or "))
}

/// What stays the same of an explanation while numbers and names of nodes change.
#[must_use]
pub fn gist(words: &str) -> String {
    without_numbers(words)
}

/// Why a pod is refused before anybody places it, without the name of the pod.
#[must_use]
pub fn refused(words: &str) -> String {
    let words = match words.split_once("pods \"").and_then(|(_, rest)| rest.split_once("\" is ")) {
        Some((_, rest)) => format!("The pod is {rest}"),
        None => words.to_owned(),
    };
    // What a quota has used changes with every pod.
    let used = words.find(", used: ").zip(words.find(", limited: "));
    let words = match used {
        Some((from, to)) if from < to => format!("{}{}", &words[..from], &words[to..]),
        _ => words,
    };
    shortened(&words)
}

fn without_numbers(words: &str) -> String {
    let kept = words.split_whitespace().filter(|word| !word.chars().any(|c| c.is_ascii_digit()));
    shortened(&kept.collect::<Vec<_>>().join(" "))
}

fn shortened(words: &str) -> String {
    let mut text: String = words.chars().take(LONGEST).collect();
    if text.len() < words.len() {
        text.push('…');
    } else if !text.ends_with('.') {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheduler_is_understood() {
        for (words, expected) in [
            (
                "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available",
                "The closest matching container instance has insufficient CPU units available.",
            ),
            (
                "0/6 nodes are available: 1 Insufficient memory, 5 node(s) didn't match Pod's node affinity/selector.",
                "The closest matching container instance encountered error \"MemberOf placement constraint \
                 unsatisfied.\", or has insufficient memory available.",
            ),
            ("no nodes available to schedule pods", "No Container Instances were found in your cluster."),
            ("0/2 nodes are available: 2 odd things.", "nodes are available: odd things."),
        ] {
            assert_eq!(unplaced(words), expected);
        }
    }

    #[test]
    fn every_number_of_nodes_gives_the_same_words() {
        let say = |n: u32| unplaced(&format!("0/{n} nodes are available: {n} Insufficient cpu."));
        assert_eq!(say(3), say(17));
    }

    #[test]
    fn a_refusal_does_not_name_the_pod_nor_what_is_used() {
        let say = |pod: &str, used: u32| {
            refused(&format!(
                "pods \"{pod}\" is forbidden: exceeded quota: small, requested: pods=1, used: pods={used}, limited: pods=2"
            ))
        };
        assert_eq!(say("web-a", 1), say("web-b", 2));
        assert_eq!(
            say("web-a", 1),
            "The pod is forbidden: exceeded quota: small, requested: pods=1, limited: pods=2."
        );
        assert_eq!(refused("admission webhook denied the request"), "admission webhook denied the request.");
    }
}
