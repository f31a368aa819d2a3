//! Writes YAML: block style, lists not indented, and every text so that it is read as that text.
//!
//! The layout is made here, for speed: a manifest is mostly short plain words. What to do with a text that is not
//! obviously one is asked of serde_saphyr, which knows all the rules.

use std::fmt::Display;

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use serde_saphyr::ser::Error;

type Result<T> = std::result::Result<T, Error>;

/// Writes a value as one document.
pub(super) fn write(value: &impl Serialize) -> Result<String> {
    let mut writer = Writer { out: String::with_capacity(1024), indent: 0, place: Place::Start };
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

/// Where the next value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the start of the document.
    Start,
    /// As the name of a member.
    Name,
    /// Behind the colon of a member.
    Member,
    /// Behind the dash of an element.
    Element,
}

struct Writer {
    out: String,
    /// Of the innermost map or list, in columns.
    indent: usize,
    place: Place,
}

impl Writer {
    fn scalar(&mut self, text: &str) {
        match self.place {
            Place::Name => self.out.push_str(text),
            Place::Member => {
                self.out.push(' ');
                self.out.push_str(text);
                self.out.push('\n');
            }
            Place::Start | Place::Element => {
                self.out.push_str(text);
                self.out.push('\n');
            }
        }
    }

    fn text(&mut self, text: &str) -> Result<()> {
        if is_plain(text, self.place == Place::Name) {
            self.scalar(text);
            return Ok(());
        }
        let written = odd(text, self.place == Place::Name)?;
        let mut lines = written.lines();
        self.scalar(lines.next().unwrap_or_default());
        // A block stands two columns within the innermost map or list.
        for line in lines {
            if !line.is_empty() {
                self.spaces(self.indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
        Ok(())
    }

    fn spaces(&mut self, count: usize) {
        const SPACES: &str = "                                                                ";
        let mut left = count;
        while left > 0 {
            let now = left.min(SPACES.len());
            self.out.push_str(&SPACES[..now]);
            left -= now;
        }
    }

    /// Begins a map or a list; its entries have this indentation.
    fn begin(&mut self, is_list: bool) -> Block<'_> {
        let outer = (self.place, self.indent);
        match self.place {
            Place::Member if !is_list => self.indent += 2,
            Place::Element => self.indent += 2,
            Place::Member | Place::Start | Place::Name => {}
        }
        Block { writer: self, outer, is_list, is_empty: true }
    }
}

/// A map or a list under way.
struct Block<'a> {
    writer: &'a mut Writer,
    /// Place of the block itself, and the indentation around it.
    outer: (Place, usize),
    is_list: bool,
    is_empty: bool,
}

impl Block<'_> {
    /// Begins the line of the next entry.
    fn next(&mut self) {
        let first = std::mem::replace(&mut self.is_empty, false);
        match (first, self.outer.0) {
            // The first entry of an element stands on the line of its dash.
            (true, Place::Element | Place::Start) => {}
            (true, _) => {
                self.writer.out.push('\n');
                self.writer.spaces(self.writer.indent);
            }
            (false, _) => self.writer.spaces(self.writer.indent),
        }
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.next();
        self.writer.out.push_str("- ");
        self.writer.place = Place::Element;
        value.serialize(&mut *self.writer)
    }

    fn name(&mut self, name: &(impl Serialize + ?Sized)) -> Result<()> {
        self.next();
        self.writer.place = Place::Name;
        name.serialize(&mut *self.writer)?;
        self.writer.out.push(':');
        Ok(())
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.writer.place = Place::Member;
        value.serialize(&mut *self.writer)
    }

    fn finish(self) {
        (self.writer.place, self.writer.indent) = self.outer;
        if self.is_empty {
            self.writer.scalar(if self.is_list { "[]" } else { "{}" });
        }
    }
}

/// Whether a text of one line is a string in plain style to every reader, as far as that can be told at a glance.
fn is_plain(text: &str, is_name: bool) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    // Words such as `yes` and `null` are short and have nothing but letters.
    let is_word = bytes.len() <= 5 && bytes.iter().all(u8::is_ascii_alphabetic);
    if is_word || !(first.is_ascii_alphabetic() || *first == b'/') || matches!(last, b' ' | b':') {
        return false;
    }
    if is_name {
        let is_common = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-' | b'_');
        return bytes.iter().all(is_common);
    }
    let mut before = 0;
    bytes.iter().all(|&byte| {
        let fits = match byte {
            b' ' => before != b':',
            b'#' => before != b' ',
            _ => matches!(byte, 0x21..=0x7E),
        };
        before = byte;
        fits
    })
}

/// A text that needs quotes, or a block of lines, or thought.
fn odd(text: &str, is_name: bool) -> Result<String> {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX, compact_list_indent: true };
    if is_name {
        let map = std::collections::BTreeMap::from([(text, 0)]);
        let written = serde_saphyr::to_string_with_options(&map, options)?;
        return Ok(written.strip_suffix(": 0\n").unwrap_or(&written).to_owned());
    }
    let map = std::collections::BTreeMap::from([("k", text)]);
    let written = serde_saphyr::to_string_with_options(&map, options)?;
    Ok(written.strip_prefix("k: ").unwrap_or(&written).to_owned())
}

fn unsupported<T>(what: &str) -> Result<T> {
    Err(Error::custom(format!("manifests have no {what}")))
}

macro_rules! numbers {
    ($($method:ident($type:ty);)+) => {
        $(fn $method(self, value: $type) -> Result<()> {
            self.collect_number(&value)
        })+
    };
}

impl Writer {
    fn collect_number(&mut self, number: &impl Display) -> Result<()> {
        self.scalar(&number.to_string());
        Ok(())
    }
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Block<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Block<'a>;
    type SerializeStruct = Block<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    numbers! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.scalar(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        let written = serde_saphyr::to_string(&value)?;
        self.scalar(written.trim_end());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        self.text(value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<()> {
        unsupported("bytes")
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.scalar("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let mut map = self.begin(false);
        map.name(variant)?;
        map.value(value)?;
        map.finish();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Block<'a>> {
        Ok(self.begin(true))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple> {
        unsupported("tuples")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct> {
        unsupported("tuples")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        unsupported("tuples")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Block<'a>> {
        Ok(self.begin(false))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Block<'a>> {
        Ok(self.begin(false))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        unsupported("variants with members")
    }
}

impl SerializeSeq for Block<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(self) -> Result<()> {
        self.finish();
        Ok(())
    }
}

impl SerializeMap for Block<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.name(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.value(value)
    }

    fn end(self) -> Result<()> {
        self.finish();
        Ok(())
    }
}

impl SerializeStruct for Block<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.name(name)?;
        self.value(value)
    }

    fn end(self) -> Result<()> {
        self.finish();
        Ok(())
    }
}
