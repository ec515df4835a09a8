// A Supervisor in simulated time: keeps what is asked, and answers at once, after a while or never.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "homeassistant/supervisor/api.hpp"
#include "runtime/simulated_loop.hpp"

namespace blupow::homeassistant::supervisor {

class FakeApi final : public Api {
 public:
  explicit FakeApi(runtime::SimulatedLoop& loop) : loop_(loop) {}

  [[nodiscard]] Request get(std::string_view path, std::move_only_function<void(const Outcome&)> done) override {
    asked.push_back({std::string(path), loop_.now()});
    auto question = std::make_shared<Question>();
    question->done = std::move(done);
    const Outcome outcome = path == kBrokerPath ? broker : page;
    if (!hangs) {
      loop_.post("answer", [question, outcome] {
        if (question->done) std::exchange(question->done, nullptr)(outcome);
      });
    }
    return Request(std::make_unique<Handle>(question));
  }

  std::size_t askedFor(std::string_view path) const {
    return static_cast<std::size_t>(std::ranges::count_if(asked, [path](const Asked& question) { return question.path == path; }));
  }

  struct Asked {
    std::string path;
    TimePoint at;
  };
  std::vector<Asked> asked;
  Outcome broker = Answer{.status = 400, .body = R"({"result": "error", "message": "Service not enabled"})"};
  Outcome page = Answer{.status = 200, .body = R"({"result": "ok", "data": {"slug": "a0d7b954_blupow"}})"};
  bool hangs = false;

 private:
  struct Question {
    std::move_only_function<void(const Outcome&)> done;
  };
  struct Handle final : Request::Handle {
    explicit Handle(std::shared_ptr<Question> which) : question(std::move(which)) {}
    ~Handle() override { question->done = nullptr; }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    std::shared_ptr<Question> question;
  };

  runtime::SimulatedLoop& loop_;
};

}  // namespace blupow::homeassistant::supervisor
