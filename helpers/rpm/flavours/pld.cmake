# SPDX-License-Identifier: Apache-2.0
set(RPM_FORMAT pld)
set(RPM_MMN_FILE "%{_includedir}/apache/.mmn")
set(RPM_APXS "%{_sbindir}/apxs %{_bindir}/apxs")
set(RPM_MODCONFDIR "%{_sysconfdir}/httpd/conf.d")
set(RPM_CONFDIR "%{_sysconfdir}/httpd/conf.d")
set(RPM_CONTENTDIR "/home/services/httpd")
set(RPM_MODDIR "%{_libdir}/apache")
