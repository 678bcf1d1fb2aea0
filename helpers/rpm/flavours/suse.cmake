# SPDX-License-Identifier: Apache-2.0
# openSUSE and SLE: their own macros are called apache_*.
set(RPM_FORMAT suse)
set(RPM_MMN_FILE "%{_includedir}/apache2/.mmn")
set(RPM_APXS "%{_bindir}/apxs %{_bindir}/apxs2 %{_sbindir}/apxs2")
set(RPM_MODCONFDIR "%{_sysconfdir}/apache2/conf.d")
set(RPM_CONFDIR "%{_sysconfdir}/apache2/conf.d")
set(RPM_CONTENTDIR "%{_datadir}/apache2")
set(RPM_MODDIR "%{_libdir}/apache2")
