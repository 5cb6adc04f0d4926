// What stands between frames and the user's functions: values from JSON and back, by the types that the functions ask
// for, and errors by class. Included before the user's own code; C++11 and later, standard library only.
#ifndef POLYGLOT_SUPPORT_HPP
#define POLYGLOT_SUPPORT_HPP

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>
#if __cplusplus >= 201703L
#include <optional>
#endif

namespace polyglot {

/// Containers in containers, as the agent and the other languages have it.
constexpr int max_depth = 500;

/// A value that does not fit; `path` leads from the argument or result to the element.
struct ConversionError {
  std::string message;
};

// ---- JSON that goes out ----------------------------------------------------------------------------------------------

inline bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// Length of the UTF-8 character at `at`, or 0 where there is none.
inline std::size_t character_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0u; };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  if (!is_continuation(static_cast<unsigned char>(second))) return 0;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (!is_continuation(static_cast<unsigned char>(byte(at + 2)))) return 0;
  const bool is_long = first == 0xE0 && second < 0xA0, is_surrogate = first == 0xED && second >= 0xA0;
  if (first >= 0xE0 && first < 0xF0) return is_long || is_surrogate ? 0 : 3;
  if (!is_continuation(static_cast<unsigned char>(byte(at + 3)))) return 0;
  const bool is_small = first == 0xF0 && second < 0x90, is_large = first == 0xF4 && second >= 0x90;
  return first >= 0xF0 && first < 0xF5 && !is_small && !is_large ? 4 : 0;
}

/// A step to an element: its index, or its key.
struct Step {
  std::size_t index;
  std::string key;
  bool is_key;
};

/// Where in a value a reader or writer stands.
class Path {
 public:
  void enter() {
    if (steps_.size() >= max_depth) throw ConversionError{"nested more than " + std::to_string(max_depth) + " deep"};
    steps_.push_back(Step{0, std::string(), false});
  }
  void at(std::size_t index) { steps_.back().index = index; }
  void at(const std::string& key) {
    steps_.back().key = key;
    steps_.back().is_key = true;
  }
  void leave() { steps_.pop_back(); }
  void clear() { steps_.clear(); }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

class Writer {
 public:
  std::string text;
  Path path;

  void raw(const char* part) { text += part; }
  void raw(char part) { text += part; }

  void string(const std::string& value) {
    static const char* const digits = "0123456789abcdef";
    text += '"';
    std::size_t plain = 0;
    for (std::size_t at = 0; at < value.size();) {
      const unsigned char byte = static_cast<unsigned char>(value[at]);
      if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
        ++at;
        continue;
      }
      const std::size_t length = character_length(value, at);
      if (length == 0) throw ConversionError{"bytes that are not UTF-8 are no text"};
      if (length > 1) {
        at += length;
        continue;
      }
      text.append(value, plain, at - plain);
      text += '\\';
      if (byte == '"' || byte == '\\') {
        text += static_cast<char>(byte);
      } else {
        text += "u00";
        text += digits[byte >> 4];
        text += digits[byte & 15];
      }
      plain = ++at;
    }
    text.append(value, plain, std::string::npos);
    text += '"';
  }

  void floating(double value) {
    if (std::isnan(value)) return raw("{\"$float\":\"NaN\"}");
    if (std::isinf(value)) return raw(value > 0 ? "{\"$float\":\"Infinity\"}" : "{\"$float\":\"-Infinity\"}");
    char digits[40];
    for (int precision = 15; precision <= 17; ++precision) {
      std::snprintf(digits, sizeof digits, "%.*g", precision, value);
      if (std::strtod(digits, nullptr) == value) break;
    }
    text += digits;
    // A float that is integral says so, or it would come back as an int.
    if (std::strpbrk(digits, ".e") == nullptr) text += ".0";
  }
};

// ---- JSON that comes in ----------------------------------------------------------------------------------------------

/// Reads text that the agent wrote: JSON without white space, with tags as the canonical values have them.
class Reader {
 public:
  Path path;

  Reader(const char* start, const char* end) : at_(start), end_(end) {}

  const char* place() const { return at_; }
  bool is(char wanted) const { return at_ < end_ && *at_ == wanted; }
  bool is(const char* wanted) const {
    const std::size_t size = std::strlen(wanted);
    return static_cast<std::size_t>(end_ - at_) >= size && std::memcmp(at_, wanted, size) == 0;
  }
  bool take(char wanted) {
    if (!is(wanted)) return false;
    ++at_;
    return true;
  }
  bool take(const char* wanted) {
    if (!is(wanted)) return false;
    at_ += std::strlen(wanted);
    return true;
  }
  void expect(char wanted, const char* type) {
    if (!take(wanted)) misfit(type);
  }

  [[noreturn]] void misfit(const char* type) const {
    throw ConversionError{std::string(kind()) + " has no converter to cpp\\" + type};
  }

  /// Kind of the value that comes next, as a person calls it.
  const char* kind() const {
    if (is('"')) return "a text";
    if (is('[')) return "a list";
    if (is("{\"$int\"")) return "an int";
    if (is("{\"$float\"")) return "a float";
    if (is("{\"$bytes\"")) return "bytes";
    if (is('{')) return "a map";
    if (is('t') || is('f')) return "a boolean";
    if (is('n')) return "None";
    return number().find_first_of(".eE") == std::string::npos ? "an int" : "a float";
  }

  /// The number at this place, which is not passed over.
  std::string number() const {
    const char* last = at_;
    while (last < end_ && (std::strchr("+-.eE", *last) != nullptr || (*last >= '0' && *last <= '9'))) ++last;
    return std::string(at_, last);
  }

  /// An int's digits: plain, or under their tag.
  std::string integer(const char* type) {
    if (take("{\"$int\":\"")) {
      std::string digits = number();
      at_ += digits.size() + 2;
      return digits;
    }
    const std::string digits = number();
    if (digits.empty() || digits.find_first_of(".eE") != std::string::npos) misfit(type);
    at_ += digits.size();
    return digits;
  }

  double floating(const char* type) {
    if (take("{\"$float\":\"")) {
      const char* last = static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      const std::string text(at_, last);
      at_ = last + 2;
      if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
      return std::strtod(text.c_str(), nullptr);
    }
    const std::string digits = number();
    if (digits.empty()) misfit(type);
    at_ += digits.size();
    return std::strtod(digits.c_str(), nullptr);
  }

  bool boolean(const char* type) {
    if (take("true")) return true;
    if (take("false")) return false;
    misfit(type);
  }

  std::string string(const char* type) {
    if (!take('"')) misfit(type);
    std::string value;
    for (;;) {
      const char* plain = at_;
      while (*at_ != '"' && *at_ != '\\') ++at_;
      value.append(plain, at_);
      if (*at_++ == '"') return value;
      escaped(value);
    }
  }

  /// Passes over a value of any kind.
  void skip() {
    if (is('"')) {
      string("string");
    } else if (is('[') || is('{')) {
      int depth = 0;
      do {
        if (is('"')) {
          string("string");
          continue;
        }
        if (*at_ == '[' || *at_ == '{') ++depth;
        if (*at_ == ']' || *at_ == '}') --depth;
        ++at_;
      } while (depth > 0);
    } else {
      while (at_ < end_ && std::strchr(",]}", *at_) == nullptr) ++at_;
    }
  }

 private:
  const char* at_;
  const char* end_;

  unsigned hex() {
    unsigned value = 0;
    for (int digit = 0; digit < 4; ++digit) {
      const char c = *at_++;
      value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
  }

  void escaped(std::string& value) {
    const char c = *at_++;
    if (c != 'u') {
      static const char* const from = "bfnrt";
      const char* found = std::strchr(from, c);
      value += found == nullptr ? c : "\b\f\n\r\t"[found - from];
      return;
    }
    std::uint32_t code = hex();
    if (code >= 0xD800 && code < 0xE000) {
      if (code >= 0xDC00 || !take("\\u")) throw ConversionError{"a text with half of a surrogate pair is no text"};
      code = 0x10000 + ((code - 0xD800) << 10) + (hex() - 0xDC00);
    }
    append_utf8(value, code);
  }

  static void append_utf8(std::string& value, std::uint32_t code) {
    const auto tail = [&](int shift) { value += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
      value += static_cast<char>(code);
    } else if (code < 0x800) {
      value += static_cast<char>(0xC0 | (code >> 6));
      tail(0);
    } else if (code < 0x10000) {
      value += static_cast<char>(0xE0 | (code >> 12));
      tail(6);
      tail(0);
    } else {
      value += static_cast<char>(0xF0 | (code >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }
};

// ---- types -----------------------------------------------------------------------------------------------------------

template <class T, class Enabled = void>
struct Codec;

template <>
struct Codec<bool> {
  static bool read(Reader& in) { return in.boolean("bool"); }
  static void write(Writer& out, bool value) { out.raw(value ? "true" : "false"); }
};

template <class T>
struct Codec<T, typename std::enable_if<std::is_integral<T>::value && !std::is_same<T, bool>::value>::type> {
  using Wide = typename std::conditional<std::is_signed<T>::value, long long, unsigned long long>::type;

  static T read(Reader& in) {
    const std::string digits = in.integer("int");
    errno = 0;
    const bool is_negative = digits[0] == '-';
    const Wide wide = parse(digits, std::is_signed<T>());
    const bool fits = errno == 0 && !(is_negative && !std::is_signed<T>::value) &&
                      wide >= static_cast<Wide>(std::numeric_limits<T>::min()) &&
                      wide <= static_cast<Wide>(std::numeric_limits<T>::max());
    if (!fits) {
      throw ConversionError{"the int " + digits + " does not fit " + std::to_string(sizeof(T) * 8) +
                            (std::is_signed<T>::value ? " bits" : " bits without sign")};
    }
    return static_cast<T>(wide);
  }
  static void write(Writer& out, T value) { out.text += std::to_string(static_cast<Wide>(value)); }

 private:
  static long long parse(const std::string& digits, std::true_type) { return std::strtoll(digits.c_str(), nullptr, 10); }
  static unsigned long long parse(const std::string& digits, std::false_type) {
    return std::strtoull(digits.c_str(), nullptr, 10);
  }
};

template <class T>
struct Codec<T, typename std::enable_if<std::is_floating_point<T>::value>::type> {
  static T read(Reader& in) {
    const double value = in.floating("double");
    const T narrow = static_cast<T>(value);
    if (std::isinf(narrow) && !std::isinf(value)) throw ConversionError{"the float does not fit the type"};
    return narrow;
  }
  static void write(Writer& out, T value) { out.floating(static_cast<double>(value)); }
};

template <>
struct Codec<std::string> {
  static std::string read(Reader& in) { return in.string("string"); }
  static void write(Writer& out, const std::string& value) { out.string(value); }
};

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

template <class T, class A>
struct Codec<std::vector<T, A>> {
  static std::vector<T, A> read(Reader& in) {
    std::vector<T, A> items;
    read_items(in, "vector", [&](std::size_t) { items.push_back(Codec<T>::read(in)); });
    return items;
  }
  static void write(Writer& out, const std::vector<T, A>& value) { write_items(out, value); }
};

template <class A>
struct Codec<std::vector<bool, A>> {
  static std::vector<bool, A> read(Reader& in) {
    std::vector<bool, A> items;
    read_items(in, "vector", [&](std::size_t) { items.push_back(Codec<bool>::read(in)); });
    return items;
  }
  static void write(Writer& out, const std::vector<bool, A>& value) {
    write_items(out, std::vector<unsigned char>(value.begin(), value.end()), true);
  }

 private:
  static void write_items(Writer& out, const std::vector<unsigned char>& items, bool) {
    out.raw('[');
    for (std::size_t index = 0; index < items.size(); ++index) {
      if (index > 0) out.raw(',');
      Codec<bool>::write(out, items[index] != 0);
    }
    out.raw(']');
  }
};

template <class T, class C, class A>
struct Codec<std::set<T, C, A>> {
  static std::set<T, C, A> read(Reader& in) {
    std::set<T, C, A> items;
    read_items(in, "set", [&](std::size_t) { items.insert(Codec<T>::read(in)); });
    return items;
  }
  static void write(Writer& out, const std::set<T, C, A>& value) { write_items(out, value); }
};

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

#if __cplusplus >= 201703L
template <class T>
struct Codec<std::optional<T>> {
  static std::optional<T> read(Reader& in) {
    if (in.take("null")) return std::nullopt;
    return Codec<T>::read(in);
  }
  static void write(Writer& out, const std::optional<T>& value) {
    if (value.has_value()) Codec<T>::write(out, *value);
    else out.raw("null");
  }
};
#endif

// ---- results ---------------------------------------------------------------------------------------------------------

/// What the caller binds: how many results, and whether they are the elements of a tuple.
struct Wanted {
  int results = 0;
  bool spread = false;
};

/// In `values`, between the brackets. Answers how many there are, or -1 where one value is no tuple.
template <class T>
struct ResultWriter {
  static void write(Writer& out, const T& value, const Wanted& wanted) {
    if (wanted.spread) {
      throw ConversionError{"one value was returned where " + std::to_string(wanted.results) + " results are bound"};
    }
    Codec<T>::write(out, value);
  }
};

template <class... T>
struct ResultWriter<std::tuple<T...>> {
  static void write(Writer& out, const std::tuple<T...>& value, const Wanted& wanted) {
    const int size = static_cast<int>(sizeof...(T));
    if (wanted.spread && size < wanted.results) {
      throw ConversionError{std::to_string(size) + " results were returned where " + std::to_string(wanted.results) +
                            " are bound"};
    }
    if (!wanted.spread) out.raw('[');
    elements<0>(out, value, wanted.spread ? wanted.results : size, std::integral_constant<bool, 0 < sizeof...(T)>());
    if (!wanted.spread) out.raw(']');
  }

 private:
  template <std::size_t I>
  static void elements(Writer& out, const std::tuple<T...>& value, int count, std::true_type) {
    if (static_cast<int>(I) >= count) return;
    if (I > 0) out.raw(',');
    out.path.at(I);
    using Element = typename std::tuple_element<I, std::tuple<T...>>::type;
    Codec<typename std::decay<Element>::type>::write(out, std::get<I>(value));
    elements<I + 1>(out, value, count, std::integral_constant<bool, (I + 1 < sizeof...(T))>());
  }
  template <std::size_t I>
  static void elements(Writer&, const std::tuple<T...>&, int, std::false_type) {}
};

template <class A, class B>
struct ResultWriter<std::pair<A, B>> {
  static void write(Writer& out, const std::pair<A, B>& value, const Wanted& wanted) {
    ResultWriter<std::tuple<A, B>>::write(out, std::tuple<A, B>(value.first, value.second), wanted);
  }
};

// ---- calls -----------------------------------------------------------------------------------------------------------

using Clock = std::chrono::steady_clock;

inline std::uint64_t since(Clock::time_point start) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

/// One call under way: what it was given, what it gives, and what it does at the moment.
struct Call {
  Reader in;
  Writer out;
  Wanted wanted;
  std::size_t count = 0;
  /// The argument that is being read; -1 before and after.
  int argument = -1;
  bool is_writing = false;
  std::uint64_t conversion_ns = 0;

  Call(const char* start, const char* end) : in(start, end) {}
};

template <class... T>
struct Types {};

/// The first `Count` of a list of types.
template <std::size_t Count, class Taken, class Left>
struct FirstOf;
template <class... Taken, class... Left>
struct FirstOf<0, Types<Taken...>, Types<Left...>> {
  using type = Types<Taken...>;
};
template <std::size_t Count, class... Taken, class First, class... Left>
struct FirstOf<Count, Types<Taken...>, Types<First, Left...>>
    : FirstOf<Count - 1, Types<Taken..., First>, Types<Left...>> {};
template <class... Taken, class First, class... Left>
struct FirstOf<0, Types<Taken...>, Types<First, Left...>> {
  using type = Types<Taken...>;
};

template <class Function>
struct Parameters;
template <class R, class... A>
struct Parameters<R (*)(A...)> {
  using type = Types<A...>;
};
#if __cplusplus >= 201703L
template <class R, class... A>
struct Parameters<R (*)(A...) noexcept> {
  using type = Types<A...>;
};
#endif

template <class T>
T read_argument(Call& call) {
  if (++call.argument > 0) call.in.take(',');
  if (call.in.is("{\"$undefined\"")) {
    throw ConversionError{"C++ takes no argument after one that is left out"};
  }
  return Codec<T>::read(call.in);
}

template <std::size_t... I>
struct Indices {};
template <std::size_t N, std::size_t... I>
struct IndicesTo : IndicesTo<N - 1, N - 1, I...> {};
template <std::size_t... I>
struct IndicesTo<0, I...> {
  using type = Indices<I...>;
};

/// Calls with the arguments that the types ask for. `Caller::call` is the user's function, its defaults included.
template <class Caller, class Parameters>
struct Invoke;
template <class Caller, class... A>
struct Invoke<Caller, Types<A...>> {
  using Result = typename std::decay<decltype(Caller::call(std::declval<A>()...))>::type;

  static void run(Call& call) {
    const Clock::time_point began = Clock::now();
    // Braces read from left to right.
    std::tuple<typename std::decay<A>::type...> given{read_argument<typename std::decay<A>::type>(call)...};
    call.argument = -1;
    call.conversion_ns += since(began);
    finish(call, given, typename IndicesTo<sizeof...(A)>::type(), std::is_void<Result>());
  }

 private:
  template <class Given, std::size_t... I>
  static void finish(Call&, Given& given, Indices<I...>, std::true_type) {
    (void)given;
    Caller::call(static_cast<A&&>(std::get<I>(given))...);
  }
  template <class Given, std::size_t... I>
  static void finish(Call& call, Given& given, Indices<I...>, std::false_type) {
    (void)given;
    const Result value = Caller::call(static_cast<A&&>(std::get<I>(given))...);
    if (call.wanted.results == 0) return;
    const Clock::time_point began = Clock::now();
    call.is_writing = true;
    call.out.path.enter();
    ResultWriter<Result>::write(call.out, value, call.wanted);
    call.conversion_ns += since(began);
  }
};

template <class Caller, class Function, std::size_t Count>
using InvokeFirst = Invoke<Caller, typename FirstOf<Count, Types<>, typename Parameters<Function>::type>::type>;

template <class... A>
constexpr std::size_t count_in(Types<A...>) {
  return sizeof...(A);
}

template <class Function>
constexpr std::size_t count_of() {
  return count_in(typename Parameters<Function>::type());
}

/// A function under the name that `.pg` has for it, with so many arguments.
struct Entry {
  const char* name;
  std::size_t count;
  void (*run)(Call&);
};

// ---- errors ----------------------------------------------------------------------------------------------------------

/// Names of the standard's classes in `.pg`, where they differ from their own.
inline const char* polyglot_name(const std::string& name) {
  static const std::map<std::string, const char*> names = {
      {"std::exception", "Exception"},         {"std::runtime_error", "RuntimeError"},
      {"std::logic_error", "LogicError"},      {"std::bad_alloc", "BadAlloc"},
      {"std::bad_cast", "BadCast"},            {"std::out_of_range", "OutOfRange"},
      {"std::invalid_argument", "InvalidArgument"},
  };
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

inline std::string demangled(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  std::string text = status == 0 ? name.get() : type.name();
  // What the library's own versions put between.
  for (const char* part : {"__cxx11::", "__1::"}) {
    for (std::size_t at; (at = text.find(part)) != std::string::npos;) text.erase(at, std::strlen(part));
  }
  return text;
}

/// The class and its ancestors, nearest first, each once: by the names that handlers may use.
inline void collect_lineage(const std::type_info* type, std::vector<std::string>& names) {
  const std::string full = demangled(*type);
  const auto add = [&](const std::string& name) {
    for (const std::string& known : names) {
      if (known == name) return;
    }
    names.push_back(name);
  };
  if (const char* known = polyglot_name(full)) add(known);
  add(full.substr(full.compare(0, 5, "std::") == 0 ? 5 : 0));
  if (const auto* single = dynamic_cast<const abi::__si_class_type_info*>(type)) {
    collect_lineage(single->__base_type, names);
  } else if (const auto* several = dynamic_cast<const abi::__vmi_class_type_info*>(type)) {
    for (unsigned index = 0; index < several->__base_count; ++index) {
      collect_lineage(several->__base_info[index].__base_type, names);
    }
  }
}

inline void write_error(Writer& out, const std::vector<std::string>& lineage, const std::string& message) {
  out.raw("\"error\":{\"lineage\":");
  write_items(out, lineage);
  out.raw(",\"message\":");
  try {
    out.string(message);
  } catch (const ConversionError&) {
    out.raw("\"the exception's own message is not UTF-8\"");
  }
  out.raw(",\"trace\":\"\"}}");
}

inline void write_conversion(Call& call, const ConversionError& error, Writer& out) {
  out.raw("\"conversion\":{");
  const Path& path = call.is_writing ? call.out.path : call.in.path;
  bool first = true;
  if (!call.is_writing) {
    out.raw("\"argument\":");
    out.text += std::to_string(call.argument < 0 ? 0 : call.argument);
    out.raw(",\"path\":[");
  } else {
    out.raw("\"path\":[");
    out.raw(call.wanted.spread && !path.steps().empty() ? std::to_string(path.steps()[0].index).c_str() : "null");
    first = false;
  }
  for (std::size_t index = call.is_writing ? 1 : 0; index < path.steps().size(); ++index) {
    if (!first) out.raw(',');
    first = false;
    const Step& step = path.steps()[index];
    if (step.is_key) out.string(step.key);
    else out.text += std::to_string(step.index);
  }
  out.raw("],\"message\":");
  out.string(error.message);
  out.raw("}}");
}

// ---- what the host calls ---------------------------------------------------------------------------------------------

struct Answer {
  char kind;
  const char* text;
  std::size_t size;
  std::uint64_t conversion_ns;
};

inline std::size_t count_items(Reader in) {
  if (!in.take('[') || in.is(']')) return 0;
  std::size_t count = 1;
  for (;;) {
    in.skip();
    if (!in.take(',')) return count;
    ++count;
  }
}

/// The fields of a call; the arguments are read when the function is known.
struct Request {
  std::string function;
  const char* arguments = nullptr;
  std::size_t count = 0;
  Wanted wanted;

  explicit Request(Reader in, const char* end) {
    in.take('{');
    while (!in.take('}')) {
      in.take(',');
      const std::string field = in.string("string");
      in.take(':');
      if (field == "function") {
        function = in.string("string");
      } else if (field == "results") {
        wanted.results = std::atoi(in.integer("int").c_str());
      } else if (field == "spread") {
        wanted.spread = in.boolean("bool");
      } else if (field == "arguments") {
        arguments = in.place();
        count = count_items(Reader(arguments, end));
        in.skip();
      } else {
        in.skip();
      }
    }
  }
};

inline const Entry* find_entry(const Entry* entries, std::size_t size, const Request& request) {
  for (std::size_t index = 0; index < size; ++index) {
    if (request.function == entries[index].name && request.count == entries[index].count) return entries + index;
  }
  return nullptr;
}

/// Runs one call; never throws.
inline void run_call(const Entry* entries, std::size_t size, const char* body, std::size_t body_size, Answer* answer) {
  const char* const end = body + body_size;
  const Request request{Reader(body, end), end};
  Call call(request.arguments, end);
  call.wanted = request.wanted;
  call.in.take('[');
  Writer out;
  answer->kind = 'e';
  try {
    const Entry* entry = find_entry(entries, size, request);
    if (entry == nullptr) {
      throw std::invalid_argument(request.function + " cannot be called with " + std::to_string(request.count) +
                                  (request.count == 1 ? " argument" : " arguments"));
    }
    entry->run(call);
    answer->kind = 'v';
    out.raw("\"values\":[");
    out.text += call.out.text;
    out.raw("]}");
  } catch (const ConversionError& error) {
    write_conversion(call, error, out);
  } catch (const std::exception& error) {
    std::vector<std::string> lineage;
    collect_lineage(&typeid(error), lineage);
    write_error(out, lineage, error.what());
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    const std::string name = type == nullptr ? "an unknown type" : demangled(*type);
    write_error(out, {name, "Exception"}, "a value of the type " + name + " was thrown");
  }
  std::cout.flush();
  std::cerr.flush();
  std::clog.flush();
  char* text = static_cast<char*>(std::malloc(out.text.size()));
  if (text == nullptr) std::abort();
  std::memcpy(text, out.text.data(), out.text.size());
  answer->text = text;
  answer->size = out.text.size();
  answer->conversion_ns = call.conversion_ns;
}

}  // namespace polyglot

#endif
