// One question to the Supervisor and when it is asked again: with a back-off from 1 s, to 20 s where the answer may become another by itself, to
// 5 min where somebody has to do something first (the Supervisor logs each refused token). Loop thread, in the loop's time.
#pragma once

#include <functional>
#include <string>

#include "homeassistant/supervisor/api.hpp"
#include "runtime/loop.hpp"

namespace blupow::homeassistant::supervisor {

inline constexpr Duration kFirstPause = std::chrono::seconds(1);
inline constexpr Duration kLongestPause = std::chrono::seconds(20);
inline constexpr Duration kLongestPauseWhenRefused = std::chrono::minutes(5);

enum class Next : std::uint8_t { rest, again, again_when_allowed };

Next nextAfter(const Trouble& trouble);

class Inquiry {
 public:
  using Judge = std::function<Next(const Outcome&)>;

  Inquiry(runtime::Loop& loop, Api& api, std::string path, Judge judge);

  void askNow();   // unless it is being asked; the back-off begins anew
  void askSoon();  // in a second, unless it is being asked; the back-off begins anew
  void rest();     // an answer under way is dropped

 private:
  void ask();
  void answered(const Outcome& outcome);
  void askAfter(Duration pause);

  runtime::Loop& loop_;
  Api& api_;
  const std::string path_;
  const Judge judge_;
  Duration pause_ = kFirstPause;  // the next one
  bool asking_ = false;
  Request request_;
  runtime::Timer timer_;
};

}  // namespace blupow::homeassistant::supervisor
