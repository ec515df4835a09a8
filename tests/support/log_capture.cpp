#include "support/log_capture.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>

namespace blupow::test {

class LogCapture::Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  struct Line {
    spdlog::level::level_enum level;
    std::string text;
  };

  std::vector<std::string> from(spdlog::level::level_enum lowest) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const Line& line : lines_) {
      if (line.level >= lowest) texts.push_back(line.text);
    }
    return texts;
  }

  std::shared_ptr<spdlog::logger> former = spdlog::default_logger();

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto level = spdlog::level::to_string_view(message.level);
    lines_.push_back({message.level, std::string(level.data(), level.size()) + ": " + std::string(message.payload.data(), message.payload.size())});
  }
  void flush_() override {}

 private:
  std::vector<Line> lines_;
};

LogCapture::LogCapture() : sink_(std::make_shared<Sink>()) {
  auto logger = std::make_shared<spdlog::logger>("test", sink_);
  logger->set_level(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

LogCapture::~LogCapture() { spdlog::set_default_logger(sink_->former); }

std::vector<std::string> LogCapture::lines() const { return sink_->from(spdlog::level::info); }

std::vector<std::string> LogCapture::linesOf(std::string_view text) const {
  std::vector<std::string> found = lines();
  std::erase_if(found, [&](const std::string& line) { return !line.contains(text); });
  return found;
}

std::vector<std::string> LogCapture::all() const { return sink_->from(spdlog::level::trace); }

}  // namespace blupow::test
