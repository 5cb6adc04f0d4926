// Types of elements in an order, and sets.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L && __has_include(<span>)
#include <span>
#endif

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

/// Elements in shared memory as values of another type. Who asked finds the words for one that does not fit: it looks at
/// them again.
[[noreturn]] inline void refuse_shared() {
  throw ConversionError{"a list of other elements has no converter to cpp\\vector"};
}

template <class From, class T>
T narrowed(const char* at, std::true_type) {
  From value;
  std::memcpy(&value, at, sizeof value);
  const T narrow = static_cast<T>(value);
  const bool is_kept = std::is_floating_point<T>::value
                           ? !std::isinf(static_cast<double>(narrow)) || std::isinf(static_cast<double>(value))
                           : static_cast<From>(narrow) == value && (value < From(0)) == (narrow < T(0));
  if (!is_kept) refuse_shared();
  return narrow;
}
template <class From, class T>
T narrowed(const char*, std::false_type) {
  refuse_shared();
}

template <class T>
T shared_element(const std::string& kind, const char* at) {
  using Float = std::is_floating_point<T>;
  using Int = std::integral_constant<bool, std::is_integral<T>::value && !std::is_same<T, bool>::value>;
  if (kind == "f8" || kind == "n8") return narrowed<double, T>(at, Float());
  if (kind == "f4") return narrowed<float, T>(at, Float());
  if (kind == "i8") return narrowed<std::int64_t, T>(at, Int());
  if (kind == "i4") return narrowed<std::int32_t, T>(at, Int());
  return narrowed<std::uint8_t, T>(at, Int());
}

/// One value of a list in shared memory: an element, or a row of them.
template <class T>
struct SharedItem {
  static T read(const Part& part, const char* at) {
    if (part.columns > 0) refuse_shared();
    return shared_element<T>(part.kind, at);
  }
};
template <class T, class A>
struct SharedItem<std::vector<T, A>> {
  static std::vector<T, A> read(const Part& part, const char* at) {
    if (part.columns == 0) refuse_shared();
    const std::size_t size = part.row_size() / part.columns;
    std::vector<T, A> row;
    row.reserve(part.columns);
    for (std::size_t index = 0; index < part.columns; ++index) {
      row.push_back(SharedItem<T>::read(element_of(part), at + index * size));
    }
    return row;
  }
  static Part element_of(const Part& part) {
    Part element;
    element.kind = part.kind;
    return element;
  }
};
template <class T, std::size_t N>
struct SharedItem<std::array<T, N>> {
  static std::array<T, N> read(const Part& part, const char* at) {
    if (part.columns != N) refuse_shared();
    const std::vector<T> items = SharedItem<std::vector<T>>::read(part, at);
    std::array<T, N> row;
    std::copy(items.begin(), items.end(), row.begin());
    return row;
  }
};

/// A copy of the elements of a list in shared memory.
template <class Items>
Items read_shared(Reader& in) {
  using T = typename Items::value_type;
  const Part part = in.part();
  const PartFile file(in.folder, part, part.size());
  if (part.template holds<T>()) {
    Items items(part.count);
    file.read(static_cast<void*>(items.data()), part.size());
    return items;
  }
  std::vector<char> bytes(part.size());
  file.read(bytes.data(), bytes.size());
  Items items;
  items.reserve(part.count);
  for (std::size_t index = 0; index < part.count; ++index) {
    items.push_back(SharedItem<T>::read(part, bytes.data() + index * part.row_size()));
  }
  return items;
}

/// A reference to elements as they lie in memory; empty where they are not shared.
template <class T>
std::string give_shared(Writer& out, const T* data, std::size_t count) {
  const char* const kind = SharedElement<T>::kind();
  if (*kind == 0) return "";
  const std::size_t columns = SharedElement<T>::columns;
  const std::string shape = std::to_string(count) + (columns == 0 ? "" : "," + std::to_string(columns));
  return out.shared.give(kind, shape, data, count * sizeof(T));
}
template <class T, class A>
struct Codec<std::vector<T, A>>;
/// Rows of one length go side by side.
template <class T, class A>
std::string give_shared(Writer& out, const std::vector<T, A>* rows, std::size_t count) {
  const char* const kind = SharedElement<T>::kind();
  const std::size_t columns = count == 0 ? 0 : rows->size();
  const std::size_t size = count * columns * sizeof(T);
  if (*kind == 0 || *kind == 'u' || SharedElement<T>::columns > 0 || !out.shared.takes(size)) return "";
  std::vector<T> side_by_side;
  side_by_side.reserve(count * columns);
  for (std::size_t row = 0; row < count; ++row) {
    if (rows[row].size() != columns) return "";
    side_by_side.insert(side_by_side.end(), rows[row].begin(), rows[row].end());
  }
  return out.shared.give(kind, std::to_string(count) + "," + std::to_string(columns), side_by_side.data(), size);
}
template <class A>
std::string give_shared(Writer&, const std::vector<bool, A>*, std::size_t) {
  return "";
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
    const std::string reference = give_shared(out, value.data(), value.size());
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

#if __cplusplus >= 202002L && __has_include(<span>)
/// What a span shows: elements of its own, or those in shared memory as they lie there.
template <class T>
class SpanStore {
 public:
  using Item = typename std::remove_const<T>::type;

  explicit SpanStore(std::vector<Item> own) : own_(std::move(own)) {}
  SpanStore(void* at, std::size_t count) : at_(at), count_(count) {}
  SpanStore(SpanStore&& other) noexcept
      : own_(std::move(other.own_)), at_(std::exchange(other.at_, nullptr)), count_(other.count_) {}
  SpanStore(const SpanStore&) = delete;
  SpanStore& operator=(const SpanStore&) = delete;
  ~SpanStore() {
    if (at_ != nullptr) ::munmap(at_, count_ * sizeof(T));
  }

  operator std::span<T>() {
    if (at_ == nullptr) return own_;
    return {static_cast<Item*>(at_), count_};
  }

 private:
  std::vector<Item> own_;
  void* at_ = nullptr;
  std::size_t count_ = 0;
};

template <class T>
struct Stored<std::span<T>> {
  using type = SpanStore<T>;
};
template <class T>
struct Codec<SpanStore<T>> {
  using Item = typename SpanStore<T>::Item;

  static SpanStore<T> read(Reader& in) {
    Reader ahead = in;
    const Part part = in.is_shared() ? ahead.part() : Part();
    void* at = nullptr;
    if (part.count > 0 && part.template holds<Item>()) at = PartFile(in.folder, part, part.size()).map(part.size());
    if (at == nullptr) return SpanStore<T>(Codec<std::vector<Item>>::read(in));
    in = ahead;
    return SpanStore<T>(at, part.count);
  }
};
template <class T>
struct Codec<std::span<T>> {
  using Item = typename std::remove_const<T>::type;
  static void write(Writer& out, std::span<T> value) {
    Codec<std::vector<Item>>::write(out, std::vector<Item>(value.begin(), value.end()));
  }
};
#endif

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
