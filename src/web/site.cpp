#include "web/site.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/json/command_parser.hpp"

namespace blupow::web {

std::string_view pathOf(std::string_view target) { return target.substr(0, target.find('?')); }

std::string eventText(std::string_view event, std::string_view data) {
  std::string text = "event: ";
  text.append(event).append("\ndata: ").append(data).append("\n\n");
  return text;
}

Site::Site(runtime::Loop& loop, const Settings& settings, const Page& page, const Shown& shown, gateway::CommandExecutor& executor)
    : loop_(loop), version_(settings.version), guard_(settings), page_(page), shown_(shown), executor_(executor), started_(loop.now()) {}

Site::Kind Site::kindOf(std::string_view path) const {
  if (path == "/api/state") return Kind::state;
  if (path == "/api/events") return Kind::events;
  if (path == "/api/commands") return Kind::commands;
  if (path == "/health") return Kind::health;
  return page_.file(path) ? Kind::file : Kind::none;
}

std::optional<Answer> Site::refuse(const Request& request, bool only_health) const {
  if (auto refused = guard_.refuseHost(request)) return refused;
  const Kind kind = kindOf(pathOf(request.target));
  if (kind == Kind::none) return errorAnswer(404, "There is nothing here.");
  if (only_health && kind != Kind::health) return errorAnswer(503, "Too many connections are open.");
  const bool reads = request.method == Method::get || request.method == Method::head;
  const bool writes = request.method == Method::post;
  if (kind == Kind::commands ? !writes : !reads) {
    Answer refused = errorAnswer(405, kind == Kind::commands ? "A command is sent by POST." : "This can be read only.");
    refused.allow = kind == Kind::commands ? "POST" : "GET, HEAD";
    return refused;
  }
  if (kind == Kind::commands) return guard_.refuseWriter(request);
  if (kind == Kind::state || kind == Kind::events) return guard_.refuseReader(request);
  return std::nullopt;
}

void Site::answer(const Request& request, Reply reply) const {
  switch (kindOf(pathOf(request.target))) {
    case Kind::file:
      return reply(page_.file(pathOf(request.target)).value());
    case Kind::state:
      return reply({.body = textOf(shown_.state())});
    case Kind::events:
      return reply({.type = "text/event-stream", .body = textOf(eventText("state", shown_.state())), .stream = true});
    case Kind::commands:
      return executor_.execute(gateway::parseCommand(request.body).command,
                               [reply = std::move(reply)](const std::string& text) mutable { reply({.body = textOf(text)}); });
    case Kind::health:
      return reply(health());
    case Kind::none:
      return reply(errorAnswer(404, "There is nothing here."));
  }
  std::unreachable();
}

// That it is answered says that the loop is alive: the loop answers.
Answer Site::health() const {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(loop_.now() - started_).count();
  return {.body = textOf(nlohmann::ordered_json{{"ok", true}, {"version", version_}, {"uptime", uptime}, {"loop", "alive"}}.dump())};
}

}  // namespace blupow::web
