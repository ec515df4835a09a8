// UnitPoller: which requests a poll is made of, and what becomes of blocks that are asked together.
#include "device/unit_poller.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "device/profiles.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using profile::Interval;
using profile::Readings;

constexpr Duration kInterval = 10s;

enum class Says : std::uint8_t { words, exception, nothing, corrupt, nonsense };

// By the request as text; what is not listed is answered.
using Moods = std::map<std::string, Says>;

std::string textOf(const modbus::Request& request) { return std::to_string(request.address) + "x" + std::to_string(request.count); }

// One unit, its line, and what it holds: each register its own number.
class Unit {
 public:
  explicit Unit(const profile::Profile& family, const std::string& serial = {})
      : poller_({.id = 1, .family = test::shared(family), .model = {}, .serial_number = serial}, "") {}

  UnitPoller& poller() { return poller_; }
  bool ok() const { return ok_; }

  // The requests of one poll, in their order.
  std::string poll(const Moods& moods = {}) {
    std::string asked;
    poller_.begin(now_);
    while (const auto request = poller_.next(exchange_, now_)) {
      asked += (asked.empty() ? "" : " ") + textOf(*request);
      const auto mood = moods.find(textOf(*request));
      say(*request, mood == moods.end() ? Says::words : mood->second);
    }
    ok_ = poller_.end(now_).ok;
    now_ += kInterval;
    return asked;
  }

 private:
  void say(const modbus::Request& request, Says says) {
    std::vector<std::uint16_t> words(request.count, 9999);
    if (says == Says::words) std::iota(words.begin(), words.end(), request.address);
    switch (says) {
      case Says::exception:
        return poller_.failed({FailureKind::rejected, "address not valid"});
      case Says::nothing:
        return poller_.failed({FailureKind::retry_later, "no answer"});
      case Says::corrupt:
        return poller_.failed({FailureKind::protocol, "corrupt answer"});
      case Says::words:
      case Says::nonsense:
        return poller_.answered(words, now_);
    }
  }

  UnitPoller poller_;
  Exchange exchange_;
  TimePoint now_{};
  bool ok_ = false;
};

profile::Field fieldOf(std::string key, std::string block, std::uint16_t address) {
  return {.key = std::move(key), .block = std::move(block), .address = address, .limits = profile::Limits{0, 9000}};
}

// 100 to 103 and 104 to 105 are asked together, 200 to 202 lies apart.
profile::Profile family() {
  profile::Profile family;
  family.type = "test";
  family.blocks = {{"near", 100, 4, Interval::normal}, {"next", 104, 2, Interval::normal}, {"far", 200, 3, Interval::normal}};
  family.fields = {fieldOf("a", "near", 100), fieldOf("b", "next", 104), fieldOf("c", "far", 200)};
  family.max_words = 10;
  return family;
}

struct Row {
  const char* title;
  Moods at_first;
  const char* first;
  Moods then;
  const char* second;
  const char* third;  // all is answered again
  std::set<std::string> keys;
};

const std::vector<Row> kRows{
    {"sound", {}, "100x6 200x3", {}, "100x6 200x3", "100x6 200x3", {"a", "b", "c"}},
    {"the whole is refused: its parts at once, and from then on",
     {{"100x6", Says::exception}},
     "100x6 100x4 104x2 200x3",
     {},
     "100x4 104x2 200x3",
     "100x4 104x2 200x3",
     {"a", "b", "c"}},
    {"the whole and a part are refused",
     {{"100x6", Says::exception}, {"104x2", Says::exception}},
     "100x6 100x4 104x2 200x3",
     {{"104x2", Says::exception}},
     "100x4 200x3 104x2",
     "100x4 200x3 104x2",
     {"a", "b", "c"}},
    {"silent before it ever answered: its parts behind the others",
     {{"100x6", Says::nothing}},
     "100x6 200x3 100x4 104x2",
     {},
     "100x4 104x2 200x3",
     "100x4 104x2 200x3",
     {"a", "b", "c"}},
    {"silent where it has answered: whole at the next poll", {}, "100x6 200x3", {{"100x6", Says::nothing}}, "100x6 200x3", "200x3 100x6", {"a", "b", "c"}},
    {"refused where it has answered", {}, "100x6 200x3", {{"100x6", Says::exception}}, "100x6 100x4 104x2 200x3", "100x4 104x2 200x3", {"a", "b", "c"}},
    {"corrupt: once more, then whole at the next poll",
     {{"100x6", Says::corrupt}},
     "100x6 100x6 200x3",
     {{"100x6", Says::corrupt}},
     "200x3 100x6 100x6",
     "200x3 100x6",
     {"a", "b", "c"}},
    {"nonsense in one part: none of the answer is believed",
     {{"100x6", Says::nonsense}},
     "100x6 200x3",
     {{"100x6", Says::nonsense}},
     "200x3 100x6",
     "200x3 100x6",
     {"a", "b", "c"}},
};

TEST(UnitPoller, AsksTogetherWhatDoesTogether) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.title);
    Unit unit(family());
    EXPECT_EQ(unit.poll(row.at_first), row.first);
    EXPECT_EQ(unit.poll(row.then), row.second);
    EXPECT_EQ(unit.poll(), row.third);
    std::set<std::string> keys;
    for (const auto& [key, value] : unit.poller().readings()) keys.insert(key);
    EXPECT_EQ(keys, row.keys);
  }
}

TEST(UnitPoller, BelievesNothingOfAnAnswerThatHoldsNonsense) {
  profile::Profile doubtful = family();
  doubtful.fields[1].limits = profile::Limits{0, 1};  // 104 says 104
  Unit unit(doubtful);
  for (int i = 0; i < 3; ++i) unit.poll();
  EXPECT_EQ(unit.poller().readings(), (Readings{{"c", std::int64_t{200}}}));
  std::vector<std::string> said;
  for (const action::Note& note : unit.poller().takeNotes()) said.push_back(note.text);
  EXPECT_EQ(said, (std::vector<std::string>{"block next is implausible and not believed: b 104 (0 to 1)",
                                            "blocks near, next bring nothing to believe, their fields are left out"}));
}

TEST(UnitPoller, APartHangsOnWhatAnotherPartOfTheAnswerSays) {
  profile::Profile scaled = family();
  scaled.fields[1].times = "a";  // 100 V
  scaled.fields[1].limits.reset();
  Unit unit(scaled);
  unit.poll();
  EXPECT_EQ(unit.poller().readings().at("b"), profile::Value(std::int64_t{867}));  // 104 x 100 / 12
}

// 300 to 301 hold the serial number, 302 to 303 more of the identity.
profile::Profile named() {
  profile::Profile named = family();
  named.blocks.push_back({"serial", 300, 2, Interval::once});
  named.blocks.push_back({"more", 302, 2, Interval::once});
  named.fields.push_back({.key = "serial_number", .block = "serial", .address = 300, .words = 2, .type = profile::Type::hex});
  named.fields.push_back(fieldOf("d", "more", 302));
  return named;
}
constexpr const char* kSerial = "012C012D";

TEST(UnitPoller, AUnitWithASerialNumberIsAskedForItFirstWithWhatLiesBesideIt) {
  Unit unit(named(), kSerial);
  EXPECT_EQ(unit.poll(), "300x4 100x6 200x3");
  EXPECT_TRUE(unit.ok());
  EXPECT_EQ(unit.poll(), "100x6 200x3");
  unit.poller().distrust();
  EXPECT_EQ(unit.poll(), "300x2 100x6 200x3") << "a new link: the number alone";
}

TEST(UnitPoller, WhereTheIdentityIsRefusedTheSerialNumberIsAskedForAlone) {
  Unit unit(named(), kSerial);
  EXPECT_EQ(unit.poll({{"300x4", Says::exception}, {"302x2", Says::exception}}), "300x4 300x2 302x2 100x6 200x3");
  EXPECT_TRUE(unit.ok());
  EXPECT_EQ(unit.poller().readings().size(), 4U);
}

TEST(UnitPoller, AnotherUnitInItsPlaceIsNotTakenForIt) {
  Unit unit(named(), "FFEEDDCC");
  EXPECT_EQ(unit.poll({{"300x4", Says::exception}}), "300x4 300x2");
  EXPECT_TRUE(unit.poller().mistaken());
  EXPECT_TRUE(unit.poller().readings().empty());
}

TEST(UnitPoller, ASilentUnitIsAskedOneQuestion) {
  Unit unit(named(), kSerial);
  const Moods silent{{"300x4", Says::nothing}, {"300x2", Says::nothing}};
  EXPECT_EQ(unit.poll(silent), "300x4");
  EXPECT_EQ(unit.poll(silent), "300x2") << "it may be the length";
  EXPECT_FALSE(unit.ok());
  EXPECT_EQ(unit.poll(), "300x2 100x6 200x3 302x2");
  EXPECT_TRUE(unit.ok());
}

}  // namespace
}  // namespace blupow::device
