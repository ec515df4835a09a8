// The control socket: a unix stream socket on which each line is a command and each answer a line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/loop.hpp"

namespace blupow::sim {

class ControlServer {
 public:
  using Execute = std::function<std::string(std::string_view line)>;

  // Replaces a socket file left behind. Throws std::runtime_error when it cannot listen.
  ControlServer(Loop& loop, const std::string& path, Execute execute);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace blupow::sim
