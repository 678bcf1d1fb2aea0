# SPDX-License-Identifier: Apache-2.0
# Fedora, RHEL and what is made of them: httpd-devel defines all six macros and has the number in a file.
set(RPM_FORMAT rpm)
set(RPM_MMN_FILE "%{_includedir}/httpd/.mmn")
set(RPM_APXS "%{_bindir}/apxs %{_sbindir}/apxs")
set(RPM_MODCONFDIR "%{_sysconfdir}/httpd/conf.modules.d")
set(RPM_CONFDIR "%{_sysconfdir}/httpd/conf.d")
set(RPM_CONTENTDIR "%{_datadir}/httpd")
set(RPM_MODDIR "%{_libdir}/httpd/modules")
