from django.urls import path

from pishkhan.urls import handler400, handler403, handler404, handler500
from pishkhan.urls import urlpatterns as portal

from . import views

planted = [
    path("planted/", views.links, name="planted_links"),
    path("planted/found/", views.found, name="planted_found"),
    path("planted/told/", views.told, name="planted_told"),
    path("planted/searched/", views.searched, name="planted_searched"),
    path("planted/echo/", views.echo, name="planted_echo"),
    path("planted/away/", views.away, name="planted_away"),
    path("planted/file/", views.file, name="planted_file"),
    path("planted/ping/", views.ping, name="planted_ping"),
    path("planted/note/", views.note, name="planted_note"),
    path("planted/notes/", views.notes, name="planted_notes"),
    path("planted/number/", views.number, name="planted_number"),
]
urlpatterns = [*planted, *portal]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
