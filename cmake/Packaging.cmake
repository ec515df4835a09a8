# `cpack` in a build folder leaves a package for the Debian that it was built on (docs/standalone.md). What only a package holds has the component `system`,
# so that a plain `cmake --install` (the add-on's image) leaves unit, options and Debian's papers out.

set(system COMPONENT system EXCLUDE_FROM_ALL)
set(papers "${PROJECT_BINARY_DIR}/packaging")
install(CODE "set(PROJECT_VERSION \"${PROJECT_VERSION}\")
configure_file(\"${PROJECT_SOURCE_DIR}/packaging/debian/changelog.in\" \"${papers}/changelog\" @ONLY)
file(COPY \"${PROJECT_SOURCE_DIR}/CHANGELOG.md\" \"${PROJECT_SOURCE_DIR}/packaging/debian/blupow.1\" DESTINATION \"${papers}\")
execute_process(COMMAND gzip --best --no-name --force changelog CHANGELOG.md blupow.1 WORKING_DIRECTORY \"${papers}\" COMMAND_ERROR_IS_FATAL ANY)" ${system})
install(FILES packaging/systemd/blupow.service DESTINATION /lib/systemd/system ${system})
install(FILES packaging/options.json DESTINATION /etc/blupow PERMISSIONS OWNER_READ OWNER_WRITE ${system})
install(FILES "${papers}/changelog.gz" "${papers}/CHANGELOG.md.gz" packaging/debian/copyright docs/standalone.md DESTINATION /usr/share/doc/blupow ${system})
install(FILES "${papers}/blupow.1.gz" DESTINATION /usr/share/man/man1 ${system})
install(FILES packaging/debian/lintian-overrides DESTINATION /usr/share/lintian/overrides RENAME blupow ${system})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME blupow)
set(CPACK_PACKAGE_CONTACT "The BluPow authors <authors@blupow.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_COMPONENTS_ALL Unspecified system)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL TRUE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS TRUE)
# libnss-systemd: dbus-daemon lets nobody in whose groups it cannot learn, and only that knows the unit's dynamic user.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "init-system-helpers (>= 1.52), libnss-systemd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "bluez (>= 5.55), default-dbus-system-bus | dbus-system-bus, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "mosquitto")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(debian "${PROJECT_SOURCE_DIR}/packaging/debian")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${debian}/conffiles;${debian}/postinst;${debian}/prerm;${debian}/postrm")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "BluPow reads Renogy charge controllers, inverters, DC-DC chargers, batteries
and shunts over Bluetooth Low Energy, through the host's bluetoothd, and
publishes their values to an MQTT broker with Home Assistant's discovery.
.
Home Assistant OS users take the add-on instead.")
include(CPack)
