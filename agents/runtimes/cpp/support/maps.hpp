// Types of keys and values.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "lists.hpp"

namespace polyglot {

inline std::string key_text(const std::string& key) { return key; }
template <class Key>
std::string key_text(const Key& key) {
  Writer out;
  Codec<Key>::write(out, key);
  return out.text;
}

template <class Key>
struct PlainKeys : std::false_type {};
template <>
struct PlainKeys<std::string> : std::true_type {};

/// Maps whose keys are text are objects, others are lists of pairs under a tag.
template <class Map>
struct MapCodec {
  using Key = typename Map::key_type;
  using Value = typename Map::mapped_type;

  static Map read(Reader& in) {
    Map value;
    if (in.take("{\"$map\":")) {
      read_pairs(in, value);
      in.expect('}', "map");
    } else {
      read_object(in, value, PlainKeys<Key>());
    }
    return value;
  }

  static void write(Writer& out, const Map& value) {
    if (PlainKeys<Key>::value && !holds_tag(value, PlainKeys<Key>())) {
      out.raw('{');
      write_entries(out, value, ':', "", "");
      out.raw('}');
    } else {
      out.raw("{\"$map\":[");
      write_entries(out, value, ',', "[", "]");
      out.raw("]}");
    }
  }

 private:
  static void read_pairs(Reader& in, Map& value) {
    read_items(in, "map", [&](std::size_t) {
      in.expect('[', "map");
      Key key = Codec<Key>::read(in);
      in.expect(',', "map");
      in.path.at(key_text(key));
      value[std::move(key)] = Codec<Value>::read(in);
      in.expect(']', "map");
    });
  }

  static void read_object(Reader& in, Map& value, std::true_type) {
    in.expect('{', "map");
    in.path.enter();
    for (bool first = true; !in.take('}'); first = false) {
      if (!first) in.take(',');
      std::string key = in.string("string");
      in.take(':');
      in.path.at(key);
      value[std::move(key)] = Codec<Value>::read(in);
    }
    in.path.leave();
  }
  static void read_object(Reader& in, Map&, std::false_type) {
    if (!in.take("{}")) throw ConversionError{"a map whose keys are text has no converter to this map"};
  }

  static bool holds_tag(const Map& value, std::true_type) {
    for (const auto& entry : value) {
      if (!entry.first.empty() && entry.first[0] == '$') return true;
    }
    return false;
  }
  static bool holds_tag(const Map&, std::false_type) { return true; }

  static void write_entries(Writer& out, const Map& value, char between, const char* before, const char* after) {
    bool first = true;
    out.path.enter();
    for (const auto& entry : value) {
      if (!first) out.raw(',');
      first = false;
      out.raw(before);
      out.path.at(key_text(entry.first));
      Codec<Key>::write(out, entry.first);
      out.raw(between);
      Codec<Value>::write(out, entry.second);
      out.raw(after);
    }
    out.path.leave();
  }
};

template <class K, class V, class C, class A>
struct Codec<std::map<K, V, C, A>> : MapCodec<std::map<K, V, C, A>> {};
template <class K, class V, class H, class E, class A>
struct Codec<std::unordered_map<K, V, H, E, A>> : MapCodec<std::unordered_map<K, V, H, E, A>> {};

}  // namespace polyglot
