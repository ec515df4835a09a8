// The Supervisor's API over HTTP/1.1, one connection a question, on the loop's own io_context. The name is looked up by Asio's thread for that, so
// that neither the loop nor its worker waits. Nothing is followed elsewhere: the token goes to the address it was given for, and into no log.
#pragma once

#include <memory>
#include <string>

#include "core/time.hpp"
#include "homeassistant/supervisor/address.hpp"
#include "homeassistant/supervisor/api.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::homeassistant::supervisor {

inline constexpr std::chrono::seconds kAnswerBound{10};     // from the look-up to the last byte
inline constexpr std::uint32_t kLargestHeader = 1U << 14U;  // bytes
inline constexpr std::uint32_t kLargestAnswer = 1U << 20U;  // the add-on's info holds its README and translations

class HttpApi final : public Api {
 public:
  HttpApi(runtime::AsioLoop& loop, Address address, std::string token, Duration bound = kAnswerBound);
  ~HttpApi() override;
  HttpApi(const HttpApi&) = delete;
  HttpApi& operator=(const HttpApi&) = delete;

  [[nodiscard]] Request get(std::string_view path, std::move_only_function<void(const Outcome&)> done) override;

 private:
  runtime::AsioLoop& loop_;
  const Address address_;
  const std::string token_;
  const Duration bound_;
};

}  // namespace blupow::homeassistant::supervisor
