// One HTTP/1.1 question (GET) on a connection of its own, bounded in time and size: to the Supervisor, and to a running service. A name is looked up by
// Asio's thread for that, an address by nobody. Nothing is followed elsewhere: the token goes to the host it was given for. The rooms that ask say in
// their own words what came instead of an answer. Loop thread; apart from those rooms, because Beast costs the compiler much memory.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/time.hpp"

namespace blupow::runtime {

class AsioLoop;

struct HttpQuestion {
  std::string host;  // a name, or an IP address without brackets
  std::uint16_t port = 80;
  std::string authority;      // the host as the header Host names it: "supervisor", "127.0.0.1:8099", "[::1]:8099"
  std::string target;         // "/health"
  std::string token;          // sent as a bearer's; empty: none is
  Duration bound{};           // from the look-up to the last byte
  std::uint32_t largest = 0;  // bytes of the answer's body
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

enum class HttpFailureKind : std::uint8_t {
  refused,      // nobody listens
  unreachable,  // no such host, no way there, or the connection broke
  silent,       // no whole answer within the bound
  hung_up,      // ended before a whole answer
  no_http,      // answers something else
  too_large,    // answers more than it may
};

struct HttpFailure {
  HttpFailureKind kind = HttpFailureKind::unreachable;
  std::string what;  // the system's words; nothing of the question or the answer
};

using HttpOutcome = std::expected<HttpAnswer, HttpFailure>;

// A question under way. Destroying or moving over it calls it off: its answer then never comes. Goes before its loop.
class HttpRequest {
 public:
  class Handle {
   public:
    virtual ~Handle() = default;
  };

  HttpRequest() = default;
  explicit HttpRequest(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
  void cancel() { handle_.reset(); }

 private:
  std::unique_ptr<Handle> handle_;
};

// Calls back once, later, within the bound, whatever the other side does.
[[nodiscard]] HttpRequest askByHttp(AsioLoop& loop, HttpQuestion question, std::move_only_function<void(const HttpOutcome&)> done);

// The same on a loop of its own. Blocks within the bound where the host is an address; a look-up may hold it longer.
HttpOutcome askByHttpAndWait(HttpQuestion question);

}  // namespace blupow::runtime
