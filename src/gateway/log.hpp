// The room's way to the log: one finished line a call. Keeps spdlog out of every other file here.
#pragma once

#include <cstdint>
#include <string_view>

namespace blupow::gateway {

enum class LogLevel : std::uint8_t { trace, debug, info, warning };

void log(LogLevel level, std::string_view line);
bool logs(LogLevel level);  // whether such a line would be shown: asked before a costly one is made

}  // namespace blupow::gateway
