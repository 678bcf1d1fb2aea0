# SPDX-License-Identifier: Apache-2.0
# The add-on of dh(1): for dh --with apache2, or a build-dependency on dh-sequence-apache2.
## no critic (RequireExplicitPackage): dh loads this into its own, where the functions that change its sequences are.
use strict;
use warnings;

use Debian::Debhelper::Dh_Lib;

insert_after('dh_install', 'dh_apache2');

1;
