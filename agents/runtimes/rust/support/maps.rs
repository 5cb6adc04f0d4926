//! Types of keys and values.
use super::*;
use std::any::type_name;
use std::collections::{BTreeMap, HashMap};

macro_rules! maps {
    ($map:ident $(, $bound:path)*) => {
        impl<K: FromJson $(+ $bound)*, V: FromJson> FromJson for $map<K, V> {
            fn read(from: &mut Reader) -> Fitted<Self> {
                let mut map = $map::new();
                read_entries::<Self, K, V>(from, |key, value| drop(map.insert(key, value)))?;
                Ok(map)
            }
        }
        impl<K: ToJson, V: ToJson> ToJson for $map<K, V> {
            fn write(&self, to: &mut Writer) -> Fitted<()> {
                write_entries(to, self.iter())
            }
        }
    };
}
maps!(HashMap, std::hash::Hash, Eq);
maps!(BTreeMap, Ord);

/// Maps whose keys are text are objects, others are lists of pairs under a tag.
pub(super) fn read_entries<Map, K: FromJson, V: FromJson>(from: &mut Reader, mut put: impl FnMut(K, V)) -> Fitted<()> {
    if from.take("{\"$map\":") {
        from.items::<Map>(|from| {
            from.expect::<Map>("[")?;
            let start = from.at;
            let key = K::read(from)?;
            from.path.at(Step::Key(from.text[start..from.at].trim_matches('"').to_owned()));
            from.expect::<Map>(",")?;
            put(key, V::read(from)?);
            from.expect::<Map>("]")
        })?;
        return from.expect::<Map>("}");
    }
    from.expect::<Map>("{")?;
    from.path.enter()?;
    while !from.take("}") {
        from.take(",");
        let text = from.string::<String>()?;
        from.take(":");
        from.path.at(Step::Key(text.clone()));
        let Some(key) = K::from_key(&text) else {
            return misfit(format!("a text has no converter to the key's type rust\\{}", short_name(type_name::<K>())));
        };
        put(key, V::read(from)?);
    }
    from.path.leave();
    Ok(())
}

pub(super) fn write_entries<'v, K: ToJson + 'v, V: ToJson + 'v>(
    to: &mut Writer,
    entries: impl Iterator<Item = (&'v K, &'v V)> + Clone,
) -> Fitted<()> {
    let plain = entries.clone().all(|(key, _)| key.as_key().is_some_and(|text| !text.starts_with('$')));
    let (open, before, between, after, close) = if plain { ("{", "", ":", "", "}") } else { ("{\"$map\":[", "[", ",", "]", "]}") };
    to.text.push_str(open);
    to.path.enter()?;
    for (index, (key, value)) in entries.enumerate() {
        if index > 0 {
            to.text.push(',');
        }
        to.path.at(key.as_key().map_or(Step::Index(index), |text| Step::Key(text.to_owned())));
        to.text.push_str(before);
        key.write(to)?;
        to.text.push_str(between);
        value.write(to)?;
        to.text.push_str(after);
    }
    to.path.leave();
    to.text.push_str(close);
    Ok(())
}
