#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

extern char** environ;

namespace blupow::test {

namespace {

using Pipe = std::array<int, 2>;

Pipe openPipe() {
  Pipe ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

std::vector<std::string> environmentWith(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!changes.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [key, value] : changes) {
    if (!value.empty()) result.push_back(key + "=" + value);
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Process::Process(std::vector<std::string> command, const std::map<std::string, std::string>& environment) {
  const Pipe in = openPipe();
  const Pipe out = openPipe();
  const Pipe err = openPipe();
  auto variables = environmentWith(environment);
  const auto arguments = pointers(command);
  const auto variablePointers = pointers(variables);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    execvpe(arguments[0], arguments.data(), variablePointers.data());
    _exit(127);
  }
  for (const int end : {in[0], out[1], err[1]}) close(end);
  input_ = in[1];
  readers_[0] = std::thread([this, end = out[0]] { collect(end, output_); });
  readers_[1] = std::thread([this, end = err[0]] { collect(end, errors_); });
}

Process::~Process() {
  if (running()) signal(SIGKILL);
  wait();
  close(input_);
  for (std::thread& reader : readers_) reader.join();
}

void Process::collect(int descriptor, std::string& into) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t length = read(descriptor, buffer.data(), buffer.size());
    if (length <= 0) break;
    const std::lock_guard lock(mutex_);
    into.append(buffer.data(), static_cast<std::size_t>(length));
    all_.append(buffer.data(), static_cast<std::size_t>(length));
    changed_.notify_all();
  }
  close(descriptor);
  const std::lock_guard lock(mutex_);
  --open_;
  changed_.notify_all();
}

void Process::waitForEndOfOutput(std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, bound, [&] { return open_ == 0; });
}

void Process::signal(int number) const {
  if (!status_) kill(pid_, number);
}

bool Process::running() { return !wait(std::chrono::milliseconds(0)).has_value(); }

std::optional<int> Process::wait(std::chrono::milliseconds bound) {
  if (status_) return status_;
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{.fd = descriptor, .events = POLLIN, .revents = 0};
  const int events = poll(&ended, 1, static_cast<int>(bound.count()));
  close(descriptor);
  if (events <= 0) return std::nullopt;
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) return std::nullopt;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return status_;
}

std::optional<int> Process::terminate(std::chrono::milliseconds bound) {
  signal(SIGTERM);
  return wait(bound);
}

std::string Process::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string Process::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

std::string Process::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

bool Process::waitForOutput(std::string_view text, std::chrono::milliseconds bound, std::size_t from) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bound, [&] { return all_.size() > from && all_.find(text, from) != std::string::npos; });
}

void Process::type(std::string_view text) const {
  if (write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error("the program does not read its input");
}

Outcome runToEnd(std::vector<std::string> command, const std::map<std::string, std::string>& environment, std::chrono::milliseconds bound) {
  Outcome outcome;
  Process process(std::move(command), environment);
  outcome.status = process.wait(bound);
  if (outcome.status) process.waitForEndOfOutput(std::chrono::seconds(2));
  outcome.output = process.output();
  outcome.errors = process.errors();
  return outcome;
}

}  // namespace blupow::test
