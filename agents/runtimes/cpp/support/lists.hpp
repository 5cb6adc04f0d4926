// Types of elements in an order, and sets.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scalars.hpp"

namespace polyglot {

/// Each element of a list that comes in.
template <class Take>
void read_items(Reader& in, const char* type, Take take) {
  in.expect('[', type);
  in.path.enter();
  for (std::size_t index = 0; !in.take(']'); ++index) {
    if (index > 0) in.take(',');
    in.path.at(index);
    take(index);
  }
  in.path.leave();
}

template <class Items>
void write_items(Writer& out, const Items& items) {
  std::size_t index = 0;
  out.raw('[');
  out.path.enter();
  for (const auto& item : items) {
    if (index > 0) out.raw(',');
    out.path.at(index++);
    Codec<typename std::decay<decltype(item)>::type>::write(out, item);
  }
  out.path.leave();
  out.raw(']');
}

/// A copy of the elements of a list in shared memory.
template <class Items>
Items read_shared(Reader& in) {
  using T = typename Items::value_type;
  const Part part = in.part();
  if (!holds_shared<T>(part.kind)) throw ConversionError{"a list of other elements has no converter to cpp\\vector"};
  Items items(part.count);
  PartFile(in.folder, part, part.count * sizeof(T)).read(items.data(), part.count * sizeof(T));
  return items;
}

template <class T, class A>
struct Codec<std::vector<T, A>> {
  static std::vector<T, A> read(Reader& in) {
    if (in.is_shared()) return read_shared<std::vector<T, A>>(in);
    std::vector<T, A> items;
    read_items(in, "vector", [&](std::size_t) { items.push_back(Codec<T>::read(in)); });
    return items;
  }
  static void write(Writer& out, const std::vector<T, A>& value) {
    const char* const kind = shared_kind<T>();
    const std::string reference =
        *kind == 0 ? "" : out.shared.give(kind, value.size(), value.data(), value.size() * sizeof(T));
    if (reference.empty()) return write_items(out, value);
    out.raw(reference.c_str());
  }
};

template <class A>
struct Codec<std::vector<bool, A>> {
  static std::vector<bool, A> read(Reader& in) {
    std::vector<bool, A> items;
    read_items(in, "vector", [&](std::size_t) { items.push_back(Codec<bool>::read(in)); });
    return items;
  }
  static void write(Writer& out, const std::vector<bool, A>& value) {
    out.raw('[');
    for (std::size_t index = 0; index < value.size(); ++index) {
      if (index > 0) out.raw(',');
      Codec<bool>::write(out, value[index]);
    }
    out.raw(']');
  }
};

/// Octets are bytes; a list of ints is taken as well.
template <class A>
struct Codec<std::vector<std::uint8_t, A>> {
  using Octets = std::vector<std::uint8_t, A>;

  static Octets read(Reader& in) {
    if (in.is_shared()) return read_shared<Octets>(in);
    Octets items;
    if (in.is("{\"$bytes\"")) {
      const std::string bytes = in.bytes();
      items.assign(bytes.begin(), bytes.end());
    } else {
      read_items(in, "vector", [&](std::size_t) { items.push_back(Codec<std::uint8_t>::read(in)); });
    }
    return items;
  }
  static void write(Writer& out, const Octets& value) { out.bytes(value.data(), value.size()); }
};

template <class Set>
struct SetCodec {
  static Set read(Reader& in) {
    Set items;
    read_items(in, "set", [&](std::size_t) { items.insert(Codec<typename Set::value_type>::read(in)); });
    return items;
  }
  static void write(Writer& out, const Set& value) { write_items(out, value); }
};

template <class T, class C, class A>
struct Codec<std::set<T, C, A>> : SetCodec<std::set<T, C, A>> {};
template <class T, class H, class E, class A>
struct Codec<std::unordered_set<T, H, E, A>> : SetCodec<std::unordered_set<T, H, E, A>> {};

template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
  static std::array<T, N> read(Reader& in) {
    std::vector<T> items = Codec<std::vector<T>>::read(in);
    if (items.size() != N) {
      throw ConversionError{std::to_string(items.size()) + " elements where the array takes " + std::to_string(N)};
    }
    std::array<T, N> value;
    for (std::size_t index = 0; index < N; ++index) value[index] = std::move(items[index]);
    return value;
  }
  static void write(Writer& out, const std::array<T, N>& value) { write_items(out, value); }
};

/// Tuples and pairs as elements and arguments; what a function returns is in `results.hpp`.
template <class Tuple, std::size_t Size>
struct TupleCodec {
  static Tuple read(Reader& in) {
    Tuple value;
    std::size_t count = 0;
    read_items(in, "tuple", [&](std::size_t index) {
      if (index >= Size) throw wrong_size();
      element<0>(in, value, index, std::integral_constant<bool, 0 < Size>());
      count = index + 1;
    });
    if (count != Size) throw wrong_size();
    return value;
  }
  static void write(Writer& out, const Tuple& value) {
    out.raw('[');
    out.path.enter();
    written<0>(out, value, std::integral_constant<bool, 0 < Size>());
    out.path.leave();
    out.raw(']');
  }

 private:
  template <std::size_t I>
  using Element = typename std::decay<typename std::tuple_element<I, Tuple>::type>::type;

  static ConversionError wrong_size() {
    return ConversionError{"a list of another length than the " + std::to_string(Size) + " elements of the tuple"};
  }
  template <std::size_t I>
  static void element(Reader& in, Tuple& value, std::size_t index, std::true_type) {
    if (index == I) std::get<I>(value) = Codec<Element<I>>::read(in);
    else element<I + 1>(in, value, index, std::integral_constant<bool, (I + 1 < Size)>());
  }
  template <std::size_t I>
  static void element(Reader&, Tuple&, std::size_t, std::false_type) {}
  template <std::size_t I>
  static void written(Writer& out, const Tuple& value, std::true_type) {
    if (I > 0) out.raw(',');
    out.path.at(I);
    Codec<Element<I>>::write(out, std::get<I>(value));
    written<I + 1>(out, value, std::integral_constant<bool, (I + 1 < Size)>());
  }
  template <std::size_t I>
  static void written(Writer&, const Tuple&, std::false_type) {}
};

template <class... T>
struct Codec<std::tuple<T...>> : TupleCodec<std::tuple<T...>, sizeof...(T)> {};
template <class A, class B>
struct Codec<std::pair<A, B>> : TupleCodec<std::pair<A, B>, 2> {};

}  // namespace polyglot
