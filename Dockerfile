# The add-on's image: compiled in Debian, shipped without it (docs/image.md). The Supervisor passes BUILD_VERSION and BUILD_ARCH.
ARG BASE=debian:bookworm-20260824-slim

FROM ${BASE} AS packages
COPY scripts/setup /source/scripts/
# The base is pinned, its libraries are shipped: with Debian's security updates of the day.
RUN apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y upgrade && /source/scripts/setup --build && rm -rf /var/lib/apt/lists/*

FROM packages AS build
COPY . /source/
RUN /source/scripts/image-root /image

FROM scratch
ARG BUILD_VERSION
ARG BUILD_ARCH
LABEL io.hass.type="app" \
      io.hass.version="${BUILD_VERSION}" \
      io.hass.arch="${BUILD_ARCH}" \
      org.opencontainers.image.title="BluPow" \
      org.opencontainers.image.description="Renogy solar devices in Home Assistant, over Bluetooth" \
      org.opencontainers.image.version="${BUILD_VERSION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /image/ /
# About the loop, never about devices: a device out of range is no reason to restart.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/usr/bin/blupow", "health"]
ENTRYPOINT ["/usr/bin/blupow"]
CMD ["run"]
