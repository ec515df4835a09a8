// A look-alike Supervisor (supervisor_look_alike.py) as a process of the test's own, on a port of 127.0.0.1. Pass environment() to programs that are to
// be add-ons of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.hpp"

namespace blupow::test {

class Supervisor {
 public:
  static constexpr std::string_view kToken = "t0ken0f56bytes";
  static constexpr std::string_view kPage = "homeassistant://hassio/ingress/a0d7b954_blupow";

  Supervisor();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::map<std::string, std::string> environment(std::string_view token = kToken) const;

  void change(std::string_view json);  // what it says from now on, see the file
  void nameBroker(std::uint16_t port, std::string_view password);
  void nameNoBroker() { change(R"({"mqtt": null})"); }
  void fail(std::string_view fault) { change(R"({"fault": ")" + std::string(fault) + "\"}"); }

  // "/services/mqtt 200", in the order in which they came.
  std::vector<std::string> asked() const;
  // Until so many such questions came, from the given one of asked() on.
  bool waitFor(const std::string& question, std::size_t count = 1, std::size_t from = 0, std::chrono::milliseconds bound = kBound);

  Process& process() { return process_; }

 private:
  std::size_t countOf(const std::string& question, std::size_t from) const;

  Process process_;
  std::uint16_t port_ = 0;
};

}  // namespace blupow::test
