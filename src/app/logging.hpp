// The program's log: one readable line an event, never an escape code, whatever a device or a file is called. Set up once, before anything logs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace blupow::app {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error };
inline constexpr std::array<std::string_view, 5> kLogLevelWords{"trace", "debug", "info", "warning", "error"};

std::optional<LogLevel> parseLogLevel(std::string_view word);

enum class LogTarget : std::uint8_t { standard_output, standard_error };

void setUpLog(LogTarget target, LogLevel level);

}  // namespace blupow::app
