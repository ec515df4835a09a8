#include "app/service.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "app/add_on.hpp"
#include "app/ending.hpp"
#include "app/gateway_settings.hpp"
#include "app/logging.hpp"
#include "app/options.hpp"
#include "app/profiles.hpp"
#include "app/surroundings.hpp"
#include "ble/bluez/bluez_transport.hpp"
#include "gateway/gateway.hpp"
#include "homeassistant/home_assistant.hpp"
#include "mqtt/mosquitto_client.hpp"
#include "runtime/asio_loop.hpp"
#include "storage/json_device_store.hpp"
#include "storage/sqlite_meter_store.hpp"
#include "storage/text_file.hpp"
#include "web/web.hpp"

namespace blupow::app {

namespace {

constexpr Duration kLongestStop = std::chrono::milliseconds(4500);  // then the process ends as it is; a caller waits 5 s
constexpr Duration kToAnswer = std::chrono::seconds(1);             // what is asked by HTTP when we stop
constexpr Duration kToSend = std::chrono::seconds(2);               // offline for all, to the broker

homeassistant::Settings homeAssistantSettings(const Options& options) {
  return {.base_topic = options.base_topic,
          .discovery = options.discovery == Discovery::component ? homeassistant::Form::component : homeassistant::Form::device,
          .discovery_prefix = options.discovery_prefix,
          .version = std::string(version()),
          .seed = std::random_device{}(),
          .allow_settings = options.allow_settings};
}

std::optional<web::Settings> webSettings(const std::string& http) {
  const auto where = parseHttpAddress(http);
  if (!where) return std::nullopt;
  return web::Settings{
      .address = where->address, .port = where->port, .behind_ingress = isInsideAddOn(), .version = std::string(version()), .page = defaultPage()};
}

// The parts in the order of their life: each uses those above it. One thread, the loop's, but for the constructor and ask().
class Service {
 public:
  Service(const Options& options, const ServiceFiles& files, const profile::Catalogue& catalogue, const std::optional<SupervisorAccess>& supervisor)
      : transport_(loop_, options.adapter),
        store_(loop_, files.data),
        meters_(loop_, files.data),
        gateway_(loop_, transport_, catalogue, store_, gatewaySettings(options), &meters_),
        client_(loop_, homeassistant::lastWill(homeAssistantSettings(options))),
        add_on_(makeAddOn(options, supervisor)),
        owed_(loop_, files.data / "home_assistant.json"),
        home_assistant_(loop_, add_on_ ? add_on_->client() : client_, gateway_, homeAssistantSettings(options), [this] { restart(); },
                        {.text = owed_.load(), .save = [this](std::string text) { owed_.save(std::move(text)); }}) {
    subscription_ = gateway_.subscribe(home_assistant_);
    if (const auto settings = webSettings(files.http)) {
      const web::Sources sources{.broker_is_there = [this] { return client_.connected(); }, .gateway = [this] { return gateway_.state(); }};
      web_.emplace(loop_, gateway_, *settings, sources, [this] { restart(); });
      web_subscription_ = gateway_.subscribe(web_->listener());
    }
    storage::LoadedDevices loaded = store_.load(catalogue);
    for (const std::string& note : loaded.notes) spdlog::warn("{}", note);
    gateway_.start(loaded.devices);
    gateway_.eachBank([this](const gateway::Bank& bank) { home_assistant_.bankChanged(bank); });  // also those that wait: they are not gone
    home_assistant_.start();
    if (add_on_) add_on_->start();
    if (web_) web_->start();
  }

  // Until stop() or restart(). Whether a restart was asked for.
  bool run(Ending& ending, std::function<void()> restart) {
    ending_ = &ending;
    restart_ = std::move(restart);
    ending.onSignal([this] { loop_.post("stop", [this] { stop(); }); });
    loop_.run();
    ending.onSignal({});
    return restarting_;
  }

 private:
  // The options' broker, else the Supervisor's, else the one on this machine.
  std::unique_ptr<AddOn> makeAddOn(const Options& options, const std::optional<SupervisorAccess>& supervisor) {
    if (!supervisor || options.broker_named) client_.use(options.broker);
    if (!supervisor) return nullptr;
    return std::make_unique<AddOn>(loop_, *supervisor, options, client_, [this](const std::string& page) { home_assistant_.leadTo(page); });
  }

  void restart() {
    spdlog::info("restarts on command");
    restarting_ = true;
    ending_->begin(restart_);
    stop();
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    if (!restarting_) spdlog::info("stops");
    if (add_on_) add_on_->stop();
    home_assistant_.stop(kToSend, [this] { oneStopped(); });
    if (web_) {
      ++running_;
      web_->stop(kToAnswer, [this] { oneStopped(); });
    }
    gateway_.stop([this] { oneStopped(); });
  }

  void oneStopped() {
    if (--running_ == 0) loop_.stop();
  }

  runtime::AsioLoop loop_;
  ble::bluez::BluezTransport transport_;
  storage::JsonDeviceStore store_;
  storage::SqliteMeterStore meters_;
  gateway::Gateway gateway_;
  mqtt::MosquittoClient client_;
  std::unique_ptr<AddOn> add_on_;  // null outside the add-on
  storage::TextFile owed_;
  homeassistant::HomeAssistant home_assistant_;
  std::optional<web::Web> web_;
  gateway::Gateway::Subscription subscription_;
  gateway::Gateway::Subscription web_subscription_;
  Ending* ending_ = nullptr;
  std::function<void()> restart_;
  bool stopping_ = false;
  bool restarting_ = false;
  int running_ = 2;  // home_assistant_ and gateway_; web_ where there is one
};

ExitStatus refuse(const Errors& errors) {
  for (const std::string& error : errors) spdlog::error("{}", error);
  return ExitStatus::bad_options;
}

// In this very process. Signals stay blocked: one that comes meanwhile finds the new program ready for it.
void executeAgain(char** arguments) {
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  execv("/proc/self/exe", arguments);
}

}  // namespace

ExitStatus runService(const ServiceFiles& files, char** arguments) {
  Ending ending(kLongestStop);
  std::signal(SIGPIPE, SIG_IGN);
  setUpLog(LogTarget::standard_output, LogLevel::info);

  const LoadedProfiles profiles = loadProfiles(files.profiles, files.data);
  Errors errors;
  for (const profile::ProfileError& error : profiles.shipped_errors) errors.push_back(error.text());
  if (!errors.empty()) return refuse(errors);
  const auto options = loadOptions(files.options, typesOf(profiles.catalogue));
  if (!options) return refuse(options.error());
  const auto supervisor = findSupervisor();
  if (!supervisor) return refuse(supervisor.error());

  setUpLog(LogTarget::standard_output, options->log_level);
  spdlog::info("BluPow {}: data in {}, broker {}", version(), files.data.string(), brokerInWords(*options, *supervisor));
  if (const auto none = noOptionsThere(files.options)) spdlog::info("{}", *none);
  for (const profile::ProfileError& error : profiles.user_errors) spdlog::warn("profile left out: {}", error.text());
  for (const std::string& type : profiles.replaced) spdlog::info("the shipped profile {} is replaced by one in the data folder", type);

  const auto restart = [arguments] { executeAgain(arguments); };
  bool again = false;
  {
    Service service(*options, files, profiles.catalogue, *supervisor);
    again = service.run(ending, restart);
  }
  ending.finish();
  if (again && !ending.signalled()) {
    restart();
    spdlog::error("could not restart: {}", std::generic_category().message(errno));
    return ExitStatus::failed;
  }
  return ExitStatus::done;
}

}  // namespace blupow::app
