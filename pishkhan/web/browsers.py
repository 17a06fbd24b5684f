"""Which browser somebody uses, in words, for the list of own sessions."""

# The first name that stands in the header: most browsers call themselves by those after them, too.
BROWSERS = {
    "Edg": "اج",
    "OPR/": "اپرا",
    "SamsungBrowser": "مرورگر سامسونگ",
    "FxiOS": "فایرفاکس",
    "Firefox": "فایرفاکس",
    "CriOS": "کروم",
    "Chrome": "کروم",
    "Safari": "سافاری",
}
SYSTEMS = {
    "Windows": "ویندوز",
    "Android": "اندروید",
    "iPhone": "آیفون",
    "iPad": "آیپد",
    "Mac OS X": "مک",
    "CrOS": "کروم‌بوک",
    "Linux": "لینوکس",
}


def browser_of(agent: str) -> str:
    """The browser and its system of a `User-Agent` header, as far as they are known."""
    browser = next((word for name, word in BROWSERS.items() if name in agent), "مرورگر ناشناخته")
    system = next((word for name, word in SYSTEMS.items() if name in agent), "")
    return f"{browser} در {system}" if system else browser
