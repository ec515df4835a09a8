// What a room logs, kept instead of printed while this lives. Loop thread.
#pragma once

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace blupow::test {

class LogLines {
 public:
  LogLines() {
    auto logger = std::make_shared<spdlog::logger>("test", sink_);
    logger->set_level(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
  }
  ~LogLines() { spdlog::drop_all(); }
  LogLines(const LogLines&) = delete;
  LogLines& operator=(const LogLines&) = delete;

  const std::vector<std::string>& said() const { return sink_->said; }  // at info and above, as a user sees them
  const std::vector<std::string>& all() const { return sink_->all; }    // at every level

  std::size_t saidWith(std::string_view text) const {
    return static_cast<std::size_t>(std::ranges::count_if(sink_->said, [text](const std::string& line) { return line.contains(text); }));
  }

 private:
  class Sink final : public spdlog::sinks::base_sink<std::mutex> {
   public:
    std::vector<std::string> said;
    std::vector<std::string> all;

   protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
      all.emplace_back(message.payload.data(), message.payload.size());
      if (message.level >= spdlog::level::info) said.push_back(all.back());
    }
    void flush_() override {}
  };

  std::shared_ptr<Sink> sink_ = std::make_shared<Sink>();
};

}  // namespace blupow::test
