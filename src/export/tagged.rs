//! Enums as TypeScript wants them, `{ type: "say", text: "hello" }`, whatever they look like in a frame. serde's own `tag`
//! does that for formats that describe themselves only, and changes the frames too.

use js_sys::{Array, Object, Reflect};
use serde::de::value::StringDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer as _, IntoDeserializer, Visitor};
use serde::ser::{self, Impossible, Serialize, SerializeStruct};
use serde_wasm_bindgen::{Deserializer, Error, Serializer};
use wasm_bindgen::JsValue;

use super::values::{SERIALIZER, Shape, located};

/// An object that names its variant at this key, beside the variant's fields. For the message itself: enums inside are as
/// serde has them.
pub struct Tagged(pub &'static str);

impl Shape for Tagged {
    /// The variant.
    fn ahead(&self) -> usize {
        1
    }

    fn read<T: DeserializeOwned>(&self, value: JsValue) -> Result<T, JsValue> {
        serde_path_to_error::deserialize(TaggedValue { tag: self.0, value }).map_err(|error| located(error, self))
    }

    fn write<T: Serialize>(&self, message: &T) -> Result<JsValue, JsValue> {
        Ok(message.serialize(TaggedSerializer { tag: self.0 })?)
    }
}

struct TaggedValue {
    tag: &'static str,
    value: JsValue,
}

impl<'de> de::Deserializer<'de> for TaggedValue {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(no_enum())
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Self { tag, value } = self;
        if !value.is_object() {
            return Err(Error::new(format_args!("takes an object with the key `{tag}`")));
        }
        match Reflect::get(&value, &tag.into())?.as_string() {
            Some(variant) => visitor.visit_enum(Variant { name: variant, fields: value }),
            None => Err(Error::new(format_args!("takes a string at the key `{tag}`"))),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Variant {
    name: String,
    fields: JsValue,
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Fields;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Fields), Error> {
        let name: StringDeserializer<Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Fields(self.fields)))
    }
}

struct Fields(JsValue);

impl<'de> de::VariantAccess<'de> for Fields {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Deserializer::from(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(no_fields())
    }

    fn struct_variant<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        Deserializer::from(self.0).deserialize_struct("", names, visitor)
    }
}

struct TaggedSerializer {
    tag: &'static str,
}

macro_rules! no_enums {
    ($($method:ident($($type:ty),*) -> $result:ty;)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<$result, Error> {
            Err(no_enum())
        })*
    };
}

impl ser::Serializer for TaggedSerializer {
    type Ok = JsValue;
    type Error = Error;
    type SerializeSeq = Impossible<JsValue, Error>;
    type SerializeTuple = Impossible<JsValue, Error>;
    type SerializeTupleStruct = Impossible<JsValue, Error>;
    type SerializeTupleVariant = Impossible<JsValue, Error>;
    type SerializeMap = Impossible<JsValue, Error>;
    type SerializeStruct = Impossible<JsValue, Error>;
    type SerializeStructVariant = TaggedFields;

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<JsValue, Error> {
        Ok(self.object(variant)?.into())
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<JsValue, Error> {
        let fields = value.serialize(&SERIALIZER)?;
        if !fields.is_object() || Array::is_array(&fields) {
            return Err(no_fields());
        }
        let fields = Object::from(fields);
        if Object::has_own(&fields, &self.tag.into()) {
            return Err(taken(self.tag));
        }
        Ok(Object::assign(&self.object(variant)?, &fields).into())
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<TaggedFields, Error> {
        let mut fields = SERIALIZER.serialize_struct(name, len + 1)?;
        fields.serialize_field(self.tag, variant)?;
        Ok(TaggedFields { tag: self.tag, fields })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(no_fields())
    }

    fn serialize_some<T: ?Sized + Serialize>(self, _: &T) -> Result<JsValue, Error> {
        Err(no_enum())
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, _: &T) -> Result<JsValue, Error> {
        Err(no_enum())
    }

    no_enums! {
        serialize_bool(bool) -> JsValue;
        serialize_i8(i8) -> JsValue;
        serialize_i16(i16) -> JsValue;
        serialize_i32(i32) -> JsValue;
        serialize_i64(i64) -> JsValue;
        serialize_u8(u8) -> JsValue;
        serialize_u16(u16) -> JsValue;
        serialize_u32(u32) -> JsValue;
        serialize_u64(u64) -> JsValue;
        serialize_f32(f32) -> JsValue;
        serialize_f64(f64) -> JsValue;
        serialize_char(char) -> JsValue;
        serialize_str(&str) -> JsValue;
        serialize_bytes(&[u8]) -> JsValue;
        serialize_none() -> JsValue;
        serialize_unit() -> JsValue;
        serialize_unit_struct(&'static str) -> JsValue;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
    }
}

impl TaggedSerializer {
    fn object(&self, variant: &str) -> Result<Object, Error> {
        let object = Object::new();
        Reflect::set(&object, &self.tag.into(), &variant.into())?;
        Ok(object)
    }
}

struct TaggedFields {
    tag: &'static str,
    fields: <&'static Serializer as ser::Serializer>::SerializeStruct,
}

impl ser::SerializeStructVariant for TaggedFields {
    type Ok = JsValue;
    type Error = Error;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        if key == self.tag {
            return Err(taken(key));
        }
        self.fields.serialize_field(key, value)
    }

    fn end(self) -> Result<JsValue, Error> {
        self.fields.end()
    }
}

fn no_enum() -> Error {
    Error::new("`tag` is for messages that are enums")
}

fn taken(tag: &str) -> Error {
    Error::new(format_args!("a field is called `{tag}`, as the tag is"))
}

fn no_fields() -> Error {
    Error::new("a variant has to have named fields, or none, to stand beside a tag")
}
