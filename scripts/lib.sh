# Shared by the scripts: sourced, not run.

# How many compilers fit: one a core, and 1 GB of memory each (a Raspberry Pi has four cores and 2 GB).
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1000000)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  [ "$cores" -le "$memory" ] && echo "$cores" || echo "$memory"
}

# configure ARGUMENT...: runs cmake with them; what it says is shown only where it fails.
configure() {
  local said
  said=$(cmake "$@" 2>&1) || { echo "$said" >&2; return 1; }
}
