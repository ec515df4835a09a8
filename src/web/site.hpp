// What is answered to a request: the page's files, the state, the stream of events, commands, health. A fixed list of paths, a GET changes nothing.
// Knows no socket. Loop thread.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "gateway/json/command_executor.hpp"
#include "runtime/loop.hpp"
#include "web/exchange.hpp"
#include "web/guard.hpp"
#include "web/page.hpp"
#include "web/shown.hpp"

namespace blupow::web {

// "/api/state?x" -> "/api/state"; nothing of it is decoded: what needs that is no path of ours.
std::string_view pathOf(std::string_view target);

// One event of a stream; data without line breaks.
std::string eventText(std::string_view event, std::string_view data);

class Site {
 public:
  using Reply = std::move_only_function<void(Answer)>;

  Site(runtime::Loop& loop, const Settings& settings, const Page& page, const Shown& shown, gateway::CommandExecutor& executor);

  // By its head alone, before its body is read. only_health: there is no room for more.
  std::optional<Answer> refuse(const Request& request, bool only_health) const;

  // Of a request that was not refused. Replies once, for a command perhaps later (30 s at most).
  void answer(const Request& request, Reply reply) const;

 private:
  enum class Kind : std::uint8_t { file, state, events, commands, health, none };

  Kind kindOf(std::string_view path) const;
  Answer health() const;

  runtime::Loop& loop_;
  const std::string version_;
  const Guard guard_;
  const Page& page_;
  const Shown& shown_;
  gateway::CommandExecutor& executor_;
  const TimePoint started_;
};

}  // namespace blupow::web
