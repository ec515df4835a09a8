#include "cli/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/decode_frame.hpp"
#include "app/doctor.hpp"
#include "app/exit_status.hpp"
#include "app/health.hpp"
#include "app/logging.hpp"
#include "app/options.hpp"
#include "app/profiles.hpp"
#include "app/read_device.hpp"
#include "app/scan.hpp"
#include "app/service.hpp"
#include "app/surroundings.hpp"
#include "cli/arguments.hpp"
#include "cli/print.hpp"
#include "core/text.hpp"

namespace blupow::cli {

namespace {

using app::ExitStatus;

void tell(std::string_view sentence) { fmt::print(stderr, "blupow: {}\n", printable(sentence)); }

// One command but run: prints its document or its lines on stdout and what went wrong on stderr.
class Tool {
 public:
  explicit Tool(const Arguments& arguments) : arguments_(arguments) {}

  ExitStatus run() {
    // The doctor says itself what the log would say.
    app::setUpLog(app::LogTarget::standard_error, arguments_.command == Command::doctor ? app::LogLevel::error : app::LogLevel::warning);
    if (arguments_.command == Command::check_profiles) return checkProfiles();
    if (arguments_.command == Command::health) return health();
    if (const auto refused = loadProfiles()) return *refused;
    switch (arguments_.command) {
      case Command::scan:
        return scan();
      case Command::read:
        return read();
      case Command::decode:
        return decode();
      case Command::doctor:
        return doctor();
      default:
        return listProfiles();
    }
  }

 private:
  void print(const std::string& document, const std::string& lines) const { fmt::print("{}", arguments_.json ? document : lines); }

  ExitStatus failed(ExitStatus status, const std::string& sentence) const {
    tell(sentence);
    if (arguments_.json) fmt::print("{}", errorDocument(sentence));
    return status;
  }

  ExitStatus failed(const Failure& failure) const { return failed(app::exitStatus(failure), failure.text); }

  // What makes a command stop before it has begun: every line on stderr, the first in the document.
  ExitStatus refused(const app::Errors& errors) const {
    for (const std::string& error : errors) tell(error);
    if (arguments_.json)
      fmt::print("{}", arguments_.command == Command::doctor ? doctorDocument(app::Examination{.began = false}) : errorDocument(errors.front()));
    return ExitStatus::bad_options;
  }

  std::optional<ExitStatus> loadProfiles() {
    app::LoadedProfiles loaded = app::loadProfiles(arguments_.profiles, arguments_.data);
    app::Errors errors;
    for (const profile::ProfileError& error : loaded.shipped_errors) errors.push_back(error.text());
    if (!errors.empty()) return refused(errors);
    for (const profile::ProfileError& error : loaded.user_errors) tell("left out: " + error.text());
    catalogue_ = std::move(loaded.catalogue);
    if (arguments_.type.empty()) return std::nullopt;
    type_ = catalogue_.find(arguments_.type);
    if (type_) return std::nullopt;
    std::string known;
    for (const std::string& type : app::typesOf(catalogue_)) known += (known.empty() ? "" : ", ") + type;
    tell(fmt::format("--type: must be one of {}", known));
    return ExitStatus::wrong_usage;
  }

  // The adapter of the command line wins over the one of the options.
  std::expected<std::string, app::Errors> adapter() const {
    if (!arguments_.adapter.empty()) return arguments_.adapter;
    auto options = app::loadOptions(arguments_.options, app::typesOf(catalogue_));
    if (!options) return std::unexpected(std::move(options.error()));
    return options->adapter;
  }

  ExitStatus scan() const {
    const auto chosen = adapter();
    if (!chosen) return refused(chosen.error());
    const auto devices = app::scan({.adapter = *chosen, .time = std::chrono::seconds(arguments_.seconds), .all = arguments_.all}, catalogue_);
    if (!devices) return failed(devices.error());
    print(scanDocument(*devices), scanLines(*devices));
    return ExitStatus::done;
  }

  ExitStatus read() const {
    const auto chosen = adapter();
    if (!chosen) return refused(chosen.error());
    const app::ReadOutcome outcome = app::readDevice({.address = arguments_.address,
                                                      .type = type_,
                                                      .unit = arguments_.unit,
                                                      .time = std::chrono::seconds(arguments_.seconds),
                                                      .adapter = *chosen,
                                                      .dump = arguments_.dump},
                                                     catalogue_);
    if (!outcome.units) return failed(outcome.units.error());
    print(readDocument(arguments_.address, *outcome.units), readLines(*outcome.units, catalogue_));
    return ExitStatus::done;
  }

  ExitStatus decode() const {
    const auto frame = app::decodeFrame(
        {.bytes = arguments_.frame, .family = type_, .model = arguments_.model, .name = arguments_.name, .address = arguments_.first_register});
    if (!frame) return failed(ExitStatus::failed, frame.error().text);
    for (const std::string& clause : frame->decoded.implausible) tell("not plausible, so nothing of it is shown: " + clause);
    print(decodeDocument(*frame), decodeLines(*frame, type_));
    return ExitStatus::done;
  }

  ExitStatus listProfiles() const {
    print(profilesDocument(catalogue_), profilesLines(catalogue_));
    return ExitStatus::done;
  }

  ExitStatus checkProfiles() const {
    const auto files = app::checkProfiles(arguments_.profiles, arguments_.files);
    print(checkDocument(files), checkLines(files));
    const bool ok = std::ranges::all_of(files, [](const app::CheckedFile& checked) { return checked.errors.empty(); });
    if (!ok) tell("a file is wrong");
    return ok ? ExitStatus::done : ExitStatus::bad_options;
  }

  ExitStatus health() const {
    const auto answer = app::askHealth(arguments_.http);
    if (!answer) return failed(ExitStatus::failed, answer.error().text);
    print(healthDocument(*answer), healthLines(*answer));
    return ExitStatus::done;
  }

  ExitStatus doctor() const {
    auto options = app::loadOptions(arguments_.options, app::typesOf(catalogue_));
    if (!options) return refused(options.error());
    if (const auto none = app::noOptionsThere(arguments_.options)) tell(*none);
    auto supervisor = app::findSupervisor();
    if (!supervisor) return refused(supervisor.error());
    if (!arguments_.adapter.empty()) options->adapter = arguments_.adapter;
    const app::DoctorRequest request{.data = arguments_.data, .time = std::chrono::seconds(arguments_.seconds), .supervisor = std::move(*supervisor)};
    const app::Examination examination = app::examine(*options, request, catalogue_);
    print(doctorDocument(examination), doctorLines(examination));
    if (examination.ok()) return ExitStatus::done;
    tell(examination.complaint());
    return examination.accessDenied() ? ExitStatus::access_denied : ExitStatus::failed;
  }

  const Arguments& arguments_;
  profile::Catalogue catalogue_;
  profile::ProfilePtr type_;
};

}  // namespace

int program(int count, char** arguments) {
  const auto parsed = parseArguments(count, arguments);
  if (!parsed) {
    fmt::print(parsed.error().status == 0 ? stdout : stderr, "{}", parsed.error().text);
    return parsed.error().status;
  }
  if (parsed->command != Command::run) return static_cast<int>(Tool(*parsed).run());
  const app::ServiceFiles files{.options = parsed->options, .data = parsed->data, .profiles = parsed->profiles, .http = parsed->http};
  return static_cast<int>(app::runService(files, arguments));
}

}  // namespace blupow::cli
