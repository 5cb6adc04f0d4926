// What a function returns: a value, or several in a tuple or pair.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "maps.hpp"
#include "optional.hpp"

namespace polyglot {

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

}  // namespace polyglot
