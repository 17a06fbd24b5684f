"""Every address of the portal."""

from django.urls import include, path

from pishkhan.web import entrance, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("login/", entrance.sign_in, name="sign_in"),
    path("logout/", entrance.sign_out, name="sign_out"),
    path("first-password/", entrance.first_password, name="first_password"),
    path("profile/password/", entrance.password, name="password"),
    path("", include("pishkhan.web.portal.urls")),
    path("", include("pishkhan.web.workshop.urls")),
    path("", include("pishkhan.web.desk.urls")),
]

handler404 = "pishkhan.web.errors.not_found"
handler403 = "pishkhan.web.errors.not_found"
handler400 = "pishkhan.web.errors.bad_request"
handler500 = "pishkhan.web.errors.failed"
