// The discover commands under way: each listens for its time, then tells what is in the air. Loop thread.
#pragma once

#include <functional>
#include <list>

#include "gateway/air.hpp"
#include "gateway/commands.hpp"
#include "profile/catalogue.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

// As people see it: type guessed by the catalogue, age in respect of now.
HeardDevice describe(const ble::Advertisement& advertisement, const profile::Catalogue& catalogue, TimePoint now);
void strongestFirst(std::vector<HeardDevice>& devices);  // those without a signal strength last

class Discoveries {
 public:
  // hide: devices that are not to be listed (added ones).
  Discoveries(runtime::Loop& loop, Air& air, const profile::Catalogue& catalogue, std::function<bool(const MacAddress&)> hide);

  void begin(Duration time, Answer<std::vector<HeardDevice>> answer);
  void abandon();  // all are refused

 private:
  struct Discovery {
    Discovery(Air& air, TimePoint now, Answer<std::vector<HeardDevice>> whom) : wish(air), begun(now), answer(std::move(whom)) {}
    Air::ScanWish wish;
    TimePoint begun;
    Answer<std::vector<HeardDevice>> answer;
    runtime::Timer end;
  };

  void end(std::list<Discovery>::iterator discovery);

  runtime::Loop& loop_;
  Air& air_;
  const profile::Catalogue& catalogue_;
  std::function<bool(const MacAddress&)> hide_;
  std::list<Discovery> discoveries_;
};

}  // namespace blupow::gateway
