//! Bounds on what a frame can make a format's library do, whatever that library does by itself.
//!
//! A frame is small and may claim much: lists in lists until the stack is full, lengths that memory is set aside for,
//! endless lists of elements that take no bytes. [`Bounded`] stands between a library and a message's `Deserialize` and
//! sees to it that a frame gets no more than its size allows. It changes nothing else.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// How deep a message may be nested: as deep as `serde_json` has it.
const DEPTH: u8 = 128;

/// For how many elements a list may have memory set aside before they are there.
const PREPARED: usize = 64;

/// Elements that a frame may hold beyond one for each of its bytes.
const SPARE: usize = 1024;

/// What is left of what a frame may do.
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn of(frame: &[u8]) -> Self {
        Self(Cell::new(frame.len().saturating_add(SPARE)))
    }

    /// The deserializer of a format that says of each value what it is.
    pub(super) fn describing<D>(&self, inner: D) -> Bounded<'_, D> {
        Bounded { inner, depth: DEPTH, describes: true, counted: None, budget: &self.0 }
    }

    /// The deserializer of a format that has to be told what comes next.
    #[cfg(feature = "postcard")]
    pub(super) fn terse<D>(&self, inner: D) -> Bounded<'_, D> {
        Bounded { describes: false, ..self.describing(inner) }
    }
}

/// A part of a format's library, or of a message's `Deserialize`, with the bounds that it has to keep.
pub(super) struct Bounded<'b, T> {
    inner: T,
    depth: u8,
    describes: bool,
    /// The budget, where elements come one after the other for as long as the frame says.
    counted: Option<&'b Cell<usize>>,
    budget: &'b Cell<usize>,
}

impl<'b, T> Bounded<'b, T> {
    fn with<U>(&self, inner: U) -> Bounded<'b, U> {
        Bounded { inner, depth: self.depth, describes: self.describes, counted: None, budget: self.budget }
    }

    fn counting<U>(&self, inner: U) -> Bounded<'b, U> {
        Bounded { counted: Some(self.budget), ..self.with(inner) }
    }

    fn descend<E: Error>(mut self) -> Result<Self, E> {
        let deeper = self.depth.checked_sub(1);
        self.depth = deeper.ok_or_else(|| E::custom(format_args!("nested more than {DEPTH} deep")))?;
        Ok(self)
    }

    /// What a visitor gets to look into.
    fn inside<U>(&self, inner: U) -> Bounded<'b, U> {
        Bounded { counted: self.counted, ..self.with(inner) }
    }

    fn element<E: Error>(&self) -> Result<(), E> {
        let Some(left) = self.counted else { return Ok(()) };
        let fewer = left.get().checked_sub(1);
        left.set(fewer.ok_or_else(|| E::custom("more elements than its bytes can hold"))?);
        Ok(())
    }
}

macro_rules! pass_to_library {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            let visitor = self.with(visitor);
            self.inner.$method($($argument,)* visitor)
        }
    )*};
}

macro_rules! pass_to_library_counting {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            let visitor = self.counting(visitor);
            self.inner.$method(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Bounded<'_, D> {
    type Error = D::Error;

    pass_to_library! {
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_newtype_struct(name: &'static str);
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
    }

    pass_to_library_counting! { deserialize_any deserialize_seq deserialize_map deserialize_ignored_any }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        // JavaScript has one kind of number, and its libraries write 2.0 as an integer.
        if self.describes {
            return self.deserialize_any(visitor);
        }
        let visitor = self.with(visitor);
        self.inner.deserialize_f32(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        if self.describes {
            return self.deserialize_any(visitor);
        }
        let visitor = self.with(visitor);
        self.inner.deserialize_f64(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        if self.describes { self.inner.deserialize_any(Unit(visitor)) } else { self.inner.deserialize_unit(visitor) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        if self.describes {
            self.inner.deserialize_any(Unit(visitor))
        } else {
            self.inner.deserialize_unit_struct(name, visitor)
        }
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Takes each of the forms that libraries give what holds nothing: none, which is null in JavaScript, and an empty list.
struct Unit<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Unit<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<V::Value, A::Error> {
        match access.next_element::<Never>()? {
            None => self.0.visit_unit(),
            Some(never) => match never {},
        }
    }
}

/// The element of a list that has to be empty.
enum Never {}

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("an element where there should be none"))
    }
}

macro_rules! pass_to_message {
    ($($method:ident($($value:ident: $type:ty)?);)*) => {$(
        fn $method<E: Error>(self, $($value: $type)?) -> Result<V::Value, E> {
            self.inner.$method($($value)?)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Bounded<'_, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    pass_to_message! {
        visit_bool(value: bool);
        visit_i8(value: i8);
        visit_i16(value: i16);
        visit_i32(value: i32);
        visit_i64(value: i64);
        visit_i128(value: i128);
        visit_u8(value: u8);
        visit_u16(value: u16);
        visit_u32(value: u32);
        visit_u64(value: u64);
        visit_u128(value: u128);
        visit_f32(value: f32);
        visit_f64(value: f64);
        visit_char(value: char);
        visit_str(value: &str);
        visit_borrowed_str(value: &'de str);
        visit_string(value: String);
        visit_bytes(value: &[u8]);
        visit_borrowed_bytes(value: &'de [u8]);
        visit_byte_buf(value: Vec<u8>);
        visit_none();
        visit_unit();
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let this = self.descend()?;
        let deserializer = this.with(deserializer);
        this.inner.visit_some(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let this = self.descend()?;
        let deserializer = this.with(deserializer);
        this.inner.visit_newtype_struct(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let this = self.descend()?;
        let access = this.inside(access);
        this.inner.visit_seq(access)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let this = self.descend()?;
        let access = this.inside(access);
        this.inner.visit_map(access)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let this = self.descend()?;
        let access = this.with(access);
        this.inner.visit_enum(access)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Bounded<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.deserialize(deserializer)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.element()?;
        let seed = self.with(seed);
        self.inner.next_element_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint().map(|size| size.min(PREPARED))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.element()?;
        let seed = self.with(seed);
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.with(seed);
        self.inner.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint().map(|size| size.min(PREPARED))
    }
}

impl<'de, 'b, A: EnumAccess<'de>> EnumAccess<'de> for Bounded<'b, A> {
    type Error = A::Error;
    type Variant = Bounded<'b, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let bounds = self.with(());
        let (value, variant) = self.inner.variant_seed(bounds.with(seed))?;
        Ok((value, bounds.with(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.with(seed);
        self.inner.newtype_variant_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let visitor = self.with(visitor);
        self.inner.tuple_variant(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.with(visitor);
        self.inner.struct_variant(fields, visitor)
    }
}
