// The Supervisor's API over HTTP: what is asked with which token, and the Supervisor's name in what is said when no answer comes. How it is asked
// is runtime/http_client's. Loop thread; neither the loop nor its worker waits. The token goes to the address it was given for, and into no log.
#pragma once

#include <string>

#include "core/time.hpp"
#include "homeassistant/supervisor/address.hpp"
#include "homeassistant/supervisor/api.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::homeassistant::supervisor {

inline constexpr std::chrono::seconds kAnswerBound{10};     // from the look-up to the last byte
inline constexpr std::uint32_t kLargestAnswer = 1U << 20U;  // bytes: the add-on's info holds its README and translations

class HttpApi final : public Api {
 public:
  HttpApi(runtime::AsioLoop& loop, Address address, std::string token, Duration bound = kAnswerBound);

  [[nodiscard]] Request get(std::string_view path, std::move_only_function<void(const Outcome&)> done) override;

 private:
  runtime::AsioLoop& loop_;
  const Address address_;
  const std::string token_;
  const Duration bound_;
};

}  // namespace blupow::homeassistant::supervisor
