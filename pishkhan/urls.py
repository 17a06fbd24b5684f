"""Every address of the portal."""

from django.urls import include, path

from pishkhan.web import entrance, health, second_step, security

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("login/", entrance.sign_in, name="sign_in"),
    path("logout/", entrance.sign_out, name="sign_out"),
    path("first-password/", entrance.first_password, name="first_password"),
    path("profile/password/", entrance.password, name="password"),
    path("login/second-step/", second_step.second_step, name="second_step"),
    path("profile/security/", security.security, name="security"),
    path("profile/security/confirm/", security.confirm_password, name="confirm_password"),
    path("profile/security/app/", security.add_authenticator, name="add_authenticator"),
    path("profile/security/passkey/", security.add_passkey, name="add_passkey"),
    path("profile/security/codes/", security.renew_recovery_codes, name="renew_recovery_codes"),
    path("profile/security/factors/<int:pk>/remove/", security.remove_factor, name="remove_factor"),
    path("profile/security/sessions/end/", security.end_own_sessions, name="end_own_sessions"),
    path("", include("pishkhan.web.portal.urls")),
    path("", include("pishkhan.web.workshop.urls")),
    path("", include("pishkhan.web.desk.urls")),
]

handler404 = "pishkhan.web.errors.not_found"
handler403 = "pishkhan.web.errors.not_found"
handler400 = "pishkhan.web.errors.bad_request"
handler500 = "pishkhan.web.errors.failed"
