# Shared by the scripts: sourced, not run.

# How many compilers fit: one a core, and 1 GB of memory each (a Raspberry Pi has four cores and 2 GB).
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1000000)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  [ "$cores" -le "$memory" ] && echo "$cores" || echo "$memory"
}
