# SPDX-License-Identifier: Apache-2.0
# ALT: the folders of configuration are Debian's below another top, and rpm has generators and triggers of its own kind.
set(RPM_FORMAT alt)
set(RPM_MMN_FILE "%{_includedir}/apache2/.mmn")
set(RPM_APXS "%{_bindir}/apxs2 %{_sbindir}/apxs2")
set(RPM_MODCONFDIR "%{_sysconfdir}/httpd2/conf/mods-available")
set(RPM_CONFDIR "%{_sysconfdir}/httpd2/conf/extra-available")
set(RPM_CONTENTDIR "%{_datadir}/apache2")
set(RPM_MODDIR "%{_libdir}/apache2/modules")
