// The room as the rest of the program sees it: a listener of the gateway that serves what it hears as a page, and takes commands. Loop thread.
#pragma once

#include <memory>
#include <optional>

#include "gateway/commands.hpp"
#include "gateway/events.hpp"
#include "runtime/asio_loop.hpp"
#include "web/settings.hpp"
#include "web/shown.hpp"

namespace blupow::web {

class Web {
 public:
  // restart: as homeassistant's; it is to end in stop().
  Web(runtime::AsioLoop& loop, gateway::Commands& commands, const Settings& settings, Sources sources, std::move_only_function<void()> restart);
  ~Web();
  Web(const Web&) = delete;
  Web& operator=(const Web&) = delete;

  gateway::Listener& listener();

  void start();
  // Answers what is open, ends the streams and calls back within the bound, never inside the call.
  void stop(Duration bound, runtime::Task stopped);

  std::optional<std::uint16_t> port() const;  // while it listens

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace blupow::web
