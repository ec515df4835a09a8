#include "homeassistant/supervisor/http_api.hpp"

#include <utility>

namespace blupow::homeassistant::supervisor {

namespace {

using runtime::HttpFailureKind;

Trouble troubleOf(const runtime::HttpFailure& failure, const Address& address, Duration bound) {
  switch (failure.kind) {
    case HttpFailureKind::silent: {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(bound).count();
      return {.kind = TroubleKind::silent, .what = "the Supervisor does not answer within " + std::to_string(seconds) + " s"};
    }
    case HttpFailureKind::too_large:
      return {.kind = TroubleKind::too_large, .what = "the Supervisor's answer is larger than it can be"};
    case HttpFailureKind::hung_up:
      return {.kind = TroubleKind::unreachable, .what = "the Supervisor at " + address.text() + " hangs up before it has answered"};
    case HttpFailureKind::no_http:
      return {.kind = TroubleKind::no_http, .what = "what answers at " + address.text() + " is not the Supervisor"};
    case HttpFailureKind::refused:
    case HttpFailureKind::unreachable:
      break;
  }
  return {.kind = TroubleKind::unreachable, .what = "the Supervisor is not reachable at " + address.text() + ": " + failure.what};
}

}  // namespace

HttpApi::HttpApi(runtime::AsioLoop& loop, Address address, std::string token, Duration bound)
    : loop_(loop), address_(std::move(address)), token_(std::move(token)), bound_(bound) {}

Request HttpApi::get(std::string_view path, std::move_only_function<void(const Outcome&)> done) {
  return runtime::askByHttp(loop_,
                            {.host = address_.host,
                             .port = address_.port,
                             .authority = address_.authority(),
                             .target = address_.prefix + std::string(path),
                             .token = token_,
                             .bound = bound_,
                             .largest = kLargestAnswer},
                            [address = address_, bound = bound_, done = std::move(done)](const runtime::HttpOutcome& outcome) mutable {
                              outcome ? done(*outcome) : done(std::unexpected(troubleOf(outcome.error(), address, bound)));
                            });
}

}  // namespace blupow::homeassistant::supervisor
