#include "homeassistant/supervisor/add_on_page.hpp"

#include <utility>

#include "homeassistant/supervisor/answers.hpp"

namespace blupow::homeassistant::supervisor {

AddOnPage::AddOnPage(runtime::Loop& loop, Api& api, TroubleLog& log, Found found)
    : log_(log), found_(std::move(found)), inquiry_(loop, api, std::string(kAddOnPath), [this](const Outcome& outcome) { return judge(outcome); }) {}

Next AddOnPage::judge(const Outcome& outcome) {
  const auto slug = slugOf(outcome);
  if (!slug) {
    log_.failed(Question::page, slug.error());
    return nextAfter(slug.error());
  }
  log_.answered(Question::page, "the Supervisor answers again", false);
  found_(pageOf(*slug));
  return Next::rest;
}

}  // namespace blupow::homeassistant::supervisor
