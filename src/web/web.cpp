#include "web/web.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "web/page.hpp"
#include "web/server.hpp"
#include "web/site.hpp"

namespace blupow::web {

// In the order of their life: each uses those above it.
struct Web::Parts {
  Parts(runtime::AsioLoop& loop, gateway::Commands& commands, const Settings& settings, Sources sources, std::move_only_function<void()> restart)
      : guard(settings),
        page(settings.page),
        shown(loop, settings.version, std::move(sources), [this](std::string_view event, const std::string& data) { tell(event, data); }),
        executor(loop, commands, std::move(restart)),
        site(loop, settings, page, shown, executor),
        server(loop, settings, site, [this](const boost::asio::ip::address& peer) { return guard.admits(peer); }, [this] { return shown.beat(); }) {}

  void tell(std::string_view event, const std::string& data) { server.tell(textOf(eventText(event, data))); }

  Guard guard;
  Page page;
  Shown shown;
  gateway::CommandExecutor executor;
  Site site;
  Server server;
};

Web::Web(runtime::AsioLoop& loop, gateway::Commands& commands, const Settings& settings, Sources sources, std::move_only_function<void()> restart)
    : parts_(std::make_unique<Parts>(loop, commands, settings, std::move(sources), std::move(restart))) {
  if (!parts_->page.trouble().empty()) spdlog::warn("there is no page: {}", parts_->page.trouble());
}

Web::~Web() = default;

gateway::Listener& Web::listener() { return parts_->shown; }

void Web::start() { parts_->server.start(); }

void Web::stop(Duration bound, runtime::Task stopped) {
  parts_->executor.stop();
  parts_->server.stop(bound, std::move(stopped));
}

std::optional<std::uint16_t> Web::port() const { return parts_->server.port(); }

}  // namespace blupow::web
