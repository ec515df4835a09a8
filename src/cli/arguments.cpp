#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "app/exit_status.hpp"
#include "app/options.hpp"
#include "app/surroundings.hpp"

namespace blupow::cli {

namespace {

constexpr int kScanSeconds = 10;
constexpr int kReadSeconds = 30;
constexpr int kDoctorSeconds = 10;
constexpr int kLongestSeconds = 600;

std::optional<unsigned> wholeNumber(std::string_view text, int base = 10) {
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

// A check that says what is allowed; an empty text is fine.
CLI::Validator must(const std::string& allowed, std::function<bool(const std::string&)> fits) {
  return CLI::Validator([allowed, fits = std::move(fits)](std::string& text) { return fits(text) ? std::string() : "must be " + allowed; }, "");
}

CLI::Validator numberFrom(unsigned lowest, unsigned highest) {
  return must(fmt::format("a whole number from {} to {}", lowest, highest), [=](const std::string& text) {
    const auto number = wholeNumber(text);
    return number && *number >= lowest && *number <= highest;
  });
}

std::optional<unsigned> registerAddress(const std::string& text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const auto number = hexadecimal ? wholeNumber(std::string_view(text).substr(2), 16) : wholeNumber(text);
  return number && *number <= 0xFFFF ? number : std::nullopt;
}

// What CLI11 fills; texts are turned into values after it has checked them.
struct Texts {
  std::string options{app::kOptionsFile};
  std::string data{app::kDataFolder};
  std::string profiles = app::defaultProfiles().string();
  std::string http = app::defaultHttpAddress();
  std::string adapter;
  std::string type;
  std::string seconds;
  std::string address;
  std::string unit;
  std::string model;
  std::string name;
  std::string registers;
  std::string frame;
  std::vector<std::string> files;
  bool json = false;
  bool all = false;
  bool dump = false;
};

class Parser {
 public:
  Parser() : app_("Renogy solar devices in Home Assistant: reads them over Bluetooth and publishes them by MQTT.", "blupow") {
    app_.require_subcommand(1);
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app_.get_formatter()->label("Subcommands", "Commands");
    app_.set_version_flag("--version", fmt::format("blupow {}", app::version()), "Print the version and exit");
    app_.footer(
        fmt::format("Defaults: options {}, data {}, profiles {}, http {}.\nscan takes {} s, read at most {} s, doctor {} s a device. The bus is "
                    "DBUS_SYSTEM_BUS_ADDRESS, else the "
                    "system bus.\nExit status: 0 done; 1 failed; 2 wrong usage; 3 bad options or profile; 4 nothing heard of the device; 5 access denied.\n"
                    "More of a command: blupow COMMAND --help",
                    texts_.options, texts_.data, texts_.profiles, texts_.http, kScanSeconds, kReadSeconds, kDoctorSeconds));
    addRun();
    addScan();
    addRead();
    addDecode();
    addProfiles();
    addDoctor();
    addHealth();
  }

  std::expected<Arguments, Ended> parse(int count, const char* const* arguments) {
    try {
      app_.parse(count, arguments);
    } catch (const CLI::CallForHelp& help) {
      return std::unexpected(Ended{.status = 0, .text = helpText()});
    } catch (const CLI::CallForVersion& version) {
      return std::unexpected(Ended{.status = 0, .text = std::string(version.what()) + "\n"});
    } catch (const CLI::ParseError& error) {
      return std::unexpected(Ended{.status = static_cast<int>(app::ExitStatus::wrong_usage),
                                   .text = fmt::format("blupow: {}. See blupow{} --help\n", complaint(error), chosenName())});
    }
    return values();
  }

 private:
  const CLI::App* chosen() const {
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return app;
  }

  std::string helpText() const {
    if (chosen() == check_) return check_->help("blupow profiles");
    return chosen()->help(chosen() == &app_ ? "" : "blupow");
  }

  // CLI11 asks for a command where one was given that it does not know, or an option that only commands have.
  std::string complaint(const CLI::ParseError& error) const {
    if (chosen() != &app_) return error.what();
    const auto unknown = app_.remaining();
    if (unknown.empty()) return "a command is needed";
    return (unknown.front().starts_with('-') ? "a command is needed before " : "there is no command ") + unknown.front();
  }

  std::string chosenName() const {
    const auto commands = app_.get_subcommands();
    return commands.empty() ? "" : " " + commands.front()->get_name();
  }

  void addOptions(CLI::App& command) {
    command.add_option("--options", texts_.options, "Options file")->type_name("FILE")->capture_default_str()->check(notEmpty_);
  }
  void addFolders(CLI::App& command) {
    command.add_option("--data", texts_.data, "Data folder, with the user's own profiles")->type_name("DIR")->capture_default_str()->check(notEmpty_);
    command.add_option("--profiles", texts_.profiles, "Folder of the shipped profiles")->type_name("DIR")->capture_default_str()->check(notEmpty_);
  }
  void addJson(CLI::App& command) { command.add_flag("--json", texts_.json, "Print one JSON document"); }
  void addSeconds(CLI::App& command, const std::string& what, int usual) {
    command.add_option("--seconds", texts_.seconds, what)
        ->type_name(fmt::format("1 to {} [{}]", kLongestSeconds, usual))
        ->check(numberFrom(1, kLongestSeconds));
    usual_seconds_.emplace_back(&command, usual);
  }
  void addAdapter(CLI::App& command) {
    command.add_option("--adapter", texts_.adapter, "Bluetooth adapter, wins over the one of the options file")
        ->type_name("MAC|hciN")
        ->check(must("a MAC address, or hci and a number", [](const std::string& text) { return app::parseAdapter(text).has_value(); }));
  }
  void addType(CLI::App& command) { command.add_option("--type", texts_.type, "Type of the device: name of a profile")->type_name("TYPE")->check(notEmpty_); }

  void addHttp(CLI::App& command, const std::string& what) {
    command.add_option("--http", texts_.http, what)
        ->type_name("ADDR:PORT|off")
        ->capture_default_str()
        ->check(must("off, or an IP address and a port such as 127.0.0.1:8099", app::isHttpAddress));
  }

  void addRun() {
    CLI::App& run = *app_.add_subcommand("run", "Run the service");
    addOptions(run);
    addFolders(run);
    addHttp(run, "Where the page is served");
  }

  void addScan() {
    CLI::App& scan = *app_.add_subcommand("scan", "Show Renogy devices in the air, the strongest first");
    addSeconds(scan, "How long to listen", kScanSeconds);
    scan.add_flag("--all", texts_.all, "Show every device, those of Renogy first");
    addAdapter(scan);
    addJson(scan);
  }

  void addRead() {
    CLI::App& read = *app_.add_subcommand("read", "Poll one device once");
    read.add_option("address", texts_.address, "Its MAC address")
        ->required()
        ->type_name("MAC")
        ->check(must("a MAC address such as AA:BB:CC:DD:EE:FF", [](const std::string& text) { return MacAddress::parse(text).has_value(); }));
    addType(read);
    read.add_option("--unit", texts_.unit, "Its Modbus id")->type_name("1 to 255")->check(numberFrom(1, 255));
    addSeconds(read, "How long at most", kReadSeconds);
    read.add_flag("--dump", texts_.dump, "Also all readable registers, for a report");
    addAdapter(read);
    addFolders(read);
    addJson(read);
  }

  void addDecode() {
    CLI::App& decode = *app_.add_subcommand("decode", "Explain one answer frame");
    decode.add_option("hex", texts_.frame, "The frame in hexadecimal digits")
        ->required()
        ->type_name("HEX")
        ->check(must("hexadecimal digits, two a byte", [](const std::string& text) { return !text.empty() && fromHex(text).has_value(); }));
    addType(decode);
    decode.add_option("--model", texts_.model, "Model, chooses the variant")->type_name("TEXT");
    decode.add_option("--name", texts_.name, "Advertised name, chooses the variant")->type_name("TEXT");
    decode.add_option("--register", texts_.registers, "First register of the answer")
        ->type_name("ADDR")
        ->check(must("a register from 0 to 65535, decimal or 0x...", [](const std::string& text) { return registerAddress(text).has_value(); }));
    addFolders(decode);
    addJson(decode);
  }

  void addProfiles() {
    CLI::App& profiles = *app_.add_subcommand("profiles", "List the known types of devices");
    addFolders(profiles);
    addJson(profiles);
    check_ = profiles.add_subcommand("check", "Check files that describe a device");
    check_->fallthrough();
    check_->add_option("files", texts_.files, "Files to check")->required()->type_name("FILE...")->check(notEmpty_);
  }

  void addDoctor() {
    CLI::App& doctor = *app_.add_subcommand("doctor", "Check what works, what does not, and how to cure it");
    addOptions(doctor);
    addSeconds(doctor, "How long to wait for each device", kDoctorSeconds);
    addAdapter(doctor);
    addFolders(doctor);
    addJson(doctor);
  }

  void addHealth() {
    CLI::App& health = *app_.add_subcommand("health", "Ask whether the running service is alive, for containers");
    addHttp(health, "Where its page is served");
    addJson(health);
  }

  Command commandOf(const std::string& name) const {
    if (name == "scan") return Command::scan;
    if (name == "read") return Command::read;
    if (name == "decode") return Command::decode;
    if (name == "profiles") return check_->parsed() ? Command::check_profiles : Command::profiles;
    if (name == "doctor") return Command::doctor;
    if (name == "health") return Command::health;
    return Command::run;
  }

  Arguments values() const {
    const CLI::App& command = *app_.get_subcommands().front();
    Arguments arguments{
        .command = commandOf(command.get_name()), .options = texts_.options, .data = texts_.data, .profiles = texts_.profiles, .http = texts_.http};
    arguments.adapter = app::parseAdapter(texts_.adapter).value_or("");
    arguments.type = texts_.type;
    for (const auto& [with, usual] : usual_seconds_) {
      if (with == &command) arguments.seconds = static_cast<int>(wholeNumber(texts_.seconds).value_or(static_cast<unsigned>(usual)));
    }
    arguments.json = texts_.json;
    arguments.all = texts_.all;
    arguments.dump = texts_.dump;
    arguments.address = MacAddress::parse(texts_.address).value_or(MacAddress{});
    if (const auto unit = wholeNumber(texts_.unit)) arguments.unit = static_cast<std::uint8_t>(*unit);
    arguments.model = texts_.model;
    arguments.name = texts_.name;
    if (const auto address = registerAddress(texts_.registers)) arguments.first_register = static_cast<std::uint16_t>(*address);
    arguments.frame = fromHex(texts_.frame).value_or(Bytes{});
    arguments.files = texts_.files;
    return arguments;
  }

  CLI::Validator notEmpty_ = must("a text that is not empty", [](const std::string& text) { return !text.empty(); });
  Texts texts_;
  CLI::App app_;
  CLI::App* check_ = nullptr;
  std::vector<std::pair<const CLI::App*, int>> usual_seconds_;
};

}  // namespace

std::expected<Arguments, Ended> parseArguments(int count, const char* const* arguments) { return Parser().parse(count, arguments); }

}  // namespace blupow::cli
