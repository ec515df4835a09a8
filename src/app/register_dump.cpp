#include "app/register_dump.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace blupow::app {

namespace {

struct Range {
  std::uint16_t address;
  std::uint16_t words;
};

constexpr std::uint16_t kLive = 0x0100;
constexpr std::uint16_t kHistory = 0xF000;

// The register tables of the Rover, DCC, battery and inverter documents and of the clients that read these devices; each no longer than what some
// device is known to answer at once. The first of each family come first: who keeps silent at all of them is not there. No register that is only
// written stands here (0x010A, the load switch, lies inside of a block that is read as a whole by everybody).
constexpr auto kRanges = std::to_array<Range>({
    {0x000C, 8},                           // controller, DC-DC charger: model
    {4311, 8},                             // inverter: model
    {5122, 8},                             // battery: name
    {0x000A, 2},                           // ratings
    {0x0014, 7},                           // versions, serial number, id
    {0x001B, 4},                           // protocol, unique id
    {kLive, 34},                           // live and day values, charging state, faults
    {0x0122, 6},                           // DC-DC charger: faults, output, mode
    {0xE001, 20},                          // settings: battery and charging
    {0xE015, 27},                          // load and further ones
    {0xE038, 1},                           // DC-DC charger: solar cut-off
    {0xE204, 15},                          // inverter of SRNE: settings
    {kHistory, 10},                        // what it remembers of today
    {4000, 10},                            // inverter: grid, output, battery
    {4101, 2},                             // buzzer, output
    {4109, 3},                             // ids
    {4112, 9},                             // serial number
    {4301, 1},                             // grid is there
    {4303, 8},                             // manufacturer
    {4319, 8},                             // version
    {4327, 7},                             // battery and solar
    {4393, 1},                             // warnings
    {4398, 4},                             // faults
    {4405, 3},                             // machine state
    {4408, 6},                             // load
    {4422, 13},                            // settings; one model answers at most 14 words here
    {4435, 13},     {4448, 9}, {4568, 1},  // charging power
    {5000, 34},                            // battery: cells and temperatures
    {5035, 7},                             // board, environment and heater temperatures
    {5042, 11},                            // current, capacity, limits
    {5100, 10},                            // alarms and status
    {5110, 12},                            // serial number, versions
    {5130, 12},                            // software version, manufacturer
    {5200, 22},                            // limits; from 5222 on there are commands, which nobody reads
});

constexpr int kRefusals = 3;      // of ever smaller parts; then the range is taken as missing
constexpr int kDeadSilences = 3;  // of the first ranges

}  // namespace

RegisterDump::RegisterDump(std::uint8_t unit) : unit_(unit) {
  for (std::size_t range = 0; range < kRanges.size(); ++range) pieces_.push_back({range, kRanges[range].address, kRanges[range].words});
}

// Batteries take commands where controllers remember their days.
bool RegisterDump::wanted(const Piece& piece) const { return piece.address != kHistory || registers_.contains(kLive); }

std::optional<modbus::Request> RegisterDump::next(const device::Exchange& exchange, TimePoint now) {
  while (!pieces_.empty() && !wanted(pieces_.front())) pieces_.pop_front();
  if (pieces_.empty()) return std::nullopt;
  const auto request = [this](const Piece& piece) { return modbus::Request::read(unit_, piece.address, piece.words); };
  const auto free = std::ranges::find_if(pieces_, [&](const Piece& piece) { return wanted(piece) && !exchange.held(request(piece), now); });
  if (free != pieces_.end()) std::rotate(pieces_.begin(), free, std::next(free));
  return request(pieces_.front());
}

void RegisterDump::answered(const modbus::Answer& answer) {
  const Piece piece = pieces_.front();
  pieces_.pop_front();
  answers_as_ = answer.unit;
  progress_[piece.range].brought = true;
  std::uint16_t address = piece.address;
  for (const std::uint16_t word : answer.words) registers_.insert_or_assign(address++, word);
}

void RegisterDump::failed(const Failure& failure) {
  Piece piece = pieces_.front();
  pieces_.pop_front();
  if (failure.kind == FailureKind::rejected) {
    refused_anything_ = true;
    refused(piece);
    return;
  }
  if (!alive() && ++silences_ >= kDeadSilences) {
    pieces_.clear();
  } else if (!piece.again) {
    piece.again = true;
    pieces_.push_back(piece);
  }
}

void RegisterDump::refused(const Piece& piece) {
  Progress& progress = progress_[piece.range];
  if (!progress.brought && ++progress.refusals >= kRefusals) {
    leaveOut(piece.range);
  } else if (piece.words > 1) {
    const auto half = static_cast<std::uint16_t>(piece.words / 2);
    pieces_.push_front({piece.range, static_cast<std::uint16_t>(piece.address + half), static_cast<std::uint16_t>(piece.words - half)});
    pieces_.push_front({piece.range, piece.address, half});
  }
}

void RegisterDump::leaveOut(std::size_t range) {
  std::erase_if(pieces_, [&](const Piece& piece) { return piece.range == range; });
}

}  // namespace blupow::app
