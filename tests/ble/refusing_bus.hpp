// A bus that lets everybody in and then answers Hello with AccessDenied: what AppArmor does on hosts whose profile lacks the D-Bus rules.
#pragma once

#include <string>
#include <thread>

#include "support/temp_folder.hpp"

namespace blupow::test {

class RefusingBus {
 public:
  RefusingBus();
  ~RefusingBus();
  RefusingBus(const RefusingBus&) = delete;
  RefusingBus& operator=(const RefusingBus&) = delete;

  std::string address() const { return "unix:path=" + (folder_ / "bus").string(); }

 private:
  void serve() const;

  TempFolder folder_;
  int listening_;
  std::thread thread_;
};

}  // namespace blupow::test
