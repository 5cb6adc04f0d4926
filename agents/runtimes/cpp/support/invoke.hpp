// A call of a function with the arguments that its parameters ask for.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "results.hpp"

namespace polyglot {

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
  /// Of it, for what the function gave.
  std::uint64_t writing_ns = 0;

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

template <class A>
using StoredFor = typename Stored<typename std::decay<A>::type>::type;

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
    std::tuple<StoredFor<A>...> given{read_argument<StoredFor<A>>(call)...};
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
    call.writing_ns = since(began);
    call.conversion_ns += call.writing_ns;
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

}  // namespace polyglot
