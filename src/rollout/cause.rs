//! Why tasks fail, in ECS's words, and what to do about it.

use super::observed::Task;
use super::trouble::{Container, Stuck};

/// Longest quotation of a kubelet, in characters.
const LONGEST: usize = 300;
/// Most causes that are told of one deployment at a time.
const TOLD: usize = 8;

/// Why tasks of a deployment fail. The same cause has the same words, whichever task it befalls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// How grave it is: 0 first.
    rank: u8,
    /// What tells it from others.
    pub key: String,
    /// In ECS's words.
    pub sentence: String,
    /// What to do about it.
    pub remedy: String,
}

impl Cause {
    /// Sentence and remedy.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}", self.sentence, self.remedy)
    }
}

/// What a registry's answer means: what the kubelet quotes of it, ECS's words, what to do.
const PULL: &[(&[&str], &str, &str)] = &[
    (
        &["no match for platform", "does not contain descriptor"],
        "image Manifest does not contain descriptor matching platform",
        "Build the image for the architecture of the nodes, or set runtimePlatform.",
    ),
    (
        &["toomanyrequests", "429 "],
        "toomanyrequests: You have reached your pull rate limit",
        "Pull with credentials, or from a mirror.",
    ),
    (
        &["denied", "unauthorized", "authorization failed", "401 ", "403 "],
        "pull access denied, repository does not exist or may require authorization",
        "Check the name, and repositoryCredentials or what the nodes may pull.",
    ),
    (
        &["not found", "notfound", "manifest unknown"],
        "failed to resolve ref: not found",
        "Check the image's name and tag.",
    ),
    (
        &["timeout", "dial tcp", "no such host", "context canceled", "connection refused"],
        "i/o timeout",
        "Check that the nodes reach the registry.",
    ),
    (&["no space left"], "no space left on device", "Give the nodes more disk."),
    (&["invalid reference", "couldn't parse image"], "invalid reference format", "Correct the image's name."),
];

/// The causes of what befalls these tasks now, the gravest first, each once; at most eight.
pub fn of<'a>(tasks: impl Iterator<Item = &'a Task>, essential: impl Fn(&str) -> bool) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for trouble in tasks.filter_map(|task| task.trouble.as_deref()) {
        for cause in trouble.of_task(&essential).filter_map(cause) {
            if !causes.iter().any(|known| known.key == cause.key) {
                causes.push(cause);
            }
        }
    }
    causes.sort();
    causes.truncate(TOLD);
    causes
}

fn cause(container: &Container) -> Option<Cause> {
    let name = &container.name;
    let make = |rank: u8, error: &str, what: String, remedy: &str| Cause {
        rank,
        key: format!("{error} {name}"),
        sentence: format!("{error}: {what} (container {name})."),
        remedy: remedy.to_owned(),
    };
    let Some((stuck, words)) = &container.stuck else {
        return ended(container);
    };
    let quoted = stable(words);
    Some(match stuck {
        Stuck::Pull => {
            let (meaning, remedy) = pull(words);
            make(0, "CannotPullContainerError", format!("pull image {}: {meaning}", container.image), remedy)
        }
        Stuck::Config if is_about_a_secret(words) => make(
            1,
            "ResourceInitializationError",
            format!("unable to pull secrets or registry auth: {quoted}"),
            "Fill the Secret, or see why its ExternalSecret is not ready; `ecs-bridge report` lists what is needed.",
        ),
        Stuck::Config | Stuck::Create => make(
            2,
            "CannotCreateContainerError",
            quoted,
            "Correct what the message names in the task definition.",
        ),
        Stuck::Start => make(
            3,
            "CannotStartContainerError",
            quoted,
            "Check entryPoint, command and workingDirectory against the image.",
        ),
    })
}

fn ended(container: &Container) -> Option<Cause> {
    if container.ends == 0 || !container.backs_off {
        return None;
    }
    let (name, code) = (&container.name, container.exit_code);
    let (error, sentence, remedy) = if container.out_of_memory {
        (
            "OutOfMemoryError",
            format!("OutOfMemoryError: Container killed due to memory usage (container {name})."),
            "Raise its memory.",
        )
    } else {
        (
            "Exited",
            format!("Essential container in task exited (container {name}, exit code {code})."),
            "See its last words with `kubectl logs --previous`.",
        )
    };
    Some(Cause { rank: 4, key: format!("{error} {name}"), sentence, remedy: remedy.to_owned() })
}

fn pull(words: &str) -> (&'static str, &'static str) {
    let words = words.to_lowercase();
    let found = PULL.iter().find(|(signs, _, _)| signs.iter().any(|sign| words.contains(sign)));
    found.map_or(
        ("cannot be pulled", "Check the image's name and tag, and that the nodes may pull it."),
        |(_, meaning, remedy)| (*meaning, *remedy),
    )
}

fn is_about_a_secret(words: &str) -> bool {
    let words = words.to_lowercase();
    words.contains("secret") || words.contains("configmap")
}

/// A kubelet's words without what differs from attempt to attempt, and not too many of them.
fn stable(words: &str) -> String {
    let is_id = |word: &str| word.len() >= 12 && word.chars().filter(char::is_ascii_digit).count() >= 4;
    let kept = words.split_whitespace().map(|word| if is_id(word) { "…" } else { word });
    let text = kept.collect::<Vec<_>>().join(" ");
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::trouble::Trouble;

    fn task(container: Container) -> Task {
        let container = Container { name: "app".to_owned(), image: "web:9".to_owned(), ..container };
        let trouble = Trouble { containers: vec![container], ..Trouble::default() };
        Task { trouble: Some(Box::new(trouble)), ..Task::default() }
    }

    fn stuck(stuck: Stuck, words: &str) -> Task {
        task(Container { stuck: Some((stuck, words.to_owned())), ..Container::default() })
    }

    fn sentences(tasks: &[Task]) -> Vec<String> {
        of(tasks.iter(), |_| true).into_iter().map(|cause| cause.sentence).collect()
    }

    #[test]
    fn failures_have_ecs_words() {
        let ended = |out_of_memory: bool| {
            let backs_off = true;
            task(Container { ends: 2, exit_code: 137, out_of_memory, backs_off, ..Container::default() })
        };
        for (task, expected) in [
            (
                stuck(Stuck::Pull, "Back-off pulling image \"web:9\": ErrImagePull: web:9: not found"),
                "CannotPullContainerError: pull image web:9: failed to resolve ref: not found (container app).",
            ),
            (
                stuck(Stuck::Pull, "no match for platform in manifest: not found"),
                "CannotPullContainerError: pull image web:9: image Manifest does not contain descriptor matching \
                 platform (container app).",
            ),
            (
                stuck(Stuck::Pull, "Back-off pulling image"),
                "CannotPullContainerError: pull image web:9: cannot be pulled (container app).",
            ),
            (
                stuck(Stuck::Config, "secret \"db\" not found"),
                "ResourceInitializationError: unable to pull secrets or registry auth: secret \"db\" not found \
                 (container app).",
            ),
            (
                stuck(Stuck::Config, "container has runAsNonRoot and image will run as root"),
                "CannotCreateContainerError: container has runAsNonRoot and image will run as root (container app).",
            ),
            (
                stuck(Stuck::Start, "failed to create task 0123456789abcdef: exec: \"x\": no such file."),
                "CannotStartContainerError: failed to create task … exec: \"x\": no such file (container app).",
            ),
            (ended(true), "OutOfMemoryError: Container killed due to memory usage (container app)."),
            (ended(false), "Essential container in task exited (container app, exit code 137)."),
        ] {
            assert_eq!(sentences(&[task]), [expected]);
        }
    }

    #[test]
    fn ten_thousand_tasks_with_one_cause_are_one_cause_the_gravest_first() {
        let crash = task(Container { ends: 1, backs_off: true, ..Container::default() });
        let mut tasks = vec![crash; 5000];
        tasks.extend(vec![stuck(Stuck::Pull, "x"); 5000]);
        let found = sentences(&tasks);
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("CannotPull"), "{found:?}");
    }

    #[test]
    fn a_container_that_only_started_again_is_no_cause_any_more() {
        assert_eq!(sentences(&[task(Container { ends: 3, ..Container::default() })]), [""; 0]);
    }
}
