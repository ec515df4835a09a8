#include "app/logging.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/text.hpp"

namespace blupow::app {

namespace {

// The message without control characters: names from the air and from files cannot break the line or colour a terminal.
class PrintableMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& out) override {
    const std::string text = printable(std::string_view(message.payload.data(), message.payload.size()));
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<PrintableMessage>(); }
};

spdlog::level::level_enum levelOf(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

std::optional<LogLevel> parseLogLevel(std::string_view word) {
  const auto found = std::ranges::find(kLogLevelWords, word);
  if (found == kLogLevelWords.end()) return std::nullopt;
  return static_cast<LogLevel>(found - kLogLevelWords.begin());
}

void setUpLog(LogTarget target, LogLevel level) {
  spdlog::sink_ptr sink;
  if (target == LogTarget::standard_output) {
    sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PrintableMessage>('*').set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %*");
  auto logger = std::make_shared<spdlog::logger>("blupow", std::move(sink));
  logger->set_formatter(std::move(formatter));
  logger->set_level(levelOf(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace blupow::app
