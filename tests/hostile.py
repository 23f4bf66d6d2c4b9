"""Texts that would do harm on a page, in a template or in a spreadsheet."""

RIGHT_TO_LEFT = "\u202egnp.exe\u2066"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</style></script><svg onload=alert(3)>",
    "{{ 7 * 7 }}{% raw %}",
    "-2+3+cmd|' /C calc'!A0",
    "' onmouseover='alert(4)",
    f"{RIGHT_TO_LEFT} שלום",
    "javascript:alert(5)",
    "&amp;lt;b&gt;",
]
