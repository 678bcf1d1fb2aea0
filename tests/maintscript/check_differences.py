#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each difference from Debian's library is listed, explained on the manual page, and shown by a test.

Exit status: 0 they agree, 1 they do not.
"""

import pathlib
import re
import sys

from differences import DIFFERENCES, read_list
from functions import SHOWN

PAGE = pathlib.Path(__file__).resolve().parents[2] / "man/apache2-maintscript-helper.7"


def main() -> int:
    listed = set(read_list())
    section = PAGE.read_text().partition(".Sh DIFFERENCES FROM DEBIAN\n")[2].partition("\n.Sh ")[0]
    explained = re.findall(r"^\.It Sy (\S+)$", section, re.M)
    shown = {*DIFFERENCES, *SHOWN}
    findings = [f"{name} is explained more than once" for name in explained if explained.count(name) > 1]
    for what, names in (("listed", listed), ("explained on the page", set(explained)), ("shown by a test", shown)):
        findings += [f"{name} is not {what}" for name in sorted((listed | set(explained) | shown) - names)]
    print("\n".join([*findings, f"{len(listed)} differences, {len(findings)} findings"]))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
