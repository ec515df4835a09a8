// The link to the add-on's own page in Home Assistant, for the devices' pages there: asked for until it is known, which it then is for good. Loop thread.
#pragma once

#include <functional>
#include <string>

#include "homeassistant/supervisor/inquiry.hpp"
#include "homeassistant/supervisor/trouble_log.hpp"

namespace blupow::homeassistant::supervisor {

class AddOnPage {
 public:
  using Found = std::move_only_function<void(std::string)>;

  AddOnPage(runtime::Loop& loop, Api& api, TroubleLog& log, Found found);

  void start() { inquiry_.askNow(); }
  void stop() { inquiry_.rest(); }

 private:
  Next judge(const Outcome& outcome);

  TroubleLog& log_;
  Found found_;
  Inquiry inquiry_;
};

}  // namespace blupow::homeassistant::supervisor
