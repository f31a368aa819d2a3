//! Cluster query language: the expressions of `memberOf` constraints.
//!
//! Read here is what one list of node label requirements can say: comparisons of attributes joined by `and`.
//! Source: developer guide, "Create expressions to define container instances".

use winnow::ascii::{Caseless, multispace0, multispace1};
use winnow::combinator::{alt, delimited, eof, preceded, separated, terminated};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::token::take_while;

/// One comparison of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Name of the attribute, without `attribute:`.
    pub attribute: String,
    /// How it is compared; equality is membership in a list of one.
    pub operator: Operator,
    /// With what; empty for the two operators that take no argument.
    pub values: Vec<String>,
}

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the query language's own words")]
pub enum Operator {
    In,
    NotIn,
    Exists,
    NotExists,
}

/// Reads comparisons that are joined by `and` or `&&`; the error names the position that is not understood.
pub fn conjunction(expression: &str) -> Result<Vec<Comparison>, String> {
    let and = alt((
        delimited(multispace0, "&&", multispace0).void(),
        delimited(multispace1, Caseless("and"), multispace1).void(),
    ));
    let list = separated(1.., comparison, and);
    delimited(multispace0, terminated(list, multispace0), eof).parse(expression).map_err(|error| {
        format!(
            "{expression:?} is more than attribute comparisons joined by \"and\", at character {}",
            expression[..error.offset()].chars().count() + 1
        )
    })
}

/// What an operator takes.
#[derive(Clone, Copy)]
enum Argument {
    None,
    One,
    List,
}

type Parsed<T> = Result<T, ContextError>;

fn comparison(input: &mut &str) -> Parsed<Comparison> {
    let name =
        take_while(1.., |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '\\' | '-'));
    let attribute: &str = preceded("attribute:", name).parse_next(input)?;
    multispace0.parse_next(input)?;
    let (operator, argument) = alt((
        alt(("==", word("equals"))).value((Operator::In, Argument::One)),
        alt(("!=", word("not_equals"))).value((Operator::NotIn, Argument::One)),
        alt((word("!exists"), word("not_exists"))).value((Operator::NotExists, Argument::None)),
        word("exists").value((Operator::Exists, Argument::None)),
        alt((word("!in"), word("not_in"))).value((Operator::NotIn, Argument::List)),
        word("in").value((Operator::In, Argument::List)),
    ))
    .parse_next(input)?;
    let values = match argument {
        Argument::None => Vec::new(),
        Argument::One => vec![preceded(multispace0, literal).parse_next(input)?],
        Argument::List => preceded(multispace0, values).parse_next(input)?,
    };
    Ok(Comparison { attribute: attribute.to_owned(), operator, values })
}

fn word<'a>(text: &'static str) -> impl Parser<&'a str, &'a str, ContextError> {
    Caseless(text)
}

fn values(input: &mut &str) -> Parsed<Vec<String>> {
    let comma = delimited(multispace0, ",", multispace0);
    delimited(("[", multispace0), separated(1.., literal, comma), (multispace0, "]")).parse_next(input)
}

fn literal(input: &mut &str) -> Parsed<String> {
    let quoted = alt((
        delimited("'", take_while(0.., |c| c != '\''), "'"),
        delimited("\"", take_while(0.., |c| c != '"'), "\""),
    ));
    let bare = take_while(1.., |c: char| {
        !c.is_whitespace() && !matches!(c, ',' | ']' | ')' | '[' | '(' | '\'' | '"')
    });
    alt((quoted, bare)).map(|text: &str| text.to_owned()).parse_next(input)
}
