// The seam to the Supervisor's API: a question by its path, an answer or what came instead of one. Loop thread; never blocks.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/http_client.hpp"

namespace blupow::homeassistant::supervisor {

inline constexpr std::string_view kBrokerPath = "/services/mqtt";
inline constexpr std::string_view kAddOnPath = "/addons/self/info";

using Answer = runtime::HttpAnswer;
using Request = runtime::HttpRequest;  // a question under way: destroying or moving over it calls it off

enum class TroubleKind : std::uint8_t {
  unreachable,    // no such host, nobody listens, or it hung up
  silent,         // there, but does not answer in time
  no_http,        // answers something that is no HTTP
  too_large,      // answers more than anybody could want to say
  not_ready,      // is still starting
  token_refused,  // does not take our token
  not_declared,   // config.yaml does not ask for the broker
  no_broker,      // nothing provides one
  unusable,       // an answer of another shape, or with values that cannot be
};

// what: a clause without a full stop; the cure is answers.hpp's. No token, password or text of the answer is ever in them.
struct Trouble {
  TroubleKind kind = TroubleKind::unreachable;
  std::string what;
};

using Outcome = std::expected<Answer, Trouble>;

class Api {
 public:
  virtual ~Api() = default;
  // Calls back once, later, within kAnswerBound (http_api.hpp), whatever the other side does.
  [[nodiscard]] virtual Request get(std::string_view path, std::move_only_function<void(const Outcome&)> done) = 0;
};

}  // namespace blupow::homeassistant::supervisor
