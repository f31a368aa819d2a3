//! Reading expressions.
//!
//! ```text
//! or         = and (("||" | "or") and)*
//! and        = not (("&&" | "and") not)*
//! not        = ("!" | "not") not | "(" or ")" | comparison
//! comparison = subject (relation literal | ("=~" | "!~") literal | ("in" | "!in") list | "exists" | "!exists")
//! list       = "[" literal ("," literal)* "]"
//! literal    = "'" text "'" | '"' text '"' | text without white space, parentheses, quotes, "&&" and "||"
//! ```
//!
//! Every sign also has a word (`equals`, `not_equals`, `greater_than`, `matches`, `not_in` …). A literal without quotes
//! holds no comma and no brackets either, unless it is a pattern.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::{
    Comparison, Error, Expression, MAX_DEPTH, MAX_LENGTH, Pattern, Relation, Subject, Test, Value, Version,
};

/// How deep parentheses and `not` may lie in each other while reading: bounds the stack. Redundant parentheses are free
/// up to this, so that what is printed can always be read.
const MAX_NESTING: usize = 2 * MAX_DEPTH;

/// Reads an expression as users write it: of at most [`MAX_LENGTH`] characters.
///
/// # Errors
///
/// What is wrong, and where.
pub fn parse(text: &str) -> Result<Expression, Error> {
    if let Some((at, _)) = text.char_indices().nth(MAX_LENGTH) {
        return Err(Error::new(text, at, format!("an expression has at most {MAX_LENGTH} characters")));
    }
    read(text)
}

/// Reads an expression of any length, such as one that was printed.
///
/// # Errors
///
/// What is wrong, and where.
pub fn read(text: &str) -> Result<Expression, Error> {
    let mut parser = Parser { text, at: 0, nesting: 0 };
    let expression = parser.or()?;
    parser.skip_space();
    if !parser.rest().is_empty() {
        return Err(parser.unexpected("\"and\", \"or\" or the end"));
    }
    if expression.depth() > MAX_DEPTH {
        return Err(Error::new(text, 0, format!("more than {MAX_DEPTH} levels lie in each other")));
    }
    Ok(expression)
}

type Parsed<T> = Result<T, Error>;

struct Parser<'a> {
    text: &'a str,
    /// Bytes that are read.
    at: usize,
    nesting: usize,
}

/// Operators by their signs; of two with the same start the longer one first.
const SIGNS: &[(&str, Operator)] = &[
    ("==", Operator::Relation(Relation::Equal)),
    ("!=", Operator::Relation(Relation::NotEqual)),
    (">=", Operator::Relation(Relation::GreaterEqual)),
    ("<=", Operator::Relation(Relation::LessEqual)),
    ("=~", Operator::Matches { not: false }),
    ("!~", Operator::Matches { not: true }),
    (">", Operator::Relation(Relation::Greater)),
    ("<", Operator::Relation(Relation::Less)),
];

/// Operators by their words.
const WORDS: &[(&str, Operator)] = &[
    ("equals", Operator::Relation(Relation::Equal)),
    ("not_equals", Operator::Relation(Relation::NotEqual)),
    ("greater_than", Operator::Relation(Relation::Greater)),
    ("greater_than_equal", Operator::Relation(Relation::GreaterEqual)),
    ("less_than", Operator::Relation(Relation::Less)),
    ("less_than_equal", Operator::Relation(Relation::LessEqual)),
    ("matches", Operator::Matches { not: false }),
    ("not_matches", Operator::Matches { not: true }),
    ("in", Operator::In { not: false }),
    ("!in", Operator::In { not: true }),
    ("not_in", Operator::In { not: true }),
    ("exists", Operator::Exists { not: false }),
    ("!exists", Operator::Exists { not: true }),
    ("not_exists", Operator::Exists { not: true }),
];

#[derive(Clone, Copy)]
enum Operator {
    Relation(Relation),
    Matches { not: bool },
    In { not: bool },
    Exists { not: bool },
}

/// Subjects but for attributes.
const SUBJECTS: &[(&str, Subject)] = &[
    ("agentConnected", Subject::AgentConnected),
    ("agentVersion", Subject::AgentVersion),
    ("ec2InstanceId", Subject::Ec2InstanceId),
    ("registeredAt", Subject::RegisteredAt),
    ("runningTasksCount", Subject::RunningTasksCount),
    ("task:group", Subject::TaskGroup),
];

impl Subject {
    /// Whether ECS lets an operator be used on it.
    fn takes(&self, operator: Operator) -> bool {
        match (self, operator) {
            (Self::Attribute(_), _) => true,
            (_, Operator::Exists { .. }) => false,
            (
                Self::AgentConnected | Self::Ec2InstanceId | Self::TaskGroup,
                Operator::Relation(Relation::Equal | Relation::NotEqual)
                | Operator::In { .. }
                | Operator::Matches { .. },
            ) => true,
            (Self::AgentConnected | Self::Ec2InstanceId | Self::TaskGroup, Operator::Relation(_)) => false,
            (_, Operator::Relation(_)) => true,
            (_, Operator::In { .. } | Operator::Matches { .. }) => false,
        }
    }
}

impl<'a> Parser<'a> {
    fn or(&mut self) -> Parsed<Expression> {
        self.joined("||", "or", Self::and, Expression::Or)
    }

    fn and(&mut self) -> Parsed<Expression> {
        self.joined("&&", "and", Self::not, Expression::And)
    }

    fn joined(
        &mut self,
        sign: &str,
        word: &str,
        part: fn(&mut Self) -> Parsed<Expression>,
        whole: fn(Vec<Expression>) -> Expression,
    ) -> Parsed<Expression> {
        let first = part(self)?;
        let mut all = Vec::new();
        while self.take_sign(sign) || self.take_word(word) {
            all.push(part(self)?);
        }
        if all.is_empty() {
            return Ok(first);
        }
        all.insert(0, first);
        Ok(whole(all))
    }

    fn not(&mut self) -> Parsed<Expression> {
        let outside = self.nesting;
        let mut count = 0;
        while self.take_sign("!") || self.take_word("not") {
            count += 1;
            self.deeper()?;
        }
        let mut expression = if self.take_sign("(") {
            self.deeper()?;
            let inner = self.or()?;
            if !self.take_sign(")") {
                return Err(self.unexpected("\"and\", \"or\" or \")\""));
            }
            inner
        } else {
            Expression::Comparison(self.comparison()?)
        };
        self.nesting = outside;
        for _ in 0..count {
            expression = Expression::Not(Box::new(expression));
        }
        Ok(expression)
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.error("too many parentheses and negations lie in each other"));
        }
        Ok(())
    }

    fn comparison(&mut self) -> Parsed<Comparison> {
        let subject = self.subject()?;
        self.skip_space();
        let start = self.at;
        let operator = self.operator()?;
        if !subject.takes(operator) {
            let written = self.text.get(start..self.at).unwrap_or_default();
            return Err(Error::new(self.text, start, format!("{subject} cannot be compared by {written:?}")));
        }
        let test = match operator {
            Operator::Relation(relation) => Test::Relation(relation, self.value(&subject)?),
            Operator::Matches { not } => {
                self.skip_space();
                let start = self.at;
                let text = self.literal(Bare::Pattern)?;
                let pattern = Pattern::new(text).map_err(|why| {
                    Error::new(self.text, start, format!("{text:?} is no regular expression here: {why}"))
                })?;
                Test::Matches { not, pattern }
            }
            Operator::In { not } => Test::Among { not, values: self.list()? },
            Operator::Exists { not } => Test::Exists { not },
        };
        Ok(Comparison { subject, test })
    }

    fn subject(&mut self) -> Parsed<Subject> {
        self.skip_space();
        let word = self.run(|c| c.is_ascii_alphanumeric() || c == '_');
        let rest = self.rest().strip_prefix(word).unwrap_or_default();
        if word == "attribute" && rest.starts_with(':') {
            self.at += word.len() + 1;
            let name = self.run(|c| c.is_ascii_alphanumeric() || "_./\\-".contains(c));
            if name.is_empty() {
                return Err(self.unexpected("the name of an attribute"));
            }
            self.at += name.len();
            return Ok(Subject::Attribute(name.to_owned()));
        }
        let word = if word == "task" && rest.starts_with(":group") { "task:group" } else { word };
        let Some((_, subject)) = SUBJECTS.iter().find(|(known, _)| *known == word) else {
            return Err(self.unexpected(
                "\"(\", \"not\" or a subject (attribute:NAME, ec2InstanceId, registeredAt, runningTasksCount, \
                 task:group, agentConnected or agentVersion)",
            ));
        };
        self.at += word.len();
        Ok(subject.clone())
    }

    fn operator(&mut self) -> Parsed<Operator> {
        if let Some((sign, operator)) = SIGNS.iter().find(|(sign, _)| self.rest().starts_with(sign)) {
            self.at += sign.len();
            return Ok(*operator);
        }
        let bang = if self.rest().starts_with('!') { 1 } else { 0 };
        let letters = |c: &char| c.is_ascii_alphabetic() || *c == '_';
        let length = bang + self.rest().chars().skip(bang).take_while(letters).count();
        let word = self.rest().get(..length).unwrap_or_default();
        if let Some((_, operator)) = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)) {
            self.at += length;
            return Ok(*operator);
        }
        if self.rest().starts_with('=') {
            return Err(self.error("\"=\" is no operator: equality is \"==\""));
        }
        Err(self.unexpected("an operator (==, !=, >, >=, <, <=, in, !in, exists, !exists, =~ or !~)"))
    }

    /// A literal of the subject's type.
    fn value(&mut self, subject: &Subject) -> Parsed<Value> {
        self.skip_space();
        let start = self.at;
        let text = self.literal(Bare::Value)?;
        let (value, what) = match subject {
            Subject::AgentVersion => (Version::parse(text).map(Value::Version), "a version such as 1.68.0"),
            Subject::RegisteredAt => {
                (time(text).map(Value::Time), "a time such as 2018-06-18T22:28:28Z or 2018-06-18")
            }
            Subject::RunningTasksCount => (text.parse().ok().map(Value::Number), "a whole number"),
            Subject::AgentConnected | Subject::Attribute(_) | Subject::Ec2InstanceId | Subject::TaskGroup => {
                (Some(Value::Text(text.to_owned())), "")
            }
        };
        value.ok_or_else(|| Error::new(self.text, start, format!("{text:?} is not {what}")))
    }

    fn list(&mut self) -> Parsed<Vec<String>> {
        if !self.take_sign("[") {
            return Err(self.unexpected("a list such as [a, b]"));
        }
        let mut values = Vec::new();
        loop {
            self.skip_space();
            values.push(self.literal(Bare::Value)?.to_owned());
            if self.take_sign("]") {
                return Ok(values);
            }
            if !self.take_sign(",") {
                return Err(self.unexpected("\",\" or \"]\""));
            }
        }
    }

    fn literal(&mut self, bare: Bare) -> Parsed<&'a str> {
        let text = self.text;
        let start = self.at;
        if let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"')) {
            let from = start + 1;
            let inside = text.get(from..).unwrap_or_default();
            let Some(length) = inside.find(quote) else {
                return Err(self.error("a quote is not closed"));
            };
            self.at = from + length + 1;
            return Ok(inside.get(..length).unwrap_or_default());
        }
        let mut end = text.len();
        for (i, c) in self.rest().char_indices() {
            let more = bare == Bare::Pattern && matches!(c, '[' | ']' | ',');
            let ends = c.is_whitespace() || (matches!(c, '(' | ')' | '[' | ']' | ',' | '\'' | '"') && !more);
            let here = self.rest().get(i..).unwrap_or_default();
            if ends || here.starts_with("&&") || here.starts_with("||") {
                end = start + i;
                break;
            }
        }
        self.at = end;
        let word = text.get(start..end).unwrap_or_default();
        if bare == Bare::Pattern && self.rest().starts_with('(') {
            return Err(self.error("a pattern with parentheses has to stand in quotes"));
        }
        if word.is_empty() { Err(self.unexpected("a value")) } else { Ok(word) }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn run(&self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        rest.get(..rest.find(|c| !is_part(c)).unwrap_or(rest.len())).unwrap_or_default()
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    /// Takes a keyword, which is not merely the start of a longer word.
    fn take_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let found =
            self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':')).eq_ignore_ascii_case(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::new(self.text, self.at, message)
    }

    fn unexpected(&self, expected: &str) -> Error {
        let rest = self.rest();
        if rest.is_empty() {
            return self.error(format!("{expected} is missing"));
        }
        let word: String = rest.chars().take_while(|c| !c.is_whitespace()).take(20).collect();
        self.error(format!("{word:?} stands where {expected} is expected"))
    }
}

/// What a literal without quotes is.
#[derive(Clone, Copy, PartialEq)]
enum Bare {
    Value,
    Pattern,
}

/// A time with its offset, or in UTC; a date is its midnight.
fn time(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| text.parse::<Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))))
}
