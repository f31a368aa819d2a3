//! Regular expressions. ECS has Java's; here they are those of the `regex` crate, which lack what can take exponential
//! time (look-around, back-references) and some of Java's spellings. What differs is refused, never read otherwise.

use regex::RegexBuilder;

/// Bytes that one compiled pattern may take.
const SIZE: usize = 1 << 20;

/// Java's spellings that are read otherwise, or not at all, by the `regex` crate; and what to write instead.
const JAVA: &[(&str, &str)] = &[
    ("(?=", "look-ahead is not supported"),
    ("(?!", "look-ahead is not supported: use !~ or not(…)"),
    ("(?<=", "look-behind is not supported"),
    ("(?<!", "look-behind is not supported: use !~ or not(…)"),
    ("(?>", "atomic groups are not supported: an ordinary group matches the same values here, or more"),
    ("*+", "possessive repetition is not supported: leave the second sign out"),
    ("++", "possessive repetition is not supported: leave the second sign out"),
    ("?+", "possessive repetition is not supported: leave the second sign out"),
    ("}+", "possessive repetition is not supported: leave the sign after the brace out"),
    ("\\Q", "\\Q…\\E is not supported: put a backslash before each special character"),
    ("\\<", "\\< is not supported: leave the backslash out"),
    ("\\>", "\\> is not supported: leave the backslash out"),
    ("(?U", "the flag U is not supported"),
    ("\\E", "\\Q…\\E is not supported: put a backslash before each special character"),
];

/// What Java reads as plain characters inside of a class, and the `regex` crate does not.
const IN_CLASS: &[&str] = &["--", "~~", "[:"];

/// A regular expression that has to match the whole of a value.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: regex::Regex,
}

impl Pattern {
    /// Compiles a pattern; the error says what is not understood.
    pub fn new(text: &str) -> Result<Self, String> {
        if let Some(why) = java(text) {
            return Err(why);
        }
        let compile =
            |pattern: &str| RegexBuilder::new(pattern).size_limit(SIZE).dfa_size_limit(SIZE).build();
        // By itself first: its parentheses must not close the group around it.
        let checked = compile(text).and_then(|_| {
            // A comment at its end, which the flag x allows, must not take the end of the group in.
            compile(&format!(r"\A(?:{text})\z"))
                .or_else(|error| compile(&format!("\\A(?:{text}\n)\\z")).map_err(|_| error))
        });
        match checked {
            Ok(regex) => Ok(Self { text: text.to_owned(), regex }),
            Err(regex::Error::CompiledTooBig(_)) => Err("it repeats too much".to_owned()),
            Err(error) => {
                // The crate draws a picture; its last line says what is wrong.
                let picture = error.to_string();
                let last = picture.lines().last().unwrap_or_default().trim();
                Err(last.strip_prefix("error: ").unwrap_or(last).to_owned())
            }
        }
    }

    /// Whether the whole of a text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What Java alone understands, outside of character classes and escapes.
fn java(text: &str) -> Option<String> {
    let mut rest = text;
    let mut in_class = 0usize;
    while let Some(c) = rest.chars().next() {
        if in_class == 0
            && let Some((_, why)) = JAVA.iter().find(|(spelling, _)| rest.starts_with(spelling))
        {
            return Some((*why).to_owned());
        }
        if in_class > 0
            && let Some(sign) = IN_CLASS.iter().find(|sign| rest.starts_with(**sign))
        {
            return Some(format!(
                "{sign} in a character class is not supported: put a backslash before its signs"
            ));
        }
        let mut step = c.len_utf8();
        match c {
            '\\' => {
                let escaped = rest.chars().nth(1);
                if in_class == 0 && escaped.is_some_and(|c| matches!(c, '1'..='9' | 'k')) {
                    return Some("back-references are not supported".to_owned());
                }
                step += escaped.map_or(0, char::len_utf8);
            }
            '[' => in_class += 1,
            ']' => in_class = in_class.saturating_sub(1),
            _ => {}
        }
        rest = rest.get(step..).unwrap_or_default();
    }
    None
}
