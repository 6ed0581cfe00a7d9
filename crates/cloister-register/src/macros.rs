//! The two forms in which the register's language is stated: closed lists of
//! words, and mappings with fields. Each gives the type, its reader and its part
//! of the schema at once, so that they cannot drift apart.

/// A closed list of words: `vocabulary! { /// doc \n Name { Variant = "word" | "short": "meaning", … } }`.
macro_rules! vocabulary {
    ($(#[doc = $doc:literal])+ $name:ident {
        $($variant:ident = $word:literal $(| $also:literal)* : $meaning:literal),+ $(,)?
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $meaning] $variant,)+
        }

        impl $name {
            /// Every word, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            const WORDS: &'static crate::spec::Words = &crate::spec::Words {
                name: stringify!($name),
                about: concat!($($doc),+),
                words: &[$(crate::spec::Word { word: $word, also: &[$($also),*], meaning: $meaning }),+],
            };

            /// The word as written in the register.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// What it means.
            pub fn meaning(self) -> &'static str {
                match self { $($name::$variant => $meaning),+ }
            }

            /// Reads the word, exactly as written.
            pub fn from_word(word: &str) -> Option<$name> {
                match word {
                    $($word $(| $also)* => Some($name::$variant),)+
                    _ => None,
                }
            }
        }

        impl crate::view::Shape<'_> for $name {
            const SPEC: crate::spec::Spec = crate::spec::Spec::Word($name::WORDS);

            fn read(view: crate::view::View<'_>) -> Option<$name> {
                $name::from_word(view.node.as_str()?.trim())
            }
        }
    };
}

/// A mapping: `object! { 'a; /// doc \n Name { /// doc \n accessor "key": Type<'a>, … } }`.
macro_rules! object {
    ($life:lifetime; $(#[doc = $doc:literal])+ $name:ident {
        $($(#[doc = $about:literal])+ $field:ident $key:literal : $shape:ty),+ $(,)?
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $name<$life>(crate::view::View<$life>);

        impl<$life> $name<$life> {
            /// What may stand in it.
            pub const OBJECT: crate::spec::ObjectSpec = crate::spec::ObjectSpec {
                name: stringify!($name),
                about: concat!($($doc),+),
                fields: &[
                    $(crate::spec::FieldSpec {
                        key: $key,
                        about: concat!($($about),+),
                        spec: <$shape as crate::view::Shape<$life>>::SPEC,
                    }),+
                ],
            };

            $($(#[doc = $about])+
            pub fn $field(&self) -> crate::view::Field<$life, $shape> {
                self.0.field($key)
            })+

            /// The document that this is, or stands in.
            pub fn resource(&self) -> &$life cloister_model::Resource {
                self.0.resource
            }

            /// Where it stands.
            pub fn place(&self) -> cloister_model::Place<$life> {
                self.0.place()
            }
        }

        impl<$life> crate::view::Shape<$life> for $name<$life> {
            const SPEC: crate::spec::Spec = crate::spec::Spec::Object(&$name::OBJECT);

            fn read(view: crate::view::View<$life>) -> Option<$name<$life>> {
                (view.node.is_map() && !view.node.is_empty()).then_some($name(view))
            }
        }
    };
}

/// A mapping that is the `spec` of a kind.
macro_rules! document {
    ($life:lifetime; $(#[doc = $doc:literal])+ $name:ident { $($fields:tt)+ }) => {
        object! { $life; $(#[doc = $doc])+ $name { $($fields)+ } }

        impl<$life> $name<$life> {
            /// `metadata.name`.
            pub fn name(&self) -> &$life str {
                &self.0.resource.name
            }
        }

        impl<$life> crate::documents::Document<$life> for $name<$life> {
            const KIND: &'static str = stringify!($name);

            fn of(view: crate::view::View<$life>) -> $name<$life> {
                $name(view)
            }
        }
    };
}

pub(crate) use {document, object, vocabulary};
