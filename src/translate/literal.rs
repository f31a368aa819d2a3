//! Literal text where Kubernetes expands variables.

/// Writes `text` so that Kubernetes' expansion of `$(NAME)` gives it back unchanged.
///
/// Kubernetes expands `$(NAME)` in commands, arguments and variables and reads `$$` as `$`; ECS does neither.
/// A text with neither sequence stays as it is, because that is what people expect to read.
pub(super) fn escape(text: &str) -> String {
    if text.contains("$(") || text.contains("$$") { text.replace('$', "$$") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Kubernetes' expansion (third_party/forked/golang/expansion), where every variable is known as `!`.
    fn expand(text: &str) -> String {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                expanded.push('$');
                rest = after;
            } else if let (true, Some(end)) = (rest.starts_with('('), rest.find(')')) {
                expanded.push('!');
                rest = &rest[end + 1..];
            } else {
                expanded.push('$');
            }
        }
        expanded + rest
    }

    #[test]
    fn only_what_would_be_expanded_is_escaped() {
        for (literal, written) in [
            ("plain", "plain"),
            ("$HOME/bin", "$HOME/bin"),
            ("$(date)", "$$(date)"),
            ("a$$b", "a$$$$b"),
            ("$(A) costs $5", "$$(A) costs $$5"),
            ("^[a-z]+$", "^[a-z]+$"),
        ] {
            assert_eq!(escape(literal), written);
        }
    }

    proptest! {
        #[test]
        fn expansion_gives_the_literal_back(literal in "[$()A-z ]{0,24}") {
            prop_assert_eq!(expand(&escape(&literal)), literal);
        }
    }
}
