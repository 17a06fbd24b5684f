"""The second step of signing in, in a browser: passkeys by Chromium's virtual authenticator, and codes."""

import time
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from acting import fill, fill_credentials, follow, heading, menu, persian, press, sign_in, sign_out
from conftest import Portal
from playwright.sync_api import Page, expect
from recorder import Recorder
from watching import Windows


@pytest.fixture
def page(windows: Windows) -> Page:
    """A window on the portal under a name: browsers make no passkeys for an address of numbers."""
    windows.base = windows.base.replace("127.0.0.1", "localhost")
    return windows.open()


@pytest.fixture
def authenticator(page: Page) -> Iterator[Any]:
    """A device that says yes; `send` speaks to it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True, "hasResidentKey": True}
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield lambda command, **more: devtools.send(f"WebAuthn.{command}", {**made, **more})
    devtools.send("WebAuthn.removeVirtualAuthenticator", made)


def new_passkey(page: Page, portal: Portal, name: str) -> None:
    menu(page, "ورود و امنیت")
    follow(page, "گذرکلید")
    if "/confirm/" in page.url:
        fill(page, "رمز عبور", portal.world["password"])
        press(page, "ادامه")
    fill(page, "نام این گذرکلید", name)
    press(page, "ساختن گذرکلید")


def test_a_passkey_is_made_and_signs_in_and_a_recovery_code_does_without_it(
    page: Page, portal: Portal, authenticator: Any
) -> None:
    username, password = "gam1", portal.world["password"]
    sign_in(page, username, password)
    new_passkey(page, portal, "رایانهٔ اداره")
    heading(page, "کدهای بازیابی")
    codes = page.locator(".recovery .secret").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as saved:
        follow(page, "ذخیره در فایل")
    assert codes[0] in saved.value.path().read_text("utf-8")
    follow(page, "نگه داشتم؛ ادامه")
    expect(page.locator(".short li").first).to_contain_text("رایانهٔ اداره")
    sign_out(page)

    fill_credentials(page, username, password)
    heading(page, "گام دوم ورود")
    press(page, "ورود با گذرکلید")
    heading(page, "داشبورد")
    (credential,) = authenticator("getCredentials")["credentials"]
    assert credential["rpId"] == "localhost"
    sign_out(page)

    fill_credentials(page, username, password)
    fill(page, "کد", codes[4])
    press(page, "ادامه", exact=True)
    heading(page, "داشبورد")


def test_a_device_makes_one_passkey_an_account_and_says_so(
    page: Page, portal: Portal, authenticator: Any
) -> None:
    sign_in(page, "gam2", portal.world["password"])
    new_passkey(page, portal, "گوشی من")
    follow(page, "نگه داشتم؛ ادامه")
    new_passkey(page, portal, "گوشی من، بار دوم")
    expect(page.locator("[data-said]")).to_contain_text("پیش‌تر برای همین حساب")
    expect(page.get_by_role("button", name="ساختن گذرکلید")).to_be_enabled()
    follow(page, "انصراف")
    assert len(authenticator("getCredentials")["credentials"]) == 1


@pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (390, False)], ids=["desk", "phone-no-script"]
)
def test_an_app_is_set_up_by_its_key_and_its_code_signs_in(
    windows: Windows, portal: Portal, guide: Recorder, width: int, javascript: bool
) -> None:
    page = windows.open(width, javascript)
    username = {True: "gam3", False: "gam4"}[javascript]
    guide.turn_to("employer", "second-step")
    sign_in(page, username, portal.world["password"])
    menu(page, "ورود و امنیت")
    follow(page, "برنامهٔ کدساز")
    fill(page, "رمز عبور", portal.world["password"])
    press(page, "ادامه")
    expect(page.get_by_role("img", name="نقش QR")).to_be_visible()
    guide.step("«ورود و امنیت» › «برنامهٔ کدساز»: نقش را با برنامهٔ گوشی بخوانید و کد آن را بنویسید.", page)
    app = pyotp.TOTP(page.locator("bdi.secret").inner_text().replace(" ", ""))
    fill(page, "کد شش‌رقمی برنامه", persian(app.now()))
    press(page, "افزودن برنامه")
    heading(page, "کدهای بازیابی")
    guide.step("کدهای بازیابی را نگه دارید؛ هر یک، یک بار، به جای کد برنامه پذیرفته می‌شود.", page)
    follow(page, "نگه داشتم؛ ادامه")
    sign_out(page)
    fill_credentials(page, username, portal.world["password"])
    heading(page, "گام دوم ورود")
    guide.step("از این پس، پس از رمز عبور کد برنامه را هم بنویسید.", page)
    fill(page, "کد", app.at(int(time.time()), counter_offset=1))  # that of now proved the app
    press(page, "ادامه", exact=True)
    heading(page, "داشبورد")
    menu(page, "ورود و امنیت")
    follow(page, "برداشتن")
    fill(page, "رمز عبور", portal.world["password"])
    press(page, "ادامه")
    press(page, "برداشتن")
    expect(page.locator(".flash.success")).to_contain_text("برداشته شد")
