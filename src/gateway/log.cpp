#include "gateway/log.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace blupow::gateway {

namespace {

spdlog::level::level_enum toSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
  }
  std::unreachable();
}

}  // namespace

void log(LogLevel level, std::string_view line) { spdlog::log(toSpdlog(level), line); }

bool logs(LogLevel level) { return spdlog::should_log(toSpdlog(level)); }

}  // namespace blupow::gateway
